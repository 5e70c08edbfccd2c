// SNIP (Lee, Ajanthan, Torr 2019, "SNIP: Single-shot Network Pruning based on Connection
// Sensitivity", algorithm 1): before training, on one batch, keep the connections that the loss
// is most sensitive to.
#pragma once

#include "nn/sparse/sparse_training.h"

namespace sprig {

// |dL/dc| for a factor c = 1 in front of the weight of an existing connection, which is
// |weight * gradient|. (The paper divides it by the sum over all, which changes no order.)
Score connection_sensitivity(const Mlp& mlp, const DenseGradient& gradient);

struct SnipOptions {
  std::size_t budget = 0;  // connections that are kept; required
};

namespace methods {

// Once, in place of the first step. Only weights compete, in the whole model: biases stay. (The
// official code scores biases, too.)
SparseMethod snip(const SnipOptions& options);

}  // namespace methods
}  // namespace sprig
