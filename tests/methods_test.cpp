// Every method that rewires, in a training loop as users write it: it learns, and it keeps what
// it promises of its connections.

#include "nn/sparse/methods.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "nn/loss.h"
#include "nn/optimizer.h"
#include "nn/wiring.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

constexpr int steps = 300;
constexpr Updates updates = {.interval = 20, .end = 240};

std::vector<SparseMethod> all_methods() {
  const Rng rng(5);
  return {
      methods::static_wiring(),
      methods::set({.updates = updates}, rng),
      methods::rigl({.interval = 20, .end = 240}),
      methods::soft_gradient({.updates = updates}, rng),
      methods::deep_r({.end = steps, .noise = 0.01}, rng),
      methods::snfs({.updates = updates}),
      methods::dsr({.updates = updates, .target = 10}, rng),
      methods::mest({.updates = updates}, rng),
      methods::mest_soft_budget({.updates = updates}, rng),
      methods::granet({.updates = updates, .budget = 60, .last = 200, .starts_dense = false}),
      methods::cht({.updates = updates}, rng),
      methods::chts({.updates = updates}, rng)};
}

// y = sin of what 8 inputs add up to, from 40 samples.
struct Task {
  std::vector<std::vector<double>> inputs;
  std::vector<double> targets;

  Task() {
    Rng rng(3);
    for (int sample = 0; sample < 40; ++sample) {
      double sum = 0;
      for (auto& input = inputs.emplace_back(); input.size() < 8; sum += input.back()) {
        input.push_back(rng.uniform(-0.5, 0.5));
      }
      targets.push_back(std::sin(2 * sum));
    }
  }
};

// Backward through a probe, in a scope of its own; returns the loss.
double backward(const Task& task, const Mlp& mlp, SparseTraining& training, int step) {
  StepScope scope(mlp.graph());
  mlp.zero_grad();
  OuterProductProbe probe(mlp);
  std::vector<Value> outputs;
  for (const auto& input : task.inputs) {
    outputs.push_back(probe(constants(mlp.graph(), input))[0]);
  }
  const Value loss = mean_squared_error(outputs, task.targets);
  loss.backward();
  if (training.wants_gradient(step)) training.observe(probe.gradient());
  return loss.data();
}

// Trains, and returns the loss of every step.
std::vector<double> train(Mlp& mlp, SparseTraining& training) {
  const Task task;
  Sgd sgd({.momentum = 0.9});
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) {
    losses.push_back(backward(task, mlp, training, step));
    if (!training.replaces_step(step)) sgd.step(mlp.parameters(), 0.05);
    if (training.is_due(step)) {
      training.update({.mlp = mlp, .step = step, .learning_rate = 0.2});
    }
  }
  return losses;
}

}  // namespace

TEST_SUITE("methods") {
  TEST_CASE("every method learns in the loop of sparse_training.h and ends with its budget") {
    for (const SparseMethod& method : all_methods()) {
      CAPTURE(method.name);
      Rng rng(7);
      Graph graph;
      Mlp mlp(graph,
              random_topology(
                  {.inputs = 8,
                   .layers = {{.neurons = 16, .activation = Activation::tanh, .budget = 64},
                              {.neurons = 8, .activation = Activation::tanh, .budget = 40},
                              {.neurons = 1, .activation = Activation::linear}}},
                  rng));
      const std::size_t at_first = mlp.connection_count();
      SparseTraining training(method);
      const std::vector<double> losses = train(mlp, training);
      CHECK(losses.back() < 0.3 * losses.front());
      CHECK(mlp.connection_count() == (method.budget > 0 ? method.budget : at_first));
    }
  }
}
