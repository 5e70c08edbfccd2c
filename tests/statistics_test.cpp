// Statistics against SciPy (tests/oracles/statistics.py has script and command), against
// Student's own example, and by hand.

#include "demos/statistics.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "engine/error.h"

namespace {

using namespace sprig;

using Numbers = std::vector<double>;

Numbers numbers(const std::string& text) {
  std::istringstream words(text);
  Numbers read;
  for (std::string word; words >> word;) read.push_back(std::stod(word));
  return read;
}

// The columns of each line of statistics.txt.
std::vector<std::vector<Numbers>> oracle() {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "oracles" /
                     "statistics.txt");
  std::vector<std::vector<Numbers>> lines;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    auto& columns = lines.emplace_back();
    for (std::string field; std::getline(fields, field, '|');) {
      columns.push_back(numbers(field));
    }
    REQUIRE(columns.size() == 4);
  }
  REQUIRE(lines.size() == 8);
  return lines;
}

void check_close(double ours, double theirs) {
  CHECK(ours == doctest::Approx(theirs).epsilon(1e-9));
}

}  // namespace

TEST_SUITE("statistics") {
  TEST_CASE("mean, deviation and interval are SciPy's") {
    for (const auto& columns : oracle()) {
      check_close(mean(columns[0]), columns[2].at(0));
      check_close(standard_deviation(columns[0]), columns[2].at(1));
      check_close(mean_interval(columns[0]).low, columns[2].at(2));
      check_close(mean_interval(columns[0]).high, columns[2].at(3));
    }
  }

  TEST_CASE("a comparison is SciPy's") {
    for (const auto& columns : oracle()) {
      const Comparison ours = compare(columns[0], columns[1]);
      const Numbers& theirs = columns[3];
      check_close(ours.mean_difference, theirs.at(0));
      check_close(ours.interval.low, theirs.at(1));
      check_close(ours.interval.high, theirs.at(2));
      CHECK(Numbers{double(ours.better), double(ours.equal), double(ours.worse)} ==
            Numbers{theirs.at(3), theirs.at(4), theirs.at(5)});
      check_close(ours.p, theirs.at(6));
    }
  }

  // Hours of sleep gained with two drugs: Student, "The probable error of a mean" (1908). R
  // prints this interval for its data set `sleep`. 9 of 9 unequal pairs: p = 2 / 2^9.
  TEST_CASE("Student's ten patients sleep 0.70 to 2.46 hours longer with the second drug") {
    const Numbers first{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    const Numbers second{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    const Comparison sleep = compare(second, first);
    check_close(sleep.mean_difference, 1.58);
    CHECK(sleep.interval.low == doctest::Approx(0.7001142).epsilon(1e-7));
    CHECK(sleep.interval.high == doctest::Approx(2.4598858).epsilon(1e-7));
    CHECK(sleep.better == 9);
    CHECK(sleep.equal == 1);
    CHECK(sleep.worse == 0);
    check_close(sleep.p, 0.00390625);
  }

  TEST_CASE("what goes the other way has the same p and the negative interval") {
    const Numbers a{1, 2, 3, 4, 5};
    const Numbers b{1, 1, 1, 5, 1};
    const Comparison there = compare(a, b);
    const Comparison back = compare(b, a);
    CHECK(there.better == back.worse);
    CHECK(there.mean_difference == -back.mean_difference);
    check_close(there.interval.low, -back.interval.high);
    CHECK(there.p == back.p);
    check_close(there.p, 0.625);  // 3 of 4 coins: 2 * (1 + 4) / 16
  }

  TEST_CASE("equal methods, and as many better as worse, have p 1") {
    const Numbers same{0.9, 1.0, 0.8};
    CHECK(compare(same, same).p == 1);
    CHECK(compare(same, same).equal == 3);
    CHECK(compare(Numbers{1, 2}, Numbers{2, 1}).p == 1);
  }

  TEST_CASE("one value has a mean, and says nothing about how sure it is") {
    const Numbers one{0.5};
    CHECK(mean(one) == 0.5);
    CHECK(std::isnan(standard_deviation(one)));
    CHECK(mean_interval(one).low == -std::numeric_limits<double>::infinity());
    CHECK(mean_interval(one).high == std::numeric_limits<double>::infinity());
    CHECK(compare(one, Numbers{0.25}).p == 1);
  }

  TEST_CASE("Holm's p of a family is that of R's p.adjust") {
    // R: p.adjust(c(.01, .04, .03, .005), "holm") is .03 .06 .06 .02
    const std::vector<double> adjusted = holm(Numbers{0.01, 0.04, 0.03, 0.005});
    const Numbers expected{0.03, 0.06, 0.06, 0.02};
    for (std::size_t k = 0; k < expected.size(); ++k) check_close(adjusted[k], expected[k]);
    CHECK(holm(Numbers{0.5, 0.9}) == Numbers{1, 1});
    CHECK(holm({}).empty());
    CHECK_THROWS_WITH_AS(holm(Numbers{1.5}), "holm: p is 1.5; give one in [0, 1]", Error);
  }

  TEST_CASE("no values, pairs that do not pair, and what is not finite are refused") {
    CHECK_THROWS_WITH_AS(mean({}), "mean: got no value; give at least one", Error);
    CHECK_THROWS_AS(standard_deviation({}), Error);
    CHECK_THROWS_AS(mean_interval({}), Error);
    CHECK_THROWS_AS(compare({}, {}), Error);
    CHECK_THROWS_WITH_AS(compare(Numbers{1, 2}, Numbers{1}),
                         "compare: got 2 values and 1 others; give one of each for every seed",
                         Error);
    CHECK_THROWS_WITH_AS(compare(Numbers{1, NAN}, Numbers{1, 2}),
                         "compare: pair 1 is nan and 2; leave out what is not finite", Error);
  }
}
