// GraSP, gradient signal preservation (Wang, Zhang, Grosse 2020, "Picking Winning Tickets
// Before Training by Preserving Gradient Flow", algorithm 1): before training, drop the
// connections with which the least gradient flow is lost. That is the sum of squares of the
// gradient g. Its gradient, 2 H g, takes second derivatives of the training loss, which the
// engine gives (`gradient` in engine/value.h).
#pragma once

#include "nn/sparse/sparse_training.h"

namespace sprig {

// weight * (H g) for an existing connection: half of what the gradient flow loses with it, to
// first order. (The paper's S(-weight) has the opposite sign, and it drops the highest.) g and
// H are derivatives of the loss by the weights alone. Records nodes in the graph in proportion
// to connections x samples (784-300-100-10: 55 MB a sample): use a StepScope and a small batch.
Score gradient_flow(const Mlp& mlp, Value loss);

struct GraspOptions {
  std::size_t budget = 0;    // connections that are kept; required
  double temperature = 200;  // the logits are divided by it
};

namespace methods {

// Once, in place of the first step, in the whole model; Moment::loss is required. The batch is
// the caller's: the paper takes 10 samples of each class. (The official code draws the weights
// anew, by Glorot's rule, before it scores them; this one takes them as they are.) Throws Error
// unless the temperature is above 0.
SparseMethod grasp(const GraspOptions& options);

}  // namespace methods
}  // namespace sprig
