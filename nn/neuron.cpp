#include "nn/neuron.h"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "engine/error.h"

namespace sprig {

Neuron::Neuron(Graph& graph, std::uint32_t inputs, const Topology::Neuron& neuron)
    : graph_(&graph),
      inputs_(inputs),
      name_(neuron.name),
      activation_(neuron.activation),
      sum_(make_parameters(neuron)) {}

// The bias last, as in Mlp::parameters(): then a new network's parameters are in one row.
WeightedSum Neuron::make_parameters(const Topology::Neuron& neuron) const {
  std::vector<Connection> connections;
  connections.reserve(neuron.connections.size());
  std::vector<bool> is_read(inputs_);
  for (const auto& [input, weight] : neuron.connections) {
    check_place(input, weight, input < inputs_ && is_read[input]);
    is_read[input] = true;
    connections.push_back({input, graph_->parameter(weight)});
  }
  return {graph_->parameter(neuron.bias), std::move(connections)};
}

Value Neuron::pre_activation(std::span<const Value> inputs) const {
  if (inputs.size() != inputs_) {
    fail("Neuron: got ", inputs.size(), " inputs but it has ", inputs_, "; give exactly ",
         inputs_);
  }
  return sum_(inputs);
}

Value Neuron::operator()(std::span<const Value> inputs) const {
  return activate(activation_, pre_activation(inputs));
}

std::size_t Neuron::place_of(std::uint32_t input) const {
  const auto found = std::ranges::find(connections(), input, &Connection::input);
  return static_cast<std::size_t>(found - connections().begin());
}

bool Neuron::reads(std::uint32_t input) const { return place_of(input) < connections().size(); }

Value Neuron::weight_from(std::uint32_t input) const {
  const std::size_t place = place_of(input);
  if (place == connections().size()) {
    fail("Neuron ", name_, ": has no connection from input ", input);
  }
  return connections()[place].weight;
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
  sum_.append({input, graph_->parameter(weight)});
}

void Neuron::drop(std::uint32_t input) {
  const std::size_t place = place_of(input);
  if (place == connections().size()) {
    fail("Neuron ", name_, ": cannot drop the connection from input ", input, "; it has none");
  }
  graph_->release(connections()[place].weight);
  sum_.erase(place);
}

Topology::Neuron Neuron::snapshot() const {
  Topology::Neuron neuron{
      .name = name_, .connections = {}, .bias = bias().data(), .activation = activation_};
  for (const auto& [input, weight] : connections()) {
    neuron.connections.push_back({input, weight.data()});
  }
  return neuron;
}

std::ostream& operator<<(std::ostream& out, const Neuron& neuron) {
  return out << display_name_of(neuron.activation()) << "Neuron(" << neuron.connections().size()
             << ")";
}

}  // namespace sprig
