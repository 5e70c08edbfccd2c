// DEEP R: one step by hand, the promises that its sign and its count make over thousands of
// steps, and where it looks for a new place.

#include "nn/sparse/deep_r.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <set>

#include "engine/error.h"
#include "nn/sparse/counts.h"
#include "tests/random_topology.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

SparseTraining deep_r_with(const DeepROptions& options, std::uint64_t seed = 1) {
  return SparseTraining(methods::deep_r(options, Rng(seed)));
}

// One neuron with 4 inputs that reads 0 and 1.
struct OneNeuron {
  Graph graph;
  Mlp mlp{graph, {.inputs = 4, .layers = {{{{"a", {{0, 2.0}, {1, -1.0}}, 0.5}}}}}};

  void set_grads(double first, double second, double bias) {
    mlp.parameters()[0].set_grad(first);
    mlp.parameters()[1].set_grad(second);
    mlp.parameters()[2].set_grad(bias);
  }
};

void set_random_grads(const Mlp& mlp, Rng& rng) {
  for (const Value parameter : mlp.parameters()) parameter.set_grad(rng.normal());
}

constexpr DeepROptions no_noise = {.end = 1000, .alpha = 0.25, .noise = 0};

}  // namespace

TEST_SUITE("deep r") {
  TEST_CASE("without noise, theta goes down its gradient and by alpha, as computed by hand") {
    OneNeuron one;
    one.set_grads(-1.0, 2.0, 3.0);
    SparseTraining deep_r = deep_r_with(no_noise);
    CHECK(deep_r.replaces_step(0));
    const Rewiring none = deep_r.update({.mlp = one.mlp, .step = 0, .learning_rate = 0.5});
    CHECK(none.dropped.empty());
    // theta: 2 - .5 * -1 - .5 * .25, and 1 - .5 * -2 - .5 * .25; the signs stay + and -
    CHECK(weights_of(one.mlp) == Weights{{{0, 0, 0}, 2.375}, {{0, 0, 1}, -1.875}});
    CHECK(one.mlp.layers()[0].neurons()[0].bias().data() == 0.5 - 0.5 * 3);
  }

  TEST_CASE("a theta that reaches 0 is dropped, and another place starts with 1e-12") {
    OneNeuron one;
    one.set_grads(0.0, -1.75, 0.0);  // theta 1 - .5 * 1.75 - .5 * .25 = 0
    SparseTraining deep_r = deep_r_with(no_noise);
    const Rewiring rewiring = deep_r.update({.mlp = one.mlp, .step = 0, .learning_rate = 0.5});
    REQUIRE(rewiring.dropped.size() + rewiring.stayed == 1);
    const Weights weights = weights_of(one.mlp);
    CHECK(weights.size() == 2);
    CHECK(weights.at({0, 0, 0}) == 1.875);
    for (const auto& [place, weight] : weights) {
      if (place.input != 0) CHECK(std::abs(weight) == 1e-12);
    }
  }

  TEST_CASE("noise is sigma times the rate, or sqrt(2 rate T), times a normal number") {
    const auto deviation = [](DeepROptions options) {
      OneNeuron one;
      options.alpha = 0;
      SparseTraining deep_r = deep_r_with(options, 3);
      double sum = 0;
      constexpr int steps = 4000;
      for (int step = 0; step < steps; ++step) {
        one.mlp.parameters()[0].set_data(100);
        one.mlp.parameters()[1].set_data(-100);
        deep_r.update({.mlp = one.mlp, .step = step, .learning_rate = 0.5});
        for (const auto& [place, weight] : weights_of(one.mlp)) {
          sum += std::pow(std::abs(weight) - 100, 2);
        }
      }
      return std::sqrt(sum / (2 * steps));
    };
    CHECK(deviation({.end = 1, .noise = 3}) == doctest::Approx(0.5 * 3).epsilon(0.03));
    CHECK(deviation({.end = 1, .temperature = 2}) ==
          doctest::Approx(std::sqrt(2 * 0.5 * 2)).epsilon(0.03));
  }

  TEST_CASE("no step changes the number of connections of any layer, or the sign of a place") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Counts counts = counts_of(mlp);
      SparseTraining deep_r = deep_r_with({.end = 1, .alpha = 0.01, .noise = 0.3}, seed);
      std::map<Position, bool> negative;
      for (int step = 0; step < 100; ++step) {
        for (const auto& [place, weight] : weights_of(mlp)) {
          const auto known = negative.try_emplace(place, std::signbit(weight)).first;
          REQUIRE(known->second == std::signbit(weight));
        }
        set_random_grads(mlp, rng);
        deep_r.update({.mlp = mlp, .step = step, .learning_rate = 0.2});
        REQUIRE(counts_of(mlp) == counts);
        REQUIRE_NOTHROW(validate(mlp.snapshot()));
      }
    }
  }

  TEST_CASE("the report is what was done") {
    Rng rng(5);
    Graph graph;
    Mlp mlp(graph, random_topology({6, 8, 3}, 0.4, rng));
    SparseTraining deep_r = deep_r_with({.end = 1, .noise = 1});
    std::size_t dropped = 0, stayed = 0;
    for (int step = 0; step < 200; ++step) {
      Weights expected = weights_of(mlp);
      set_random_grads(mlp, rng);
      const Rewiring rewiring = deep_r.update({.mlp = mlp, .step = step, .learning_rate = 0.3});
      for (const Change& change : rewiring.dropped) {
        CHECK(change.score <= 0);  // theta
        REQUIRE(expected.erase(change.position) == 1);
      }
      for (const Position& place : places_of(rewiring.grown)) {
        REQUIRE(expected.emplace(place, 0).second);
      }
      const Weights after = weights_of(mlp);
      REQUIRE(std::ranges::equal(expected, after, {}, &Weights::value_type::first,
                                 &Weights::value_type::first));
      dropped += rewiring.dropped.size();
      stayed += rewiring.stayed;
    }
    CHECK(dropped > 100);
    CHECK(stayed > 10);
  }

  TEST_CASE("every dormant place is equally likely, also the one that went dormant just now") {
    std::map<std::uint32_t, int> drawn;
    std::map<std::uint32_t, int> positive;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
      OneNeuron one;
      one.set_grads(0.0, -9.0, 0.0);
      SparseTraining deep_r = deep_r_with(no_noise, seed);
      deep_r.update({.mlp = one.mlp, .step = 0, .learning_rate = 0.5});
      for (const auto& [place, weight] : weights_of(one.mlp)) {
        ++drawn[place.input];
        positive[place.input] += weight > 0;
      }
    }
    CHECK(drawn[0] == 3000);
    for (const std::uint32_t input : {1, 2, 3}) {
      CHECK(std::abs(drawn[input] - 1000) < 100);  // about 4 standard deviations
    }
    CHECK(positive[1] == 0);  // its sign is that of its first weight
    for (const std::uint32_t input : {2, 3}) {
      CHECK(std::abs(2 * positive[input] - drawn[input]) < 140);
    }
  }

  TEST_CASE("the same seed gives the same run, bit for bit") {
    const auto run = [] {
      Rng rng(7);
      Graph graph;
      Mlp mlp(graph, random_topology({5, 6, 2}, 0.5, rng));
      SparseTraining deep_r = deep_r_with({.end = 1, .noise = 1});
      for (int step = 0; step < 50; ++step) {
        set_random_grads(mlp, rng);
        deep_r.update({.mlp = mlp, .step = step, .learning_rate = 0.3});
      }
      return mlp.snapshot();
    };
    CHECK(same_bits(run(), run()));
  }

  TEST_CASE("a dense layer stays dense") {
    Rng rng(8);
    Graph graph;
    Mlp mlp(graph, random_topology({3, 4}, 1.0, rng));
    SparseTraining deep_r = deep_r_with({.end = 1, .noise = 2});
    for (int step = 0; step < 20; ++step) {
      set_random_grads(mlp, rng);
      CHECK(deep_r.update({.mlp = mlp, .step = step, .learning_rate = 1}).dropped.empty());
    }
    CHECK(mlp.connection_count() == 12);
  }

  TEST_CASE("a move that is not finite, or no learning rate, changes nothing") {
    OneNeuron one;
    const Topology before = one.mlp.snapshot();
    SparseTraining deep_r = deep_r_with(no_noise);
    one.set_grads(1.0, 1.0, INFINITY);
    CHECK_THROWS_WITH_AS(deep_r.update({.mlp = one.mlp, .step = 0, .learning_rate = 1}),
                         "DEEP R: the move of layer 0, neuron 0, its bias, leads to -inf; "
                         "nothing was moved. Lower the learning rate",
                         Error);
    one.set_grads(1.0, std::nan(""), 1.0);
    CHECK_THROWS_AS(deep_r.update({.mlp = one.mlp, .step = 0, .learning_rate = 1}), Error);
    one.set_grads(1.0, 1.0, 1.0);
    CHECK_THROWS_WITH_AS(deep_r.update({.mlp = one.mlp, .step = 0}),
                         "DEEP R: the learning rate is 0; give one above 0 in the Moment",
                         Error);
    CHECK(one.mlp.snapshot() == before);
  }

  TEST_CASE("options out of range are refused") {
    CHECK_THROWS_WITH_AS(deep_r_with({.end = 1, .alpha = -1}),
                         "DEEP R: alpha is -1; give a finite one of at least 0", Error);
    CHECK_THROWS_AS(deep_r_with({.end = 1, .noise = INFINITY}), Error);
    CHECK_THROWS_AS(deep_r_with({.end = 1, .temperature = -1}), Error);
    CHECK_THROWS_WITH_AS(deep_r_with({}),
                         "DEEP R: end is step 0; give the first step without updates, above 0",
                         Error);
  }
}
