// GraNet: an update by hand, random networks against the two phases one after the other, and its
// count after every update.

#include "nn/sparse/granet.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "nn/sparse/counts.h"
#include "tests/random_topology.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

using Positions = std::vector<Position>;

SparseTraining granet_with(const GraNetOptions& options) {
  return SparseTraining(methods::granet(options));
}

// With updates after every step; the budget is reached by the one after step 9.
GraNetOptions ten_steps(std::size_t budget, double fraction) {
  return {.updates = {.interval = 1, .end = 100},
          .budget = budget,
          .last = 10,
          .fraction = constant(fraction)};
}

void sort_by_magnitude(Positions& places, const auto& number_at) {
  std::ranges::sort(places, {}, [&](auto& place) { return std::abs(number_at(place)); });
}

// Phase one on the whole model, then phase two on each layer, as the official code does.
Weights expected_after(const Topology& before, std::size_t count, double fraction,
                       const DenseGradient& gradient) {
  const Weights weights = weights_of(before);
  const auto weight_at = [&](const Position& place) { return weights.at(place); };
  Positions existing;
  for (const auto& [place, weight] : weights) existing.push_back(place);
  sort_by_magnitude(existing, weight_at);
  existing.erase(existing.begin(),
                 existing.end() - static_cast<long>(std::min(count, existing.size())));
  Weights after;
  for (std::uint32_t layer = 0; layer < before.layers.size(); ++layer) {
    Positions here = existing;
    std::erase_if(here, [&](auto& place) { return place.layer != layer; });
    const std::size_t exchanged =
        static_cast<std::size_t>(fraction * static_cast<double>(here.size()));
    here.erase(here.begin(), here.begin() + static_cast<long>(exchanged));
    Positions free = places_of(before, layer);
    std::erase_if(free, [&](auto& p) { return std::ranges::find(here, p) != here.end(); });
    sort_by_magnitude(free, [&](auto& place) { return gradient[place]; });
    here.insert(here.end(), free.end() - static_cast<long>(exchanged), free.end());
    for (const Position& place : here) {
      after[place] = weights.contains(place) ? weights.at(place) : 0;
    }
  }
  return after;
}

}  // namespace

TEST_SUITE("granet") {
  TEST_CASE("an update drops in the whole model and exchanges in each layer, by hand") {
    Graph graph;
    Mlp mlp(graph,
            {.inputs = 3,
             .layers = {{{{"a", {{0, 0.1}, {1, 0.2}}, 0}, {"b", {{2, 3.0}, {0, 0.3}}, 0}}},
                        {{{"c", {{0, 1.0}, {1, 0.5}}, 0}, {"d", {{0, 4.0}}, 0}}}}});
    DenseGradient gradient(mlp);
    gradient[{0, 0, 1}] = 9;
    gradient[{0, 0, 2}] = 8;
    gradient[{1, 1, 1}] = -7;
    // From 7 to 3 connections in one step of the cubic: .1, .2, .3 and .5 go. Then layer 0
    // exchanges floor(.5 * 1) = 0 and layer 1 floor(.5 * 2) = 1, its 1.0, for {1, 1, 1}.
    SparseTraining granet = granet_with({.updates = {.interval = 1, .end = 9},
                                         .budget = 3,
                                         .last = 1,
                                         .fraction = constant(0.5)});
    granet.observe(gradient);
    const Rewiring rewiring = granet.update({.mlp = mlp, .step = 0});
    CHECK(weights_of(mlp) == Weights{{{0, 1, 2}, 3}, {{1, 1, 0}, 4}, {{1, 1, 1}, 0}});
    CHECK(rewiring.dropped.size() == 5);
    CHECK(places_of(rewiring.grown) == Positions{{1, 1, 1}});
  }

  TEST_CASE("GraNet does on random networks what one phase after the other does") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      if (mlp.connection_count() == 0) continue;
      const Topology before = mlp.snapshot();
      const DenseGradient gradient = random_gradient(mlp, rng);
      const double fraction = rng.uniform();
      const std::size_t budget = 1 + rng.below(mlp.connection_count());
      SparseTraining granet = granet_with(ten_steps(budget, fraction));
      granet.observe(gradient);
      granet.update({.mlp = mlp, .step = 9});
      REQUIRE(weights_of(mlp) == expected_after(before, budget, fraction, gradient));
    }
  }

  TEST_CASE("after every update the model has what the cubic allows, in the end the budget") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const std::size_t at_first = mlp.connection_count();
      if (at_first == 0) continue;
      const std::size_t budget = 1 + rng.below(at_first);
      SparseTraining granet = granet_with(ten_steps(budget, 0.4));
      for (int step = 0; step < 20; ++step) {
        granet.observe(random_gradient(mlp, rng));
        granet.update({.mlp = mlp, .step = step});
        const double left = std::max(0.0, 1 - (step + 1) / 10.0);
        const double allowed = static_cast<double>(budget) +
                               static_cast<double>(at_first - budget) * std::pow(left, 3);
        REQUIRE(std::abs(static_cast<double>(mlp.connection_count()) - allowed) <= 0.5 + 1e-9);
        REQUIRE_NOTHROW(validate(mlp.snapshot()));
        set_random_weights(mlp, rng);
      }
      REQUIRE(mlp.connection_count() == budget);
    }
  }

  TEST_CASE(
      "the gradient is that of the update's batch, and the step comes before the update") {
    const SparseTraining granet = granet_with(
        {.updates = {.interval = 5, .end = 20}, .budget = 1, .last = 15, .fraction = {}});
    for (int step = 0; step < 30; ++step) {
      const bool is_due = step == 4 || step == 9 || step == 14;
      CHECK(granet.is_due(step) == is_due);
      CHECK(granet.wants_gradient(step) == is_due);
      CHECK_FALSE(granet.replaces_step(step));
    }
    CHECK(granet.method().starts_dense);
    CHECK(granet.method().budget == 1);
  }

  TEST_CASE("a gradient that is NaN changes nothing, and the next good one is used") {
    Rng rng(3);
    Graph graph;
    Mlp mlp(graph, random_topology({4, 5, 3}, 1.0, rng));
    const Topology before = mlp.snapshot();
    SparseTraining granet = granet_with(ten_steps(10, 0.5));
    DenseGradient gradient(mlp);
    gradient[{1, 2, 3}] = std::nan("");
    granet.observe(gradient);
    CHECK_THROWS_AS(granet.update({.mlp = mlp, .step = 9}), Error);
    CHECK(mlp.snapshot() == before);
    granet.observe(random_gradient(mlp, rng));
    granet.update({.mlp = mlp, .step = 10});
    CHECK(mlp.connection_count() == 10);
  }

  TEST_CASE("options out of range are refused") {
    CHECK_THROWS_WITH_AS(
        granet_with(
            {.updates = {.interval = 10, .first = 5, .end = 20}, .budget = 1, .last = 5}),
        "GraNet: the budget is to be reached at step 5, from step 5 on; give a later last step",
        Error);
    CHECK_THROWS_WITH_AS(
        granet_with({.updates = {.interval = 10, .end = 30}, .budget = 1, .last = 21}),
        "GraNet: the budget is to be reached at step 21, but the last update is at step 20; "
        "give at most that",
        Error);
    CHECK_THROWS_WITH_AS(granet_with({.updates = {.interval = 10, .end = 30}, .last = 20}),
                         "GraNet: a budget of 0 connections; give at least 1", Error);
  }
}
