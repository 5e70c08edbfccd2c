// GraNet, gradual pruning with zero-cost neuroregeneration (Liu et al. 2021, "Sparse Training via
// Boosting Pruning Plasticity with Neuroregeneration", algorithm 1). Every update first drops, in
// the whole model, what the cubic schedule no longer allows; then each layer exchanges its
// smallest |weights| for its largest |gradients|, as RigL does.
#pragma once

#include <cstddef>

#include "nn/schedule.h"
#include "nn/sparse/sparse_training.h"

namespace sprig {

struct GraNetOptions {
  Updates updates;         // required
  std::size_t budget = 0;  // connections of the whole model in the end; required
  int last = 0;            // steps done when it is reached; required, at most the last update's
  bool starts_dense = true;     // the paper's s_i = 0; else the model comes sparser, as with .5
  Schedule fraction = nullptr;  // exchanged at each update; default cosine from 0.5 to 0.005
};

namespace methods {

// Throws Error unless updates.first < last and an update comes at `last` or later.
SparseMethod granet(const GraNetOptions& options);

}  // namespace methods
}  // namespace sprig
