// DEEP R, deep rewiring (Bellec et al. 2018, "Deep Rewiring: Training very sparse deep networks",
// algorithm 1): a weight is sign * theta, with a sign that its place keeps for ever. In every
// step theta makes a noisy step downhill; where it reaches 0, the connection goes dormant, and
// another place, drawn at random, takes over. The number of connections never changes.
//
// It is an optimiser of its own: it moves weights and biases itself, by Moment::learning_rate and
// the grads that backward left in them.
#pragma once

#include <optional>

#include "nn/random.h"
#include "nn/sparse/sparse_training.h"

namespace sprig {

struct DeepROptions {
  int end = 0;          // the first step that is left to the optimiser; required
  double alpha = 1e-5;  // of the L1 penalty on theta
  double noise = 1e-5;  // standard deviation of noise on the gradient, as in the official code
  std::optional<double> temperature = {};  // instead: theta += sqrt(2 * rate * T) * normal,
                                           // as in the paper
};

namespace methods {

// Throws Error unless alpha, noise and temperature are finite and at least 0. An update throws
// Error, and changes nothing, unless the learning rate is above 0 and all moves are finite.
SparseMethod deep_r(const DeepROptions& options, Rng rng);

}  // namespace methods
}  // namespace sprig
