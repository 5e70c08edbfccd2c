// Dropping the smallest |weights|, without growing: at once, and little by little.
#pragma once

#include <cstddef>
#include <vector>

#include "nn/sparse/sparse_training.h"

namespace sprig {

// How many connections are kept in the end: one number for the whole model, whose connections
// then compete with each other, or one for each layer.
using Budget = std::vector<std::size_t>;

struct OneShotOptions {
  Budget budget;  // required
  int step = 0;   // the dropping takes its place; 0 is before training
};

// In the paper's letters: t0, Delta t and n.
struct GmpOptions {
  Budget budget;       // required
  int interval = 100;  // steps between updates
  int first = 0;       // steps before the first interval
  int updates = 0;     // the last of them leaves the budget; required
};

namespace methods {

// Train, keep the largest |weights|, train on: the baseline of all papers. Throws Error unless
// step >= 0 and every number of the budget is above 0.
SparseMethod one_shot_magnitude(const OneShotOptions& options);

// GMP, gradual magnitude pruning (Zhu & Gupta 2017, "To prune, or not to prune: exploring the
// efficacy of pruning for model compression", equation 1): at the steps t0 + i * Delta t the
// sparsity rises to s_t = s_f + (s_i - s_f) * (1 - (t - t0)/(n * Delta t))^3, with s_i = 0.
// Throws Error unless interval >= 1, first >= 0, updates >= 1 and every number of the budget is
// above 0.
SparseMethod gradual_magnitude(const GmpOptions& options);

}  // namespace methods
}  // namespace sprig
