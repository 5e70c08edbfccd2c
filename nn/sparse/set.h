// SET, sparse evolutionary training (Mocanu et al. 2018, "Scalable training of artificial
// neural networks with adaptive sparse connectivity inspired by network science", algorithm 1):
// after each epoch but the last, drop the weights nearest 0 and grow as many at random.
#pragma once

#include "nn/random.h"
#include "nn/sparse/sparse_training.h"

namespace sprig {

struct SetOptions {
  Updates updates;                    // every epoch, ending with the last; required
  double fraction = 0.3;              // of the positive and of the negative weights, zeta
  double new_weight_deviation = 0.1;  // grown weights are normal with mean 0
};

namespace methods {

// Random connections that are never rewired: what all others have to beat.
SparseMethod static_wiring();

SparseMethod set(const SetOptions& options, Rng rng);

}  // namespace methods
}  // namespace sprig
