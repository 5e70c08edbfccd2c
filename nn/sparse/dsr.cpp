#include "nn/sparse/dsr.h"

#include <cmath>

#include "engine/error.h"

namespace sprig::methods {
namespace {

void check(const DsrOptions& options) {
  if (options.target == 0) fail("DSR: a target of 0 connections; give at least 1");
  if (!(options.threshold > 0 && std::isfinite(options.threshold))) {
    fail("DSR: the threshold is ", options.threshold, "; give a finite one above 0");
  }
  if (!(options.tolerance >= 0 && options.tolerance < 1)) {
    fail("DSR: the tolerance is ", options.tolerance, "; give one in [0, 1)");
  }
}

// H for the next update, when `dropped` were below this one.
double adapted(double threshold, std::size_t dropped, const DsrOptions& options) {
  const double ratio = static_cast<double>(dropped) / static_cast<double>(options.target);
  if (ratio > 1 + options.tolerance) return threshold / 2;
  if (ratio < 1 - options.tolerance) return threshold * 2;
  return threshold;
}

double survivors(std::span<const Position>, std::span<const Position> kept) {
  return static_cast<double>(kept.size());
}

}  // namespace

SparseMethod dsr(const DsrOptions& options, Rng rng) {
  check(options);
  return {.name = "DSR",
          .updates = options.updates,
          .update = [options, rng, threshold = options.threshold](Moment& moment) mutable {
            const Rewiring rewiring =
                rewire(moment.mlp, below(threshold, weight_magnitude(moment.mlp)), uniform(rng),
                       {.share = survivors, .just_dropped_eligible = false});
            threshold = adapted(threshold, rewiring.dropped.size(), options);
            return rewiring;
          }};
}

}  // namespace sprig::methods
