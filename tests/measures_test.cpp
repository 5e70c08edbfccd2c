// Measures of a network: the published sizes of RigL's appendix, cases by hand, and brute force
// on random topologies.

#include "nn/measures.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "nn/topology_diff.h"
#include "nn/topology_statistics.h"
#include "nn/wiring.h"
#include "tests/random_topology.h"

namespace {

using namespace sprig;

// inputs-h1-h2-10 with so many connections in the first two layers; the last one is dense.
Topology three_layers(std::uint32_t inputs, std::uint32_t h1, std::uint32_t h2,
                      std::size_t first, std::size_t second) {
  Rng rng(1);
  return random_topology({.inputs = inputs,
                          .layers = {{.neurons = h1, .budget = first},
                                     {.neurons = h2, .budget = second},
                                     {.neurons = 10}}},
                         rng);
}

Topology dense(std::uint32_t inputs, std::uint32_t h1, std::uint32_t h2) {
  return three_layers(inputs, h1, h2, std::size_t{inputs} * h1, std::size_t{h1} * h2);
}

// One that a Mlp can be made of: every layer has a neuron.
Topology random_network(Rng& rng) {
  std::vector<std::uint32_t> shape;
  for (auto left = 2 + rng.below(3); left > 0; --left) {
    shape.push_back(static_cast<std::uint32_t>(1 + rng.below(6)));
  }
  return random_topology(shape, rng.uniform(), rng);
}

void fill(DenseGradient& gradient, const Topology& topology, Rng& rng) {
  for (std::uint32_t layer = 0; layer < topology.layers.size(); ++layer) {
    for (std::uint32_t i = 0; i < topology.layers[layer].neurons.size(); ++i) {
      for (double& g : gradient.row(layer, i)) g = rng.normal();
    }
  }
}

}  // namespace

TEST_SUITE("measures") {
  TEST_CASE("FLOPs and bytes are those of RigL's appendix B, table 2") {
    const Topology rigl = three_layers(408, 100, 69, 2352, 3270);
    CHECK(connection_count(rigl) == 6312);
    CHECK(forward_flops(rigl) == 12624);  // 12.6 thousand
    CHECK(stored_bytes(rigl) == 31926);
    CHECK(std::round(1e4 * (1 - statistics(rigl).density)) == 8696);
    // The table's bytes are of 3 connections less, lost in training: 31914.
    CHECK(stored_bytes(three_layers(408, 100, 69, 2349, 3270)) == 31914);
    const Topology rigl_plus = three_layers(375, 62, 51, 2000, 570);  // 3080 in all
    CHECK(forward_flops(rigl_plus) == 6160);                          // 6.2 thousand
    CHECK(stored_bytes(rigl_plus) == 16113);
  }

  TEST_CASE("FLOPs and bytes are those of that table's dense networks, without bits") {
    CHECK(forward_flops(dense(245, 160, 55)) == 97100);
    CHECK(stored_bytes(dense(245, 160, 55)) == 195100);
    CHECK(forward_flops(dense(266, 88, 33)) == 53284);
    CHECK(stored_bytes(dense(266, 88, 33)) == 107092);
    CHECK(forward_flops(dense(97, 71, 33)) == 19120);
    CHECK(stored_bytes(dense(97, 71, 33)) == 38696);
  }

  TEST_CASE("a relu neuron is silent if it is 0 on every sample, whether dead or not") {
    // 1_0 is relu(x - 1), 1_1 relu(-x - 1), 1_2 a constant 1 (dead), 1_3 is never above 0 and
    // dead, 1_4 gives 0 but is no relu.
    const auto relu = Activation::relu, linear = Activation::linear;
    const Topology topology{.inputs = 1,
                            .layers = {{{{"1_0", {{0, 1}}, -1, relu},
                                         {"1_1", {{0, -1}}, -1, relu},
                                         {"1_2", {}, 1, relu},
                                         {"1_3", {}, -1, relu},
                                         {"1_4", {}, 0, linear}}},
                                       {{{"2_0", {{0, 1}, {1, 1}}, 0, linear}}}}};
    const auto silent = [&](const std::vector<std::vector<double>>& samples) {
      return silent_neurons(topology, samples)[0];
    };
    CHECK(silent({{0}, {1}}) == std::vector{true, true, false, true, false});
    CHECK(silent({{0}, {2}}) == std::vector{false, true, false, true, false});
    CHECK(silent({{-2}, {2}}) == std::vector{false, false, false, true, false});
    CHECK(silent_neurons(topology, std::vector<std::vector<double>>{{0}})[1] ==
          std::vector{false});
    CHECK(dead_neurons(topology)[0] == std::vector{false, false, true, true, true});
  }

  TEST_CASE("no weight into a silent neuron has a gradient, on 200 random networks") {
    int silent_count = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Topology topology = random_network(rng);
      for (auto& layer : topology.layers) {
        for (auto& neuron : layer.neurons) neuron.activation = Activation::relu;
      }
      std::vector<std::vector<double>> samples(3, std::vector<double>(topology.inputs));
      for (auto& sample : samples) std::ranges::generate(sample, [&] { return rng.normal(); });
      Graph graph;
      Mlp mlp(graph, topology);
      OuterProductProbe probe(mlp);
      Value loss = graph.value(0);
      for (const auto& sample : samples) {
        std::vector<Value> inputs;
        for (const double x : sample) inputs.push_back(graph.constant(x));
        for (const Value& output : probe(inputs)) loss += output * output;
      }
      loss.backward();
      DenseGradient gradient = probe.gradient();
      const auto silent = silent_neurons(topology, samples);
      for (std::uint32_t layer = 0; layer < silent.size(); ++layer) {
        for (std::uint32_t i = 0; i < silent[layer].size(); ++i) {
          if (!silent[layer][i]) continue;
          ++silent_count;
          const auto row = gradient.row(layer, i);
          CHECK(std::ranges::all_of(row, [](double g) { return g == 0; }));
        }
      }
    }
    CHECK(silent_count > 100);
  }

  TEST_CASE("gradient norms of a network with three positions, by hand") {
    const Topology topology{.inputs = 3, .layers = {{{{"1_0", {{1, 1}}}}}}};
    Graph graph;
    DenseGradient gradient{Mlp(graph, topology)};
    gradient[{0, 0, 0}] = 3;
    gradient[{0, 0, 1}] = -2;
    gradient[{0, 0, 2}] = 4;
    const GradientNorms norms = gradient_norms(topology, gradient);
    CHECK(norms.layers.at(0).existing == 2);
    CHECK(norms.layers.at(0).absent == 5);
    CHECK(norms.network.existing == 2);
    CHECK(norms.network.absent == 5);
  }

  TEST_CASE("gradient norms are sums over all positions, on 200 random networks") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      const Topology topology = random_network(rng);
      Graph graph;
      DenseGradient gradient{Mlp(graph, topology)};
      fill(gradient, topology, rng);
      std::vector<double> all(topology.layers.size()), existing(topology.layers.size());
      for (std::uint32_t layer = 0; layer < all.size(); ++layer) {
        for (std::uint32_t i = 0; i < topology.layers[layer].neurons.size(); ++i) {
          for (const double g : gradient.row(layer, i)) all[layer] += g * g;
        }
      }
      for (const Position& p : positions_of(topology)) {
        existing[p.layer] += gradient[p] * gradient[p];
      }
      const GradientNorms norms = gradient_norms(topology, gradient);
      REQUIRE(norms.layers.size() == all.size());
      double existing_sum = 0, absent_sum = 0;
      for (std::size_t layer = 0; layer < all.size(); ++layer) {
        const double absent = all[layer] - existing[layer];
        CHECK(norms.layers[layer].existing == doctest::Approx(std::sqrt(existing[layer])));
        CHECK(std::pow(norms.layers[layer].absent, 2) == doctest::Approx(absent));
        existing_sum += existing[layer];
        absent_sum += absent;
      }
      CHECK(std::pow(norms.network.existing, 2) == doctest::Approx(existing_sum));
      CHECK(std::pow(norms.network.absent, 2) == doctest::Approx(absent_sum));
    }
  }

  TEST_CASE("no samples and the gradient of another network are refused") {
    Rng rng(1);
    const Topology topology = random_topology({2, 3, 1}, 1, rng);
    const Topology other = random_topology({2, 2, 1}, 1, rng);
    Graph graph;
    const DenseGradient gradient{Mlp(graph, other)};
    CHECK_THROWS_WITH_AS(
        gradient_norms(topology, gradient),
        "gradient_norms: the topology is 2-3-1 and the gradient that of 2-2-1; "
        "give the gradient of this network",
        Error);
    CHECK_THROWS_WITH_AS(silent_neurons(topology, {}),
                         "silent_neurons: got no samples; give at least one", Error);
    CHECK_THROWS_AS(silent_neurons(topology, std::vector<std::vector<double>>{{1}}), Error);
  }
}
