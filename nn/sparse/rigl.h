// RigL (Evci et al. 2020, "Rigging the Lottery: Making All Tickets Winners", algorithm 1):
// every `interval` steps the connections with the smallest |weight| are dropped and those with
// the largest |gradient| are grown. An update takes the place of that step's optimiser step.
// Chapter: docs/04-rigl.md.
#pragma once

#include "nn/schedule.h"
#include "nn/sparse/sparse_training.h"

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

namespace methods {

// Throws Error unless accumulate >= 1; SparseTraining does, unless interval >= 1, end >= 1 and
// accumulate <= interval.
SparseMethod rigl(const RigLOptions& options);

struct SoftGradientOptions {
  Updates updates;         // required
  double fraction = 0.3;   // dropped at each update
  double temperature = 1;  // of the softmax; towards 0 it becomes RigL's choice
};

// Drops the smallest |weight| and grows at random, with the probabilities softmax(|gradient| /
// temperature), without replacement. Nobody's paper: it is what a well-known course calls DEEP R
// (docs/08-methods.md), with the gradient that the course meant.
SparseMethod soft_gradient(const SoftGradientOptions& options, Rng rng);

}  // namespace methods
}  // namespace sprig
