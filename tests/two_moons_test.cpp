// Two moons and the published generators against the numbers that Python, NumPy and
// scikit-learn gave; the scripts and commands that saved them stand in tests/oracles/.

#include "demos/two_moons.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "demos/published_random.h"
#include "engine/error.h"

namespace {

using namespace sprig;

// sin, cos and log of two libraries may differ in the last bit; nothing else may.
constexpr double last_bit = 1e-15;

std::ifstream oracle(const std::string& name) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "oracles" / name);
  REQUIRE_MESSAGE(file.good(), "cannot read oracle " << name);
  return file;
}

struct OracleLine {
  std::vector<double> arguments;  // the seed first
  std::vector<double> numbers;
};

// All lines of published_random.txt that tell of `what`.
std::vector<OracleLine> published(const std::string& what) {
  std::ifstream file = oracle("published_random.txt");
  std::vector<OracleLine> lines;
  for (std::string text; std::getline(file, text);) {
    std::istringstream words(text);
    std::string word;
    words >> word;
    if (word != what) continue;
    OracleLine& line = lines.emplace_back();
    while (words >> word && word != ":") line.arguments.push_back(std::stod(word));
    while (words >> word) line.numbers.push_back(std::stod(word));
  }
  REQUIRE(!lines.empty());
  return lines;
}

std::uint32_t seed_of(const OracleLine& line) {
  return static_cast<std::uint32_t>(line.arguments[0]);
}

}  // namespace

TEST_SUITE("two_moons") {
  TEST_CASE("PythonRandom gives the numbers of Python's random() and uniform()") {
    for (const OracleLine& line : published("python.random")) {
      PythonRandom random(seed_of(line));
      for (double expected : line.numbers) CHECK(random.random() == expected);
    }
    for (const OracleLine& line : published("python.uniform")) {
      PythonRandom random(seed_of(line));
      for (double expected : line.numbers) CHECK(random.uniform(-0.1, 0.1) == expected);
    }
  }

  TEST_CASE("PythonRandom samples what Python samples, from a pool and by rejection") {
    for (const OracleLine& line : published("python.sample")) {
      const auto n = static_cast<std::uint32_t>(line.arguments[1]);
      const auto k = static_cast<std::uint32_t>(line.arguments[2]);
      CAPTURE(n);
      CAPTURE(k);
      const auto numbers = PythonRandom(seed_of(line)).sample(n, k);
      CHECK(std::vector<double>(numbers.begin(), numbers.end()) == line.numbers);
    }
  }

  TEST_CASE("PythonRandom refuses to sample more numbers than there are") {
    CHECK_THROWS_WITH_AS(
        PythonRandom(1).sample(2, 3),
        "PythonRandom::sample: got k = 3 out of n = 2; k distinct numbers need k <= n", Error);
  }

  TEST_CASE("NumpyRandomState gives the numbers of NumPy's random_sample and shuffle") {
    for (const OracleLine& line : published("numpy.random_sample")) {
      NumpyRandomState random(seed_of(line));
      for (double expected : line.numbers) CHECK(random.random_sample() == expected);
    }
    for (const OracleLine& line : published("numpy.shuffle")) {
      std::vector<std::size_t> order(line.numbers.size());
      for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
      NumpyRandomState(seed_of(line)).shuffle(order);
      CHECK(std::vector<double>(order.begin(), order.end()) == line.numbers);
    }
  }

  TEST_CASE("NumpyRandomState gives NumPy's normal numbers") {
    for (const OracleLine& line : published("numpy.standard_normal")) {
      NumpyRandomState random(seed_of(line));
      for (double expected : line.numbers) {
        CHECK(std::abs(random.standard_normal() - expected) <= 4 * last_bit);
      }
    }
  }

  TEST_CASE("numpy_linspace gives NumPy's numbers bit for bit") {
    for (const OracleLine& line : published("numpy.linspace")) {
      const auto count = static_cast<std::size_t>(line.arguments[1]);
      CHECK(numpy_linspace(line.arguments[0], count) == line.numbers);
    }
    CHECK(numpy_linspace(1, 0).empty());
  }

  TEST_CASE("make_moons gives scikit-learn's points and labels") {
    std::ifstream file = oracle("moons.csv");
    std::string text;
    std::getline(file, text);
    while (std::getline(file, text)) {
      std::ranges::replace(text, ',', ' ');
      std::size_t samples, sample;
      std::uint32_t seed;
      double noise, x, y, label;
      std::istringstream(text) >> samples >> noise >> seed >> sample >> x >> y >> label;
      const Moons moons = make_moons(samples, noise, seed);
      REQUIRE(moons.points.size() == samples);
      CAPTURE(samples);
      CAPTURE(sample);
      CHECK(moons.labels[sample] == label);
      CHECK(std::abs(moons.points[sample][0] - x) <= last_bit);
      CHECK(std::abs(moons.points[sample][1] - y) <= last_bit);
    }
  }

  TEST_CASE("make_moons puts half of the samples on each moon, an odd one on the lower") {
    const Moons moons = make_moons(101, 0.1, 1);
    REQUIRE(moons.points.size() == 101);
    int upper = 0;
    for (double label : moons.labels) upper += label == -1;
    CHECK(upper == 50);
  }

  TEST_CASE("make_moons without noise keeps to the two half circles") {
    const Moons moons = make_moons(60, 0, 2);
    for (std::size_t k = 0; k < 60; ++k) {
      const auto [x, y] = moons.points[k];
      const bool upper = moons.labels[k] < 0;
      CHECK(std::hypot(x - (upper ? 0 : 1), y - (upper ? 0 : 0.5)) == doctest::Approx(1));
      CHECK((upper ? y >= 0 : y <= 0.5));
    }
  }

  TEST_CASE("make_moons follows from the seed and shuffles the moons") {
    const Moons moons = make_moons(40, 0.2, 3);
    CHECK(moons.points == make_moons(40, 0.2, 3).points);
    CHECK(moons.points != make_moons(40, 0.2, 4).points);
    const std::vector<double> first(moons.labels.begin(), moons.labels.begin() + 20);
    CHECK(first != std::vector<double>(20, -1.0));
  }

  TEST_CASE("two moons refuse no samples and a noise that is negative or not a number") {
    CHECK_THROWS_WITH_AS(
        make_moons(0, 0.1, 4),
        "two moons: got 0 samples and noise 0.1; give at least 1 sample and a noise of 0 "
        "or more",
        Error);
    CHECK_THROWS_AS(make_moons(10, -0.1, 4), Error);
    CHECK_THROWS_AS(make_moons(10, std::numeric_limits<double>::quiet_NaN(), 1), Error);
  }
}
