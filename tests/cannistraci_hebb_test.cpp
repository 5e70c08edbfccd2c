// CH3-L3: a layer worked by hand, and random layers against the definition in sets.

#include "nn/sparse/cannistraci_hebb.h"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "engine/error.h"
#include "tests/random_topology.h"

namespace {

using namespace sprig;

using Table = std::vector<std::vector<double>>;

Topology::Layer layer_of(const std::vector<std::vector<std::uint32_t>>& inputs) {
  Topology::Layer layer;
  for (const auto& list : inputs) {
    auto& neuron = layer.neurons.emplace_back();
    for (const std::uint32_t input : list) neuron.connections.push_back({input, 1.0});
  }
  return layer;
}

// The layer as one graph: ends are inputs, then neurons.
using Ends = std::set<std::size_t>;

std::vector<Ends> neighbours(const Topology::Layer& layer, std::size_t inputs) {
  std::vector<Ends> ends(inputs + layer.neurons.size());
  for (std::size_t neuron = 0; neuron < layer.neurons.size(); ++neuron) {
    for (const auto& connection : layer.neurons[neuron].connections) {
      ends[inputs + neuron].insert(connection.input);
      ends[connection.input].insert(inputs + neuron);
    }
  }
  return ends;
}

// The definition, for any two ends that are not connected: walk all simple paths of length 3,
// collect the local community, count what leads out of it.
double score_by_definition(const std::vector<Ends>& graph, std::size_t u, std::size_t v) {
  std::vector<std::pair<std::size_t, std::size_t>> paths;
  Ends community;
  for (const std::size_t a : graph[u]) {
    for (const std::size_t b : graph[a]) {
      if (a == v || b == u || b == v || !graph[b].contains(v)) continue;
      paths.push_back({a, b});
      community.insert({a, b});
    }
  }
  const auto external = [&](std::size_t end) {
    double count = 0;
    for (const std::size_t other : graph[end]) {
      count += other != u && other != v && !community.contains(other);
    }
    return count;
  };
  double sum = 0;
  for (const auto& [a, b] : paths) sum += 1 / std::sqrt((1 + external(a)) * (1 + external(b)));
  return sum;
}

}  // namespace

TEST_SUITE("cannistraci-hebb") {
  TEST_CASE("one path whose ends have no other connections scores 1") {
    CHECK(ch3_l3(layer_of({{0, 1}, {1}}), 2) == Table{{0, 0}, {1, 0}});
  }

  TEST_CASE("a connection out of the community costs, one within it does not, by hand") {
    // Neuron 0 reads 0, 1, 2; neuron 1 reads 1; input 2 is read by neuron 2, too.
    // Place (1, 0): the path 0 - n0 - 1 - n1; n0 has input 2 outside: 1 / sqrt(2 * 1).
    // Place (1, 2): by n0 through 1, with input 0 outside n0: 1 / sqrt(2).
    // Place (2, 0): by n0 through 2, with input 1 outside n0: 1 / sqrt(2).
    // Place (2, 1): by n0 through 2: n0 has input 0 outside: 1 / sqrt(2).
    const double half = 1 / std::sqrt(2.0);
    CHECK(ch3_l3(layer_of({{0, 1, 2}, {1}, {2}}), 3) ==
          Table{{0, 0, 0}, {half, 0, half}, {half, half, 0}});
    // Neuron 1 reads both 1 and 2: two paths to (1, 0), all within the community.
    CHECK(ch3_l3(layer_of({{0, 1, 2}, {1, 2}}), 3) == Table{{0, 0, 0}, {2, 0, 0}});
  }

  TEST_CASE("random layers score as the definition says, and existing connections 0") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      const auto inputs = static_cast<std::uint32_t>(1 + rng.below(8));
      const auto neurons = static_cast<std::uint32_t>(1 + rng.below(8));
      const Topology topology = random_topology({inputs, neurons}, rng.uniform(), rng);
      const Table scores = ch3_l3(topology.layers[0], inputs);
      const std::vector<Ends> graph = neighbours(topology.layers[0], inputs);
      for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
        for (std::size_t input = 0; input < inputs; ++input) {
          const bool exists = graph[input].contains(inputs + neuron);
          const double expected =
              exists ? 0 : score_by_definition(graph, input, inputs + neuron);
          REQUIRE(scores[neuron][input] == doctest::Approx(expected).epsilon(1e-12));
        }
      }
    }
  }

  TEST_CASE("the score does not depend on the order of neurons and connections") {
    const Table one = ch3_l3(layer_of({{0, 1, 3}, {1, 2}, {2, 3}}), 4);
    const Table other = ch3_l3(layer_of({{3, 2}, {2, 1}, {3, 1, 0}}), 4);
    for (std::size_t neuron = 0; neuron < 3; ++neuron) {
      for (std::size_t input = 0; input < 4; ++input) {
        CHECK(one[neuron][input] == doctest::Approx(other[2 - neuron][input]));
      }
    }
  }

  TEST_CASE("empty and dense layers score nothing") {
    CHECK(ch3_l3(layer_of({{}, {}}), 2) == Table{{0, 0}, {0, 0}});
    CHECK(ch3_l3(layer_of({{0, 1}, {0, 1}}), 2) == Table{{0, 0}, {0, 0}});
  }

  TEST_CASE("a connection from an input that is not there is an error") {
    CHECK_THROWS_WITH_AS(ch3_l3(layer_of({{5}}), 2),
                         "ch3_l3: neuron  reads input 5 of 2; give "
                         "at least 6 inputs",
                         Error);
  }
}
