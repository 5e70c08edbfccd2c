#include "nn/sparse/rigl.h"

#include "engine/error.h"

namespace sprig::methods {

SparseMethod rigl(const RigLOptions& options) {
  if (options.accumulate < 1) {
    fail("RigL: accumulate is ", options.accumulate, " batches; give at least 1");
  }
  const Schedule fraction = options.fraction  ? options.fraction
                            : options.end > 0 ? cosine(0.3, 0.0, options.end)
                                              : constant(0.3);
  return {.name = "RigL",
          .updates = {options.interval, options.first, options.end},
          .gradient = {.batches = options.accumulate},
          .replaces_step = true,
          .update = [=](Moment& moment) {
            return rewire(moment.mlp, lowest(weight_magnitude(moment.mlp)),
                          gradient_magnitude(*moment.gradient),
                          {.fraction = fraction(moment.step),
                           .scope = options.scope,
                           .just_dropped_eligible = options.just_dropped_eligible});
          }};
}

SparseMethod soft_gradient(const SoftGradientOptions& options, Rng rng) {
  return {.name = "soft gradient",
          .updates = options.updates,
          .gradient = {.batches = 1},
          .update = [options, rng](Moment& moment) mutable {
            return rewire(moment.mlp, lowest(weight_magnitude(moment.mlp)),
                          soft(gradient_magnitude(*moment.gradient), options.temperature, rng),
                          {.fraction = options.fraction});
          }};
}

}  // namespace sprig::methods
