#include "nn/rigl.h"

#include <cmath>
#include <utility>

#include "engine/error.h"

namespace sprig {

RigL::RigL(const RigLOptions& options) : options_(options) {
  if (options.interval < 1) {
    fail("RigL: an interval of ", options.interval, " steps; give at least 1");
  }
  if (options.end < 1)
    fail("RigL: end is step ", options.end, "; give the first step without updates, above 0");
  if (options.accumulate < 1 || options.accumulate > options.interval) {
    fail("RigL: accumulate is ", options.accumulate, " batches; give 1 to the interval, ",
         options.interval);
  }
  if (!options_.fraction) options_.fraction = cosine(0.3, 0.0, options.end);
}

bool RigL::is_due(int step) const {
  return step >= options_.first && step < options_.end && step % options_.interval == 0;
}

bool RigL::wants_probe(int step) const {
  const int to_next = (options_.interval - step % options_.interval) % options_.interval;
  return to_next < options_.accumulate && is_due(step + to_next);
}

void RigL::observe(const DenseGradient& gradient) {
  if (observed_) {
    *observed_ += gradient;
  } else {
    observed_ = gradient;
  }
}

Rewiring RigL::update(Mlp& mlp, int step) {
  if (!observed_)
    fail("RigL: update at step ", step, " without a gradient; call observe first");
  const DenseGradient gradient = *std::exchange(observed_, std::nullopt);
  const auto gradient_magnitude = [&](const Position& position) {
    return std::abs(gradient[position]);
  };
  return rewire(mlp, weight_magnitude(mlp), gradient_magnitude,
                {.fraction = options_.fraction(step),
                 .scope = options_.scope,
                 .just_dropped_eligible = options_.just_dropped_eligible});
}

}  // namespace sprig
