#include "nn/neuron.h"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "engine/error.h"

namespace sprig {

Neuron::Neuron(Graph& graph, std::uint32_t inputs, const Topology::Neuron& neuron)
    : graph_(&graph),
      inputs_(inputs),
      bias_(graph.parameter(neuron.bias)),
      activation_(neuron.activation),
      name_(neuron.name) {
  connections_.reserve(neuron.connections.size());
  std::vector<bool> is_read(inputs);
  for (const auto& [input, weight] : neuron.connections) {
    check_place(input, weight, input < inputs && is_read[input]);
    is_read[input] = true;
    connections_.push_back({input, graph.parameter(weight)});
  }
}

Value Neuron::pre_activation(std::span<const Value> inputs) const {
  if (inputs.size() != inputs_) {
    fail("Neuron: got ", inputs.size(), " inputs but it has ", inputs_, "; give exactly ",
         inputs_);
  }
  return affine(bias_, connections_, inputs);
}

Value Neuron::operator()(std::span<const Value> inputs) const {
  return activate(activation_, pre_activation(inputs));
}

bool Neuron::reads(std::uint32_t input) const {
  return std::ranges::find(connections_, input, &Connection::input) != connections_.end();
}

Value Neuron::weight_from(std::uint32_t input) const {
  const auto connection = std::ranges::find(connections_, input, &Connection::input);
  if (connection == connections_.end()) {
    fail("Neuron ", name_, ": has no connection from input ", input);
  }
  return connection->weight;
}

void Neuron::check_place(std::uint32_t input, double weight, bool is_read) const {
  if (input >= inputs_) {
    fail("Neuron ", name_, ": cannot grow a connection from input ", input, "; it has ",
         inputs_, " inputs");
  }
  if (is_read) {
    fail("Neuron ", name_, ": cannot grow a connection from input ", input,
         "; it already has one");
  }
  if (!std::isfinite(weight)) {
    fail("Neuron ", name_, ": cannot grow a connection of weight ", weight,
         "; give a finite one");
  }
}

void Neuron::grow(std::uint32_t input, double weight) {
  check_place(input, weight, reads(input));
  connections_.push_back({input, graph_->parameter(weight)});
}

void Neuron::drop(std::uint32_t input) {
  const auto connection = std::ranges::find(connections_, input, &Connection::input);
  if (connection == connections_.end()) {
    fail("Neuron ", name_, ": cannot drop the connection from input ", input, "; it has none");
  }
  graph_->release(connection->weight);
  connections_.erase(connection);
}

Topology::Neuron Neuron::snapshot() const {
  Topology::Neuron neuron{
      .name = name_, .connections = {}, .bias = bias_.data(), .activation = activation_};
  for (const auto& [input, weight] : connections_) {
    neuron.connections.push_back({input, weight.data()});
  }
  return neuron;
}

std::ostream& operator<<(std::ostream& out, const Neuron& neuron) {
  return out << display_name_of(neuron.activation()) << "Neuron(" << neuron.connections().size()
             << ")";
}

}  // namespace sprig
