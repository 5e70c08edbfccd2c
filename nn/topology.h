// A network as a plain value: which connections exist, and every number in them. No graph, no
// gradients; what strip, statistics, diff, diagrams and files work on. Mlp::snapshot()
// gives one, and an Mlp is made of one.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "nn/activation.h"

namespace sprig {

// One possible connection of a network: neuron `neuron` of layer `layer` reads input `input`.
// All three are indices, from 0.
struct Position {
  std::uint32_t layer = 0;
  std::uint32_t neuron = 0;
  std::uint32_t input = 0;
  auto operator<=>(const Position&) const = default;
};

struct Topology {
  struct Connection {
    std::uint32_t input = 0;  // neuron of the layer below, or network input for the first layer
    double weight = 0;
    bool operator==(const Connection&) const = default;
  };

  struct Neuron {
    std::string name;                     // unique; see default_name. strip leaves it as it is
    std::vector<Connection> connections;  // in insertion order: the order of the weighted sum
    double bias = 0;
    Activation activation = Activation::linear;
    bool operator==(const Neuron&) const = default;
  };

  struct Layer {
    std::vector<Neuron> neurons;  // none in a hidden layer: then the network is a constant
    bool operator==(const Layer&) const = default;
  };

  std::uint32_t inputs = 0;   // how many numbers the network reads; strip never changes it
  std::vector<Layer> layers;  // at least one; the last one gives the outputs

  bool operator==(const Topology&) const = default;
};

// "2_3" for default_name(1, 3): layers are counted from 1 in names, where 0 would be the
// network inputs, and neurons from 0. Both arguments are indices, from 0.
std::string default_name(std::size_t layer, std::size_t neuron);

// Throws Error unless there are at least one network input, one layer and one output neuron,
// every neuron has a name of its own, every connection reads an existing input, no neuron reads
// an input twice, and every weight and bias is finite. A hidden layer may be empty. The message
// names the neuron, the numbers that do not fit and the remedy. Linear in the connections.
void validate(const Topology& topology);

// The outputs for one sample. A neuron's sum starts with its bias and takes its connections in
// order, without FMA: the same bits as the affine node of the Mlp it was taken from. Throws
// Error unless the sample has `inputs` numbers, there is a layer and every connection reads an
// existing input.
std::vector<double> evaluate(const Topology& topology, std::span<const double> sample);

// The same with what every neuron gives, layer by layer; the last entry is what evaluate
// returns.
std::vector<std::vector<double>> layer_outputs(const Topology& topology,
                                               std::span<const double> sample);

// "2-16-16-1": inputs, then neurons per layer.
std::string shape_of(const Topology& topology);

// What the neurons of layer `layer` can read: the network inputs for layer 0, else the neurons
// of the layer below.
std::size_t input_count(const Topology& topology, std::size_t layer);

std::size_t connection_count(const Topology& topology);
std::size_t parameter_count(const Topology& topology);            // connections and biases
std::size_t possible_connection_count(const Topology& topology);  // if every layer were dense

}  // namespace sprig
