#include "engine/program_uniforms.h"

#include "engine/graph.h"

namespace sprig {
namespace {

// Hands dy/d(operand k) to give(k, derivative), as backward does.
void chain(const Uniform& node, double y, auto at, auto give) {
  const auto unary = [&](auto rule) { give(0, rule.derivative(at(0), y)); };
  const auto binary = [&](auto rule) {
    give(0, rule.derivative_a(at(0), at(1), y));
    give(1, rule.derivative_b(at(0), at(1), y));
  };
  const auto nary = [&](auto rule) { rule.derivatives(node.operands, at, y, give); };
  with_rule(node.op, unary, binary, nary, [](auto) {});
}

}  // namespace

double Uniforms::number(const Graph& graph, const UniformOperand& operand) const {
  return operand.is_leaf ? graph.data_[operand.place] : data_[operand.place];
}

void Uniforms::run(const Plan& plan, const Graph& graph) {
  data_.resize(plan.uniforms.size());
  for (std::size_t index = 0; index < data_.size(); ++index) {
    const Uniform& node = plan.uniforms[index];
    const UniformOperand* operands = plan.uniform_operands.data() + node.first_operand;
    double& y = data_[index];
    y = node.data;
    const auto run = [&](auto at) {
      with_rule(
          node.op, [&](auto rule) { y = rule.forward(at(0)); },
          [&](auto rule) { y = rule.forward(at(0), at(1)); },
          [&](auto rule) { y = rule.forward(node.operands, at); },
          [](auto) {});  // a weighted sum is a row
    };
    if (node.reads_run) {
      run([leaves = graph.data_.data() + operands->place](std::size_t k) { return leaves[k]; });
    } else {
      run([&](std::size_t k) { return number(graph, operands[k]); });
    }
  }
}

void Uniforms::run_back(const Plan& plan, Graph& graph) {
  for (std::size_t index = data_.size(); index-- > 0;) {
    const Uniform& node = plan.uniforms[index];
    if (!node.wants_grad || grads_[index] == 0) continue;
    run_back(node, data_[index], grads_[index],
             plan.uniform_operands.data() + node.first_operand, graph);
  }
}

void Uniforms::run_back(const Uniform& node, double y, double upstream,
                        const UniformOperand* operands, Graph& graph) {
  if (node.reads_run) {
    if (!operands->wants_grad) return;
    double* grads = graph.grad_.data() + operands->place;
    chain(
        node, y,
        [leaves = graph.data_.data() + operands->place](std::size_t k) { return leaves[k]; },
        [=](std::size_t k, double derivative) { grads[k] += upstream * derivative; });
    return;
  }
  chain(
      node, y, [&](std::size_t k) { return number(graph, operands[k]); },
      [&](std::size_t k, double derivative) {
        const auto [place, is_leaf, wants_grad] = operands[k];
        if (wants_grad) (is_leaf ? graph.grad_ : grads_)[place] += upstream * derivative;
      });
}

}  // namespace sprig
