// Connection matrices. The oracle is the SVG that gnuplot made: the rectangles of each colour,
// and where they stand.

#include "demos/matrices.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/error.h"

namespace {

using namespace sprig;

constexpr const char* blue = "<polygon fill = 'rgb( 29,  78, 216)'";
constexpr const char* red = "<polygon fill = 'rgb(240,  68,  56)'";
constexpr const char* darkest = "<polygon fill = 'rgb(124, 138, 160)'";

int count(const std::string& svg, const std::string& text) {
  int times = 0;
  for (auto at = svg.find(text); at != std::string::npos; at = svg.find(text, at + 1)) ++times;
  return times;
}

// One layer; each neuron is given as the list of its inputs, all with weight 1.
Topology topology(std::uint32_t inputs, const std::vector<std::vector<std::uint32_t>>& reads) {
  Topology topology{inputs, {{}}};
  for (const auto& neuron_reads : reads) {
    auto& neurons = topology.layers[0].neurons;
    neurons.push_back({default_name(0, neurons.size()), {}, 0, Activation::linear});
    for (std::uint32_t input : neuron_reads) neurons.back().connections.push_back({input, 1});
  }
  return topology;
}

std::string drawn(const std::vector<TopologyAtStep>& series, std::size_t layer = 0,
                  std::size_t most_panels = 12) {
  return plot_matrices("SET", series, layer, PictureFormat::svg, most_panels);
}

// A series of `length` in which the only connection moves on by one input each time.
std::vector<TopologyAtStep> moving(int length) {
  std::vector<TopologyAtStep> series;
  for (int k = 0; k < length; ++k) {
    series.push_back({10 * k, topology(50, {{static_cast<std::uint32_t>(k)}, {}})});
  }
  return series;
}

}  // namespace

TEST_SUITE("matrices") {
  TEST_CASE("grown connections are blue, dropped ones red, and the title counts them") {
    const std::string svg = drawn({{0, topology(3, {{0, 1}, {2}})},  //
                                   {50, topology(3, {{1, 2}, {0, 1, 2}})}});
    CHECK(count(svg, blue) == 3);
    CHECK(count(svg, red) == 1);
    CHECK(count(svg, darkest) == 3 + 2);
    CHECK(count(svg, ">step 0: 3 in all<") == 1);
    CHECK(count(svg, ">step 50: +3 −1<") == 1);
    CHECK(count(svg, ">rows: neurons (2), columns: inputs (3)<") == 1);
  }

  TEST_CASE("neurons go down and inputs to the right") {
    const auto corner = [](const Topology& single) {  // of the only rectangle
      const std::string svg = drawn({{0, single}});
      const auto at = svg.find("points = '", svg.find(darkest)) + 10;
      std::size_t digits = 0;
      const double x = std::stod(svg.substr(at), &digits);
      return std::pair{x, std::stod(svg.substr(at + digits + 1))};
    };
    const auto first = corner(topology(3, {{0}, {}, {}}));
    CHECK(corner(topology(3, {{2}, {}, {}})).first > first.first + 50);
    CHECK(corner(topology(3, {{2}, {}, {}})).second == first.second);
    CHECK(corner(topology(3, {{}, {}, {0}})).first == first.first);
    CHECK(corner(topology(3, {{}, {}, {0}})).second > first.second + 50);
  }

  TEST_CASE("the largest |weight| of all panels is the darkest") {
    Topology weak = topology(2, {{0}, {1}});
    weak.layers[0].neurons[0].connections[0].weight = -4;
    CHECK(count(drawn({{0, weak}}), darkest) == 1);
    CHECK(count(drawn({{0, topology(2, {{0}, {1}})}, {1, weak}}), darkest) == 1);
  }

  TEST_CASE("of a long series, the first, the last and evenly many between are shown") {
    const std::string svg = drawn(moving(27), 0, 5);
    CHECK(count(svg, ">step ") == 5);
    for (const char* step :
         {">step 0:", ">step 60:", ">step 130:", ">step 190:", ">step 260:"}) {
      CAPTURE(step);
      CHECK(count(svg, step) == 1);
    }
    CHECK(count(svg, "; 22 of 27 topologies are left out<") == 1);
    CHECK(count(drawn(moving(12)), ">step ") == 12);
    CHECK(count(drawn(moving(12)), "left out") == 0);
  }

  TEST_CASE("changes are those since the panel before, not those since the topology before") {
    const Topology here = topology(2, {{0}, {}}), there = topology(2, {{1}, {}});
    const std::string svg = drawn({{0, here}, {1, there}, {2, here}}, 0, 2);
    CHECK(count(svg, ">step 2: +0 −0<") == 1);
    CHECK(count(svg, blue) + count(svg, red) == 0);
  }

  TEST_CASE("only the changes of the layer in question are shown") {
    Topology before = topology(2, {{0}, {1}});
    before.layers.push_back({{{"out", {{0, 1}}, 0, Activation::linear}}});
    Topology after = before;
    after.layers[1].neurons[0].connections[0].input = 1;
    CHECK(count(drawn({{0, before}, {1, after}}, 0), ">step 1: +0 −0<") == 1);
    CHECK(count(drawn({{0, before}, {1, after}}, 1), ">step 1: +1 −1<") == 1);
  }

  TEST_CASE("a layer of one neuron, of one input, or without connections is drawn") {
    CHECK(count(drawn({{0, topology(3, {{0, 2}})}}), darkest) == 2 * 2);  // every row twice
    CHECK(count(drawn({{0, topology(1, {{0}, {}, {0}})}}), darkest) == 2 * 2);
    CHECK(count(drawn({{0, topology(3, {{}, {}})}}), ">step 0: 0 in all<") == 1);
  }

  TEST_CASE("in a wide layer neighbours share a dot, and a change hides what stayed") {
    const std::string svg = drawn({{0, topology(784, {{0, 1, 4, 783}, {}})},  //
                                   {1, topology(784, {{0, 1, 5, 783}, {}})}});
    CHECK(count(svg, ", 1 × 4 in a dot<") == 1);
    CHECK(count(svg, darkest) == 3 + 2);
    CHECK(count(svg, blue) == 1);
    CHECK(count(svg, red) == 0);  // it shares the dot of what has grown
  }

  TEST_CASE("a picture as PNG is drawn") {
    CHECK(plot_matrices("SET", moving(3), 0, PictureFormat::png).starts_with("\x89PNG"));
  }

  TEST_CASE("what cannot be drawn is refused") {
    const Topology good = topology(2, {{0}});
    CHECK_THROWS_WITH_AS(drawn({}), "matrices: got no topology; give at least one", Error);
    CHECK_THROWS_WITH_AS(drawn({{0, good}}, 0, 1),
                         "matrices: got at most 1 panels; give at least 2", Error);
    CHECK_THROWS_WITH_AS(drawn({{0, good}}, 1),
                         "matrices: got layer 1 of a network of 1 layers; give a smaller index",
                         Error);
    Topology hollow = good;
    hollow.layers.insert(hollow.layers.begin(), Topology::Layer{});
    hollow.layers[1].neurons[0].connections.clear();
    CHECK_THROWS_WITH_AS(drawn({{0, hollow}}),
                         "matrices: layer 0 has 0 neurons and 2 inputs; give one that has both",
                         Error);
    CHECK_THROWS_AS(drawn({{0, good}, {1, topology(3, {{0}})}}), Error);
    CHECK_THROWS_AS(drawn({{0, topology(2, {{7}})}}), Error);
  }
}
