// DSR, dynamic sparse reparameterization (Mostafa & Wang 2019, "Parameter Efficient Training of
// Deep Convolutional Neural Networks by Dynamic Sparse Reparameterization", algorithm 1): drop
// what is below one threshold for all layers, which adapts so that about so many are dropped as
// are wanted; grow at random, most in the layers where most survived. A layer where none did
// gets nothing.
#pragma once

#include <cstddef>

#include "nn/random.h"
#include "nn/sparse/sparse_training.h"

namespace sprig {

struct DsrOptions {
  Updates updates;          // required
  std::size_t target = 0;   // connections to drop at each update, about; required. The official
                            // code: 1% of all parameters
  double threshold = 1e-3;  // H, at first: what is below it is dropped
  double tolerance = 0.1;   // H is halved above (1 + tolerance) * target, doubled below
                            // (1 - tolerance) * target
};

namespace methods {

// Throws Error unless target and threshold are above 0 and tolerance is in [0, 1).
SparseMethod dsr(const DsrOptions& options, Rng rng);

}  // namespace methods
}  // namespace sprig
