#include "nn/wiring.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/error.h"

namespace sprig {
namespace {

void check(const WiringOptions& options) {
  if (options.inputs == 0) fail("random_topology: 0 inputs; give at least 1");
  if (options.layers.empty())
    fail("random_topology: no layers; give at least the output layer");
  std::size_t inputs = options.inputs;
  for (std::size_t index = 0; index < options.layers.size(); ++index) {
    const LayerOptions& layer = options.layers[index];
    const std::size_t possible = inputs * layer.neurons;
    if (layer.neurons == 0) {
      fail("random_topology: layer ", index + 1, " has 0 neurons; give at least 1");
    }
    if (!(layer.sparsity >= 0 && layer.sparsity < 1)) {
      fail("random_topology: layer ", index + 1, " has sparsity ", layer.sparsity,
           "; give one in [0, 1)");
    }
    if (layer.budget && (*layer.budget == 0 || *layer.budget > possible)) {
      fail("random_topology: layer ", index + 1, " has a budget of ", *layer.budget,
           " connections; give 1 to ", possible, " (", layer.neurons, " neurons x ", inputs,
           " inputs)");
    }
    inputs = layer.neurons;
  }
}

void connect_each(Topology::Layer& layer, std::uint32_t inputs, std::size_t fan_in, Rng& rng) {
  for (Topology::Neuron& neuron : layer.neurons) {
    for (const std::size_t input : rng.sample(inputs, fan_in)) {
      neuron.connections.push_back({static_cast<std::uint32_t>(input), 0.0});
    }
  }
}

void connect_budget(Topology::Layer& layer, std::uint32_t inputs, std::size_t budget,
                    Rng& rng) {
  std::vector<std::size_t> places = rng.sample(layer.neurons.size() * inputs, budget);
  std::ranges::sort(places);
  for (const std::size_t place : places) {
    const auto input = static_cast<std::uint32_t>(place % inputs);
    layer.neurons[place / inputs].connections.push_back({input, 0.0});
  }
}

void initialize(Topology::Layer& layer, std::uint32_t inputs, Initializer draw, Rng& rng) {
  std::vector<std::size_t> fan_out(inputs);
  for (const Topology::Neuron& neuron : layer.neurons) {
    for (const Topology::Connection& connection : neuron.connections)
      ++fan_out[connection.input];
  }
  for (Topology::Neuron& neuron : layer.neurons) {
    for (Topology::Connection& connection : neuron.connections) {
      connection.weight = draw(neuron.connections.size(), fan_out[connection.input], rng);
    }
  }
}

}  // namespace

double he_normal(std::size_t fan_in, std::size_t, Rng& rng) {
  return std::sqrt(2.0 / static_cast<double>(fan_in)) * rng.normal();
}

double he_uniform(std::size_t fan_in, std::size_t, Rng& rng) {
  const double bound = std::sqrt(6.0 / static_cast<double>(fan_in));
  return rng.uniform(-bound, bound);
}

double glorot_uniform(std::size_t fan_in, std::size_t fan_out, Rng& rng) {
  const double bound = std::sqrt(6.0 / static_cast<double>(fan_in + fan_out));
  return rng.uniform(-bound, bound);
}

double lecun_normal(std::size_t fan_in, std::size_t, Rng& rng) {
  return rng.normal() / std::sqrt(static_cast<double>(fan_in));
}

std::size_t connections_per_neuron(std::uint32_t inputs, double sparsity) {
  const double exact = (1.0 - sparsity) * inputs;
  const double rounded = std::ceil(exact - 1e-9 * inputs);
  return static_cast<std::size_t>(std::max(1.0, rounded));
}

Topology random_topology(const WiringOptions& options, Rng& rng) {
  check(options);
  Topology topology{.inputs = options.inputs, .layers = {}};
  std::uint32_t inputs = options.inputs;
  for (const LayerOptions& layer : options.layers) {
    Topology::Layer& made = topology.layers.emplace_back();
    for (std::uint32_t neuron = 0; neuron < layer.neurons; ++neuron) {
      made.neurons.push_back({.name = default_name(topology.layers.size() - 1, neuron),
                              .connections = {},
                              .bias = 0,
                              .activation = layer.activation});
    }
    if (layer.budget) {
      connect_budget(made, inputs, *layer.budget, rng);
    } else {
      connect_each(made, inputs, connections_per_neuron(inputs, layer.sparsity), rng);
    }
    initialize(made, inputs, options.initializer, rng);
    inputs = layer.neurons;
  }
  return topology;
}

}  // namespace sprig
