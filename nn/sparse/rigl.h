// RigL (Evci et al. 2020, "Rigging the Lottery: Making All Tickets Winners", algorithm 1):
// every `interval` steps the connections with the smallest |weight| are dropped and those with
// the largest |gradient| are grown. An update takes the place of that step's optimiser step:
//
//   Value loss = rigl.wants_probe(step) ? loss_through(probe) : loss_through(mlp);
//   loss.backward();
//   if (rigl.wants_probe(step)) rigl.observe(probe.gradient());
//   if (rigl.is_due(step)) rigl.update(mlp, step);
//   else sgd.step(mlp.parameters(), rate);
//
// Chapter: docs/04-rigl.md.
#pragma once

#include <optional>

#include "nn/probe.h"
#include "nn/rewire.h"
#include "nn/schedule.h"

namespace sprig {

struct RigLOptions {
  int interval = 100;  // steps between updates, Delta T in the paper
  int first = 0;       // no update before this step
  int end = 0;  // no update from this step on, T_end; required. The paper: 75% of training
  Schedule fraction = nullptr;  // dropped at each update; default cosine from 0.3 to 0 at `end`
  Scope scope = Scope::layer;
  bool just_dropped_eligible = true;
  int accumulate = 1;  // batches, up to and with the update's, whose gradients are added up
};

class RigL {
 public:
  // Throws Error unless interval >= 1, end >= 1 and 1 <= accumulate <= interval.
  explicit RigL(const RigLOptions& options);

  // True when `step` is a multiple of the interval in [first, end).
  bool is_due(int step) const;

  // True when this step's dense gradient counts for the next update.
  bool wants_probe(int step) const;

  // Adds the dense gradient of this step's batch.
  void observe(const DenseGradient& gradient);

  // Rewires by what was observed since the last update, and forgets it. Throws Error if nothing
  // was, and as rewire does.
  Rewiring update(Mlp& mlp, int step);

 private:
  RigLOptions options_;
  std::optional<DenseGradient> observed_;
};

}  // namespace sprig
