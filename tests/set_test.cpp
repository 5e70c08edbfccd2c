// SET, static wiring and soft gradient: random networks against sorted lists, and the numbers
// that they draw.

#include "nn/sparse/set.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/error.h"
#include "nn/sparse/counts.h"
#include "nn/sparse/rigl.h"
#include "tests/random_topology.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

using Positions = std::vector<Position>;

constexpr Updates every_step = {.interval = 1, .end = 1000};

SparseTraining set_with(const SetOptions& options, std::uint64_t seed = 1) {
  return SparseTraining(methods::set(options, Rng(seed)));
}

// What SET keeps of one layer: all but the fraction of each sign that is nearest 0.
Weights kept_of(const Weights& layer, double fraction) {
  Weights kept = layer;
  for (const bool negative : {false, true}) {
    Positions ranked;
    for (const auto& [place, weight] : layer) {
      if ((weight < 0) == negative) ranked.push_back(place);
    }
    std::ranges::sort(ranked, {}, [&](auto& place) { return std::abs(layer.at(place)); });
    ranked.resize(static_cast<std::size_t>(fraction * static_cast<double>(ranked.size())));
    for (const Position& place : ranked) kept.erase(place);
  }
  return kept;
}

// One neuron of 12 inputs that reads 0 to 3.
Topology one_neuron() {
  return {.inputs = 12, .layers = {{{{"a", {{0, 0.2}, {1, 3.0}, {2, -0.1}, {3, -4.0}}, 0.0}}}}};
}

}  // namespace

TEST_SUITE("set") {
  TEST_CASE("static wiring is never due and wants nothing") {
    const SparseTraining training(methods::static_wiring());
    for (int step = 0; step < 300; ++step) {
      CHECK_FALSE(training.is_due(step));
      CHECK_FALSE(training.wants_gradient(step));
      CHECK_FALSE(training.replaces_step(step));
    }
    CHECK(training.method().name == "static");
  }

  TEST_CASE("updates come after each epoch but the last, and after the optimiser's step") {
    const SparseTraining set = set_with({.updates = {.interval = 10, .end = 40}});
    std::vector<int> due;
    for (int step = 0; step < 60; ++step) {
      if (set.is_due(step)) due.push_back(step);
      CHECK_FALSE(set.replaces_step(step));
      CHECK_FALSE(set.wants_gradient(step));
    }
    CHECK(due == std::vector<int>{9, 19, 29});
  }

  TEST_CASE("the weights nearest 0 of each sign are dropped, by hand") {
    Graph graph;
    Mlp mlp(graph, one_neuron());
    SparseTraining set = set_with({.updates = every_step, .fraction = 0.5});
    const Rewiring rewiring = set.update({.mlp = mlp, .step = 0});
    CHECK(rewiring.dropped.size() + rewiring.stayed == 2);
    const Weights weights = weights_of(mlp);
    CHECK(weights.size() == 4);
    CHECK(weights.at({0, 0, 1}) == 3);
    CHECK(weights.at({0, 0, 3}) == -4);
  }

  TEST_CASE("on random networks the right ones are kept, as many are grown, none is 0") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Weights before = weights_of(mlp);
      const Counts counts = counts_of(mlp);
      const double fraction = rng.uniform();
      SparseTraining set = set_with({.updates = every_step, .fraction = fraction}, seed);
      const Rewiring rewiring = set.update({.mlp = mlp, .step = 0});
      const Weights after = weights_of(mlp);
      REQUIRE(counts_of(mlp) == counts);
      REQUIRE_NOTHROW(validate(mlp.snapshot()));
      std::size_t exchanged = 0;
      for (std::uint32_t layer = 0; layer < counts.size(); ++layer) {
        const Weights kept = kept_of(in_layer(before, layer), fraction);
        exchanged += counts[layer] - kept.size();
        for (const auto& [place, weight] : kept) REQUIRE(after.at(place) == weight);
      }
      REQUIRE(rewiring.dropped.size() + rewiring.stayed == exchanged);
      for (const Position& place : places_of(rewiring.grown)) REQUIRE(after.at(place) != 0);
    }
  }

  TEST_CASE("no update changes the number of connections of any layer") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Counts counts = counts_of(mlp);
      SparseTraining set = set_with({.updates = every_step}, seed);
      for (int step = 0; step < 20; ++step) {
        set.update({.mlp = mlp, .step = step});
        REQUIRE(counts_of(mlp) == counts);
      }
    }
  }

  TEST_CASE(
      "new weights are normal with the deviation asked for, and every place is as likely") {
    std::map<std::uint32_t, int> grown;
    double sum = 0, squares = 0;
    int count = 0;
    constexpr int runs = 5000;
    for (std::uint64_t seed = 0; seed < runs; ++seed) {
      Graph graph;
      Mlp mlp(graph, one_neuron());
      SparseTraining set =
          set_with({.updates = every_step, .fraction = 0.5, .new_weight_deviation = 0.3}, seed);
      const Rewiring rewiring = set.update({.mlp = mlp, .step = 0});
      for (const auto& [place, weight] : weights_of(mlp)) ++grown[place.input];
      for (const Position& place : places_of(rewiring.grown)) {
        const double weight = weights_of(mlp).at(place);
        sum += weight;
        squares += weight * weight;
        ++count;
      }
    }
    CHECK(std::abs(sum / count) < 4 * 0.3 / std::sqrt(count));
    CHECK(std::sqrt(squares / count) == doctest::Approx(0.3).epsilon(0.03));
    CHECK(grown[1] == runs);  // kept
    CHECK(grown[3] == runs);
    for (const std::uint32_t input : {0, 2, 4, 5, 6, 7, 8, 9, 10, 11}) {
      CHECK(std::abs(grown[input] - runs / 5) < 4 * std::sqrt(runs * 0.2 * 0.8));
    }
  }

  TEST_CASE("the same seed gives the same run, another seed another") {
    const auto run = [](std::uint64_t seed) {
      Rng rng(1);
      Graph graph;
      Mlp mlp(graph, random_topology({8, 8}, 0.3, rng));
      SparseTraining set = set_with({.updates = every_step}, seed);
      for (int step = 0; step < 5; ++step) set.update({.mlp = mlp, .step = step});
      return mlp.snapshot();
    };
    CHECK(same_bits(run(1), run(1)));
    CHECK(run(1) != run(2));
  }

  TEST_CASE("a fraction out of range, or no end, is refused and changes nothing") {
    Graph graph;
    Mlp mlp(graph, one_neuron());
    SparseTraining set = set_with({.updates = every_step, .fraction = 1.5});
    CHECK_THROWS_AS(set.update({.mlp = mlp, .step = 0}), Error);
    CHECK(mlp.snapshot() == one_neuron());
    CHECK_THROWS_WITH_AS(set_with({}),
                         "SET: end is step 0; give the first step without updates, above 0",
                         Error);
  }
}

TEST_SUITE("soft gradient") {
  TEST_CASE("a place is grown with the probability softmax(|gradient| / temperature)") {
    const Topology topology = {.inputs = 4, .layers = {{{{"a", {{0, 1.0}, {1, 0.1}}, 0.0}}}}};
    constexpr int runs = 6000;
    std::map<std::uint32_t, int> grown;
    for (std::uint64_t seed = 0; seed < runs; ++seed) {
      Graph graph;
      Mlp mlp(graph, topology);
      DenseGradient gradient(mlp);
      gradient[{0, 0, 1}] = -0.5;
      gradient[{0, 0, 2}] = 1;
      gradient[{0, 0, 3}] = -2;
      SparseTraining training(methods::soft_gradient(
          {.updates = every_step, .fraction = 0.5, .temperature = 2}, Rng(seed)));
      CHECK(training.wants_gradient(0));
      training.observe(gradient);
      training.update({.mlp = mlp, .step = 0});
      REQUIRE(mlp.connection_count() == 2);
      for (const auto& [place, weight] : weights_of(mlp)) ++grown[place.input];
    }
    CHECK(grown[0] == runs);
    const double sum = std::exp(0.25) + std::exp(0.5) + std::exp(1);
    for (const auto& [input, size] :
         std::map<std::uint32_t, double>{{1, 0.25}, {2, 0.5}, {3, 1.0}}) {
      const double share = std::exp(size) / sum;
      CHECK(std::abs(grown[input] - share * runs) < 4 * std::sqrt(runs * share * (1 - share)));
    }
  }

  TEST_CASE("near temperature 0 it is RigL's choice") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      const Topology topology = random_topology(rng);
      Graph graph;
      Mlp soft(graph, topology), hard(graph, topology);
      const DenseGradient gradient = random_gradient(soft, rng);
      SparseTraining one(methods::soft_gradient(
          {.updates = every_step, .fraction = 0.4, .temperature = 1e-12}, Rng(seed)));
      SparseTraining other(methods::rigl({.interval = 1, .end = 9, .fraction = constant(0.4)}));
      for (SparseTraining* training : {&one, &other}) training->observe(gradient);
      one.update({.mlp = soft, .step = 0});
      other.update({.mlp = hard, .step = 0});
      REQUIRE(weights_of(soft) == weights_of(hard));
    }
  }

  TEST_CASE("a temperature of 0 changes nothing") {
    Graph graph;
    Mlp mlp(graph, one_neuron());
    SparseTraining training(
        methods::soft_gradient({.updates = every_step, .temperature = 0}, Rng(1)));
    training.observe(DenseGradient(mlp));
    CHECK_THROWS_AS(training.update({.mlp = mlp, .step = 0}), Error);
    CHECK(mlp.snapshot() == one_neuron());
  }
}
