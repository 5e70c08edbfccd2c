#include "demos/rewire/trainer.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/error.h"
#include "nn/loss.h"

namespace sprig::course {
namespace {

enum Stream : std::uint64_t { wiring = 1, order, rewiring };

MethodPlan make_plan(const Task& task, const Setting& setting, const std::string& method,
                     const Rng& rng) {
  Rng draw = rng.split(wiring);
  const std::size_t budget = connection_count(sparse_topology(setting, task, draw));
  return plan_of(method, setting, task, budget, rng.split(rewiring));
}

Topology initial_topology(const Task& task, const Setting& setting, bool dense,
                          const Rng& rng) {
  Rng draw = rng.split(wiring);
  return dense ? dense_topology(setting, task, draw) : sparse_topology(setting, task, draw);
}

// 1 - squared error / variance of the targets: 1 at best, 0 for always answering the mean.
double r_squared(std::span<const double> outputs, std::span<const double> targets) {
  const auto count = static_cast<double>(targets.size());
  const double mean = std::accumulate(targets.begin(), targets.end(), 0.0) / count;
  double error = 0, variance = 0;
  for (std::size_t k = 0; k < targets.size(); ++k) {
    error += (outputs[k] - targets[k]) * (outputs[k] - targets[k]);
    variance += (targets[k] - mean) * (targets[k] - mean);
  }
  return 1 - error / variance;
}

// Of two classes the second, if the score is above 0.
double hinge_accuracy(std::span<const double> scores, std::span<const std::size_t> labels) {
  std::vector<double> signs;
  for (const std::size_t label : labels) signs.push_back(label == 0 ? -1 : 1);
  return binary_accuracy(scores, signs);
}

}  // namespace

Trainer::Trainer(const Task& task, const Setting& setting, const std::string& method,
                 std::uint32_t seed)
    : task_(task),
      setting_(setting),
      order_(Rng(seed).split(order)),
      train_(task.train),
      test_(task.test),
      steps_per_epoch_(steps_per_epoch(setting, task)),
      plan_(make_plan(task, setting, method, Rng(seed))),
      mlp_(graph_, initial_topology(task, setting, plan_.method.starts_dense, Rng(seed))),
      program_(graph_, task.shape(),
               [this](auto inputs, auto target) { return record(inputs, target); }),
      training_(plan_.method),
      series_{{0, mlp_.snapshot()}} {}

Value Trainer::loss_of(std::span<const Value> outputs, std::span<const Value> target) const {
  switch (setting_.loss) {
    case Loss::hinge:
      return hinge_loss(outputs[0], target[1] - target[0]);
    case Loss::squared_error:
      return squared_error(outputs, target);
    case Loss::cross_entropy:
      break;
  }
  return softmax_cross_entropy(outputs, target);
}

Value Trainer::penalty() const {
  return setting_.l2 > 0 ? l2_penalty(mlp_.parameters(), setting_.l2)
                         : mlp_.graph().constant(0);
}

Program::Recording Trainer::record(std::span<const Value> inputs,
                                   std::span<const Value> target) const {
  OuterProductProbe probe(mlp_);
  const std::vector<Value> outputs = probe(inputs);
  Program::Recording recording{.loss = loss_of(outputs, target) + penalty(),
                               .outputs = outputs};
  if (plan_.method.gradient.is_wanted()) recording.products = probe.products();
  return recording;
}

// The same for each sample, whose losses' mean is the batch's.
Trainer::Outcome Trainer::run_eagerly(const Samples& samples, Pass pass) {
  const StepScope scope(graph_);
  OuterProductProbe probe(mlp_);
  std::vector<Value> losses;
  Outcome outcome;
  for (std::size_t sample = 0; sample < samples.size(); ++sample) {
    const std::vector<Value> outputs = probe(constants(graph_, samples.input(sample)));
    losses.push_back(loss_of(outputs, constants(graph_, samples.target(sample))));
    for (const Value output : outputs) outcome.outputs.push_back(output.data());
  }
  const Value loss = mean(losses) + penalty();
  outcome.loss = loss.data();
  if (pass != Pass::forward) loss.backward();
  if (pass == Pass::probe) outcome.dense_gradient = probe.gradient();
  return outcome;
}

Trainer::Outcome Trainer::replay(const Batch& batch, Pass pass) {
  Outcome outcome;
  outcome.loss = pass == Pass::forward     ? program_.evaluate(batch)
                 : pass == Pass::gradients ? program_.run(batch)
                                           : program_.run_with_products(batch);
  outcome.outputs.assign(program_.outputs().begin(), program_.outputs().end());
  if (pass == Pass::probe) outcome.dense_gradient = dense_gradient(program_, mlp_);
  return outcome;
}

Value Trainer::loss_of_batch(const Samples& samples, double logit_scale) const {
  std::vector<Value> losses;
  for (std::size_t sample = 0; sample < samples.size(); ++sample) {
    std::vector<Value> outputs = mlp_(samples.input(sample));
    for (Value& output : outputs) output *= logit_scale;
    losses.push_back(loss_of(outputs, constants(mlp_.graph(), samples.target(sample))));
  }
  return mean(losses) + penalty();
}

double Trainer::score(const Data& data) {
  const std::vector<double> outputs = run(data, Pass::forward).outputs;
  if (task_.is_regression()) return r_squared(outputs, data.samples.targets);
  const std::vector<std::size_t> classes = labels(data.samples);
  return setting_.loss == Loss::hinge ? hinge_accuracy(outputs, classes)
                                      : accuracy(outputs, classes);
}

double Trainer::learning_rate() const {
  const int steps = plan_.epochs_per_round * steps_per_epoch_;
  const double done = static_cast<double>(step_ % steps) / steps;
  return setting_.learning_rate +
         (setting_.final_learning_rate - setting_.learning_rate) * done;
}

double Trainer::cost() const {
  const double dense = 3.0 * static_cast<double>(mlp_.possible_connection_count()) *
                       static_cast<double>(task_.train.size()) * setting_.epochs;
  return connections_passed_ / dense;
}

double Trainer::step(const Data& data, EpochRecord& record) {
  const bool is_probed = training_.wants_gradient(step_);
  mlp_.zero_grad();
  const Outcome outcome = run(data, is_probed ? Pass::probe : Pass::gradients);
  const std::size_t connections = mlp_.connection_count();
  connections_passed_ +=
      static_cast<double>(data.samples.size()) *
      static_cast<double>(2 * connections +
                          (is_probed ? mlp_.possible_connection_count() : connections));
  if (is_probed) training_.observe(*outcome.dense_gradient);

  const double rate = learning_rate();
  const double own_rate = plan_.moves_weights ? setting_.deep_r_rate * rate : rate;
  if (!training_.replaces_step(step_)) adam_.step(mlp_.parameters(), rate);
  if (training_.is_due(step_)) {
    const Rewiring rewiring = training_.update(
        {.mlp = mlp_,
         .step = step_,
         .learning_rate = own_rate,
         .loss = [&](double logit_scale) { return loss_of_batch(data.samples, logit_scale); }});
    if (training_.method().restarts) adam_ = Adam();
    record.dropped += rewiring.dropped.size();
    record.grown += rewiring.grown.size();
    series_.push_back({step_ + 1, mlp_.snapshot()});
  }
  ++step_;
  return outcome.loss;
}

EpochRecord Trainer::epoch() {
  std::vector<std::size_t> order(task_.train.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  EpochRecord record{.epoch = ++epoch_};
  if (steps_per_epoch_ == 1) {
    record.loss = step(train_, record);
  } else {
    order_.shuffle(std::span(order));
    for (std::size_t begin = 0; begin < order.size(); begin += setting_.batch_size) {
      const std::size_t count = std::min(setting_.batch_size, order.size() - begin);
      const auto batch = std::span(order).subspan(begin, count);
      record.loss += step(Data(subset(task_.train, batch)), record) / steps_per_epoch_;
    }
  }
  record.step = step_;
  record.train_score = score(train_);
  record.test_score = score(test_);
  record.connections = mlp_.connection_count();
  return record;
}

}  // namespace sprig::course
