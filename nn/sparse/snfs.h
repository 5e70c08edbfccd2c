// SNFS, sparse networks from scratch (Dettmers & Zettlemoyer 2019, "Sparse Networks from Scratch:
// Faster Training without Losing Performance", algorithm 1): sparse momentum. A layer's share of
// what is grown, and where it grows, follow the running mean of the gradient.
#pragma once

#include "nn/schedule.h"
#include "nn/sparse/sparse_training.h"

namespace sprig {

struct SnfsOptions {
  Updates updates;              // every epoch; required
  Schedule fraction = nullptr;  // dropped; default cosine from 0.5 to 0.005 at `end`
  double momentum = 0.9;        // of the running mean M of the gradients, in (0, 1)
};

namespace methods {

// Throws Error unless momentum is above 0; SparseTraining does, unless it is below 1.
SparseMethod snfs(const SnfsOptions& options);

}  // namespace methods
}  // namespace sprig
