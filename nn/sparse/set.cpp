#include "nn/sparse/set.h"

namespace sprig::methods {

SparseMethod static_wiring() { return {.name = "static"}; }

SparseMethod set(const SetOptions& options, Rng rng) {
  return {.name = "SET",
          .updates = options.updates,
          .update = [options, rng](Moment& moment) mutable {
            const NewWeight normal = [&](const Position&) {
              return options.new_weight_deviation * rng.normal();
            };
            return rewire(moment.mlp, lowest_of_each_sign(moment.mlp), uniform(rng),
                          {.fraction = options.fraction, .new_weight = normal});
          }};
}

}  // namespace sprig::methods
