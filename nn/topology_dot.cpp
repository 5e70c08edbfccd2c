// Writes a topology as a graph; the contracts are in topology_dot.h.
#include "nn/topology_dot.h"

#include <charconv>
#include <unordered_set>
#include <utility>

#include "engine/error.h"

namespace sprig {
namespace {

void check_size(const Topology& topology) {
  if (topology.inputs <= most_file_inputs && topology.layers.size() <= most_file_layers) return;
  fail("topology ", shape_of(topology), " is too large for a file, which may have ",
       most_file_inputs, " inputs and ", most_file_layers, " layers");
}

// x1, x2, ...; a neuron that has such a name keeps it, and the input becomes x1'.
std::vector<std::string> input_names(const Topology& topology) {
  std::unordered_set<std::string> taken;
  for (const auto& layer : topology.layers) {
    for (const auto& neuron : layer.neurons) taken.insert(dot_escape(neuron.name));
  }
  std::vector<std::string> names;
  for (std::uint32_t input = 1; input <= topology.inputs; ++input) {
    names.push_back("x" + std::to_string(input));
    while (taken.contains(names.back())) names.back() += '\'';
  }
  return names;
}

}  // namespace

std::string exact_text(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

DotGraph dot_graph_of(const Topology& topology) {
  validate(topology);
  check_size(topology);
  DotGraph graph;
  graph.name = "topology";
  graph.attributes = {{"sprig", std::string(topology_file_mark)},
                      {"inputs", std::to_string(topology.inputs)},
                      {"layer_count", std::to_string(topology.layers.size())}};
  std::vector<std::string> below = input_names(topology);
  for (std::size_t input = 0; input < below.size(); ++input) {
    graph.nodes.push_back({below[input], {{"input", std::to_string(input + 1)}}});
  }
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    std::vector<std::string> names;
    for (const auto& neuron : topology.layers[layer].neurons) {
      names.push_back(dot_escape(neuron.name));
      graph.nodes.push_back({names.back(),
                             {{"layer", std::to_string(layer + 1)},
                              {"order", std::to_string(names.size() - 1)},
                              {"bias", exact_text(neuron.bias)},
                              {"activation", std::string(name_of(neuron.activation))}}});
      std::size_t order = 0;
      for (const auto& [input, weight] : neuron.connections) {
        graph.edges.push_back(
            {below[input],
             names.back(),
             {{"order", std::to_string(order++)}, {"weight", exact_text(weight)}}});
      }
    }
    below = std::move(names);
  }
  return graph;
}

}  // namespace sprig
