// A multilayer perceptron of sparse neurons. It is made of a Topology and gives one back, so
// wiring, strip and files need no knowledge of graphs. Chapter: docs/03-sparse-networks.md.
#pragma once

#include <iosfwd>
#include <span>
#include <vector>

#include "engine/graph.h"
#include "engine/parameter_list.h"
#include "nn/neuron.h"
#include "nn/topology.h"

namespace sprig {

class Layer {
 public:
  Layer(Graph& graph, std::uint32_t inputs, const Topology::Layer& layer);

  // One output per neuron. Throws Error unless there are exactly input_count() inputs.
  std::vector<Value> operator()(std::span<const Value> inputs) const;

  // The two halves of it: all weighted sums, then all activations of them.
  std::vector<Value> pre_activations(std::span<const Value> inputs) const;
  void activate(std::span<Value> pre_activations) const;

  std::span<Neuron> neurons() { return neurons_; }
  std::span<const Neuron> neurons() const { return neurons_; }
  std::uint32_t input_count() const { return inputs_; }
  std::size_t connection_count() const;
  std::size_t possible_connection_count() const;

 private:
  std::uint32_t inputs_;
  std::vector<Neuron> neurons_;
  std::vector<const WeightedSum*> sums_;  // of the neurons
};

class Mlp {
 public:
  // Makes the parameters in the graph, neuron by neuron; they stay there when the Mlp is gone.
  // Throws Error if the topology is not valid.
  Mlp(Graph& graph, const Topology& topology);

  // The outputs for one sample. Throws Error unless it has exactly input_count() numbers.
  std::vector<Value> operator()(std::span<const Value> sample) const;

  // The same from plain numbers, which become constants. Throws Error at a NaN or infinity.
  std::vector<Value> operator()(std::span<const double> sample) const;

  // Throws Error unless that is input_count().
  void check_sample_size(std::size_t numbers) const;

  // Weights in order of connection, then the bias, neuron by neuron. The list is made anew when
  // a connection was dropped or grown since.
  const ParameterList& parameters() const;
  void zero_grad() const;

  Graph& graph() const { return *graph_; }
  std::span<Layer> layers() { return layers_; }
  std::span<const Layer> layers() const { return layers_; }
  std::uint32_t input_count() const { return inputs_; }
  std::size_t connection_count() const;
  std::size_t possible_connection_count() const;

  Topology snapshot() const;

 private:
  Graph* graph_;
  std::uint32_t inputs_;
  std::vector<Layer> layers_;
  mutable ParameterList parameters_;
  mutable std::uint32_t parameter_changes_ = 0;  // of the graph, when the list was made
};

// Adds those of the neurons: the weights of each in order of connection, then its bias.
void append_parameters(std::span<const Neuron> neurons, std::vector<Value>& parameters);

// Constants of the sample's numbers, to feed a network. Throws Error at a NaN or infinity.
std::vector<Value> constants(Graph& graph, std::span<const double> sample);

// Prints "Layer of [ReLUNeuron(2), ReLUNeuron(2)]", and "MLP of [" with a layer a line.
std::ostream& operator<<(std::ostream& out, const Layer& layer);
std::ostream& operator<<(std::ostream& out, const Mlp& mlp);

}  // namespace sprig
