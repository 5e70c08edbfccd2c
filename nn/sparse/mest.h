// MEST, memory-economic sparse training (Yuan et al. 2021, "MEST: Accurate and Fast
// Memory-Economic Sparse Training Framework on the Edge", elastic mutation): drop by the weight
// and its gradient, grow at random, ever fewer. It never looks at the gradient of an absent
// connection.
//
// What the budget promises, in every layer. EM: after each update there are as many connections
// as before the first. EM&S, with its soft budget: between updates there are up to a fraction
// more, which is announced and shrinks; after the last update there are as many as before the
// first.
#pragma once

#include "nn/random.h"
#include "nn/schedule.h"
#include "nn/sparse/sparse_training.h"

namespace sprig {

struct MestOptions {
  Updates updates;              // required
  Schedule fraction = nullptr;  // of the budget, exchanged (EM) or too many (EM&S); default 0.2
                                // or 0.5, and half of that from 3/4 of `end` on
  double gradient_weight = 0.01;  // lambda: the drop score is |weight| + lambda * |gradient|;
                                  // 0 in the official scripts
};

namespace methods {

// EM: drops first, then grows. The gradients are the grads that the last backward left in the
// weights. Throws Error unless gradient_weight is finite and at least 0; an update, unless the
// fraction is in [0, 1].
SparseMethod mest(const MestOptions& options, Rng rng);

// EM&S: has grown too many, drops down to the budget and grows too many again. The last update
// only drops. Update it outside of all StepScopes: it needs more parameters than there were.
SparseMethod mest_soft_budget(const MestOptions& options, Rng rng);

}  // namespace methods
}  // namespace sprig
