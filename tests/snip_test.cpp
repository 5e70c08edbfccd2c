// SNIP: its score is the derivative by a factor in front of each weight, and it keeps the
// highest of the whole model, once, on the first batch. tests/saliency_test.cpp compares the
// score with PyTorch's.

#include "nn/sparse/snip.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "engine/error.h"
#include "nn/loss.h"
#include "tests/dense_mlp.h"

namespace {

using namespace sprig;

constexpr std::size_t label = 1;

double loss_of(const Topology& topology, const std::vector<double>& sample) {
  const std::vector<double> logits = evaluate(topology, sample);
  double sum = 0;
  for (const double logit : logits) sum += std::exp(logit);
  return std::log(sum) - logits[label];
}

DenseGradient gradient_of_loss(const Mlp& mlp, const std::vector<double>& sample) {
  OuterProductProbe probe(mlp);
  softmax_cross_entropy(probe(constants(mlp.graph(), sample)), label).backward();
  return probe.gradient();
}

}  // namespace

TEST_SUITE("snip") {
  TEST_CASE("the score is how fast the loss changes with a factor in front of the weight") {
    Graph graph;
    Rng rng(1);
    const std::vector<double> sample = {0.5, -1.0, 2.0};
    const Mlp mlp(graph, dense_topology({3, 5, 2}, rng, Activation::tanh));
    const Score score = connection_sensitivity(mlp, gradient_of_loss(mlp, sample));
    const std::vector<Position> existing = places(mlp, Scope::model)[0].existing;
    for (const Position& place : existing) {
      const auto loss_with_factor = [&](double factor) {
        Topology topology = mlp.snapshot();
        auto& neuron = topology.layers[place.layer].neurons[place.neuron];
        for (auto& [input, weight] : neuron.connections) {
          if (input == place.input) weight *= factor;
        }
        return loss_of(topology, sample);
      };
      const double slope = (loss_with_factor(1 + 1e-6) - loss_with_factor(1 - 1e-6)) / 2e-6;
      CHECK(score(place) == doctest::Approx(std::abs(slope)).epsilon(1e-6));
    }
  }

  TEST_CASE("the highest |weight * gradient| of the model are kept, by hand") {
    Graph graph;
    Mlp mlp(graph, {.inputs = 2,
                    .layers = {{{{"a", {{0, 0.5}, {1, -4.0}}, 0.0}}},
                               {{{"b", {{0, 0.1}}, 0.0}, {"c", {{0, -2.0}}, 0.0}}}}});
    DenseGradient gradient(mlp);
    gradient[{0, 0, 0}] = 3.0;   // 1.5
    gradient[{0, 0, 1}] = 0.25;  // 1, though the weight is the largest
    gradient[{1, 0, 0}] = -9.0;  // 0.9, though the gradient is
    gradient[{1, 1, 0}] = -1.0;  // 2
    SparseTraining snip(methods::snip({.budget = 2}));
    snip.observe(gradient);
    const Rewiring rewiring = snip.update({.mlp = mlp});
    CHECK(connections_by_layer(mlp) == std::vector<std::size_t>{1, 1});
    REQUIRE(rewiring.dropped.size() == 2);
    CHECK(rewiring.dropped[0].position == Position{1, 0, 0});
    CHECK(rewiring.dropped[0].score == doctest::Approx(0.9));
    CHECK(rewiring.dropped[1].position == Position{0, 0, 1});
  }

  TEST_CASE("it is due once, in place of the first step, with that step's gradient") {
    const SparseTraining snip(methods::snip({.budget = 2}));
    CHECK(due_steps(snip, 100) == std::vector<int>{0});
    CHECK(snip.replaces_step(0));
    CHECK(snip.wants_gradient(0));
    CHECK_FALSE(snip.wants_gradient(1));
  }

  TEST_CASE("every budget is met exactly, and what is left can be trained on") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, dense_topology({6, 7, 3}, rng));
      const std::vector<double> sample = {1, 2, 3, 4, 5, 6};
      const std::size_t budget = 1 + rng.below(mlp.connection_count());
      SparseTraining snip(methods::snip({.budget = budget}));
      {
        const StepScope scope(graph);
        snip.observe(gradient_of_loss(mlp, sample));
        snip.update({.mlp = mlp});
      }
      REQUIRE(mlp.connection_count() == budget);
      REQUIRE_NOTHROW(gradient_of_loss(mlp, sample));
    }
  }

  TEST_CASE("no budget, and a budget that the network cannot have, are refused") {
    CHECK_THROWS_WITH_AS(SparseTraining(methods::snip({})),
                         "SNIP: a budget of 0 connections; give at least 1", Error);
    Graph graph;
    Rng rng(1);
    Mlp mlp(graph, dense_topology({3, 2}, rng));
    SparseTraining snip(methods::snip({.budget = 7}));
    CHECK_THROWS_AS(snip.update({.mlp = mlp}), Error);
    CHECK(mlp.connection_count() == 6);
  }
}
