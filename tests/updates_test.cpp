// When a SparseTraining is due and wants gradients, and the budget that it holds methods to.

#include <doctest/doctest.h>

#include <vector>

#include "engine/error.h"
#include "tests/dense_mlp.h"

namespace {

using namespace sprig;

SparseTraining with(const SparseMethod& method) { return SparseTraining(method); }

Rewiring nothing(Moment&) { return {}; }

}  // namespace

TEST_SUITE("updates") {
  TEST_CASE("updates are due at the offset plus multiples of the interval in [first, end)") {
    const SparseTraining training =
        with({.name = "test",
              .updates = {.interval = 10, .first = 5, .end = 48, .offset = 17},
              .replaces_step = true,
              .update = nothing});
    CHECK(due_steps(training, 100) == std::vector<int>{7, 17, 27, 37, 47});
  }

  TEST_CASE("the gradients before an offset update are wanted, and no others") {
    const SparseTraining training =
        with({.name = "test",
              .updates = {.interval = 10, .first = 17, .end = 28, .offset = 17},
              .gradient = {.batches = 3},
              .update = nothing});
    std::vector<int> wanted;
    for (int step = 0; step < 100; ++step) {
      if (training.wants_gradient(step)) wanted.push_back(step);
    }
    CHECK(wanted == std::vector<int>{14, 15, 16, 24, 25, 26});
    CHECK(due_steps(training, 100) == std::vector<int>{16, 26});  // after 17 and 27 steps
  }

  TEST_CASE("a method that starts dense needs a budget, and as many connections") {
    SparseMethod method = {.name = "test",
                           .updates = before_training,
                           .starts_dense = true,
                           .replaces_step = true,
                           .update = nothing};
    CHECK_THROWS_WITH_AS(with(method), "test: a budget of 0 connections; give at least 1",
                         Error);
    method.budget = 7;
    Graph graph;
    Rng rng(1);
    Mlp mlp(graph, dense_topology({3, 2}, rng));
    CHECK_THROWS_WITH_AS(with(method).update({.mlp = mlp}),
                         "test: a budget of 7 connections for a network that has 6; start with "
                         "at least as many",
                         Error);
  }
}
