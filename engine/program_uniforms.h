// What is the same for every sample of a batch, such as a penalty: run once for each batch, on
// plain doubles and by the rules of the eager graph, and run back once for each part.
#pragma once

#include <vector>

#include "engine/program_plan.h"

namespace sprig {

class Uniforms {
 public:
  void run(const Plan& plan, const Graph& graph);

  // Of a uniform of the plan.
  double data(Index uniform) const { return data_[uniform]; }

  // Hands the grads of uniforms on to each other, and adds what arrives at leaves to theirs.
  void clear_grads() { grads_.assign(data_.size(), 0.0); }
  void add_grad(Index uniform, double grad) { grads_[uniform] += grad; }
  void run_back(const Plan& plan, Graph& graph);

 private:
  double number(const Graph& graph, const UniformOperand& operand) const;
  void run_back(const Uniform& node, double y, double upstream, const UniformOperand* operands,
                Graph& graph);

  std::vector<double> data_;  // by uniform
  std::vector<double> grads_;
};

}  // namespace sprig
