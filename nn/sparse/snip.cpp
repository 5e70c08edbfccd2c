#include "nn/sparse/snip.h"

#include <cmath>

namespace sprig {

Score connection_sensitivity(const Mlp& mlp, const DenseGradient& gradient) {
  return [saliency = weight_times_gradient(mlp, gradient)](const Position& place) {
    return std::abs(saliency(place));
  };
}

namespace methods {

SparseMethod snip(const SnipOptions& options) {
  return {.name = "SNIP",
          .updates = before_training,
          .gradient = {.batches = 1},
          .starts_dense = true,
          .budget = options.budget,
          .replaces_step = true,
          .update = [=](Moment& moment) {
            return drop_to(moment.mlp, options.budget,
                           connection_sensitivity(moment.mlp, *moment.gradient));
          }};
}

}  // namespace methods
}  // namespace sprig
