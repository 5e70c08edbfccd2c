// Diagrams: what a picture shows, what it says it leaves out, and that the DOT text keeps all
// of the topology whatever the picture shows.

#include "nn/draw.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/error.h"
#include "engine/graphviz.h"
#include "nn/diagram_style.h"
#include "nn/strip.h"
#include "nn/topology_dot.h"
#include "nn/topology_file.h"
#include "tests/random_topology.h"

namespace {

using sprig::Activation;
using sprig::diagram;
using sprig::DiagramFormat;
using sprig::Direction;
using sprig::DotEdge;
using sprig::DotGraph;
using sprig::DotNode;
using sprig::draw;
using sprig::DrawOptions;
using sprig::Error;
using sprig::read_topology;
using sprig::Rng;
using sprig::strip;
using sprig::text_of;
using sprig::Topology;

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

bool shows(const std::string& svg, std::string_view text) {
  return svg.find(">" + std::string(text) + "</text>") != svg.npos;
}

std::string svg_of(const Topology& topology, const DrawOptions& options = {}) {
  return draw(topology, DiagramFormat::svg, options);
}

std::size_t lines_in(const std::string& svg) { return occurrences(svg, "class=\"edge "); }

// 2-3-1 with a neuron that reads nothing (1_1) and one that nobody reads (1_2).
Topology with_dead_neurons() {
  const auto relu = Activation::relu;
  return {.inputs = 2,
          .layers = {{{{"1_0", {{0, 1}, {1, -2}}, 0.5, relu},
                       {"1_1", {}, 1, relu},
                       {"1_2", {{0, 3}}, 0, relu}}},
                     {{{"2_0", {{0, -0.125}, {1, 1}}, 0, Activation::tanh}}}}};
}

// Every neuron of the two hidden layers drops its first connection and grows the first one that
// it has not had, at weight 0.
Topology rewired(Topology topology) {
  for (std::size_t layer = 0; layer < 2; ++layer) {
    for (auto& neuron : topology.layers[layer].neurons) {
      auto& connections = neuron.connections;
      std::uint32_t input = 0;
      while (std::ranges::count(connections, input, &Topology::Connection::input) > 0) ++input;
      connections.erase(connections.begin());
      connections.push_back({input, 0});
    }
  }
  return topology;
}

struct Circle {
  double x = 0, y = 0, diameter = 0;
  bool shown = true;
};

std::vector<Circle> circles_of(const DotGraph& graph) {
  std::vector<Circle> circles;
  for (const DotNode& node : graph.nodes) {
    if (text_of(node.attributes, "class") == "note") continue;
    Circle& circle = circles.emplace_back();
    const std::string position(text_of(node.attributes, "pos"));
    std::size_t comma = 0;
    circle.x = std::stod(position, &comma);
    circle.y = std::stod(position.substr(comma + 1));
    circle.diameter = 72 * std::stod(std::string(text_of(node.attributes, "width")));
    circle.shown = text_of(node.attributes, "style") != "invis";
  }
  return circles;
}

}  // namespace

TEST_SUITE("draw") {
  TEST_CASE(
      "a picture has one circle a neuron, one line a connection and the counts as title") {
    Rng rng(1);
    const Topology topology = random_topology({2, 16, 16, 1}, 0.3, rng);
    const std::string svg = svg_of(topology);
    const std::size_t connections = sprig::connection_count(topology);
    CHECK(occurrences(svg, "<ellipse") == 2 + 16 + 16 + 1);
    CHECK(lines_in(svg) == connections);
    CHECK(shows(svg, "2&#45;16&#45;16&#45;1 network, " + std::to_string(connections) +
                         " of 304 connections"));
    CHECK(svg.find("showing") == svg.npos);
  }

  TEST_CASE("every layer is headed by what it is") {
    const std::string svg = svg_of(with_dead_neurons());
    for (const char* text : {"input", "2 numbers", "hidden 1", "ReLU, 3 neurons", "output",
                             "Tanh, 1 neuron", "x", "1", "ŷ", "1_0"}) {
      CHECK_MESSAGE(shows(svg, text), text);
    }
    Topology mixed = with_dead_neurons();
    mixed.layers[0].neurons[1].activation = Activation::swish;
    CHECK(shows(svg_of(mixed), "mixed activations, 3 neurons"));
  }

  TEST_CASE("colour, width and dashes say sign, size and death") {
    const DotGraph graph = diagram(with_dead_neurons());
    const auto looks = [&](std::size_t edge, const char* name) {
      return std::string(text_of(graph.edges[edge].attributes, name));
    };
    CHECK(looks(0, "color").starts_with("#2563eb"));
    CHECK(looks(1, "color").starts_with("#ea580c"));
    CHECK(std::stod(looks(1, "penwidth")) / std::stod(looks(0, "penwidth")) ==
          doctest::Approx(2).epsilon(0.01));
    CHECK(looks(2, "class") == "dead");
    CHECK(looks(2, "style") == "dashed");
    CHECK(text_of(graph.nodes[3].attributes, "style") == "filled,dashed");
    CHECK(text_of(graph.nodes[2].attributes, "style") == "");
  }

  TEST_CASE("what was dropped and grown is shown, and is no connection of the file") {
    const Topology before = with_dead_neurons();
    Topology after = before;
    after.layers[0].neurons[0].connections.pop_back();
    after.layers[0].neurons[1].connections.push_back({1, 0});
    const DrawOptions options{.compare_with = &before};
    const std::string svg = svg_of(after, options);
    CHECK(occurrences(svg, "class=\"edge dropped\"") == 1);
    CHECK(occurrences(svg, "class=\"edge grown\"") == 1);
    CHECK(svg.find("grown</text>") != svg.npos);
    CHECK(same_bits(read_topology(draw(after, DiagramFormat::dot, options), "text"), after));
    const Topology other = strip(before);
    CHECK_THROWS_AS(svg_of(after, {.compare_with = &other}), Error);
  }

  TEST_CASE("what was grown and dropped is drawn however much stronger all others are") {
    Rng rng(6);
    const Topology before = random_topology({64, 40, 40, 1}, 0.5, rng);
    const Topology after = rewired(before);
    const std::size_t all = sprig::connection_count(after);
    const std::string svg = svg_of(after, {.compare_with = &before});
    CHECK(occurrences(svg, "class=\"edge grown\"") == 80);
    CHECK(occurrences(svg, "class=\"edge dropped\"") == 80);
    CHECK(lines_in(svg) == 400 + 80 + 80);
    CHECK(shows(svg, "showing 480 of " + std::to_string(all) +
                         " connections: the strongest of each layer between the neurons "
                         "shown; 80 grown, 80 dropped"));
    CHECK(svg.find("grown</text>") != svg.npos);
    CHECK(svg.find("dropped</text>") != svg.npos);
  }

  TEST_CASE("of very many grown and dropped the picture shows some and says of how many") {
    Rng rng(6);
    const Topology before = random_topology({64, 40, 40, 1}, 0.5, rng);
    const std::string svg =
        svg_of(rewired(before), {.compare_with = &before, .most_connections = 30});
    CHECK(occurrences(svg, "class=\"edge grown\"") == 30);
    CHECK(occurrences(svg, "class=\"edge dropped\"") == 30);
    CHECK(svg.find("; 30 of 80 grown, 30 of 80 dropped</text>") != svg.npos);
  }

  TEST_CASE("every layer has its share of lines, also one whose weights are all small") {
    Rng rng(7);
    Topology topology = random_topology({64, 40, 40, 1}, 0.5, rng);
    for (auto& connection : topology.layers[2].neurons[0].connections) connection.weight /= 1e6;
    const std::size_t last = topology.layers[2].neurons[0].connections.size();
    const DotGraph graph = diagram(topology);
    std::map<std::string, std::size_t> lines;  // by the first letter of the reader: its layer
    for (const DotEdge& edge : graph.edges) {
      if (sprig::is_shown(edge.attributes)) ++lines[edge.head.substr(0, 1)];
    }
    CHECK(lines["3"] == last);
    CHECK(lines["1"] >= (400 - last) / 2);
    CHECK(lines["2"] >= (400 - last) / 2);
    CHECK(lines["1"] + lines["2"] + lines["3"] == 400);
  }

  TEST_CASE("dead neurons can be left out, and the picture says so") {
    const DrawOptions options{.show_dead = false};
    const std::string svg = svg_of(with_dead_neurons(), options);
    CHECK(occurrences(svg, "<ellipse") == 2 + 1 + 1);
    CHECK(lines_in(svg) == 3);
    CHECK(shows(svg, "ReLU, 1 of 3 neurons"));
    CHECK(shows(svg, "… 2 dead"));
    CHECK(shows(svg, "showing 3 of 5 connections: those between the neurons shown"));
    CHECK(
        same_bits(read_topology(draw(with_dead_neurons(), DiagramFormat::dot, options), "text"),
                  with_dead_neurons()));
  }

  TEST_CASE("the mouse finds the numbers of a connection and a neuron") {
    const std::string svg = svg_of(with_dead_neurons());
    CHECK(svg.find("w(2_0 &lt;&#45; 1_0) = &#45;0.125") != svg.npos);
    CHECK(svg.find("neuron 1_0: bias = 0.5, relu, 2 in, 1 out") != svg.npos);
    CHECK(svg.find("neuron 1_2: bias = 0, relu, 1 in, 0 out; dead: on no path to an output") !=
          svg.npos);
    CHECK(svg.find("input x1: 2 out") != svg.npos);
  }

  TEST_CASE("a big network shows its strongest part, says so, and its file holds all") {
    Rng rng(2);
    const Topology topology = random_topology({300, 100, 10}, 0.05, rng);
    const std::string svg = svg_of(topology, {.most_connections = 50});
    CHECK(occurrences(svg, "<ellipse") == 24 + 24 + 10);
    CHECK(lines_in(svg) == 50);
    const std::string all = std::to_string(sprig::connection_count(topology));
    CHECK(shows(svg, "showing 50 of " + all +
                         " connections: the strongest of each layer between the neurons "
                         "shown"));
    CHECK(shows(svg, "24 of 300 numbers"));
    CHECK(shows(svg, "… 276 more"));
    CHECK(shows(svg, "… 76 more"));
    CHECK(same_bits(read_topology(draw(topology, DiagramFormat::dot), "text"), topology));
  }

  TEST_CASE("what a big network shows is the strongest, and connected") {
    Topology topology{.inputs = 100, .layers = {{{{"y", {}, 0, Activation::linear}}}}};
    for (std::uint32_t i = 0; i < 100; ++i) {
      topology.layers[0].neurons[0].connections.push_back({i, i % 2 ? -1.0 * i : 1.0 * i});
    }
    const std::vector<Circle> circles =
        circles_of(diagram(topology, {.most_neurons = 10, .strongest_neurons = 3}));
    for (std::size_t input = 0; input < 100; ++input) {
      CHECK(circles[input].shown == (input >= 97));
    }
  }

  TEST_CASE("circles never touch and stand in one column or row a layer") {
    Rng rng(3);
    for (const Direction direction : {Direction::left_to_right, Direction::top_to_bottom}) {
      for (int i = 0; i < 30; ++i) {
        std::vector<std::uint32_t> shape;
        for (int row = 0; row < 4; ++row)
          shape.push_back(static_cast<std::uint32_t>(1 + rng.below(90)));
        const auto circles =
            circles_of(diagram(random_topology(shape, 0.1, rng), {.direction = direction}));
        for (const Circle& a : circles) {
          const bool apart = std::ranges::all_of(circles, [&](const Circle& b) {
            const double gap = std::hypot(a.x - b.x, a.y - b.y) - (a.diameter + b.diameter) / 2;
            return &a == &b || !a.shown || !b.shown || gap > 1;
          });
          CHECK(apart);
          CHECK(
              (direction == Direction::left_to_right ? a.x : a.y) ==
              (direction == Direction::left_to_right ? 225 : -150) *
                  std::round((direction == Direction::left_to_right ? a.x / 225 : -a.y / 150)));
        }
      }
    }
  }

  TEST_CASE("a constant network, one without connections and the smallest are drawn") {
    const Topology constant = strip({.inputs = 2,
                                     .layers = {{{{"1_0", {}, 1, Activation::relu}}},
                                                {{{"2_0", {{0, 2}}, 0, Activation::tanh}}}}});
    CHECK(shows(svg_of(constant),
                "the network is a constant: no path from an input to an output"));
    CHECK(shows(svg_of(constant), "no neurons left"));
    const Topology smallest{.inputs = 1,
                            .layers = {{{{"y", {{0, 0}}, 0, Activation::linear}}}}};
    CHECK(shows(svg_of(smallest), "1&#45;1 network, 1 of 1 connection"));
    CHECK(svg_of(smallest).find("w = 0") != std::string::npos);
  }

  TEST_CASE("names and titles are shown as they are, whatever letters they have") {
    Topology topology = with_dead_neurons();
    topology.layers[0].neurons[0].name = "\"\\N";
    const std::string svg = svg_of(topology, {.title = "<a> & \\G \"ŷ\" \\"});
    CHECK(shows(svg, "&quot;\\N"));
    CHECK(shows(svg, "&lt;a&gt; &amp; \\G &quot;ŷ&quot; \\"));
    topology.layers[0].neurons[0].name = "a name that does not fit";
    CHECK_FALSE(shows(svg_of(topology), "a name that does not fit"));
    CHECK(svg_of(topology).find("neuron a name that does not fit: ") != std::string::npos);
  }

  TEST_CASE("weights of any size are drawn") {
    Rng rng(4);
    Topology topology = random_topology({4, 90, 3}, 0.5, rng);
    for (auto& layer : topology.layers) {
      for (auto& neuron : layer.neurons) {
        for (auto& connection : neuron.connections) connection.weight = any_double(rng);
      }
    }
    const std::string svg = svg_of(topology);
    CHECK(svg.find("nan") == svg.npos);
    CHECK(svg.find("inf") == svg.npos);
    CHECK(same_bits(read_topology(draw(topology, DiagramFormat::dot), "text"), topology));
  }

  TEST_CASE("the DOT text is the file, and the other formats are pictures") {
    const Topology topology = with_dead_neurons();
    CHECK(draw(topology, DiagramFormat::dot) == sprig::write_topology(topology));
    CHECK(draw(topology, DiagramFormat::png).starts_with("\x89PNG"));
    CHECK(draw(topology, DiagramFormat::pdf).starts_with("%PDF"));
    CHECK(occurrences(svg_of(topology, {.legend = false}), "w &gt; 0") == 0);
    CHECK(occurrences(svg_of(topology), "w &gt; 0") == 1);
    CHECK_THROWS_AS(svg_of({}), Error);
  }

  TEST_CASE("the looks are added to the topology's graph, and change nothing in it") {
    Rng rng(5);
    const Topology topology = random_topology({3, 8, 2}, 0.5, rng);
    const DotGraph bare = sprig::dot_graph_of(topology), drawn = diagram(topology);
    for (std::size_t i = 0; i < bare.nodes.size(); ++i) {
      CHECK(drawn.nodes[i].name == bare.nodes[i].name);
      for (const auto& [name, value] : bare.nodes[i].attributes) {
        CHECK(drawn.nodes[i].attributes.at(name) == value);
      }
    }
    for (std::size_t i = 0; i < bare.edges.size(); ++i) {
      for (const auto& [name, value] : bare.edges[i].attributes) {
        CHECK(drawn.edges[i].attributes.at(name) == value);
      }
    }
  }
}
