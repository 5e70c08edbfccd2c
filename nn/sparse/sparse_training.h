// What a training loop and a method of sparse training say to each other. A SparseMethod is one
// row of the table: when it rewires, by which gradient, and how. A SparseTraining carries one
// through a run:
//
//   SparseTraining training(methods::rigl({.interval = 100, .end = 3000}));
//   for (int step = 0; step < 4000; ++step) {
//     // forward and backward, through a probe if training.wants_gradient(step)
//     if (training.wants_gradient(step)) training.observe(probe.gradient());
//     if (!training.replaces_step(step)) adam.step(mlp.parameters(), rate);
//     if (training.is_due(step)) training.update({.mlp = mlp, .step = step});
//   }
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "nn/probe.h"
#include "nn/sparse/rewire.h"

namespace sprig {

// When a method rewires, in steps done: at those in [first, end) that are `offset` plus a
// multiple of the interval. An update comes after the optimiser's step, or takes the place of
// the next one.
struct Updates {
  int interval = 100;
  int first = 0;
  int end = 0;  // required: the first number of steps without an update, above 0
  int offset = 0;
};

// Once, on the first batch, for methods with replaces_step.
inline constexpr Updates before_training{.interval = 1, .first = 0, .end = 1};

// Which gradient of every possible connection a method is shown: none, the sum over the last
// batches before and with the update's, or a running mean over all batches so far,
// M = momentum * M + (1 - momentum) * gradient.
struct GradientMemory {
  int batches = 0;      // in [0, interval]
  double momentum = 0;  // in [0, 1); if above 0, batches does not count

  bool is_wanted() const { return batches > 0 || momentum > 0; }
};

// What a method may look at, and what it rewires.
struct Moment {
  Mlp& mlp;
  int step = 0;
  double learning_rate = 0;  // of this step; for methods that move weights themselves
  // Records the mean loss of this step's batch in the network's graph, the outputs multiplied
  // by `logit_scale`; for methods that need second derivatives.
  std::function<Value(double logit_scale)> loss = {};
  const DenseGradient* gradient = nullptr;  // filled in by SparseTraining, as the memory says
  int steps_done = 0;  // filled in, too: `step`, or one more if the optimiser went before
};

struct SparseMethod {
  std::string name;
  Updates updates = {};
  GradientMemory gradient = {};
  bool starts_dense = false;   // the budget is reached by dropping; else it is there at first
  std::size_t budget = 0;      // connections after the last update; required if it starts dense
  bool replaces_step = false;  // an update takes the place of the optimiser's step
  bool restarts = false;       // an update sets weights back: the optimiser begins anew
  std::function<Rewiring(Moment&)> update = {};  // none: the wiring stays
};

class SparseTraining {
 public:
  // Throws Error, with the method's name, for updates, a memory or a budget out of range.
  explicit SparseTraining(SparseMethod method);

  // Does the method rewire in this step, counted from 0?
  bool is_due(int step) const;

  // Does that take the place of the optimiser's step?
  bool replaces_step(int step) const { return method_.replaces_step && is_due(step); }

  // Is the dense gradient of this step's batch to be observed?
  bool wants_gradient(int step) const;
  void observe(const DenseGradient& gradient);

  // Rewires. A sum of gradients is forgotten with it, a running mean goes on. Throws Error if
  // the method wants a gradient and has none, if there are fewer connections than its budget,
  // and as the method does; then nothing is changed.
  Rewiring update(Moment moment);

  const SparseMethod& method() const { return method_; }

 private:
  int steps_done(int step) const { return method_.replaces_step ? step : step + 1; }

  SparseMethod method_;
  std::optional<DenseGradient> observed_;
};

}  // namespace sprig
