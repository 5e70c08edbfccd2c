#include "nn/sparse/sparse_training.h"

#include <utility>

#include "engine/error.h"

namespace sprig {
namespace {

void check(const SparseMethod& method) {
  const auto& [interval, first, end, offset] = method.updates;
  const auto& [batches, momentum] = method.gradient;
  if (interval < 1) fail(method.name, ": an interval of ", interval, " steps; give at least 1");
  if (end < 1) {
    fail(method.name, ": end is step ", end, "; give the first step without updates, above 0");
  }
  if (batches < 0 || batches > interval) {
    fail(method.name, ": gradients of ", batches, " batches; give 0 to the interval, ",
         interval);
  }
  if (!(momentum >= 0 && momentum < 1)) {
    fail(method.name, ": momentum is ", momentum, "; give one in [0, 1)");
  }
  if (method.starts_dense && method.budget < 1) {
    fail(method.name, ": a budget of 0 connections; give at least 1");
  }
}

// How many steps from `done` to the next that is the offset plus a multiple of the interval.
int to_next(const Updates& updates, int done) {
  const int past = (done - updates.offset) % updates.interval;  // below 0 before the offset
  return past > 0 ? updates.interval - past : -past;
}

}  // namespace

SparseTraining::SparseTraining(SparseMethod method) : method_(std::move(method)) {
  if (method_.update) check(method_);
}

bool SparseTraining::is_due(int step) const {
  const Updates& updates = method_.updates;
  const int done = steps_done(step);
  return method_.update && done >= updates.first && done < updates.end &&
         to_next(updates, done) == 0;
}

bool SparseTraining::wants_gradient(int step) const {
  const auto& [batches, momentum] = method_.gradient;
  if (momentum > 0) return method_.update && steps_done(step) < method_.updates.end;
  const int steps = to_next(method_.updates, steps_done(step));
  return steps < batches && is_due(step + steps);
}

void SparseTraining::observe(const DenseGradient& gradient) {
  const double momentum = method_.gradient.momentum;
  DenseGradient weighted = gradient;
  if (momentum > 0) weighted *= 1 - momentum;
  if (observed_) {
    if (momentum > 0) *observed_ *= momentum;
    *observed_ += weighted;
  } else {
    observed_ = std::move(weighted);
  }
}

Rewiring SparseTraining::update(Moment moment) {
  const std::size_t connections = moment.mlp.connection_count();
  if (connections < method_.budget) {
    fail(method_.name, ": a budget of ", method_.budget, " connections for a network that has ",
         connections, "; start with at least as many");
  }
  std::optional<DenseGradient> gradient;
  if (method_.gradient.is_wanted()) {
    if (!observed_) {
      fail(method_.name, ": update at step ", moment.step,
           " without a gradient; call observe first");
    }
    gradient =
        method_.gradient.momentum > 0 ? observed_ : std::exchange(observed_, std::nullopt);
    moment.gradient = &*gradient;
  }
  moment.steps_done = steps_done(moment.step);
  return method_.update(moment);
}

}  // namespace sprig
