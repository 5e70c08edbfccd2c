// One-shot and gradual magnitude dropping: a case by hand, the sparsities of equation 1, and
// that what is left is exactly the budget and the largest.

#include "nn/sparse/magnitude.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/error.h"
#include "tests/dense_mlp.h"

namespace {

using namespace sprig;
using Counts = std::vector<std::size_t>;

// Two layers of small and of large weights.
struct Case {
  Graph graph;
  Mlp mlp{graph,
          {.inputs = 3,
           .layers = {{{{"a", {{0, 0.1}, {1, -0.3}, {2, 0.2}}, 1.0}}},
                      {{{"b", {{0, -4.0}}, 2.0}, {"c", {{0, 5.0}}, 2.0}}}}}};
};

std::vector<double> magnitudes(const Mlp& mlp) {
  std::vector<double> magnitudes;
  const Score magnitude = weight_magnitude(mlp);
  const std::vector<Position> existing = places(mlp, Scope::model)[0].existing;
  for (const Position& place : existing) magnitudes.push_back(magnitude(place));
  std::ranges::sort(magnitudes, std::ranges::greater{});
  return magnitudes;
}

SparseTraining gmp(const GmpOptions& options) {
  return SparseTraining(methods::gradual_magnitude(options));
}

SparseTraining one_shot(const OneShotOptions& options) {
  return SparseTraining(methods::one_shot_magnitude(options));
}

}  // namespace

TEST_SUITE("magnitude") {
  TEST_CASE("one number of budget is for the model, in which layers compete") {
    Case one;
    const Rewiring rewiring = one_shot({.budget = {3}}).update({.mlp = one.mlp});
    CHECK(connections_by_layer(one.mlp) == Counts{1, 2});
    CHECK(one.mlp.layers()[0].neurons()[0].reads(1));  // |-0.3| is the largest of its layer
    REQUIRE(rewiring.dropped.size() == 2);
    CHECK(rewiring.dropped[0].position == Position{0, 0, 0});
    CHECK(rewiring.dropped[0].score == 0.1);
    CHECK(rewiring.grown.empty());
  }

  TEST_CASE("several are for the layers, which do not compete") {
    Case one;
    one_shot({.budget = {2, 1}}).update({.mlp = one.mlp});
    CHECK(connections_by_layer(one.mlp) == Counts{2, 1});
    CHECK(!one.mlp.layers()[0].neurons()[0].reads(0));
    CHECK(one.mlp.layers()[1].neurons()[1].reads(0));
  }

  TEST_CASE("one-shot is due once, in place of its step") {
    const SparseTraining training = one_shot({.budget = {3}, .step = 70});
    CHECK(due_steps(training, 200) == std::vector<int>{70});
    CHECK(training.replaces_step(70));
    CHECK(due_steps(one_shot({.budget = {3}}), 9) == std::vector<int>{0});
  }

  TEST_CASE("GMP is due at t0 + i * Delta t, in steps done") {
    CHECK(due_steps(gmp({.budget = {3}, .interval = 20, .first = 30, .updates = 3}), 200) ==
          std::vector<int>{29, 49, 69, 89});
    CHECK(due_steps(gmp({.budget = {3}, .interval = 20, .updates = 2}), 200) ==
          std::vector<int>{19, 39});  // none before the first step, where s_t is 0
  }

  TEST_CASE("GMP leaves after each update what equation 1 says, and the largest of what was") {
    Graph graph;
    Rng rng(1);
    Mlp mlp(graph, dense_topology({20, 30, 10}, rng));  // 900 connections
    const std::vector<double> dense = magnitudes(mlp);
    SparseTraining training = gmp({.budget = {90}, .interval = 10, .first = 5, .updates = 9});
    for (int step = 0; step < 150; ++step) {
      if (training.is_due(step)) training.update({.mlp = mlp, .step = step});
      const double part = std::clamp((step + 1 - 5) / 10 * 10 / 90.0, 0.0, 1.0);
      const double sparsity = 0.9 + (0.0 - 0.9) * std::pow(1 - part, 3);
      const auto kept = static_cast<std::size_t>(std::lround(900 * (1 - sparsity)));
      REQUIRE(mlp.connection_count() == kept);
      REQUIRE(magnitudes(mlp) == std::vector<double>(dense.begin(), dense.begin() + kept));
    }
    CHECK(mlp.connection_count() == 90);
  }

  TEST_CASE("with a budget for each layer GMP does the same in each") {
    Graph graph;
    Rng rng(2);
    Mlp mlp(graph, dense_topology({8, 10, 4}, rng));
    SparseTraining training = gmp({.budget = {7, 33}, .interval = 1, .updates = 2});
    training.update({.mlp = mlp, .step = 0});  // half of the way: 1/8 of the surplus is left
    CHECK(connections_by_layer(mlp) == Counts{16, 34});  // 7 + 73/8, 33 + 7/8
    training.update({.mlp = mlp, .step = 1});
    CHECK(connections_by_layer(mlp) == Counts{7, 33});
  }

  TEST_CASE("every budget is met exactly, whatever the shape and the updates") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, dense_topology({7, 9, 5, 3}, rng));
      Budget budget;
      for (const std::size_t all : connections_by_layer(mlp)) {
        budget.push_back(1 + rng.below(all));
      }
      if (rng.below(2) == 0) budget = {1 + rng.below(mlp.connection_count())};
      const int first = static_cast<int>(rng.below(20));
      SparseTraining training = gmp({.budget = budget,
                                     .interval = 1 + static_cast<int>(rng.below(9)),
                                     .first = first,
                                     .updates = 1 + static_cast<int>(rng.below(9))});
      for (int step = 0; step < 200; ++step) {
        if (training.is_due(step)) training.update({.mlp = mlp, .step = step});
      }
      REQUIRE(mlp.connection_count() == training.method().budget);
      if (budget.size() > 1) REQUIRE(connections_by_layer(mlp) == budget);
    }
  }

  TEST_CASE("options out of range are refused") {
    const char* no_budget =
        ": the budget needs a number above 0 for the model, or one for each layer";
    CHECK_THROWS_WITH_AS(one_shot({}), (std::string("one-shot") + no_budget).c_str(), Error);
    CHECK_THROWS_WITH_AS(one_shot({.budget = {5, 0}}),
                         (std::string("one-shot") + no_budget).c_str(), Error);
    CHECK_THROWS_WITH_AS(one_shot({.budget = {5}, .step = -1}),
                         "one-shot: step -1; give 0 or more", Error);
    CHECK_THROWS_WITH_AS(gmp({.budget = {0}, .updates = 1}),
                         (std::string("GMP") + no_budget).c_str(), Error);
    CHECK_THROWS_WITH_AS(gmp({.budget = {5}}), "GMP: 0 updates; give at least 1", Error);
    CHECK_THROWS_WITH_AS(gmp({.budget = {5}, .first = -3, .updates = 1}),
                         "GMP: first is step -3; give 0 or more", Error);
    CHECK_THROWS_WITH_AS(gmp({.budget = {5}, .interval = 0, .updates = 1}),
                         "GMP: an interval of 0 steps; give at least 1", Error);
  }

  TEST_CASE("a budget that the network cannot have is refused, and nothing is dropped") {
    Case one;
    const auto drop_to = [&](const Budget& budget) {
      one_shot({.budget = budget}).update({.mlp = one.mlp});
    };
    CHECK_THROWS_WITH_AS(drop_to({6}),
                         "one-shot: a budget of 6 connections for a network that has 5; start "
                         "with at least as many",
                         Error);
    CHECK_THROWS_WITH_AS(drop_to({1, 3}),
                         "one-shot: a budget of 3 connections for layer 1, which has 2; start "
                         "with at least as many",
                         Error);
    CHECK_THROWS_WITH_AS(drop_to({1, 1, 1}),
                         "one-shot: a budget for 3 layers, but the network has 2", Error);
    CHECK(one.mlp.connection_count() == 5);
  }
}
