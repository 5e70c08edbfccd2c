// Strip in two linear passes: constants are folded upwards, then unread neurons go downwards.
// Why one of each is the fixed point stands in strip().
#include "nn/strip.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/error.h"
#include "nn/topology_statistics.h"

namespace sprig {

namespace {

using Neurons = std::vector<Topology::Neuron>;
using Constants = std::vector<std::optional<double>>;  // of each input: its value if it is one

void fold_constants(Topology::Neuron& neuron, const Constants& below) {
  for (const auto& [input, weight] : neuron.connections) {
    if (below[input]) neuron.bias += weight * *below[input];
  }
  std::erase_if(neuron.connections,
                [&](const auto& connection) { return below[connection.input].has_value(); });
}

void fold_constants(Topology& topology) {
  Constants below(topology.inputs);
  for (auto& layer : topology.layers) {
    Constants constants;
    for (auto& neuron : layer.neurons) {
      fold_constants(neuron, below);
      constants.push_back(neuron.connections.empty()
                              ? std::optional(activate(neuron.activation, neuron.bias))
                              : std::nullopt);
    }
    below = std::move(constants);
  }
}

void remove_unread(Neurons& neurons, Neurons& readers) {
  std::vector<bool> is_read(neurons.size(), false);
  for (const auto& reader : readers) {
    for (const auto& connection : reader.connections) is_read[connection.input] = true;
  }
  Neurons kept;
  std::vector<std::uint32_t> new_index(neurons.size());
  for (std::size_t i = 0; i < neurons.size(); ++i) {
    if (!is_read[i]) continue;
    new_index[i] = static_cast<std::uint32_t>(kept.size());
    kept.push_back(std::move(neurons[i]));
  }
  neurons = std::move(kept);
  for (auto& reader : readers) {
    for (auto& connection : reader.connections) connection.input = new_index[connection.input];
  }
}

void remove_unread(Topology& topology) {
  for (std::size_t layer = topology.layers.size() - 1; layer > 0; --layer) {
    remove_unread(topology.layers[layer - 1].neurons, topology.layers[layer].neurons);
  }
}

void check_folded_biases(const Topology& topology) {
  for (const auto& layer : topology.layers) {
    for (const auto& neuron : layer.neurons) {
      if (std::isfinite(neuron.bias)) continue;
      fail("strip: the constants that neuron ", neuron.name,
           " reads do not fit into its bias, a double; scale their weights down");
    }
  }
}

}  // namespace

Topology strip(const Topology& topology) {
  validate(topology);
  Topology stripped = topology;
  // Once folded, no neuron reads a constant, so the constants are among the unread. From the
  // last layer down, a layer's readers are settled before the layer itself. Taking an unread
  // neuron away takes no connection from those that stay, so it makes no new constant.
  fold_constants(stripped);
  remove_unread(stripped);
  check_folded_biases(stripped);
  return stripped;
}

bool is_constant(const Topology& topology) {
  const auto output_is_dead = dead_neurons(topology).back();
  return std::all_of(output_is_dead.begin(), output_is_dead.end(),
                     [](bool dead) { return dead; });
}

}  // namespace sprig
