// SynFlow: its score against the sum over all paths, what the paper proves of it (conservation,
// no layer is cut through), and its rounds. tests/saliency_test.cpp compares the score with
// PyTorch's.

#include "nn/sparse/synflow.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "engine/error.h"
#include "nn/sparse/magnitude.h"
#include "nn/topology_statistics.h"
#include "tests/dense_mlp.h"

namespace {

using namespace sprig;

// Walks every path from a neuron of `layer` down to the inputs, and adds the product of the
// |weights| on the whole path, from the output on, to each of its connections.
class Paths {
 public:
  explicit Paths(const Topology& topology) : topology_(topology) {
    const auto last = static_cast<std::uint32_t>(topology.layers.size() - 1);
    for (std::uint32_t k = 0; k < topology.layers[last].neurons.size(); ++k) walk(last, k, 1);
  }
  double through(const Position& place) const {
    const auto found = sums_.find(place);
    return found == sums_.end() ? 0.0 : found->second;
  }

 private:
  void walk(std::uint32_t layer, std::uint32_t neuron, double product) {
    for (const auto& [input, weight] : topology_.layers[layer].neurons[neuron].connections) {
      path_.push_back({layer, neuron, input});
      const double longer = product * std::abs(weight);
      if (layer > 0) {
        walk(layer - 1, input, longer);
      } else {
        for (const Position& place : path_) sums_[place] += longer;
      }
      path_.pop_back();
    }
  }

  const Topology& topology_;
  std::vector<Position> path_;
  std::map<Position, double> sums_;
};

std::vector<Position> existing_in(const Mlp& mlp) {
  return places(mlp, Scope::model)[0].existing;
}

Rewiring drop_by_flow(Mlp& mlp, const SynFlowOptions& options) {
  return SparseTraining(methods::synflow(options)).update({.mlp = mlp});
}

}  // namespace

TEST_SUITE("synflow") {
  TEST_CASE("the score is the sum over all paths through a connection, by brute force") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      const Mlp mlp(graph, random_topology(rng));  // any activations, biases and density
      const Topology topology = mlp.snapshot();
      const Paths paths(topology);
      const Score score = synaptic_flow(mlp);
      for (const std::vector<Position> places = existing_in(mlp); const auto& place : places) {
        REQUIRE(score(place) == doctest::Approx(paths.through(place)).epsilon(1e-12));
      }
    }
  }

  TEST_CASE("what flows into a neuron flows out, and every layer passes the same on") {
    Graph graph;
    Rng rng(5);
    const Mlp mlp(graph, random_topology({6, 8, 7, 3}, 0.6, rng));
    const Score score = synaptic_flow(mlp);
    std::map<std::uint32_t, double> of_layer;
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> into, out_of;
    for (const std::vector<Position> places = existing_in(mlp); const auto& place : places) {
      of_layer[place.layer] += score(place);
      into[{place.layer, place.neuron}] += score(place);
      if (place.layer > 0) out_of[{place.layer - 1, place.input}] += score(place);
    }
    for (const auto& [neuron, flow] : out_of) {
      CHECK(into[neuron] == doctest::Approx(flow).epsilon(1e-12));  // theorem 1
    }
    CHECK(of_layer[0] == doctest::Approx(of_layer[1]).epsilon(1e-12));  // theorem 2
    CHECK(of_layer[0] == doctest::Approx(of_layer[2]).epsilon(1e-12));
  }

  TEST_CASE("no layer collapses, down to one connection in each") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, dense_topology({10, 12, 4, 12, 3}, rng));
      drop_by_flow(mlp, {.budget = 4});  // theorem 3: maximal critical compression
      REQUIRE(connections_by_layer(mlp) == std::vector<std::size_t>{1, 1, 1, 1});
      REQUIRE(statistics(mlp.snapshot()).effective_connections == 4);
    }
  }

  TEST_CASE(
      "where |weight| cuts a layer through, and one round of flow does, a hundred do not") {
    // The weights of the middle layer are small, but nothing gets past it.
    const auto kept_by = [](auto drop) {
      Graph graph;
      Rng rng(1);
      Topology topology = dense_topology({20, 20, 20, 2}, rng);
      for (auto& neuron : topology.layers[1].neurons) {
        for (auto& [input, weight] : neuron.connections) weight *= 1e-3;
      }
      Mlp mlp(graph, topology);
      drop(mlp);
      REQUIRE(mlp.connection_count() == 20);
      return statistics(mlp.snapshot()).effective_connections;
    };
    CHECK(kept_by([](Mlp& mlp) {
            SparseTraining(methods::one_shot_magnitude({.budget = {20}})).update({.mlp = mlp});
          }) == 0);
    CHECK(kept_by([](Mlp& mlp) { drop_by_flow(mlp, {.budget = 20, .rounds = 1}); }) < 20);
    CHECK(kept_by([](Mlp& mlp) { drop_by_flow(mlp, {.budget = 20}); }) == 20);
  }

  TEST_CASE("round i of n keeps density^(i/n), the highest by the flow of what is left") {
    Graph graph, ours;
    Rng rng(9);
    const Topology topology = dense_topology({5, 9, 6}, rng);  // 99 connections
    Mlp mlp(graph, topology), by_hand(ours, topology);
    drop_by_flow(mlp, {.budget = 11, .rounds = 2});
    drop_to(by_hand, 33, synaptic_flow(by_hand));  // 99 * (1/9)^(1/2)
    drop_to(by_hand, 11, synaptic_flow(by_hand));
    CHECK(mlp.snapshot() == by_hand.snapshot());
  }

  TEST_CASE("every budget is met exactly, once, in place of the first step") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, dense_topology({6, 7, 3}, rng));
      const std::size_t budget = 1 + rng.below(mlp.connection_count());
      const int rounds = 1 + static_cast<int>(rng.below(9));
      const Rewiring rewiring = drop_by_flow(mlp, {.budget = budget, .rounds = rounds});
      REQUIRE(mlp.connection_count() == budget);
      REQUIRE(rewiring.dropped.size() == 6 * 7 + 7 * 3 - budget);
    }
    const SparseTraining synflow(methods::synflow({.budget = 1}));
    CHECK(due_steps(synflow, 100) == std::vector<int>{0});
    CHECK(synflow.replaces_step(0));
    CHECK_FALSE(synflow.wants_gradient(0));
  }

  TEST_CASE("no budget, no rounds and weights too large to multiply are refused") {
    CHECK_THROWS_WITH_AS(SparseTraining(methods::synflow({})),
                         "SynFlow: a budget of 0 connections; give at least 1", Error);
    CHECK_THROWS_WITH_AS(methods::synflow({.budget = 1, .rounds = 0}),
                         "SynFlow: 0 rounds; give at least 1", Error);
    Graph graph;
    Mlp mlp(graph, {.inputs = 1,
                    .layers = {{{{"a", {{0, 1e200}}, 0.0}, {"b", {{0, 0.0}}, 0.0}}},
                               {{{"c", {{0, 1e200}, {1, 1e200}}, 0.0}}},
                               {{{"d", {{0, 1e200}}, 0.0}}}}});
    const Topology before = mlp.snapshot();
    CHECK_THROWS_AS(drop_by_flow(mlp, {.budget = 2}), Error);  // infinity * 0
    CHECK(mlp.snapshot() == before);
  }
}
