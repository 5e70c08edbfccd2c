#include "demos/moons/training.h"

#include <algorithm>
#include <tuple>

#include "engine/error.h"
#include "nn/loss.h"
#include "nn/sparse/methods.h"
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

constexpr SampleShape point_and_label{.inputs = 2, .targets = 1};

Batch make_batch(const Moons& moons) {
  std::vector<double> coordinates;
  for (const auto& [x, y] : moons.points) coordinates.insert(coordinates.end(), {x, y});
  return Batch(point_and_label, coordinates, moons.labels);
}

SparseMethod method_of(Method method, const TrainingOptions& options) {
  if (method == Method::static_wiring) return methods::static_wiring();
  const int end = std::max(1, static_cast<int>(options.end * options.steps));
  return methods::rigl({.interval = options.interval,
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
      batch_(make_batch(moons)),
      program_(graph_, point_and_label,
               [this](auto point, auto label) { return record(point, label); }),
      learning_rate_(linear(options.learning_rate, options.learning_rate / 10, options.steps)),
      sparse_training_(method_of(method, options)) {}

Trainer::Outcome Trainer::run_eagerly(Pass pass) {
  const StepScope scope(graph_);
  OuterProductProbe probe(mlp_);
  std::vector<Value> scores;
  for (const auto& point : moons_.points) scores.push_back(probe(constants(graph_, point))[0]);
  const Value loss =
      hinge_loss(scores, moons_.labels) + l2_penalty(mlp_.parameters(), options_.l2);
  if (pass != Pass::forward) loss.backward();

  Outcome outcome{loss.data(), binary_accuracy(scores, moons_.labels), {}};
  if (pass == Pass::probe) outcome.dense_gradient = probe.gradient();
  return outcome;
}

// The same for one sample, which the Program replays on all.
Program::Recording Trainer::record(std::span<const Value> point,
                                   std::span<const Value> label) const {
  OuterProductProbe probe(mlp_);
  const std::vector<Value> scores = probe(point);
  const Value loss =
      hinge_loss(scores[0], label[0]) + l2_penalty(mlp_.parameters(), options_.l2);
  Program::Recording recording{.loss = loss, .outputs = scores, .products = {}};
  if (sparse_training_.method().update) recording.products = probe.products();
  return recording;
}

Trainer::Outcome Trainer::replay(Pass pass) {
  const double loss = pass == Pass::forward     ? program_.evaluate(batch_)
                      : pass == Pass::gradients ? program_.run(batch_)
                                                : program_.run_with_products(batch_);
  Outcome outcome{loss, binary_accuracy(program_.outputs(), moons_.labels), {}};
  if (pass == Pass::probe) outcome.dense_gradient = dense_gradient(program_, mlp_);
  return outcome;
}

StepRecord Trainer::step() {
  const bool is_probed = sparse_training_.wants_gradient(step_);
  mlp_.zero_grad();
  const Outcome outcome = run(is_probed ? Pass::probe : Pass::gradients);

  StepRecord record{.step = step_, .loss = outcome.loss, .accuracy = outcome.accuracy};
  if (is_probed) sparse_training_.observe(*outcome.dense_gradient);
  if (!sparse_training_.replaces_step(step_)) {
    adam_.step(mlp_.parameters(), learning_rate_(step_));
  }
  if (sparse_training_.is_due(step_)) {
    const Rewiring rewiring = sparse_training_.update({.mlp = mlp_, .step = step_});
    record.dropped = rewiring.dropped.size();
    record.grown = rewiring.grown.size();
  }
  ++step_;
  return record;
}

StepRecord Trainer::measure() {
  const Outcome outcome = run(Pass::forward);
  return {.step = step_, .loss = outcome.loss, .accuracy = outcome.accuracy};
}

}  // namespace sprig
