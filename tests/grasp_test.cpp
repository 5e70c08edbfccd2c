// GraSP: Hessian times gradient against differences of gradients, and that what has the highest
// weight times that is kept, of the loss with cooled logits. tests/saliency_test.cpp compares
// the score with PyTorch's.

#include "nn/sparse/grasp.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/error.h"
#include "nn/loss.h"
#include "tests/dense_mlp.h"

namespace {

using namespace sprig;

const std::vector<std::vector<double>> samples = {{0.5, -1.0, 2.0}, {1.5, 0.3, -0.7}};
const std::vector<std::size_t> labels = {1, 0};

Value loss_of(const Mlp& mlp, double logit_scale) {
  std::vector<Value> losses;
  for (std::size_t sample = 0; sample < samples.size(); ++sample) {
    std::vector<Value> logits = mlp(samples[sample]);
    for (Value& logit : logits) logit *= logit_scale;
    losses.push_back(softmax_cross_entropy(logits, labels[sample]));
  }
  return mean(losses);
}

std::vector<Value> weights_of(const Mlp& mlp) {
  std::vector<Value> weights;
  for (const Layer& layer : mlp.layers()) {
    for (const Neuron& neuron : layer.neurons()) {
      for (const Connection& connection : neuron.connections()) {
        weights.push_back(connection.weight);
      }
    }
  }
  return weights;
}

std::vector<double> data_of(const std::vector<Value>& values) {
  std::vector<double> data;
  for (const Value value : values) data.push_back(value.data());
  return data;
}

// The gradient by the weights, after `step * direction` is added to them.
std::vector<double> gradient_after(const Mlp& mlp, double logit_scale, double step,
                                   const std::vector<double>& direction) {
  const std::vector<Value> weights = weights_of(mlp);
  const std::vector<double> before = data_of(weights);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    weights[k].set_data(before[k] + step * direction[k]);
  }
  const std::vector<double> g = data_of(gradient(loss_of(mlp, logit_scale), weights));
  for (std::size_t k = 0; k < weights.size(); ++k) weights[k].set_data(before[k]);
  return g;
}

// weight * (H g), with H g = (g(w + e g) - g(w - e g)) / 2e.
std::vector<double> scores_by_differences(const Mlp& mlp, double logit_scale) {
  const std::vector<double> weights = data_of(weights_of(mlp));
  const std::vector<double> g = gradient_after(mlp, logit_scale, 0, weights);
  const std::vector<double> above = gradient_after(mlp, logit_scale, 1e-5, g);
  const std::vector<double> below = gradient_after(mlp, logit_scale, -1e-5, g);
  std::vector<double> scores;
  for (std::size_t k = 0; k < g.size(); ++k) {
    scores.push_back(weights[k] * (above[k] - below[k]) / 2e-5);
  }
  return scores;
}

std::function<Value(double)> loss_for(const Mlp& mlp) {
  return [&mlp](double logit_scale) { return loss_of(mlp, logit_scale); };
}

}  // namespace

TEST_SUITE("grasp") {
  TEST_CASE("the score is weight times the change of the gradient along the gradient") {
    for (const Activation activation : {Activation::relu, Activation::tanh}) {
      Graph graph;
      Rng rng(3);
      const Mlp mlp(graph, dense_topology({3, 6, 4, 2}, rng, activation));
      const Score score = gradient_flow(mlp, loss_of(mlp, 1.0));
      const std::vector<double> expected = scores_by_differences(mlp, 1.0);
      const std::vector<Position> existing = places(mlp, Scope::model)[0].existing;
      REQUIRE(existing.size() == expected.size());
      for (std::size_t k = 0; k < existing.size(); ++k) {
        CHECK(score(existing[k]) == doctest::Approx(expected[k]).epsilon(1e-6));
      }
    }
  }

  TEST_CASE("of L = (w x)^2 / 2 the score is w^2 x^4, by hand") {
    Graph graph;
    const Mlp mlp(graph, {.inputs = 1, .layers = {{{{"a", {{0, 3.0}}, 0.0}}}}});
    const Value output = mlp(std::vector<double>{2.0})[0];
    const Score score = gradient_flow(mlp, output * output / 2);
    CHECK(score({0, 0, 0}) == 144);  // g = w x^2 = 12, H = x^2 = 4
  }

  TEST_CASE("the highest scores of the loss with logits / temperature are kept") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      CAPTURE(seed);
      Graph graph;
      Rng rng(seed);
      Mlp mlp(graph, dense_topology({3, 6, 4, 2}, rng, Activation::tanh));
      std::vector<double> expected = scores_by_differences(mlp, 1 / 5.0);
      const std::size_t budget = 1 + rng.below(expected.size());
      std::ranges::sort(expected);
      expected.resize(expected.size() - budget);
      SparseTraining grasp(methods::grasp({.budget = budget, .temperature = 5}));
      const Rewiring rewiring = grasp.update({.mlp = mlp, .loss = loss_for(mlp)});
      REQUIRE(mlp.connection_count() == budget);
      REQUIRE(rewiring.dropped.size() == expected.size());
      for (std::size_t k = 0; k < expected.size(); ++k) {
        REQUIRE(rewiring.dropped[k].score == doctest::Approx(expected[k]).epsilon(1e-5));
      }
    }
  }

  TEST_CASE("it is due once, in place of the first step, and leaves no nodes in the graph") {
    Graph graph;
    Rng rng(1);
    Mlp mlp(graph, dense_topology({3, 4, 2}, rng));
    SparseTraining grasp(methods::grasp({.budget = 5}));
    CHECK(due_steps(grasp, 100) == std::vector<int>{0});
    CHECK(grasp.replaces_step(0));
    CHECK_FALSE(grasp.wants_gradient(0));
    const std::size_t size = graph.size();
    grasp.update({.mlp = mlp, .loss = loss_for(mlp)});
    CHECK(graph.size() == size);
    CHECK_NOTHROW(loss_of(mlp, 1.0).backward());
  }

  TEST_CASE("no budget, no temperature and no loss are refused") {
    CHECK_THROWS_WITH_AS(SparseTraining(methods::grasp({})),
                         "GraSP: a budget of 0 connections; give at least 1", Error);
    CHECK_THROWS_WITH_AS(methods::grasp({.budget = 1, .temperature = 0}),
                         "GraSP: a temperature of 0; give one above 0", Error);
    Graph graph;
    Rng rng(1);
    Mlp mlp(graph, dense_topology({3, 2}, rng));
    SparseTraining grasp(methods::grasp({.budget = 1}));
    CHECK_THROWS_WITH_AS(grasp.update({.mlp = mlp}),
                         "GraSP: an update without a loss; give Moment::loss", Error);
    CHECK(mlp.connection_count() == 6);
  }
}
