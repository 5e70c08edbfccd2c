#include "demos/rewire/published_regression.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "engine/graph.h"
#include "nn/loss.h"
#include "nn/mlp.h"
#include "nn/optimizer.h"
#include "nn/random.h"

namespace sprig::course {
namespace {

constexpr int epochs = 10;
constexpr double learning_rate = 0.001, fraction = 0.1, deviation = 0.1;

std::size_t count_nonzero(std::span<const Value> weights) {
  return static_cast<std::size_t>(
      std::ranges::count_if(weights, [](Value weight) { return weight.data() != 0; }));
}

// Flaw 1: only a 0 tells that there is no connection, and the optimiser moves all weights: one
// step makes the layer dense.
double step(Graph& graph, std::span<const Value> weights, const Samples& samples, Adam& adam) {
  const StepScope scope(graph);
  graph.zero_grad();
  std::vector<Value> outputs;
  for (std::size_t sample = 0; sample < samples.size(); ++sample) {
    outputs.push_back(
        affine(graph.constant(0), weights, constants(graph, samples.input(sample))));
  }
  const Value loss = mean_squared_error(outputs, samples.targets);
  loss.backward();
  adam.step(weights, learning_rate);
  return loss.data();
}

std::vector<WeightAt> drop(std::span<Value> weights, std::size_t count) {
  std::vector<std::size_t> inputs(weights.size());
  std::iota(inputs.begin(), inputs.end(), std::size_t{0});
  std::ranges::stable_sort(inputs, {},
                           [&](std::size_t k) { return std::abs(weights[k].data()); });
  std::vector<WeightAt> dropped;
  for (const std::size_t input : std::span(inputs).first(count)) {
    dropped.push_back({input, weights[input].data()});
    weights[input].set_data(0);
  }
  return dropped;
}

// Flaw 2: what was just dropped is all that is 0 in a dense layer, so it is all that can grow.
// Flaw 3: a new weight, about 0.1, is far from what was dropped, and the momentum stays.
std::vector<WeightAt> grow(std::span<Value> weights, std::size_t count, Rng& rng) {
  std::vector<std::size_t> zeros;
  for (std::size_t input = 0; input < weights.size(); ++input) {
    if (weights[input].data() == 0) zeros.push_back(input);
  }
  std::vector<WeightAt> grown;
  for (const std::size_t chosen : rng.sample(zeros.size(), count)) {
    const std::size_t input = zeros[chosen];
    weights[input].set_data(deviation * rng.normal());
    grown.push_back({input, weights[input].data()});
  }
  return grown;
}

}  // namespace

std::vector<PublishedEpoch> run_published_regression(const Task& task, std::uint32_t seed) {
  Rng rng = Rng(seed).split(1);
  Graph graph;
  std::vector<Value> weights;
  for (std::uint32_t input = 0; input < task.inputs; ++input) {
    weights.push_back(graph.parameter(0));
  }
  Adam adam({.epsilon = 1e-7});  // as in Keras
  std::vector<PublishedEpoch> result;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    PublishedEpoch& now = result.emplace_back();
    now.epoch = epoch;
    now.loss = step(graph, weights, task.train, adam);
    now.after_step = count_nonzero(weights);
    const auto count = static_cast<std::size_t>(static_cast<double>(now.after_step) * fraction);
    now.dropped = drop(weights, count);
    now.grown = grow(weights, count, rng);
    now.after_growing = count_nonzero(weights);
  }
  return result;
}

}  // namespace sprig::course
