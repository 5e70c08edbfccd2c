// The dense-gradient probe: the gradient that *every* possible connection has over a batch,
// also those that do not exist. RigL grows by it. A probe stands in for the network in the
// forward pass:
//
//   OuterProductProbe probe(mlp);
//   Value loss = hinge_loss({probe(x0)[0], probe(x1)[0]}, labels);
//   loss.backward();
//   DenseGradient gradient = probe.gradient();
//
// Two ways that agree to the last digits. ZeroWeightProbe is the idea: absent connections join
// the graph with weight 0. OuterProductProbe is the fast one: d loss / d w = sum over samples
// of (d loss / d pre-activation) * input, which the graph knows already. Chapter:
// docs/04-rigl.md.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/program.h"
#include "nn/mlp.h"
#include "nn/topology.h"

namespace sprig {

// One number per possible connection.
class DenseGradient {
 public:
  explicit DenseGradient(const Mlp& mlp);  // all 0

  double& operator[](const Position& position);
  double operator[](const Position& position) const;

  // The entries of one neuron, by input. Throws Error if there is no such neuron.
  std::span<double> row(std::uint32_t layer, std::uint32_t neuron);

  // "2-16-16-1": inputs, then neurons per layer, as shape_of says it of a topology.
  std::string shape() const;

  // Adds up; for the mean over several batches. Throws Error if the shapes differ.
  DenseGradient& operator+=(const DenseGradient& other);
  DenseGradient& operator*=(double factor);

 private:
  struct LayerGradient {
    std::uint32_t neurons;
    std::uint32_t inputs;
    std::vector<double> values;  // neuron by neuron
  };
  std::size_t place(const Position& position) const;

  std::vector<LayerGradient> layers_;
};

class OuterProductProbe {
 public:
  explicit OuterProductProbe(const Mlp& mlp) : mlp_(mlp) {}

  // The outputs for one sample, as mlp(sample), and remembers where they came from.
  std::vector<Value> operator()(std::span<const Value> sample);

  // After one backward of the whole batch's loss: the sum over all samples that went through,
  // for every possible connection. For an existing one it is the data loss only, without
  // penalties on the weight itself. Call backward once: a second call starts the gradients of
  // the pre-activations anew, so of a backward per sample only the last sample would be left.
  DenseGradient gradient() const;

  // Instead of backward, for a Program recorded with this probe in the place of the network:
  // what Program::Recording is to be given.
  std::vector<OuterProduct> products() const;

 private:
  struct LayerPass {
    std::vector<Value> inputs;
    std::vector<Value> pre_activations;
  };
  const Mlp& mlp_;
  std::vector<std::vector<LayerPass>> passes_;  // by sample, by layer
};

// After program.run_with_products(), if it was recorded with a probe's products and no others:
// the same from the Program, for the mean loss of the batch.
DenseGradient dense_gradient(const Program& program, const Mlp& mlp);

class ZeroWeightProbe {
 public:
  // Makes the zero weights, one per absent connection, in the graph; inside a StepScope, as a
  // rule.
  explicit ZeroWeightProbe(const Mlp& mlp);

  std::vector<Value> operator()(std::span<const Value> sample) const;

  // After backward: the grads of the zero weights, and of the existing ones as they are, which
  // includes penalties and earlier calls of backward since the grads were zeroed.
  DenseGradient gradient() const;

 private:
  const Mlp& mlp_;
  std::vector<std::vector<WeightedSum>> sums_;  // by layer, neuron: existing, then absent
};

}  // namespace sprig
