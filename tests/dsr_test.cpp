// DSR: its threshold step by step, its shares by hand, and where it may grow.

#include "nn/sparse/dsr.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/error.h"
#include "nn/apportion.h"
#include "nn/sparse/counts.h"
#include "tests/random_topology.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

constexpr Updates every_step = {.interval = 1, .end = 1000};

SparseTraining dsr_with(const DsrOptions& options, std::uint64_t seed = 1) {
  return SparseTraining(methods::dsr(options, Rng(seed)));
}

// One neuron that reads the first 20 of 100 inputs.
struct TwentyOfHundred {
  Graph graph;
  Mlp mlp{graph, topology()};

  static Topology topology() {
    Topology topology{.inputs = 100, .layers = {{{{.name = "a", .connections = {}}}}}};
    for (std::uint32_t input = 0; input < 20; ++input) {
      topology.layers[0].neurons[0].connections.push_back({input, 1.0});
    }
    return topology;
  }

  // Gives the first `small` weights half of `threshold`, the others ten times as much.
  void set_weights(int small, double threshold) const {
    for (const Connection& connection : mlp.layers()[0].neurons()[0].connections()) {
      connection.weight.set_data(small-- > 0 ? -threshold / 2 : threshold * 10);
    }
  }
};

}  // namespace

TEST_SUITE("dsr") {
  TEST_CASE("the threshold halves above 1.1 targets, doubles below .9, and else stays") {
    TwentyOfHundred one;
    SparseTraining dsr = dsr_with({.updates = every_step, .target = 10, .threshold = 0.5});
    double threshold = 0.5;
    int step = 0;
    for (const auto& [dropped, factor] : std::initializer_list<std::pair<int, double>>{
             {10, 1}, {11, 1}, {9, 1}, {12, 0.5}, {20, 0.5}, {8, 2}, {0, 2}, {10, 1}}) {
      CAPTURE(step);
      one.set_weights(dropped, threshold);
      const Rewiring rewiring = dsr.update({.mlp = one.mlp, .step = step++});
      CHECK(rewiring.dropped.size() == static_cast<std::size_t>(dropped));
      threshold *= factor;
    }
  }

  TEST_CASE("what is dropped is shared by the survivors of each layer, by hand") {
    // Layer 0 keeps 6 of 8, layer 1 keeps 2 of 4: of 4 grown, 3 and 1.
    Graph graph;
    Topology topology{.inputs = 8, .layers = {}};
    for (const std::uint32_t neurons : {4U, 2U}) {
      auto& layer = topology.layers.emplace_back().neurons;
      for (std::uint32_t k = 0; k < neurons; ++k) {
        const double weight = k % 2 == 0 ? 0.1 : 5.0;
        const double other = neurons == 4 ? 5.0 : weight;
        layer.push_back(
            {.name = default_name(neurons, k), .connections = {{0, weight}, {1, other}}});
      }
    }
    Mlp mlp(graph, topology);
    SparseTraining dsr = dsr_with({.updates = every_step, .target = 4, .threshold = 0.2});
    const Rewiring rewiring = dsr.update({.mlp = mlp, .step = 0});
    CHECK(rewiring.dropped.size() == 4);
    CHECK(counts_of(mlp) == Counts{9, 3});
  }

  TEST_CASE("on random networks all below the threshold go, and none comes back at once") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Topology before = mlp.snapshot();
      const Weights had = weights_of(before);
      Weights kept;
      std::size_t room = 0;
      std::vector<double> survivors;
      Counts rooms;
      for (std::uint32_t layer = 0; layer < before.layers.size(); ++layer) {
        for (const auto& [place, weight] : in_layer(had, layer)) {
          if (std::abs(weight) >= 0.5) kept[place] = weight;
        }
        survivors.push_back(static_cast<double>(in_layer(kept, layer).size()));
        rooms.push_back(places_of(before, layer).size() - in_layer(had, layer).size());
        room += rooms.back();
      }
      const std::size_t below = had.size() - kept.size();
      if (below > room) continue;  // then some are spared
      SparseTraining dsr =
          dsr_with({.updates = every_step, .target = 5, .threshold = 0.5}, seed);
      const Rewiring rewiring = dsr.update({.mlp = mlp, .step = 0});
      REQUIRE(rewiring.dropped.size() == below);
      REQUIRE(rewiring.stayed == 0);
      const Counts grown = apportion(below, survivors, rooms);
      const Weights after = weights_of(mlp);
      for (std::uint32_t layer = 0; layer < before.layers.size(); ++layer) {
        REQUIRE(in_layer(after, layer).size() == in_layer(kept, layer).size() + grown[layer]);
      }
      for (const auto& [place, weight] : after) {
        REQUIRE(had.contains(place) == kept.contains(place));
        REQUIRE(weight == (kept.contains(place) ? kept.at(place) : 0));
      }
    }
  }

  TEST_CASE("no update changes the number of connections of the model") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const std::size_t count = mlp.connection_count();
      SparseTraining dsr =
          dsr_with({.updates = every_step, .target = 3, .threshold = 0.3}, seed);
      for (int step = 0; step < 30; ++step) {
        dsr.update({.mlp = mlp, .step = step});
        REQUIRE(mlp.connection_count() == count);
        REQUIRE_NOTHROW(validate(mlp.snapshot()));
        set_random_weights(mlp, rng);
      }
    }
  }

  TEST_CASE("every absent place of a layer is equally likely to be grown") {
    std::map<std::uint32_t, int> grown;
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
      TwentyOfHundred one;
      one.set_weights(8, 0.5);
      SparseTraining dsr =
          dsr_with({.updates = every_step, .target = 8, .threshold = 0.5}, seed);
      for (const Position& place : places_of(dsr.update({.mlp = one.mlp, .step = 0}).grown)) {
        ++grown[place.input];
      }
    }
    CHECK(grown.size() == 80);
    CHECK(grown.begin()->first == 20);
    for (const auto& [input, count] : grown) CHECK(std::abs(count - 400) < 90);  // 4.7 sd
  }

  TEST_CASE("options out of range are refused") {
    CHECK_THROWS_WITH_AS(dsr_with({}), "DSR: a target of 0 connections; give at least 1",
                         Error);
    CHECK_THROWS_WITH_AS(dsr_with({.updates = every_step, .target = 1, .threshold = 0}),
                         "DSR: the threshold is 0; give a finite one above 0", Error);
    CHECK_THROWS_WITH_AS(dsr_with({.updates = every_step, .target = 1, .tolerance = 1}),
                         "DSR: the tolerance is 1; give one in [0, 1)", Error);
    CHECK_THROWS_AS(SparseTraining(methods::dsr({.updates = {}, .target = 1}, Rng(1))), Error);
  }
}
