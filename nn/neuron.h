// A neuron: a bias and an insertion-ordered map from input to weight, then an activation.
//
//   pre-activation = bias + sum of weight * inputs[input], over its connections in the order
//   they were made;  output = activation(pre-activation).
//
// Order is meaning: it fixes rounding, ties and files. Weights and bias are parameters of a
// Graph.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <span>
#include <vector>

#include "engine/weighted_sum.h"
#include "nn/activation.h"
#include "nn/topology.h"

namespace sprig {

using Connection = Term;  // {input, weight}

class Neuron {
 public:
  // Makes a parameter for the bias and for every weight. `inputs`: how many it could read.
  Neuron(Graph& graph, std::uint32_t inputs, const Topology::Neuron& neuron);

  Neuron(Neuron&&) = default;  // not copied: a copy would share the weights
  Neuron& operator=(Neuron&&) = default;

  // Throws Error unless there are exactly input_count() inputs.
  Value operator()(std::span<const Value> inputs) const;
  Value pre_activation(std::span<const Value> inputs) const;

  const WeightedSum& weighted_sum() const { return sum_; }
  std::span<const Connection> connections() const { return sum_.terms(); }
  bool reads(std::uint32_t input) const;
  Value weight_from(std::uint32_t input) const;  // throws Error if it does not read that input
  Value bias() const { return sum_.bias(); }
  Activation activation() const { return activation_; }
  std::uint32_t input_count() const { return inputs_; }
  const std::string& name() const { return name_; }

  // Adds a connection behind the others; its weight is a new parameter. Throws Error if the
  // input is beyond input_count() or already read, the weight is not finite, or inside a
  // StepScope that the weight would not outlive.
  void grow(std::uint32_t input, double weight);

  // Removes a connection and releases its weight; the order of the others stays. Throws Error
  // if there is none from `input`.
  void drop(std::uint32_t input);

  Topology::Neuron snapshot() const;

 private:
  WeightedSum make_parameters(const Topology::Neuron& neuron) const;
  std::size_t place_of(std::uint32_t input) const;  // connections().size() if it is not read
  void check_place(std::uint32_t input, double weight, bool is_read) const;

  Graph* graph_;
  std::uint32_t inputs_;
  std::string name_;
  Activation activation_;
  WeightedSum sum_;
};

// Prints "ReLUNeuron(2)": activation and number of connections.
std::ostream& operator<<(std::ostream& out, const Neuron& neuron);

}  // namespace sprig
