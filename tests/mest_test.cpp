// MEST: its drop score by hand, random networks against sorted lists, and what its budget
// promises after every one of many updates.

#include "nn/sparse/mest.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/error.h"
#include "nn/sparse/counts.h"
#include "tests/random_topology.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

using Positions = std::vector<Position>;

MestOptions options_with(double fraction, double gradient_weight = 0.01) {
  return {.updates = {.interval = 1, .end = 1000},
          .fraction = constant(fraction),
          .gradient_weight = gradient_weight};
}

SparseTraining em(const MestOptions& options, std::uint64_t seed = 1) {
  return SparseTraining(methods::mest(options, Rng(seed)));
}

SparseTraining em_s(const MestOptions& options, std::uint64_t seed = 1) {
  return SparseTraining(methods::mest_soft_budget(options, Rng(seed)));
}

std::size_t part(double fraction, std::size_t count) {
  return static_cast<std::size_t>(std::floor(fraction * static_cast<double>(count)));
}

void set_random_grads(const Mlp& mlp, Rng& rng) {
  for (const Value parameter : mlp.parameters()) parameter.set_grad(rng.normal());
}

// One neuron of six inputs that reads four of them.
struct OneNeuron {
  Graph graph;
  Mlp mlp{
      graph,
      {.inputs = 6, .layers = {{{{"a", {{0, 0.4}, {1, -0.3}, {2, 0.2}, {3, -0.1}}, 0.0}}}}}};
};

}  // namespace

TEST_SUITE("mest") {
  TEST_CASE("the lowest |weight| + lambda |gradient| is dropped, by hand") {
    OneNeuron one;
    const std::vector<double> grads = {-0.1, 0.1, -0.2, 1.0, 0.0};
    for (std::size_t k = 0; k < grads.size(); ++k) {
      one.mlp.parameters()[k].set_grad(grads[k]);
    }
    // Scores with lambda .5: .45, .35, .3, .6; without a gradient input 3 would go.
    SparseTraining mest = em(options_with(0.5, 0.5));
    CHECK_FALSE(mest.wants_gradient(0));
    const Rewiring rewiring = mest.update({.mlp = one.mlp, .step = 0});
    const Weights weights = weights_of(one.mlp);
    CHECK(weights.size() == 4);
    CHECK(weights.at({0, 0, 0}) == 0.4);
    CHECK(weights.at({0, 0, 3}) == -0.1);
    for (const Change& change : rewiring.dropped) {
      CHECK(change.score == doctest::Approx(change.position.input == 1 ? 0.35 : 0.3));
    }
    CHECK(rewiring.dropped.size() + rewiring.stayed == 2);
  }

  TEST_CASE("on random networks the right ones are kept, and the others are drawn anew") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Topology before = mlp.snapshot();
      set_random_grads(mlp, rng);
      std::map<Position, double> score;
      for (const auto& [place, weight] : weights_of(before)) {
        const Neuron& neuron = mlp.layers()[place.layer].neurons()[place.neuron];
        score[place] =
            std::abs(weight) + 0.7 * std::abs(neuron.weight_from(place.input).grad());
      }
      const double fraction = rng.uniform();
      SparseTraining mest = em(options_with(fraction, 0.7), seed);
      mest.update({.mlp = mlp, .step = 0});
      const Weights after = weights_of(mlp);
      for (std::uint32_t layer = 0; layer < before.layers.size(); ++layer) {
        const Weights had = in_layer(weights_of(before), layer);
        Positions ranked;
        for (const auto& [place, weight] : had) ranked.push_back(place);
        std::ranges::sort(ranked, {}, [&](auto& place) { return score.at(place); });
        for (std::size_t rank = part(fraction, had.size()); rank < ranked.size(); ++rank) {
          REQUIRE(after.contains(ranked[rank]));
        }
        for (const auto& [place, weight] : in_layer(after, layer)) {
          REQUIRE(weight == (had.contains(place) ? had.at(place) : 0));
        }
      }
    }
  }

  TEST_CASE("EM has the budget of every layer after every update") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Counts budget = counts_of(mlp);
      SparseTraining mest = em(options_with(rng.uniform()), seed);
      for (int step = 0; step < 20; ++step) {
        set_random_grads(mlp, rng);
        mest.update({.mlp = mlp, .step = step});
        REQUIRE(counts_of(mlp) == budget);
        REQUIRE_NOTHROW(validate(mlp.snapshot()));
        set_random_weights(mlp, rng);
      }
    }
  }

  TEST_CASE(
      "EM&S has the announced surplus after every update, and the budget after the last") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Counts budget = counts_of(mlp);
      const int end = seed % 2 == 0 ? 51 : 55;  // the last update comes after 50 steps
      SparseTraining mest = em_s(
          {.updates = {.interval = 5, .end = end}, .fraction = linear(0.8, 0.1, 52)}, seed);
      for (int step = 0; step < 60; ++step) {
        if (!mest.is_due(step)) continue;
        set_random_grads(mlp, rng);
        const Rewiring rewiring = mest.update({.mlp = mlp, .step = step});
        const double surplus = step == 49 ? 0 : 0.8 - 0.7 * (step + 1) / 52;
        for (std::size_t layer = 0; layer < budget.size(); ++layer) {
          REQUIRE(mlp.layers()[layer].connection_count() ==
                  std::min(mlp.layers()[layer].possible_connection_count(),
                           budget[layer] + part(surplus, budget[layer])));
        }
        if (step == 49) REQUIRE(rewiring.grown.empty());
        set_random_weights(mlp, rng);
      }
      REQUIRE(counts_of(mlp) == budget);
    }
  }

  TEST_CASE("EM&S keeps the budget's best of all that it has") {
    OneNeuron one;
    SparseTraining mest = em_s(options_with(0.5, 0));
    const Rewiring more = mest.update({.mlp = one.mlp, .step = 0});
    CHECK(more.dropped.empty());
    CHECK(places_of(more.grown).size() == 2);
    for (const Value parameter : one.mlp.parameters()) {
      if (parameter.data() == 0) parameter.set_data(0.35);
    }
    const Rewiring rewiring = mest.update({.mlp = one.mlp, .step = 1});
    const Weights weights = weights_of(one.mlp);
    for (const std::uint32_t input : {0, 4, 5}) CHECK(weights.contains({0, 0, input}));
    CHECK(weights.at({0, 0, 1}) == -0.3);  // the fourth; the layer is full again
    CHECK(rewiring.stayed == 2);
  }

  TEST_CASE("by default a fifth is exchanged, or half is too many, and half of that late") {
    const auto exchanged = [](int step) {
      Rng rng(1);
      Graph graph;
      Mlp mlp(graph, random_topology({20, 50}, 0.3, rng));
      const std::size_t n = mlp.connection_count();
      SparseTraining mest = em({.updates = {.interval = 1, .end = 100}});
      const Rewiring rewiring = mest.update({.mlp = mlp, .step = step});
      CHECK(mlp.connection_count() == n);
      return static_cast<double>(rewiring.dropped.size() + rewiring.stayed) /
             static_cast<double>(n);
    };
    CHECK(exchanged(73) == doctest::Approx(0.2).epsilon(0.02));
    CHECK(exchanged(74) == doctest::Approx(0.1).epsilon(0.02));
    OneNeuron one;
    SparseTraining mest = em_s({.updates = {.interval = 1, .end = 100}});
    mest.update({.mlp = one.mlp, .step = 0});
    CHECK(one.mlp.connection_count() == 6);
    mest.update({.mlp = one.mlp, .step = 74});
    CHECK(one.mlp.connection_count() == 5);
  }

  TEST_CASE("every place that is not kept is equally likely to be grown") {
    std::map<std::uint32_t, int> grown;
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
      OneNeuron one;
      SparseTraining mest = em(options_with(0.5, 0), seed);
      mest.update({.mlp = one.mlp, .step = 0});
      for (const auto& [place, weight] : weights_of(one.mlp)) ++grown[place.input];
    }
    CHECK(grown[0] == 4000);
    CHECK(grown[1] == 4000);
    for (const std::uint32_t input : {2, 3, 4, 5}) {
      CHECK(std::abs(grown[input] - 2000) < 130);  // 4 standard deviations
    }
  }

  TEST_CASE("a gradient that is NaN, or a fraction out of range, changes nothing") {
    OneNeuron one;
    const Topology before = one.mlp.snapshot();
    one.mlp.parameters()[2].set_grad(std::nan(""));
    CHECK_THROWS_AS(em(options_with(0.5)).update({.mlp = one.mlp, .step = 0}), Error);
    one.mlp.zero_grad();
    CHECK_THROWS_WITH_AS(em(options_with(1.5)).update({.mlp = one.mlp, .step = 0}),
                         "rewire: the fraction is 1.5; give one in [0, 1]", Error);
    CHECK_THROWS_AS(em_s(options_with(-1)).update({.mlp = one.mlp, .step = 0}), Error);
    CHECK(one.mlp.snapshot() == before);
  }

  TEST_CASE("options out of range are refused") {
    CHECK_THROWS_WITH_AS(em(options_with(0.5, -1)),
                         "MEST: gradient_weight is -1; give a finite one of at least 0", Error);
    CHECK_THROWS_AS(em_s(options_with(0.5, INFINITY)), Error);
    CHECK_THROWS_WITH_AS(
        em_s({}), "MEST (EM&S): end is step 0; give the first step without updates, above 0",
        Error);
  }
}
