// Apportion: a split worked by hand, its published example, and what it promises over thousands
// of random splits.

#include "nn/apportion.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "engine/error.h"
#include "nn/random.h"

namespace {

using namespace sprig;
using Counts = std::vector<std::size_t>;

Counts split(std::size_t total, std::vector<double> weights, Counts limits) {
  return apportion(total, weights, limits);
}

const std::size_t plenty = 1'000'000;

}  // namespace

TEST_SUITE("apportion") {
  TEST_CASE("the largest remainders get what is left, as in the textbook's election") {
    // Wikipedia, "Largest remainder method", Hare quota: 100,000 votes, 10 seats.
    CHECK(split(10, {47000, 16000, 15800, 12000, 6100, 3100}, Counts(6, plenty)) ==
          Counts{5, 2, 1, 1, 1, 0});
  }

  TEST_CASE("a full part passes on what it cannot take, in proportion") {
    CHECK(split(10, {8, 1, 1}, {2, 100, 100}) == Counts{2, 4, 4});
    CHECK(split(10, {8, 1, 1}, {2, 1, 100}) == Counts{2, 1, 7});
    CHECK(split(5, {1, 1, 1}, {5, 0, 5}) == Counts{3, 0, 2});
  }

  TEST_CASE("parts of weight 0 get something only when the others are full") {
    CHECK(split(4, {0, 1, 0}, {9, 9, 9}) == Counts{0, 4, 0});
    CHECK(split(4, {0, 1, 0}, {9, 2, 9}) == Counts{1, 2, 1});
    CHECK(split(3, {0, 0}, {9, 9}) == Counts{2, 1});
    CHECK(split(0, {0, 0}, {0, 0}) == Counts{0, 0});
  }

  TEST_CASE("the parts add up, keep their limits, and without limits are off by less than 1") {
    Rng rng(1);
    for (int round = 0; round < 5000; ++round) {
      std::vector<double> weights(1 + rng.below(8));
      Counts limits;
      for (double& weight : weights) {
        weight = rng.below(4) == 0 ? 0 : std::exp(rng.uniform(-20, 20));
        limits.push_back(rng.below(30));
      }
      const std::size_t room = std::accumulate(limits.begin(), limits.end(), std::size_t{0});
      const std::size_t total = rng.below(room + 1);
      const Counts counts = apportion(total, weights, limits);
      REQUIRE(std::accumulate(counts.begin(), counts.end(), std::size_t{0}) == total);
      for (std::size_t part = 0; part < counts.size(); ++part) {
        REQUIRE(counts[part] <= limits[part]);
      }
      weights[0] += 1;
      const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
      const Counts free = apportion(total, weights, Counts(weights.size(), plenty));
      for (std::size_t part = 0; part < free.size(); ++part) {
        const double share = static_cast<double>(total) * weights[part] / sum;
        REQUIRE(std::abs(static_cast<double>(free[part]) - share) < 1);
      }
    }
  }

  TEST_CASE("weights of any size keep their ratio") {
    const double tiny = std::numeric_limits<double>::denorm_min();
    const double huge = std::numeric_limits<double>::max();
    CHECK(split(8, {tiny, 3 * tiny}, {9, 9}) == Counts{2, 6});
    CHECK(split(8, {huge, huge}, {9, 9}) == Counts{4, 4});
  }

  TEST_CASE("what cannot be split is refused") {
    CHECK_THROWS_WITH_AS(split(1, {1}, {}),
                         "apportion: 1 weights but 0 limits; give one of each for every part",
                         Error);
    CHECK_THROWS_WITH_AS(split(1, {-1}, {1}),
                         "apportion: weight 0 is -1; give finite ones of at least 0", Error);
    CHECK_THROWS_AS(split(1, {std::nan("")}, {1}), Error);
    CHECK_THROWS_WITH_AS(split(5, {1, 1}, {2, 2}),
                         "apportion: cannot split 5 into parts that have room for 4", Error);
  }
}
