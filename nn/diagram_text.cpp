// The words of a diagram; the contracts are in diagram_text.h.
#include "nn/diagram_text.h"

#include <algorithm>
#include <charconv>

#include "nn/strip.h"

namespace sprig {
namespace {

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string some_of(std::size_t shown, std::size_t all) {
  return shown < all ? std::to_string(shown) + " of " : "";
}

std::string input_name(std::size_t input) { return "x" + std::to_string(input + 1); }

std::string activations_of(const Topology::Layer& layer) {
  const Activation first = layer.neurons.front().activation;
  const bool mixed = std::ranges::any_of(
      layer.neurons, [&](const auto& neuron) { return neuron.activation != first; });
  return mixed ? "mixed activations" : std::string(display_name_of(first));
}

}  // namespace

ShortName short_name(const Topology& topology, std::size_t row, std::size_t neuron) {
  if (row == 0) return {"x", std::to_string(neuron + 1)};
  const auto& neurons = topology.layers[row - 1].neurons;
  if (row < topology.layers.size()) return {neurons[neuron].name, ""};
  return {"ŷ", neurons.size() == 1 ? "" : std::to_string(neuron + 1)};
}

std::string default_title(const Topology& topology) {
  return shape_of(topology) + " network, " + std::to_string(connection_count(topology)) +
         " of " + counted(possible_connection_count(topology), "connection");
}

std::string heading(const Topology& topology, std::size_t row) {
  if (row == 0) return "input";
  return row == topology.layers.size() ? "output" : "hidden " + std::to_string(row);
}

std::string subheading(const Topology& topology, std::size_t row, std::size_t shown) {
  const std::size_t all = row == 0 ? topology.inputs : topology.layers[row - 1].neurons.size();
  const std::string shown_of = some_of(shown, all);
  if (row == 0) return shown_of + counted(all, "number");
  if (all == 0) return "no neurons left";
  return activations_of(topology.layers[row - 1]) + ", " + shown_of + counted(all, "neuron");
}

std::string left_out_text(std::size_t more, std::size_t dead) {
  const std::string text = more == 0 ? "" : std::to_string(more) + " more";
  if (dead == 0) return "… " + text;
  return "… " + text + (more == 0 ? "" : ", ") + std::to_string(dead) + " dead";
}

std::string remark(const Topology& topology, std::size_t shown_connections,
                   bool only_strongest) {
  const std::size_t all = connection_count(topology);
  if (is_constant(topology))
    return "the network is a constant: no path from an input to an output";
  if (shown_connections == all) return "";
  return "showing " + some_of(shown_connections, all) + counted(all, "connection") +
         (only_strongest ? ": the strongest of each layer between the neurons shown"
                         : ": those between the neurons shown");
}

std::string changes_remark(std::size_t shown_grown, std::size_t grown,
                           std::size_t shown_dropped, std::size_t dropped) {
  return some_of(shown_grown, grown) + std::to_string(grown) + " grown, " +
         some_of(shown_dropped, dropped) + std::to_string(dropped) + " dropped";
}

std::string neuron_details(const Topology& topology, const TopologyStatistics& counts,
                           std::size_t row, std::size_t neuron) {
  if (row == 0) {
    const std::size_t degree = counts.input_out_degree[neuron];
    return "input " + input_name(neuron) + ": " + std::to_string(degree) + " out";
  }
  const Topology::Neuron& each = topology.layers[row - 1].neurons[neuron];
  const LayerStatistics& layer = counts.layers[row - 1];
  return "neuron " + each.name + ": bias = " + rounded(each.bias) + ", " +
         std::string(name_of(each.activation)) + ", " +
         std::to_string(layer.in_degree[neuron]) + " in, " +
         std::to_string(layer.out_degree[neuron]) + " out";
}

std::string connection_details(const Topology& topology, std::size_t layer, std::size_t neuron,
                               const Topology::Connection& connection) {
  const std::string& reader = topology.layers[layer].neurons[neuron].name;
  const std::string read = layer == 0
                               ? input_name(connection.input)
                               : topology.layers[layer - 1].neurons[connection.input].name;
  return "w(" + reader + " <- " + read + ") = " + rounded(connection.weight);
}

std::string rounded(double number) {
  char text[32];
  const auto end =
      std::to_chars(text, text + sizeof text, number, std::chars_format::general, 4);
  return {text, end.ptr};
}

}  // namespace sprig
