#include "demos/moons/training.h"

#include <algorithm>
#include <tuple>

#include "engine/error.h"
#include "nn/loss.h"
#include "nn/wiring.h"

namespace sprig {
namespace {

Topology initial_topology(const TrainingOptions& options) {
  const auto& [layers, sparsity] = std::tie(options.layers, options.sparsity);
  if (layers.size() != sparsity.size()) {
    fail(layers.size(), " layers but ", sparsity.size(),
         " sparsities; give one for each layer");
  }
  if (layers.empty() || layers.back() != 1) {
    fail("the last layer must have 1 neuron, whose sign is the class");
  }
  WiringOptions wiring{.inputs = 2, .layers = {}};
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    const bool is_output = layer + 1 == layers.size();
    wiring.layers.push_back({.neurons = layers[layer],
                             .activation = is_output ? Activation::linear : Activation::relu,
                             .sparsity = sparsity[layer],
                             .budget = {}});
  }
  Rng rng(options.seed);
  return random_topology(wiring, rng);
}

RigL make_rigl(const TrainingOptions& options) {
  const int end = std::max(1, static_cast<int>(options.end * options.steps));
  return RigL({.interval = options.interval,
               .first = static_cast<int>(options.start * options.steps),
               .end = end,
               .fraction = cosine(options.fraction, 0.0, end),
               .scope = options.scope});
}

}  // namespace

std::string_view name_of(Method method) { return method == Method::rigl ? "RigL" : "static"; }

Trainer::Trainer(Method method, const TrainingOptions& options, const Moons& moons)
    : moons_(moons),
      options_(options),
      mlp_(graph_, initial_topology(options)),
      learning_rate_(linear(options.learning_rate, options.learning_rate / 10, options.steps)) {
  for (const auto& point : moons.points) samples_.push_back(constants(graph_, point));
  if (method == Method::rigl) rigl_ = make_rigl(options);
}

Trainer::Outcome Trainer::forward(auto&& network) {
  std::vector<Value> scores;
  for (const std::vector<Value>& sample : samples_) scores.push_back(network(sample)[0]);
  const Value loss =
      hinge_loss(scores, moons_.labels) + l2_penalty(mlp_.parameters(), options_.l2);
  return {loss, binary_accuracy(scores, moons_.labels)};
}

StepRecord Trainer::step() {
  const StepScope scope(graph_);
  OuterProductProbe probe(mlp_);
  const bool is_probed = rigl_ && rigl_->wants_probe(step_);
  const Outcome outcome = is_probed ? forward(probe) : forward(mlp_);
  mlp_.zero_grad();
  outcome.loss.backward();

  StepRecord record{.step = step_, .loss = outcome.loss.data(), .accuracy = outcome.accuracy};
  if (is_probed) rigl_->observe(probe.gradient());
  if (rigl_ && rigl_->is_due(step_)) {
    const Rewiring rewiring = rigl_->update(mlp_, step_);
    record.dropped = rewiring.dropped.size();
    record.grown = rewiring.grown.size();
  } else {
    adam_.step(mlp_.parameters(), learning_rate_(step_));
  }
  ++step_;
  return record;
}

StepRecord Trainer::measure() {
  const StepScope scope(graph_);
  const Outcome outcome = forward(mlp_);
  return {.step = step_, .loss = outcome.loss.data(), .accuracy = outcome.accuracy};
}

}  // namespace sprig
