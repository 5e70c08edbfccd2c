// Dead neurons by one sweep up from the inputs and one down from the outputs; everything else
// is counting.
#include "nn/topology_statistics.h"

#include <algorithm>

namespace sprig {

namespace {

using NeuronFlags = std::vector<std::vector<bool>>;  // of each layer, of each neuron

NeuronFlags flags_for(const Topology& topology) {
  NeuronFlags flags;
  for (const auto& layer : topology.layers) flags.emplace_back(layer.neurons.size(), false);
  return flags;
}

NeuronFlags reached_from_inputs(const Topology& topology) {
  NeuronFlags reached = flags_for(topology);
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    const auto& neurons = topology.layers[layer].neurons;
    for (std::size_t i = 0; i < neurons.size(); ++i) {
      reached[layer][i] =
          std::any_of(neurons[i].connections.begin(), neurons[i].connections.end(),
                      [&](const auto& c) { return layer == 0 || reached[layer - 1][c.input]; });
    }
  }
  return reached;
}

NeuronFlags leading_to_outputs(const Topology& topology) {
  NeuronFlags leading = flags_for(topology);
  leading.back().flip();
  for (std::size_t layer = topology.layers.size() - 1; layer > 0; --layer) {
    const auto& neurons = topology.layers[layer].neurons;
    for (std::size_t i = 0; i < neurons.size(); ++i) {
      if (!leading[layer][i]) continue;
      for (const auto& c : neurons[i].connections) leading[layer - 1][c.input] = true;
    }
  }
  return leading;
}

// How many neurons of layer `layer` read each of its inputs.
std::vector<std::uint32_t> readers_per_input(const Topology& topology, std::size_t layer) {
  std::vector<std::uint32_t> readers(input_count(topology, layer), 0);
  for (const auto& neuron : topology.layers[layer].neurons) {
    for (const auto& connection : neuron.connections) ++readers[connection.input];
  }
  return readers;
}

// A connection is effective when both its ends are alive.
std::size_t effective_count(const Topology& topology, std::size_t layer,
                            const NeuronFlags& dead) {
  std::size_t count = 0;
  const auto& neurons = topology.layers[layer].neurons;
  for (std::size_t i = 0; i < neurons.size(); ++i) {
    if (dead[layer][i]) continue;
    count +=
        std::count_if(neurons[i].connections.begin(), neurons[i].connections.end(),
                      [&](const auto& c) { return layer == 0 || !dead[layer - 1][c.input]; });
  }
  return count;
}

double ratio(std::size_t connections, std::size_t possible) {
  return possible == 0 ? 0 : static_cast<double>(connections) / static_cast<double>(possible);
}

LayerStatistics layer_statistics(const Topology& topology, std::size_t layer,
                                 const NeuronFlags& dead) {
  const auto& neurons = topology.layers[layer].neurons;
  LayerStatistics result;
  for (std::size_t i = 0; i < neurons.size(); ++i) {
    result.in_degree.push_back(static_cast<std::uint32_t>(neurons[i].connections.size()));
    result.connections += neurons[i].connections.size();
    if (dead[layer][i]) result.dead.push_back(static_cast<std::uint32_t>(i));
  }
  const bool is_last = layer + 1 == topology.layers.size();
  result.out_degree = is_last ? std::vector<std::uint32_t>(neurons.size(), 0)
                              : readers_per_input(topology, layer + 1);
  result.possible = input_count(topology, layer) * neurons.size();
  result.density = ratio(result.connections, result.possible);
  result.effective_connections = effective_count(topology, layer, dead);
  return result;
}

}  // namespace

TopologyStatistics statistics(const Topology& topology) {
  const auto dead = dead_neurons(topology);
  TopologyStatistics total;
  total.input_out_degree = readers_per_input(topology, 0);
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    const auto one = layer_statistics(topology, layer, dead);
    total.connections += one.connections;
    total.possible += one.possible;
    total.parameters += one.connections + one.in_degree.size();
    total.dead_neurons += one.dead.size();
    total.effective_connections += one.effective_connections;
    total.layers.push_back(one);
  }
  total.density = ratio(total.connections, total.possible);
  return total;
}

std::vector<std::size_t> degree_histogram(std::span<const std::uint32_t> degrees) {
  if (degrees.empty()) return {};
  std::vector<std::size_t> counts(std::ranges::max(degrees) + std::size_t{1}, 0);
  for (const std::uint32_t degree : degrees) ++counts[degree];
  return counts;
}

std::vector<std::vector<bool>> dead_neurons(const Topology& topology) {
  validate(topology);
  const NeuronFlags reached = reached_from_inputs(topology);
  const NeuronFlags leading = leading_to_outputs(topology);
  NeuronFlags dead = flags_for(topology);
  for (std::size_t layer = 0; layer < dead.size(); ++layer) {
    for (std::size_t i = 0; i < dead[layer].size(); ++i) {
      dead[layer][i] = !(reached[layer][i] && leading[layer][i]);
    }
  }
  return dead;
}

}  // namespace sprig
