// SynFlow, iterative synaptic flow (Tanaka, Kunin, Yamins, Ganguli 2020, "Pruning neural
// networks without any data by iteratively conserving synaptic flow", algorithm 1): before
// training and without data, drop the connections that the least flows through, in many rounds,
// so that no layer is ever cut through.
#pragma once

#include "nn/sparse/sparse_training.h"

namespace sprig {

// dR/d|weight| * |weight|, where R, the sum of the outputs for an input of ones, is that of the
// network with |weights|, without activations and biases: R = 1 |W_L| ... |W_1| 1 (equation 2).
// It is the sum, over all paths from an input to an output through this connection, of the
// products of |weights|. ReLU, which the official code keeps, changes nothing here; other
// activations it keeps, too, and |biases| flow along: both are left out, as in the equation.
Score synaptic_flow(const Mlp& mlp);

struct SynFlowOptions {
  std::size_t budget = 0;  // connections that are kept; required
  int rounds = 100;        // round i of n keeps density^(i/n) of the connections
};

namespace methods {

// Once, in place of the first step, in the whole model. Throws Error unless rounds >= 1.
SparseMethod synflow(const SynFlowOptions& options);

}  // namespace methods
}  // namespace sprig
