#include "nn/sparse/snfs.h"

#include <cmath>

#include "engine/error.h"

namespace sprig::methods {
namespace {

// The mean of |M| over the connections that a layer had before the update.
Share mean_magnitude(const DenseGradient& momentum) {
  return [&momentum](std::span<const Position> had, std::span<const Position>) {
    double sum = 0;
    for (const Position& place : had) sum += std::abs(momentum[place]);
    return had.empty() ? 0 : sum / static_cast<double>(had.size());
  };
}

}  // namespace

// Two things that the official code does besides are left out: it drops less from layers that are
// more than 80% dense, and after an update it sets the momentum of every absent place to the mean
// of the existing ones. Its counts drift by rounding, here they are exact.
SparseMethod snfs(const SnfsOptions& options) {
  if (!(options.momentum > 0)) {
    fail("SNFS: momentum is ", options.momentum, "; give one in (0, 1)");
  }
  const Schedule fraction = options.fraction          ? options.fraction
                            : options.updates.end > 0 ? cosine(0.5, 0.005, options.updates.end)
                                                      : constant(0.5);
  return {.name = "SNFS",
          .updates = options.updates,
          .gradient = {.momentum = options.momentum},
          .update = [=](Moment& moment) {
            const DenseGradient& momentum = *moment.gradient;
            return rewire(
                moment.mlp, lowest(weight_magnitude(moment.mlp)), gradient_magnitude(momentum),
                {.fraction = fraction(moment.steps_done), .share = mean_magnitude(momentum)});
          }};
}

}  // namespace sprig::methods
