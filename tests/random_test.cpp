// Rng against the standard's own golden value, the moments and counts that probability theory
// gives (fixed seeds, bounds of five standard errors and more), and the edges of its contracts.

#include "nn/random.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <vector>

#include "engine/error.h"

namespace {

using sprig::Error;
using sprig::Rng;

// Sum of (observed - expected)^2 / expected for equally likely cells.
template <class Counts>
double chi_square(const Counts& counts) {
  double total = 0;
  for (double count : counts) total += count;
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0;
  for (double count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

}  // namespace

TEST_SUITE("random") {
  TEST_CASE("the 10000th number of seed 5489 is the one that the C++ standard requires") {
    Rng rng(5489);
    for (int k = 1; k < 10000; ++k) rng.bits();
    CHECK(rng.bits() == 9981545732273789042U);
  }

  TEST_CASE("uniform is the top 53 bits of a draw, so its first value is known") {
    Rng rng(5489);
    CHECK(rng.uniform() == static_cast<double>(14514284786278117030U >> 11) / 0x1p53);
  }

  TEST_CASE("uniform stays in [0, 1) and has mean 1/2 and variance 1/12") {
    Rng rng(1);
    double sum = 0, squares = 0, lowest = 1, highest = 0;
    const int draws = 200000;
    for (int k = 0; k < draws; ++k) {
      const double x = rng.uniform();
      lowest = std::min(lowest, x);
      highest = std::max(highest, x);
      sum += x;
      squares += x * x;
    }
    CHECK(lowest >= 0);
    CHECK(highest < 1);
    const double mean = sum / draws;
    CHECK(std::abs(mean - 0.5) < 0.003);
    CHECK(std::abs(squares / draws - mean * mean - 1.0 / 12) < 0.001);
  }

  TEST_CASE("uniform fills twenty equal cells evenly") {
    Rng rng(2);
    std::array<double, 20> counts{};
    for (int k = 0; k < 100000; ++k) counts[static_cast<std::size_t>(20 * rng.uniform())] += 1;
    CHECK(chi_square(counts) < 43.8);  // 19 degrees of freedom: p = 0.001
  }

  TEST_CASE("uniform(low, high) keeps to its range, and a range of one number gives it") {
    Rng rng(3);
    for (int k = 0; k < 1000; ++k) {
      const double x = rng.uniform(-0.1, 0.1);
      REQUIRE(std::abs(x) <= 0.1);
    }
    CHECK(rng.uniform(4, 4) == 4);
  }

  TEST_CASE("uniform refuses a range that is reversed, infinite or not a number") {
    Rng rng(3);
    const double inf = std::numeric_limits<double>::infinity();
    CHECK_THROWS_WITH_AS(rng.uniform(2, 1),
                         "Rng::uniform: got the range 2 to 1; give finite "
                         "numbers, the smaller one first",
                         Error);
    CHECK_THROWS_AS(rng.uniform(0, inf), Error);
    CHECK_THROWS_AS(rng.uniform(std::nan(""), 1), Error);
  }

  TEST_CASE("normal has the first four moments of the normal distribution") {
    Rng rng(4);
    const int draws = 200000;
    std::array<double, 5> power_sum{};
    for (int k = 0; k < draws; ++k) {
      const double x = rng.normal();
      for (int p = 1; p <= 4; ++p) power_sum[p] += std::pow(x, p);
    }
    CHECK(std::abs(power_sum[1] / draws) < 0.012);
    CHECK(std::abs(power_sum[2] / draws - 1) < 0.016);
    CHECK(std::abs(power_sum[3] / draws) < 0.045);
    CHECK(std::abs(power_sum[4] / draws - 3) < 0.11);
  }

  TEST_CASE("normal falls evenly into cells of equal probability") {
    Rng rng(5);
    std::array<double, 20> counts{};
    for (int k = 0; k < 100000; ++k) {
      const double probability = 0.5 * std::erfc(-rng.normal() / std::sqrt(2));
      counts[std::min<std::size_t>(19, static_cast<std::size_t>(20 * probability))] += 1;
    }
    CHECK(chi_square(counts) < 43.8);  // 19 degrees of freedom: p = 0.001
  }

  TEST_CASE("below gives every number below n equally often") {
    Rng rng(6);
    std::array<double, 7> counts{};
    for (int k = 0; k < 70000; ++k) counts.at(rng.below(7)) += 1;
    CHECK(chi_square(counts) < 22.5);  // 6 degrees of freedom: p = 0.001
  }

  TEST_CASE("below has no bias where n does not divide 2^64 by far") {
    Rng rng(7);
    const std::uint64_t n = 3U * (1ULL << 62);  // plain modulo would give the first third 1/2
    int first_third = 0;
    for (int k = 0; k < 30000; ++k) first_third += rng.below(n) < n / 3;
    CHECK(std::abs(first_third - 10000) < 410);
  }

  TEST_CASE("below refuses 0, and below(1) is 0") {
    Rng rng(8);
    CHECK(rng.below(1) == 0);
    CHECK_THROWS_WITH_AS(rng.below(0),
                         "Rng::below: got n = 0, but no number is below 0; give at least 1",
                         Error);
  }

  TEST_CASE("shuffle gives each of the 24 orders of four items equally often") {
    Rng rng(9);
    std::map<std::vector<int>, double> seen;
    for (int k = 0; k < 24000; ++k) {
      std::vector<int> items{0, 1, 2, 3};
      rng.shuffle(std::span(items));
      seen[items] += 1;
    }
    std::vector<double> counts;
    for (const auto& [order, count] : seen) counts.push_back(count);
    REQUIRE(counts.size() == 24);
    CHECK(chi_square(counts) < 49.7);  // 23 degrees of freedom: p = 0.001
  }

  TEST_CASE("sample gives exactly k distinct numbers below n") {
    Rng rng(10);
    for (std::size_t k = 0; k <= 30; ++k) {
      std::vector<std::size_t> numbers = rng.sample(30, k);
      REQUIRE(numbers.size() == k);
      std::ranges::sort(numbers);
      REQUIRE(std::ranges::adjacent_find(numbers) == numbers.end());
      REQUIRE((k == 0 || numbers.back() < 30));
    }
    CHECK(rng.sample(0, 0).empty());
  }

  TEST_CASE("sample gives each of the 12 ordered pairs out of four equally often") {
    Rng rng(11);
    std::map<std::vector<std::size_t>, double> seen;
    for (int k = 0; k < 12000; ++k) seen[rng.sample(4, 2)] += 1;
    std::vector<double> counts;
    for (const auto& [pair, count] : seen) counts.push_back(count);
    REQUIRE(counts.size() == 12);
    CHECK(chi_square(counts) < 31.3);  // 11 degrees of freedom: p = 0.001
  }

  TEST_CASE("sample refuses more numbers than there are, and draws nothing then") {
    Rng rng(12), untouched(12);
    CHECK_THROWS_WITH_AS(rng.sample(4, 5),
                         "Rng::sample: got k = 5 out of n = 4; k distinct numbers need k <= n",
                         Error);
    CHECK(rng.bits() == untouched.bits());
  }

  TEST_CASE("the same seed gives the same numbers, another seed others") {
    Rng one(13), same(13), other(14);
    const std::uint64_t first = one.bits();
    CHECK(first == same.bits());
    CHECK(first != other.bits());
  }

  TEST_CASE("a split follows from seed and stream, not from what was drawn before") {
    Rng fresh(15), used(15);
    for (int k = 0; k < 5; ++k) used.bits();
    CHECK(fresh.split(2).bits() == used.split(2).bits());
    CHECK(fresh.split(2).bits() != fresh.split(3).bits());
    CHECK(fresh.split(0).bits() != Rng(16).split(0).bits());
    CHECK(fresh.split(0).bits() != fresh.bits());
  }
}
