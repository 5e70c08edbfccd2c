// SNFS: an update by hand, random networks against a second SNFS on lists of places, and the
// calendar of its dropping.

#include "nn/sparse/snfs.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "nn/apportion.h"
#include "tests/random_topology.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

using Positions = std::vector<Position>;

SparseTraining snfs_with(const SnfsOptions& options) {
  return SparseTraining(methods::snfs(options));
}

SnfsOptions dropping(double fraction) {
  return {.updates = {.interval = 1, .end = 1000}, .fraction = constant(fraction)};
}

// Drops, shares out and grows on sorted lists of all places.
Weights expected_after(const Topology& before, double fraction, const DenseGradient& momentum) {
  const Weights weights = weights_of(before);
  Weights after;
  std::vector<double> shares;
  std::vector<std::size_t> room;
  std::size_t dropped = 0;
  for (std::uint32_t layer = 0; layer < before.layers.size(); ++layer) {
    Positions existing;
    double sum = 0;
    for (const auto& [place, weight] : in_layer(weights, layer)) {
      existing.push_back(place);
      sum += std::abs(momentum[place]);
    }
    std::ranges::sort(existing, {}, [&](auto& p) { return std::abs(weights.at(p)); });
    const auto n = static_cast<double>(existing.size());
    const auto k = static_cast<std::size_t>(fraction * n);
    for (std::size_t rank = k; rank < existing.size(); ++rank) {
      after[existing[rank]] = weights.at(existing[rank]);
    }
    dropped += k;
    shares.push_back(existing.empty() ? 0 : sum / n);
    room.push_back(places_of(before, layer).size() - (existing.size() - k));
  }
  const std::vector<std::size_t> counts = apportion(dropped, shares, room);
  for (std::uint32_t layer = 0; layer < before.layers.size(); ++layer) {
    Positions free = places_of(before, layer);
    std::erase_if(free, [&](auto& place) { return after.contains(place); });
    std::ranges::sort(free, std::ranges::greater{},
                      [&](auto& place) { return std::abs(momentum[place]); });
    for (std::size_t rank = 0; rank < counts[layer]; ++rank) {
      const Position& place = free[rank];
      after[place] = weights.contains(place) ? weights.at(place) : 0;
    }
  }
  return after;
}

}  // namespace

TEST_SUITE("snfs") {
  TEST_CASE("layers share what is dropped by the mean |M| of what they had, by hand") {
    Graph graph;
    Mlp mlp(graph,
            {.inputs = 3,
             .layers = {{{{"a", {{0, 0.1}, {1, 2.0}}, 0}, {"b", {{2, 3.0}, {0, 0.2}}, 0}}},
                        {{{"c", {{0, 1.0}, {1, 4.0}}, 0}, {"d", {}, 0}}}}});
    DenseGradient gradient(mlp);
    gradient[{0, 0, 0}] = 2;  // mean |M| of layer 0: (2 + 0 + 2 + 0) / 4 = 1
    gradient[{0, 1, 2}] = -2;
    gradient[{1, 0, 0}] = 3;  // of layer 1: (3 + 1) / 2 = 2
    gradient[{1, 0, 1}] = -1;
    gradient[{0, 0, 2}] = 0.5;
    gradient[{1, 1, 0}] = -7;
    SparseTraining snfs = snfs_with(dropping(0.5));
    snfs.observe(gradient);
    const Rewiring rewiring = snfs.update({.mlp = mlp, .step = 0});
    // Dropped: two of layer 0, one of layer 1. Grown: 1 in layer 0, 2 in layer 1, where the
    // places not kept are {1, 1, 0} with |M| 7 and {1, 0, 0} with 3, which stays.
    CHECK(places_of(rewiring.dropped) == Positions{{0, 1, 0}});
    CHECK(places_of(rewiring.grown) == Positions{{1, 1, 0}});
    CHECK(rewiring.stayed == 2);
    CHECK(weights_of(mlp) == Weights{{{0, 0, 0}, 0.1},
                                     {{0, 0, 1}, 2},
                                     {{0, 1, 2}, 3},
                                     {{1, 0, 0}, 1},
                                     {{1, 0, 1}, 4},
                                     {{1, 1, 0}, 0}});
  }

  TEST_CASE("SNFS does on random networks what sorting all places does") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Topology before = mlp.snapshot();
      const DenseGradient momentum = random_gradient(mlp, rng);
      const double fraction = rng.uniform();
      SparseTraining snfs = snfs_with(dropping(fraction));
      snfs.observe(momentum);
      snfs.update({.mlp = mlp, .step = 0});
      REQUIRE(weights_of(mlp) == expected_after(before, fraction, momentum));
    }
  }

  TEST_CASE("no update changes the number of connections of the model") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const std::size_t count = mlp.connection_count();
      SparseTraining snfs = snfs_with(dropping(0.4));
      for (int step = 0; step < 20; ++step) {
        snfs.observe(random_gradient(mlp, rng));
        snfs.update({.mlp = mlp, .step = step});
        REQUIRE(mlp.connection_count() == count);
        REQUIRE_NOTHROW(validate(mlp.snapshot()));
        set_random_weights(mlp, rng);
      }
    }
  }

  TEST_CASE("the momentum remembers every batch, and growth follows it") {
    Graph graph;
    Mlp mlp(graph, {.inputs = 3, .layers = {{{{"a", {{0, 1.0}}, 0}}}}});
    SparseTraining snfs = snfs_with(
        {.updates = {.interval = 3, .end = 10}, .fraction = constant(1), .momentum = 0.5});
    DenseGradient early(mlp), late(mlp);
    early[{0, 0, 1}] = 8;  // M: 4, 2, 1
    late[{0, 0, 2}] = 3;   // M: 0, 0, 1.5
    const DenseGradient none(mlp);
    for (int step = 0; step < 3; ++step) {
      CHECK(snfs.wants_gradient(step));
      CHECK(snfs.is_due(step) == (step == 2));
      snfs.observe(step == 0 ? early : step == 1 ? none : late);
    }
    const Rewiring rewiring = snfs.update({.mlp = mlp, .step = 2});
    CHECK(places_of(rewiring.grown) == Positions{{0, 0, 2}});
    CHECK(rewiring.grown[0].score == 1.5);
  }

  TEST_CASE("by default half is dropped at first, and less and less down to .005") {
    Graph graph;
    Rng rng(1);
    Mlp mlp(graph, random_topology({20, 100}, 0.5, rng));
    const auto n = static_cast<double>(mlp.connection_count());
    SparseTraining snfs = snfs_with({.updates = {.interval = 1, .end = 100}});
    for (const int done : {1, 25, 50, 99}) {
      snfs.observe(random_gradient(mlp, rng));
      const Rewiring rewiring = snfs.update({.mlp = mlp, .step = done - 1});
      const double fraction = 0.005 + 0.495 / 2 * (1 + std::cos(std::acos(-1.0) * done / 100));
      CHECK(rewiring.dropped.size() + rewiring.stayed == std::floor(fraction * n));
    }
  }

  TEST_CASE("a momentum that is NaN changes nothing") {
    Graph graph;
    Rng rng(2);
    Mlp mlp(graph, random_topology({4, 4, 2}, 0.5, rng));
    const Topology before = mlp.snapshot();
    DenseGradient gradient(mlp);
    gradient[{1, 1, 1}] = std::nan("");
    SparseTraining snfs = snfs_with(dropping(0.5));
    snfs.observe(gradient);
    CHECK_THROWS_AS(snfs.update({.mlp = mlp, .step = 0}), Error);
    CHECK(mlp.snapshot() == before);
  }

  TEST_CASE("options out of range are refused") {
    CHECK_THROWS_WITH_AS(snfs_with({.updates = {.end = 1}, .momentum = 0}),
                         "SNFS: momentum is 0; give one in (0, 1)", Error);
    CHECK_THROWS_WITH_AS(snfs_with({.updates = {.end = 1}, .momentum = 1}),
                         "SNFS: momentum is 1; give one in [0, 1)", Error);
    CHECK_THROWS_AS(snfs_with({}), Error);
  }
}
