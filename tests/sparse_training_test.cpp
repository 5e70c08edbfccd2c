// What a SparseTraining shows its method: the gradient that its memory promises, the steps done,
// and the loop's own numbers. tests/updates_test.cpp has the calendar.

#include "nn/sparse/sparse_training.h"

#include <doctest/doctest.h>

#include <cmath>
#include <optional>
#include <vector>

#include "engine/error.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

constexpr Position place = {0, 0, 1};

struct OneNeuron {
  Graph graph;
  Mlp mlp{graph, {.inputs = 2, .layers = {{{{"a", {{0, 1.0}}, 0.0}}}}}};

  DenseGradient gradient(double at_place) const {
    DenseGradient gradient(mlp);
    gradient[place] = at_place;
    return gradient;
  }
};

// A method that only looks: what it saw is in `seen`.
struct Seen {
  std::vector<double> gradients;  // at `place`
  std::vector<int> steps_done;
  double learning_rate = 0;
};

SparseMethod looking(Seen& seen, const GradientMemory& memory, bool replaces_step = false) {
  return {.name = "look",
          .updates = {.interval = 3, .end = 100},
          .gradient = memory,
          .replaces_step = replaces_step,
          .update = [&seen](Moment& moment) {
            if (moment.gradient != nullptr) {
              seen.gradients.push_back((*moment.gradient)[place]);
            }
            seen.steps_done.push_back(moment.steps_done);
            seen.learning_rate = moment.learning_rate;
            return Rewiring{};
          }};
}

// Steps 0, 1, ... with the gradients 1, 2, 4, ..., observed where they are wanted.
std::vector<int> run(SparseTraining& training, OneNeuron& one, int steps) {
  std::vector<int> wanted;
  for (int step = 0; step < steps; ++step) {
    if (training.wants_gradient(step)) {
      wanted.push_back(step);
      training.observe(one.gradient(std::exp2(step)));
    }
    if (training.is_due(step)) training.update({.mlp = one.mlp, .step = step});
  }
  return wanted;
}

}  // namespace

TEST_SUITE("sparse training") {
  TEST_CASE("a memory of batches is their sum, with the update's own, and starts anew") {
    OneNeuron one;
    Seen seen;
    SparseTraining training(looking(seen, {.batches = 2}));
    CHECK(run(training, one, 9) == std::vector<int>{1, 2, 4, 5, 7, 8});
    CHECK(seen.gradients == std::vector<double>{2 + 4, 16 + 32, 128 + 256});
  }

  TEST_CASE("if updates replace the step, the last batch of the memory is the update's, too") {
    OneNeuron one;
    Seen seen;
    SparseTraining training(looking(seen, {.batches = 2}, true));
    CHECK(run(training, one, 7) == std::vector<int>{0, 2, 3, 5, 6});
    CHECK(seen.gradients == std::vector<double>{1, 4 + 8, 32 + 64});
  }

  TEST_CASE("a memory with momentum is a running mean of all batches, and goes on") {
    OneNeuron one;
    Seen seen;
    SparseTraining training(looking(seen, {.momentum = 0.75}));
    CHECK(run(training, one, 6) == std::vector<int>{0, 1, 2, 3, 4, 5});
    std::vector<double> expected;
    double mean = 0;
    for (int step = 0; step < 6; ++step) {
      mean = 0.75 * mean + 0.25 * std::exp2(step);
      if (step % 3 == 2) expected.push_back(mean);
    }
    CHECK(seen.gradients == expected);
  }

  TEST_CASE("with momentum nothing is wanted any more when no update is to come") {
    Seen seen;
    const SparseTraining training(looking(seen, {.momentum = 0.5}));
    CHECK(training.wants_gradient(98));
    CHECK_FALSE(training.wants_gradient(99));
  }

  TEST_CASE("a method without a memory is shown no gradient, and is due without one") {
    OneNeuron one;
    Seen seen;
    SparseTraining training(looking(seen, {}));
    CHECK(run(training, one, 9).empty());
    CHECK(seen.gradients.empty());
    CHECK(seen.steps_done.size() == 3);
  }

  TEST_CASE("the steps done count the optimiser's step, unless the update replaces it") {
    OneNeuron one;
    Seen after, instead;
    SparseTraining one_after(looking(after, {})), one_instead(looking(instead, {}, true));
    run(one_after, one, 10);
    run(one_instead, one, 10);
    CHECK(after.steps_done == std::vector<int>{3, 6, 9});       // in steps 2, 5, 8
    CHECK(instead.steps_done == std::vector<int>{0, 3, 6, 9});  // in steps 0, 3, 6, 9
    CHECK(one_instead.replaces_step(3));
    CHECK_FALSE(one_instead.replaces_step(4));
    CHECK_FALSE(one_after.replaces_step(2));
  }

  TEST_CASE("the loop's learning rate and the method's row of the table come through") {
    OneNeuron one;
    Seen seen;
    SparseMethod method = looking(seen, {});
    method.restarts = true;
    SparseTraining training(method);
    training.update({.mlp = one.mlp, .step = 2, .learning_rate = 0.125});
    CHECK(seen.learning_rate == 0.125);
    CHECK(training.method().restarts);
    CHECK(training.method().name == "look");
  }

  TEST_CASE("an update without the gradient that it needs is an error, also the second one") {
    OneNeuron one;
    Seen seen;
    SparseTraining training(looking(seen, {.batches = 1}));
    const auto update = [&](int step) { training.update({.mlp = one.mlp, .step = step}); };
    CHECK_THROWS_WITH_AS(
        update(2), "look: update at step 2 without a gradient; call observe first", Error);
    training.observe(one.gradient(1));
    CHECK_NOTHROW(update(2));
    CHECK_THROWS_AS(update(5), Error);
    CHECK(seen.gradients.size() == 1);
  }

  TEST_CASE("a memory out of range is refused by the method's name") {
    const auto with = [](const GradientMemory& memory) {
      Seen seen;
      SparseTraining training(looking(seen, memory));
    };
    CHECK_NOTHROW(with({.batches = 3}));
    CHECK_THROWS_WITH_AS(with({.batches = 4}),
                         "look: gradients of 4 batches; give 0 to the interval, 3", Error);
    CHECK_THROWS_AS(with({.batches = -1}), Error);
    CHECK_THROWS_WITH_AS(with({.momentum = 1}), "look: momentum is 1; give one in [0, 1)",
                         Error);
    CHECK_THROWS_AS(with({.momentum = std::nan("")}), Error);
  }
}
