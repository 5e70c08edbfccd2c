#include "nn/mlp.h"

#include <cmath>
#include <ostream>
#include <utility>

#include "engine/error.h"

namespace sprig {

Layer::Layer(Graph& graph, std::uint32_t inputs, const Topology::Layer& layer)
    : inputs_(inputs) {
  neurons_.reserve(layer.neurons.size());
  for (const Topology::Neuron& neuron : layer.neurons) {
    neurons_.emplace_back(graph, inputs, neuron);
    sums_.push_back(&neurons_.back().weighted_sum());
  }
}

std::vector<Value> Layer::pre_activations(std::span<const Value> inputs) const {
  if (inputs.size() != inputs_) {
    fail("Layer: got ", inputs.size(), " inputs but it has ", inputs_, "; give exactly ",
         inputs_);
  }
  std::vector<Value> sums(neurons_.size());
  WeightedSum::record(sums_, inputs, sums);
  return sums;
}

void Layer::activate(std::span<Value> values) const {
  for (std::size_t begin = 0, end = 0; begin < values.size(); begin = end) {
    const Activation activation = neurons_[begin].activation();
    while (end < values.size() && neurons_[end].activation() == activation) ++end;
    sprig::activate(activation, values.subspan(begin, end - begin));
  }
}

std::vector<Value> Layer::operator()(std::span<const Value> inputs) const {
  std::vector<Value> outputs = pre_activations(inputs);
  activate(outputs);
  return outputs;
}

std::size_t Layer::connection_count() const {
  std::size_t count = 0;
  for (const Neuron& neuron : neurons_) count += neuron.connections().size();
  return count;
}

std::size_t Layer::possible_connection_count() const { return neurons_.size() * inputs_; }

Mlp::Mlp(Graph& graph, const Topology& topology) : graph_(&graph), inputs_(topology.inputs) {
  validate(topology);
  graph.check_room_for_parameters(parameter_count(topology));
  std::uint32_t inputs = topology.inputs;
  for (const Topology::Layer& layer : topology.layers) {
    layers_.emplace_back(graph, inputs, layer);
    inputs = static_cast<std::uint32_t>(layer.neurons.size());
  }
}

std::vector<Value> Mlp::operator()(std::span<const Value> sample) const {
  check_sample_size(sample.size());
  std::vector<Value> outputs = layers_[0](sample);
  for (const Layer& layer : layers().subspan(1)) outputs = layer(outputs);
  return outputs;
}

std::vector<Value> Mlp::operator()(std::span<const double> sample) const {
  check_sample_size(sample.size());  // before the constants are made
  return (*this)(constants(*graph_, sample));
}

void Mlp::check_sample_size(std::size_t numbers) const {
  if (numbers != inputs_) {
    fail("Mlp: got a sample of ", numbers, " numbers but it has ", inputs_,
         " inputs; give exactly ", inputs_);
  }
}

const ParameterList& Mlp::parameters() const {
  if (parameter_changes_ == graph_->parameter_changes()) return parameters_;
  std::vector<Value> parameters;
  for (const Layer& layer : layers_) append_parameters(layer.neurons(), parameters);
  parameters_ = ParameterList(std::move(parameters));
  parameter_changes_ = graph_->parameter_changes();
  return parameters_;
}

void Mlp::zero_grad() const { parameters().zero_grad(); }

std::size_t Mlp::connection_count() const {
  std::size_t count = 0;
  for (const Layer& layer : layers_) count += layer.connection_count();
  return count;
}

std::size_t Mlp::possible_connection_count() const {
  std::size_t count = 0;
  for (const Layer& layer : layers_) count += layer.possible_connection_count();
  return count;
}

Topology Mlp::snapshot() const {
  Topology topology{.inputs = inputs_, .layers = {}};
  for (const Layer& layer : layers_) {
    Topology::Layer& copy = topology.layers.emplace_back();
    for (const Neuron& neuron : layer.neurons()) copy.neurons.push_back(neuron.snapshot());
  }
  return topology;
}

void append_parameters(std::span<const Neuron> neurons, std::vector<Value>& parameters) {
  for (const Neuron& neuron : neurons) {
    for (const Connection& connection : neuron.connections()) {
      parameters.push_back(connection.weight);
    }
    parameters.push_back(neuron.bias());
  }
}

std::vector<Value> constants(Graph& graph, std::span<const double> sample) {
  for (std::size_t input = 0; input < sample.size(); ++input) {
    if (!std::isfinite(sample[input])) {
      fail("sample: number ", input, " of ", sample.size(), " is ", sample[input],
           "; clean the data first");
    }
  }
  std::vector<Value> values;
  values.reserve(sample.size());
  for (const double number : sample) values.push_back(graph.constant(number));
  return values;
}

std::ostream& operator<<(std::ostream& out, const Layer& layer) {
  out << "Layer of [";
  const char* separator = "";
  for (const Neuron& neuron : layer.neurons()) {
    out << separator << neuron;
    separator = ", ";
  }
  return out << "]";
}

std::ostream& operator<<(std::ostream& out, const Mlp& mlp) {
  out << "MLP of [\n";
  for (const Layer& layer : mlp.layers()) out << layer << "\n";
  return out << "]";
}

}  // namespace sprig
