// Measures of a series of topologies: small cases by hand, and brute force over all positions
// of random series.

#include "nn/topology_series.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "engine/error.h"
#include "nn/topology_diff.h"
#include "tests/random_topology.h"

namespace {

using namespace sprig;

using Set = std::set<Position>;
using Series = std::vector<Topology>;

// Three inputs and one neuron that reads these.
Topology reading(const std::vector<std::uint32_t>& inputs) {
  Topology topology{.inputs = 3, .layers = {{{{.name = "1_0", .connections = {}}}}}};
  for (const auto input : inputs) topology.layers[0].neurons[0].connections.push_back({input});
  return topology;
}

Set set_of(const Topology& topology) {
  Set set;
  for (std::uint32_t layer = 0; layer < topology.layers.size(); ++layer) {
    const auto& neurons = topology.layers[layer].neurons;
    for (std::uint32_t neuron = 0; neuron < neurons.size(); ++neuron) {
      for (const auto& c : neurons[neuron].connections) set.insert({layer, neuron, c.input});
    }
  }
  return set;
}

Set both(const Set& a, const Set& b) {
  Set result;
  std::ranges::set_intersection(a, b, std::inserter(result, result.end()));
  return result;
}

Set either(Set a, const Set& b) {
  a.insert(b.begin(), b.end());
  return a;
}

std::vector<Position> list_of(const Set& set) { return {set.rbegin(), set.rend()}; }

Series random_series(Rng& rng) {
  const std::vector<std::uint32_t> shape{static_cast<std::uint32_t>(1 + rng.below(5)),
                                         static_cast<std::uint32_t>(rng.below(5)),
                                         static_cast<std::uint32_t>(1 + rng.below(5))};
  Series series;
  for (auto left = 1 + rng.below(6); left > 0; --left) {
    series.push_back(random_topology(shape, rng.uniform(), rng));
  }
  return series;
}

double ratio(std::size_t part, std::size_t whole) { return double(part) / double(whole); }

}  // namespace

TEST_SUITE("topology_series") {
  TEST_CASE("overlap is intersection over union, and turnover the share exchanged, by hand") {
    CHECK(overlap(reading({0, 1}), reading({2, 1})) == 1.0 / 3);
    CHECK(turnover(reading({0, 1}), reading({2, 1})) == 0.5);
    CHECK(overlap(reading({0, 1}), reading({1})) == 0.5);
    CHECK(turnover(reading({0, 1}), reading({1})) == 1.0 / 3);
    CHECK(overlap(reading({0}), reading({1})) == 0);
    CHECK(turnover(reading({0}), reading({1})) == 1);
    CHECK(overlap(reading({0, 2}), reading({2, 0})) == 1);
    CHECK(turnover(reading({0, 2}), reading({2, 0})) == 0);
    CHECK(overlap(reading({}), reading({})) == 1);
    CHECK(turnover(reading({}), reading({})) == 0);
  }

  TEST_CASE("overlap and turnover are what sets give, for 500 random pairs") {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      const Topology first = random_topology({4, 3, 2}, rng.uniform(), rng);
      const Topology second = random_topology({4, 3, 2}, rng.uniform(), rng);
      const Set a = set_of(first), b = set_of(second);
      if (a.empty() && b.empty()) continue;
      const double jaccard = ratio(both(a, b).size(), either(a, b).size());
      CHECK(overlap(first, second) == jaccard);
      CHECK(overlap(second, first) == jaccard);
      CHECK(overlap(list_of(a), list_of(b)) == jaccard);
      CHECK(turnover(first, second) == doctest::Approx((1 - jaccard) / (1 + jaccard)));
      const std::size_t lost = a.size() - both(a, b).size();
      if (a.size() == b.size()) CHECK(turnover(first, second) == ratio(lost, a.size()));
    }
  }

  TEST_CASE("what was grown back is counted by what was grown") {
    const Position p{0, 0, 0}, q{0, 0, 1}, r{0, 1, 0};
    const std::vector<Position> dropped{q, p}, grown{r, q};
    CHECK(share_grown_back(dropped, grown) == 0.5);
    CHECK(overlap(dropped, grown) == 1.0 / 3);
    CHECK(share_grown_back(dropped, std::vector{q}) == 1);
    CHECK(share_grown_back(dropped, std::vector{r}) == 0);
    CHECK(share_grown_back(dropped, {}) == 0);
    CHECK(overlap(std::span<const Position>{}, std::span<const Position>{}) == 1);
  }

  TEST_CASE("exploration and ages of four steps, by hand") {
    const Series series{reading({0}), reading({1, 0}), reading({1}), reading({1, 0})};
    CHECK(exploration(series) == std::vector{1.0 / 3, 2.0 / 3, 2.0 / 3, 2.0 / 3});
    CHECK(connection_ages(series) == std::vector<std::size_t>{0, 2});  // of inputs 0 and 1
    CHECK(connection_ages(std::span(series).first(2)) == std::vector<std::size_t>{1, 0});
    CHECK(exploration(Series{reading({})}) == std::vector{0.0});
    CHECK(connection_ages(Series{reading({2, 0})}) == std::vector<std::size_t>{0, 0});
  }

  TEST_CASE("exploration is the size of the union so far, for 300 random series") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      const Series series = random_series(rng);
      const std::size_t possible = possible_connection_count(series[0]);
      const auto rates = exploration(series);
      REQUIRE(rates.size() == series.size());
      Set explored;
      for (std::size_t t = 0; t < series.size(); ++t) {
        explored = either(explored, set_of(series[t]));
        CHECK(rates[t] == (possible == 0 ? 0 : ratio(explored.size(), possible)));
      }
    }
  }

  TEST_CASE("an age is how far back a connection is found, for 300 random series") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      const Series series = random_series(rng);
      std::vector<std::size_t> ages;
      for (const Position& position : set_of(series.back())) {
        std::size_t age = 0;
        while (age + 1 < series.size() &&
               set_of(series[series.size() - 2 - age]).contains(position)) {
          ++age;
        }
        ages.push_back(age);
      }
      CHECK(connection_ages(series) == ages);
    }
  }

  TEST_CASE("positions_of lists the connections in order") {
    Rng rng(1);
    for (int round = 0; round < 100; ++round) {
      const Topology topology = random_topology(rng);
      const Set set = set_of(topology);
      CHECK(positions_of(topology) == std::vector<Position>(set.begin(), set.end()));
    }
  }

  TEST_CASE("different shapes and an empty series are refused") {
    Rng rng(1);
    const Series series{random_topology({2, 2, 1}, 1, rng), random_topology({2, 3, 1}, 1, rng)};
    const char* const shapes =
        "diff: the shapes are 2-2-1 and 2-3-1; give two topologies of one shape, such as two "
        "snapshots before strip";
    CHECK_THROWS_WITH_AS(overlap(series[0], series[1]), shapes, Error);
    CHECK_THROWS_WITH_AS(turnover(series[0], series[1]), shapes, Error);
    CHECK_THROWS_WITH_AS(exploration(series), shapes, Error);
    CHECK_THROWS_WITH_AS(connection_ages(series), shapes, Error);
    const char* const empty = "topology series: it is empty; give at least one topology";
    CHECK_THROWS_WITH_AS(exploration({}), empty, Error);
    CHECK_THROWS_WITH_AS(connection_ages({}), empty, Error);
    const Series invalid{reading({3})};
    CHECK_THROWS_AS(exploration(invalid), Error);
  }
}
