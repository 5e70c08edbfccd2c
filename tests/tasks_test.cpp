// The tasks against what their contract says of them: who decides the target, and how noisy
// the samples are. Frequencies are checked to five standard errors.

#include "demos/tasks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "demos/two_moons.h"
#include "engine/error.h"
#include "nn/loss.h"

namespace {

using namespace sprig;

// Samples to train on that show a frequency well.
Task big(const std::string& name) { return make_task(name, {.seed = 3, .train = 20000}); }

double mean_square(std::span<const double> numbers) {
  double sum = 0;
  for (double x : numbers) sum += x * x;
  return sum / static_cast<double>(numbers.size());
}

}  // namespace

TEST_SUITE("tasks") {
  TEST_CASE("every task has the numbers it announces, for training and for testing") {
    for (const std::string& name : task_names()) {
      CAPTURE(name);
      const Task task = make_task(name, {.train = 40, .test = 30});
      CHECK(task.name == name);
      CHECK(task.train.size() == 40);
      CHECK(task.test.size() == 30);
      CHECK(task.shape() == task.test.shape);
      CHECK(task.shape().inputs == task.inputs);
      CHECK(task.shape().targets == std::max(1u, task.classes));
      CHECK(task.train.inputs.size() == 40 * task.inputs);
      for (std::size_t input : task.true_inputs) CHECK(input < task.inputs);
      const Batch batch(task.shape(), task.train.inputs, task.train.targets);
      CHECK(batch.size() == 40);
    }
  }

  TEST_CASE("a class is a 1 among zeros, and both classes are there in every second sample") {
    for (const std::string& name : task_names()) {
      const Task task = make_task(name, {.train = 400});
      if (task.is_regression()) continue;
      CAPTURE(name);
      std::size_t ones = 0;
      const std::vector<std::size_t> classes = labels(task.train);
      for (std::size_t k = 0; k < task.train.size(); ++k) {
        const double one = task.train.target(k)[1], zero = task.train.target(k)[0];
        CHECK((one == 1 && zero == 0) == (classes[k] == 1));
        CHECK(one + zero == 1);
        ones += classes[k];
      }
      CHECK(std::abs(static_cast<double>(ones) - 200) <= 50);
    }
  }

  TEST_CASE("labels are what accuracy takes") {
    const Task task = make_task("xor");
    CHECK(accuracy(task.train.targets, labels(task.train)) == 1);
  }

  TEST_CASE("the seed decides every number, and test samples are not those trained on") {
    for (const std::string& name : task_names()) {
      CAPTURE(name);
      const Task task = make_task(name, {.seed = 5}), again = make_task(name, {.seed = 5});
      CHECK(task.train.inputs == again.train.inputs);
      CHECK(task.test.targets == again.test.targets);
      CHECK(task.test.inputs != task.train.inputs);
      CHECK(task.train.inputs != make_task(name, {.seed = 6}).train.inputs);
    }
  }

  TEST_CASE("the samples to test on do not depend on how many there are to train on") {
    for (const std::string& name : task_names()) {
      CAPTURE(name);
      CHECK(make_task(name, {.train = 10, .test = 20}).test.inputs ==
            make_task(name, {.train = 99, .test = 20}).test.inputs);
    }
  }

  TEST_CASE("moons to train on are the points of make_moons with the same seed") {
    const Task task = make_task("moons", {.seed = 40});
    const Moons moons = make_moons(100, 0.1, 40);
    REQUIRE(task.train.size() == 100);
    for (std::size_t k = 0; k < 100; ++k) {
      CHECK(std::ranges::equal(task.train.input(k), moons.points[k]));
      CHECK(task.train.target(k)[1] == (moons.labels[k] > 0 ? 1 : 0));
    }
  }

  TEST_CASE("the halfspace is 20 normal inputs, of which the first two decide") {
    const Task task = make_task("halfspace");
    CHECK(task.train.size() == 500);
    CHECK(mean_square(task.train.inputs) == doctest::Approx(1).epsilon(5 * std::sqrt(2e-4)));
    const std::vector<std::size_t> classes = labels(task.train);
    for (std::size_t k = 0; k < task.train.size(); ++k) {
      const auto x = task.train.input(k);
      CHECK(classes[k] == (x[0] + x[1] > 0 ? 1 : 0));
    }
  }

  TEST_CASE("xor: a sample's quadrant tells its class but for the noise") {
    const Task task = big("xor");
    const std::vector<std::size_t> classes = labels(task.train);
    int wrong = 0;
    for (std::size_t k = 0; k < task.train.size(); ++k) {
      const auto x = task.train.input(k);
      wrong += (x[0] * x[1] < 0) != (classes[k] == 1);
    }
    const double beyond = 0.5 * std::erfc(1 / 0.35 / std::sqrt(2));  // of one coordinate
    CHECK(std::abs(wrong - 20000 * 2 * beyond * (1 - beyond)) < 5 * std::sqrt(40000 * beyond));
  }

  TEST_CASE("circles: squared distances are those of the two rings plus the noise") {
    const Task task = big("circles");
    const std::vector<std::size_t> classes = labels(task.train);
    double squares[2] = {0, 0};
    for (std::size_t k = 0; k < task.train.size(); ++k) {
      squares[classes[k]] += 2 * mean_square(task.train.input(k)) / 10000;
    }
    CHECK(squares[1] == doctest::Approx(1 + 2 * 0.2 * 0.2).epsilon(0.03));
    CHECK(squares[0] == doctest::Approx(4 + 2 * 0.2 * 0.2).epsilon(0.03));
  }

  TEST_CASE("spirals: one arm is the other turned by half a turn") {
    const Task task = big("spirals");
    const std::vector<std::size_t> classes = labels(task.train);
    double near = 0;  // samples that lie by their own arm
    for (std::size_t k = 0; k < task.train.size(); ++k) {
      const auto x = task.train.input(k);
      const double along = (std::hypot(x[0], x[1]) - 0.3) / 1.7;
      const double turn = std::atan2(x[1], x[0]) - std::numbers::pi * 2.5 * along;
      near += (std::cos(turn) < 0) == (classes[k] == 1);
    }
    CHECK(near / 20000 > 0.95);
    CHECK(near / 20000 < 1);
  }

  TEST_CASE("sparse: what three inputs do not explain of the target is a little noise") {
    const Task task = make_task("sparse");
    CHECK(task.true_inputs == std::vector<std::size_t>{2, 5, 7});
    std::vector<double> rest;
    for (std::size_t k = 0; k < task.train.size(); ++k) {
      const auto x = task.train.input(k);
      rest.push_back(task.train.target(k)[0] - (2 * x[2] - 1.5 * x[5] + x[7]));
    }
    CHECK(mean_square(rest) == doctest::Approx(0.01).epsilon(5 * std::sqrt(2e-3)));
  }

  TEST_CASE("noise: no input goes along with the target") {
    const Task task = big("noise");
    CHECK(task.inputs == 10);
    CHECK(task.true_inputs.empty());
    for (std::size_t input = 0; input < task.inputs; ++input) {
      double together = 0;
      for (std::size_t k = 0; k < task.train.size(); ++k) {
        together += task.train.input(k)[input] * task.train.target(k)[0];
      }
      CHECK(std::abs(together) < 5 * std::sqrt(20000));
    }
  }

  TEST_CASE("a subset has the chosen samples in the chosen order") {
    const Samples all{{.inputs = 2, .targets = 1}, {1, 2, 3, 4, 5, 6}, {10, 20, 30}};
    const Samples chosen = subset(all, std::vector<std::size_t>{2, 0, 2});
    CHECK(chosen.inputs == std::vector<double>{5, 6, 1, 2, 5, 6});
    CHECK(chosen.targets == std::vector<double>{30, 10, 30});
    CHECK_THROWS_WITH_AS(subset(all, std::vector<std::size_t>{3}),
                         "subset: got the index 3 of 3 samples; give smaller ones", Error);
  }

  TEST_CASE("a task of an unknown name is refused with all names") {
    CHECK_THROWS_WITH_AS(make_task("moon"),
                         "task: there is no \"moon\"; there is moons, xor, circles, spirals, "
                         "halfspace, sparse, noise",
                         Error);
  }
}
