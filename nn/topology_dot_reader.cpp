// Reads a topology from a graph, which a person may have edited; the contracts are in
// topology_dot.h.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "engine/error.h"
#include "nn/topology_dot.h"

namespace sprig {
namespace {

constexpr std::uint32_t comes_last = std::numeric_limits<std::uint32_t>::max();

// Goes through one graph, one kind of statement at a time.
class Reader {
 public:
  Reader(const DotGraph& graph, std::string_view source) : graph_(graph), source_(source) {}

  Topology read() {
    read_graph();
    for (const DotNode& node : graph_.nodes) read_node(node);
    place_neurons();
    for (const DotEdge& edge : graph_.edges) read_edge(edge);
    check_all_nodes_are_placed();
    return finished();
  }

 private:
  struct Place {
    std::uint32_t layer = 0;  // 0: the inputs
    std::uint32_t index = 0;
  };
  struct OrderedConnection {
    std::uint32_t order = comes_last;
    Topology::Connection connection;
  };
  struct OrderedNeuron {
    std::uint32_t order = comes_last;
    std::string node;  // its name in the graph
    Topology::Neuron neuron;
    std::vector<OrderedConnection> connections;
  };

  template <class... Parts>
  [[noreturn]] void wrong(const Parts&... parts) const {
    fail(source_, ": ", parts...);
  }

  // Reads a whole text as a number of type T; throws Error unless `accept` takes it.
  template <class T, class Accept>
  T number(const std::string& owner, const DotAttributes& attributes, std::string_view name,
           const std::string& expected, const Accept& accept) const {
    const std::string_view text = text_of(attributes, name);
    if (text.empty()) wrong(owner, " has no ", name, "; add ", name, "=..., ", expected);
    const std::string_view digits =
        text.starts_with('+') && !text.starts_with("+-") ? text.substr(1) : text;
    const char* const last = digits.data() + digits.size();
    T value = 0;
    const auto [end, error] = std::from_chars(digits.data(), last, value);
    if (error == std::errc() && end == last && accept(value)) return value;
    wrong(owner, ": ", name, " is \"", text, "\", expected ", expected);
  }

  std::uint32_t count(const std::string& owner, const DotAttributes& attributes,
                      std::string_view name, std::uint32_t least, std::uint32_t most) const {
    const std::string expected =
        "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const auto accept = [&](std::uint32_t value) { return value >= least && value <= most; };
    return number<std::uint32_t>(owner, attributes, name, expected, accept);
  }

  double finite(const std::string& owner, const DotAttributes& attributes,
                std::string_view name) const {
    const auto accept = [](double value) { return std::isfinite(value); };
    return number<double>(owner, attributes, name, "a finite number such as -0.25", accept);
  }

  std::uint32_t order(const std::string& owner, const DotAttributes& attributes) const {
    if (text_of(attributes, "order").empty()) return comes_last;
    return count(owner, attributes, "order", 0, comes_last);
  }

  void read_graph() {
    const std::string_view mark = text_of(graph_.attributes, "sprig");
    if (mark != topology_file_mark) {
      wrong("is not a sprig topology: the graph attribute sprig is \"", mark, "\", expected \"",
            topology_file_mark, "\"");
    }
    topology_.inputs = count("graph", graph_.attributes, "inputs", 1, most_file_inputs);
    layers_.resize(count("graph", graph_.attributes, "layer_count", 1, most_file_layers));
  }

  void read_node(const DotNode& node) {
    const bool is_input = !text_of(node.attributes, "input").empty();
    const bool is_neuron = !text_of(node.attributes, "layer").empty();
    if (is_input == is_neuron) return;  // a note, or an error that its edge explains better
    if (is_neuron) read_neuron(node);
    if (is_input) read_input(node);
  }

  void read_input(const DotNode& node) {
    const std::string owner = "input " + node.name;
    const std::uint32_t input = count(owner, node.attributes, "input", 1, topology_.inputs);
    if (!inputs_.insert(input).second) {
      wrong(owner, ": another node has input=", input, ", too; delete one");
    }
    places_[node.name] = {0, input - 1};
  }

  void read_neuron(const DotNode& node) {
    const std::string owner = "neuron " + node.name;
    const auto last = static_cast<std::uint32_t>(layers_.size());
    const std::uint32_t layer = count(owner, node.attributes, "layer", 1, last);
    OrderedNeuron read{order(owner, node.attributes), node.name, {}, {}};
    read.neuron.name = dot_unescape(node.name);
    read.neuron.bias = finite(owner, node.attributes, "bias");
    try {
      read.neuron.activation = activation_named(text_of(node.attributes, "activation"));
    } catch (const Error& error) {
      wrong(owner, ": ", error.what());
    }
    layers_[layer - 1].push_back(std::move(read));
  }

  void place_neurons() {
    for (std::uint32_t layer = 0; layer < layers_.size(); ++layer) {
      auto& neurons = layers_[layer];
      std::ranges::stable_sort(neurons, {}, &OrderedNeuron::order);
      for (std::uint32_t index = 0; index < neurons.size(); ++index) {
        places_[neurons[index].node] = {layer + 1, index};
      }
    }
  }

  Place place(const std::string& owner, const std::string& node) const {
    const auto found = places_.find(node);
    if (found != places_.end()) return found->second;
    wrong(owner, ": there is no neuron or input ", node,
          "; add it, delete the connection, or correct the name");
  }

  void read_edge(const DotEdge& edge) {
    if (text_of(edge.attributes, "class") == "dropped") return;
    const std::string owner = "connection " + edge.tail + " -> " + edge.head;
    const Place tail = place(owner, edge.tail), head = place(owner, edge.head);
    if (head.layer != tail.layer + 1) {
      wrong(owner, " goes from layer ", tail.layer, " to layer ", head.layer,
            ", expected one to the next layer (the inputs are layer 0)");
    }
    if (!seen_.insert({head.layer, head.index, tail.index}).second) {
      wrong(owner, " is there twice; delete one");
    }
    const Topology::Connection connection{tail.index, finite(owner, edge.attributes, "weight")};
    layers_[head.layer - 1][head.index].connections.push_back(
        {order(owner, edge.attributes), connection});
  }

  void check_all_nodes_are_placed() const {
    for (const DotNode& node : graph_.nodes) {
      if (places_.contains(node.name) || text_of(node.attributes, "class") == "note") continue;
      wrong("node ", node.name,
            " must have either input=... or layer=..., or class=note if it is only a text");
    }
  }

  Topology finished() {
    for (auto& layer : layers_) {
      Topology::Layer& written = topology_.layers.emplace_back();
      for (OrderedNeuron& each : layer) {
        std::ranges::stable_sort(each.connections, {}, &OrderedConnection::order);
        for (const auto& [order, connection] : each.connections) {
          each.neuron.connections.push_back(connection);
        }
        written.neurons.push_back(std::move(each.neuron));
      }
    }
    try {
      validate(topology_);
    } catch (const Error& error) {
      wrong(error.what());
    }
    return std::move(topology_);
  }

  const DotGraph& graph_;
  std::string_view source_;
  Topology topology_;
  std::vector<std::vector<OrderedNeuron>> layers_;
  std::set<std::uint32_t> inputs_;
  std::map<std::string, Place> places_;
  std::set<Position> seen_;  // connections, with layers counted from 1
};

}  // namespace

Topology topology_of(const DotGraph& graph, std::string_view source) {
  return Reader(graph, source).read();
}

}  // namespace sprig
