// Schedules against their formulas written out, at both ends and beyond.

#include "nn/schedule.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "engine/error.h"

using namespace sprig;

TEST_SUITE("schedule") {
  TEST_CASE("constant is the same at every step") {
    const Schedule schedule = constant(0.3);
    for (const int step : {0, 1, 1000000}) CHECK(schedule(step) == 0.3);
  }

  TEST_CASE("linear goes in equal steps from one value to the other and stays there") {
    const Schedule schedule = linear(2.0, 4.0, 8);
    for (int step = 0; step <= 8; ++step) CHECK(schedule(step) == 2.0 + 0.25 * step);
    CHECK(schedule(9) == 4.0);
    CHECK(schedule(1000000) == 4.0);
  }

  TEST_CASE("linear(1, .1, 400) is the blog post's learning rate, bit for bit") {
    const Schedule schedule = linear(1.0, 0.1, 400);
    for (int step = 0; step < 400; ++step) CHECK(schedule(step) == 1 - 0.9 * step / 400);
  }

  TEST_CASE("cosine to 0 is f_decay of the RigL paper") {
    const Schedule schedule = cosine(0.3, 0.0, 75);
    for (int step = 0; step < 75; ++step) {
      const double expected = 0.3 / 2 * (1 + std::cos(step * std::numbers::pi / 75));
      CHECK(schedule(step) == doctest::Approx(expected).epsilon(1e-14));
    }
  }

  TEST_CASE("cosine is at its ends and in the middle where it should be") {
    const Schedule schedule = cosine(0.5, 0.1, 30);
    CHECK(schedule(0) == doctest::Approx(0.5).epsilon(1e-15));
    CHECK(schedule(10) == doctest::Approx(0.4).epsilon(1e-15));  // cos(pi/3) = 1/2
    CHECK(schedule(15) == doctest::Approx(0.3).epsilon(1e-15));
    CHECK(schedule(30) == 0.1);
    CHECK(schedule(31) == 0.1);
  }

  TEST_CASE("cubic is equation 1 of Zhu and Gupta, and stays at its ends") {
    const Schedule sparsity = cubic(0.0, 0.9, 100, 300);  // t0 = 100, n * Delta t = 200
    CHECK(sparsity(0) == 0.0);
    CHECK(sparsity(100) == 0.0);
    for (int step = 101; step < 300; ++step) {
      const double expected = 0.9 + (0.0 - 0.9) * std::pow(1 - (step - 100) / 200.0, 3);
      CHECK(sparsity(step) == doctest::Approx(expected).epsilon(1e-14));
    }
    CHECK(sparsity(200) == doctest::Approx(0.7875).epsilon(1e-14));  // 7/8 of the way
    CHECK(sparsity(300) == 0.9);
    CHECK(sparsity(1000000) == 0.9);
  }

  TEST_CASE("step_decay multiplies at each milestone, in any order of milestones") {
    const Schedule schedule = step_decay(0.8, 0.5, {20, 10});
    CHECK(schedule(0) == 0.8);
    CHECK(schedule(9) == 0.8);
    CHECK(schedule(10) == 0.4);
    CHECK(schedule(19) == 0.4);
    CHECK(schedule(20) == 0.2);
    CHECK(step_decay(0.8, 0.5, {})(1000) == 0.8);
  }

  TEST_CASE("a schedule over no steps is refused") {
    CHECK_THROWS_WITH_AS(linear(1, 0, 0), "linear: 0 steps; give at least 1", Error);
    CHECK_THROWS_WITH_AS(cosine(1, 0, -5), "cosine: -5 steps; give at least 1", Error);
    CHECK_THROWS_WITH_AS(cubic(1, 0, 7, 7),
                         "cubic: from step 7 to step 7; give a last one after the first",
                         Error);
  }
}
