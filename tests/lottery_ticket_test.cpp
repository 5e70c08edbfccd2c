// The lottery ticket: its calendar, rounds worked by hand, what is set back to where, and that
// it ends at its budget whatever the rates and the number of rounds.

#include "nn/sparse/lottery_ticket.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "engine/error.h"
#include "tests/dense_mlp.h"

namespace {

using namespace sprig;
using Counts = std::vector<std::size_t>;

SparseTraining lottery(const LotteryTicketOptions& options) {
  return SparseTraining(methods::lottery_ticket(options));
}

// What a step of training does here: every parameter moves at random.
void train(Mlp& mlp, Rng& rng) {
  for (const Value parameter : mlp.parameters()) {
    parameter.set_data(parameter.data() + rng.normal());
  }
}

// Weights by place, and biases by a place beyond all inputs.
std::map<Position, double> numbers_in(const Mlp& mlp) {
  std::map<Position, double> numbers;
  const Topology topology = mlp.snapshot();
  for (std::uint32_t layer = 0; layer < topology.layers.size(); ++layer) {
    for (std::uint32_t k = 0; k < topology.layers[layer].neurons.size(); ++k) {
      const Topology::Neuron& neuron = topology.layers[layer].neurons[k];
      numbers[{layer, k, std::numeric_limits<std::uint32_t>::max()}] = neuron.bias;
      for (const auto& [input, weight] : neuron.connections) {
        numbers[{layer, k, input}] = weight;
      }
    }
  }
  return numbers;
}

void run(Mlp& mlp, SparseTraining& training, int steps, Rng& rng, auto after_update) {
  for (int step = 0; step < steps; ++step) {
    if (!training.replaces_step(step)) train(mlp, rng);
    if (training.is_due(step)) after_update(step, training.update({.mlp = mlp, .step = step}));
  }
}

}  // namespace

TEST_SUITE("lottery ticket") {
  TEST_CASE("updates stand in the place of step k and of the steps k + i * round") {
    const SparseTraining from_start = lottery({.budget = 9, .round = 50, .rounds = 3});
    CHECK(due_steps(from_start, 999) == std::vector<int>{0, 50, 100, 150});
    const SparseTraining later =
        lottery({.budget = 9, .round = 40, .rounds = 2, .rewind_to = 10});
    CHECK(due_steps(later, 999) == std::vector<int>{10, 50, 90});
    CHECK(later.replaces_step(10));
    CHECK(later.method().restarts);
  }

  TEST_CASE("a round drops the smallest |weights| and sets the others back, by hand") {
    Graph graph;
    Mlp mlp(graph, {.inputs = 4,
                    .layers = {{{{"a", {{2, 0.2}, {0, 0.9}, {1, 0.1}, {3, 0.3}}, 0.5}}}}});
    SparseTraining training =
        lottery({.budget = 2, .round = 10, .rounds = 1, .output_rate = 0.5});
    CHECK(training.update({.mlp = mlp, .step = 0}).dropped.empty());
    const std::span<const Connection> connections = mlp.layers()[0].neurons()[0].connections();
    const std::vector<double> trained = {-7.0, 0.1, 5.0, 0.2};
    for (std::size_t k = 0; k < trained.size(); ++k) connections[k].weight.set_data(trained[k]);
    mlp.layers()[0].neurons()[0].bias().set_data(99.0);
    const Rewiring rewiring = training.update({.mlp = mlp, .step = 10});
    REQUIRE(rewiring.dropped.size() == 2);
    CHECK(rewiring.dropped[0].position == Position{0, 0, 0});
    CHECK(rewiring.dropped[1].position == Position{0, 0, 3});
    CHECK(mlp.snapshot() ==
          Topology{.inputs = 4, .layers = {{{{"a", {{2, 0.2}, {1, 0.1}}, 0.5}}}}});
  }

  TEST_CASE("every survivor is set back to w_k, each time, and to w_0 if k is 0") {
    for (const int k : {0, 7}) {
      CAPTURE(k);
      Graph graph;
      Rng rng(4);
      Mlp mlp(graph, dense_topology({6, 8, 3}, rng));
      std::map<Position, double> start;
      SparseTraining training =
          lottery({.budget = 20, .round = 5, .rounds = 6, .rewind_to = k});
      int updates = 0;
      run(mlp, training, 60, rng, [&](int step, const Rewiring&) {
        ++updates;
        if (step == k) start = numbers_in(mlp);
        for (const auto& [place, number] : numbers_in(mlp)) REQUIRE(number == start[place]);
      });
      CHECK(updates == 7);
      CHECK(mlp.connection_count() == 20);
    }
  }

  TEST_CASE(
      "a round drops 20% of each layer, 10% of the last, and the last down to the budget") {
    Graph graph;
    Rng rng(5);
    Mlp mlp(graph, dense_topology({10, 10, 10}, rng));
    SparseTraining training = lottery({.budget = 115, .round = 2, .rounds = 4});
    std::vector<Counts> counts;
    run(mlp, training, 20, rng,
        [&](int, const Rewiring&) { counts.push_back(connections_by_layer(mlp)); });
    // 20 and 10; 16 and 9; 12.8 and 8.1; at last 10.2 and 7.3, but only 9 are above the budget.
    CHECK(counts == std::vector<Counts>{{100, 100}, {80, 90}, {64, 81}, {51, 73}, {46, 69}});
  }

  TEST_CASE("when the budget is reached early, further rounds drop nothing") {
    Graph graph;
    Rng rng(6);
    Mlp mlp(graph, dense_topology({10, 10}, rng));
    SparseTraining training = lottery({.budget = 85, .round = 2, .rounds = 5});
    Counts counts;
    run(mlp, training, 20, rng,
        [&](int, const Rewiring&) { counts.push_back(mlp.connection_count()); });
    CHECK(counts == Counts{100, 90, 85, 85, 85, 85});
  }

  TEST_CASE("every budget is met exactly, if only by the last round") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, dense_topology({6, 7, 5, 2}, rng));
      SparseTraining training = lottery({.budget = 1 + rng.below(mlp.connection_count()),
                                         .round = 2,
                                         .rounds = 1 + static_cast<int>(rng.below(9)),
                                         .rate = rng.uniform(0.01, 0.99),
                                         .output_rate = rng.uniform(0.01, 0.99)});
      run(mlp, training, 25, rng, [](int, const Rewiring&) {});
      REQUIRE(mlp.connection_count() == training.method().budget);
    }
  }

  TEST_CASE("options out of range, and a round without a start, are refused") {
    CHECK_THROWS_WITH_AS(lottery({.round = 9, .rounds = 1}),
                         "lottery ticket: a budget of 0 connections; give at least 1", Error);
    CHECK_THROWS_WITH_AS(lottery({.budget = 1, .round = 1, .rounds = 1}),
                         "lottery ticket: a round of 1 steps; give at least 2, as an update "
                         "takes the place of one",
                         Error);
    CHECK_THROWS_WITH_AS(lottery({.budget = 1, .round = 9}),
                         "lottery ticket: 0 rounds; give at least 1", Error);
    CHECK_THROWS_WITH_AS(lottery({.budget = 1, .round = 9, .rounds = 1, .rewind_to = -1}),
                         "lottery ticket: rewind_to is -1; give 0 or more", Error);
    CHECK_THROWS_WITH_AS(lottery({.budget = 1, .round = 9, .rounds = 1, .rate = 1}),
                         "lottery ticket: a rate of 1; give one between 0 and 1", Error);
    Graph graph;
    Rng rng(1);
    Mlp mlp(graph, dense_topology({3, 2}, rng));
    SparseTraining training = lottery({.budget = 1, .round = 9, .rounds = 1});
    CHECK_THROWS_WITH_AS(training.update({.mlp = mlp, .step = 9}),
                         "lottery ticket: update at step 9 without the weights of step 0; "
                         "update there first",
                         Error);
  }
}
