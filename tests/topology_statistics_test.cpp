// Statistics against an oracle that walks every single path: on all 1024 topologies of shape
// 2-2-2-1, and on random ones of other shapes.

#include "nn/topology_statistics.h"

#include <doctest/doctest.h>

#include <set>

#include "engine/error.h"
#include "nn/random.h"

namespace {

using sprig::dead_neurons;
using sprig::default_name;
using sprig::Error;
using sprig::Position;
using sprig::Rng;
using sprig::shape_of;
using sprig::statistics;
using sprig::Topology;

// shape: inputs, then neurons per layer. exists() says for one possible connection after the
// other whether it is there.
Topology topology_of(const std::vector<std::uint32_t>& shape, auto exists) {
  Topology topology{.inputs = shape[0], .layers = {}};
  for (std::size_t layer = 0; layer + 1 < shape.size(); ++layer) {
    auto& neurons = topology.layers.emplace_back().neurons;
    for (std::uint32_t i = 0; i < shape[layer + 1]; ++i) {
      auto& neuron = neurons.emplace_back();
      neuron.name = default_name(layer, i);
      for (std::uint32_t input = 0; input < shape[layer]; ++input) {
        if (exists()) neuron.connections.push_back({input, 1});
      }
    }
  }
  return topology;
}

Topology random_network(Rng& rng) {
  std::vector<std::uint32_t> shape;
  const std::size_t layers = 1 + rng.below(4);
  for (std::size_t k = 0; k <= layers; ++k) {
    const bool is_hidden = k > 0 && k < layers;
    shape.push_back(static_cast<std::uint32_t>(is_hidden ? rng.below(6) : 1 + rng.below(5)));
  }
  const double density = rng.uniform();
  return topology_of(shape, [&] { return rng.uniform() < density; });
}

// Follows every path down from `neuron`; `above` holds the connections that led there. Returns
// what it passed on paths that end at a network input.
void walk(const Topology& topology, std::uint32_t layer, std::uint32_t neuron,
          std::vector<Position> above, std::set<Position>& on_a_path) {
  for (const auto& connection : topology.layers[layer].neurons[neuron].connections) {
    auto path = above;
    path.push_back({layer, neuron, connection.input});
    if (layer == 0) {
      on_a_path.insert(path.begin(), path.end());
    } else {
      walk(topology, layer - 1, connection.input, path, on_a_path);
    }
  }
}

std::set<Position> connections_on_a_path(const Topology& topology) {
  std::set<Position> on_a_path;
  const auto last = static_cast<std::uint32_t>(topology.layers.size() - 1);
  for (std::uint32_t i = 0; i < topology.layers[last].neurons.size(); ++i) {
    walk(topology, last, i, {}, on_a_path);
  }
  return on_a_path;
}

void check_paths(const Topology& topology) {
  const auto result = statistics(topology);
  const auto flags = dead_neurons(topology);
  const auto on_a_path = connections_on_a_path(topology);
  REQUIRE(result.effective_connections == on_a_path.size());
  std::size_t dead_count = 0;
  for (std::uint32_t layer = 0; layer < topology.layers.size(); ++layer) {
    std::set<std::uint32_t> alive;
    std::size_t effective = 0;
    for (const auto& position : on_a_path) {
      if (position.layer != layer) continue;
      alive.insert(position.neuron);
      ++effective;
    }
    std::vector<std::uint32_t> dead;
    for (std::uint32_t i = 0; i < topology.layers[layer].neurons.size(); ++i) {
      REQUIRE(flags[layer][i] == !alive.contains(i));
      if (!alive.contains(i)) dead.push_back(i);
    }
    REQUIRE(result.layers[layer].dead == dead);
    REQUIRE(result.layers[layer].effective_connections == effective);
    dead_count += dead.size();
  }
  REQUIRE(result.dead_neurons == dead_count);
}

// Asks for each possible connection whether it is there, and counts what is.
void check_counts(const Topology& topology) {
  const auto result = statistics(topology);
  std::size_t connections = 0, possible = 0, neurons = 0;
  std::vector<std::uint32_t> out_degree(topology.inputs, 0);
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    const auto& here = topology.layers[layer].neurons;
    REQUIRE(
        (layer == 0 ? result.input_out_degree : result.layers[layer - 1].out_degree).size() ==
        out_degree.size());
    std::vector<std::uint32_t> in_degree(here.size(), 0);
    for (std::size_t i = 0; i < here.size(); ++i) {
      for (std::uint32_t input = 0; input < out_degree.size(); ++input) {
        bool exists = false;
        for (const auto& connection : here[i].connections) exists |= connection.input == input;
        out_degree[input] += exists;
        in_degree[i] += exists;
        connections += exists;
        ++possible;
      }
      ++neurons;
    }
    REQUIRE((layer == 0 ? result.input_out_degree : result.layers[layer - 1].out_degree) ==
            out_degree);
    REQUIRE(result.layers[layer].in_degree == in_degree);
    out_degree.assign(here.size(), 0);
  }
  REQUIRE(result.layers.back().out_degree == out_degree);
  REQUIRE(result.connections == connections);
  REQUIRE(result.possible == possible);
  REQUIRE(result.parameters == connections + neurons);
}

}  // namespace

TEST_SUITE("topology_statistics") {
  TEST_CASE("dead neurons and effective connections are right on all topologies 2-2-2-1") {
    for (unsigned bits = 0; bits < 1024; ++bits) {
      CAPTURE(bits);
      unsigned left = bits;
      check_paths(topology_of({2, 2, 2, 1}, [&] {
        const bool exists = left & 1;
        left >>= 1;
        return exists;
      }));
    }
  }

  TEST_CASE("dead neurons, effective connections and counts are right on random topologies") {
    Rng rng(1);
    int with_empty_layer = 0, partly_dead = 0;
    for (int round = 0; round < 2000; ++round) {
      CAPTURE(round);
      const Topology topology = random_network(rng);
      check_paths(topology);
      check_counts(topology);
      const auto result = statistics(topology);
      with_empty_layer += shape_of(topology).find("-0") != std::string::npos;
      partly_dead += result.dead_neurons > 0 && result.effective_connections > 0;
    }
    CHECK(with_empty_layer > 200);
    CHECK(partly_dead > 200);
  }

  TEST_CASE("a network with a dead neuron of each kind has these statistics") {
    // 1_0 lives. 1_1 is not read. 1_2 reads nothing. 2_1 is an output that reads only 1_2.
    const Topology topology{
        .inputs = 2,
        .layers = {{{{"1_0", {{1, 1}}}, {"1_1", {{0, 1}, {1, 1}}}, {"1_2", {}}}},
                   {{{"2_0", {{2, 1}, {0, 1}}}, {"2_1", {{2, 1}}}}}}};
    const auto result = statistics(topology);
    CHECK(result.layers[0].dead == std::vector<std::uint32_t>{1, 2});
    CHECK(result.layers[1].dead == std::vector<std::uint32_t>{1});
    CHECK(result.layers[0].out_degree == std::vector<std::uint32_t>{1, 0, 2});
    CHECK(result.input_out_degree == std::vector<std::uint32_t>{1, 2});
    CHECK(result.layers[0].density == 0.5);
    CHECK(result.density == 0.5);
    CHECK(result.parameters == 11);
    CHECK(result.dead_neurons == 3);
    CHECK(result.effective_connections == 2);
  }

  TEST_CASE("the density of a layer without neurons is 0, not 0/0") {
    const auto result = statistics(topology_of({3, 0, 2}, [] { return true; }));
    CHECK(result.layers[0].density == 0);
    CHECK(result.layers[1].density == 0);
    CHECK(result.density == 0);
  }

  TEST_CASE("a histogram counts the neurons of each degree, also of those that none has") {
    using Degrees = std::vector<std::uint32_t>;
    using Counts = std::vector<std::size_t>;
    CHECK(sprig::degree_histogram(Degrees{3, 0, 3, 1}) == Counts{1, 1, 0, 2});
    CHECK(sprig::degree_histogram(Degrees{0, 0}) == Counts{2});
    CHECK(sprig::degree_histogram(Degrees{}).empty());
  }

  TEST_CASE("statistics refuses a topology that is not valid") {
    Topology topology = topology_of({2, 1}, [] { return true; });
    topology.layers[0].neurons[0].connections[1].input = 2;
    CHECK_THROWS_AS(statistics(topology), Error);
    CHECK_THROWS_AS(dead_neurons(topology), Error);
  }
}
