#include "nn/sparse/granet.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/error.h"
#include "nn/sparse/counts.h"

namespace sprig::methods {
namespace {

// How many connections each layer has left if only the `count` of largest |weight| stay.
Counts counts_left(const Mlp& mlp, std::size_t count, const Score& magnitude) {
  const std::vector<Position> existing = places(mlp, Scope::model)[0].existing;
  const std::size_t surplus = existing.size() - std::min(count, existing.size());
  Counts counts = counts_of(mlp);
  for (const auto& [place, weight] : lowest(surplus, existing, magnitude)) {
    --counts[place.layer];
  }
  return counts;
}

void check(const GraNetOptions& options) {
  const auto& [interval, first, end, offset] = options.updates;
  if (interval < 1) return;  // SparseTraining says so
  if (options.last <= first) {
    fail("GraNet: the budget is to be reached at step ", options.last, ", from step ", first,
         " on; give a later last step");
  }
  const int last_update = end - 1 - (end - 1 - offset) % interval;
  if (options.last > last_update) {
    fail("GraNet: the budget is to be reached at step ", options.last,
         ", but the last update is at step ", last_update, "; give at most that");
  }
}

// In connections, so that the last count is whole.
std::size_t allowed(std::size_t connections, const GraNetOptions& options, int steps_done) {
  const Schedule count =
      cubic(static_cast<double>(connections), static_cast<double>(options.budget),
            options.updates.first, options.last);
  return static_cast<std::size_t>(std::llround(count(steps_done)));
}

}  // namespace

// The two phases are one exchange: of each layer, what the schedule drops and what it exchanges
// are together its smallest |weights|. So a connection that the first phase drops and the second
// grows again keeps its weight; the official code sets it to 0.
SparseMethod granet(const GraNetOptions& options) {
  check(options);
  const Schedule fraction =
      options.fraction ? options.fraction : cosine(0.5, 0.005, options.updates.end);
  return {.name = "GraNet",
          .updates = options.updates,
          .gradient = {.batches = 1},
          .starts_dense = options.starts_dense,
          .budget = options.budget,
          .update = [=, at_first = std::size_t{0}](Moment& moment) mutable {
            Mlp& mlp = moment.mlp;
            if (at_first == 0) at_first = mlp.connection_count();
            const Score magnitude = weight_magnitude(mlp);
            const Counts total =
                counts_left(mlp, allowed(at_first, options, moment.steps_done), magnitude);
            const Counts kept = without_part(total, fraction(moment.steps_done));
            return rewire_to(mlp, kept, total, magnitude, gradient_magnitude(*moment.gradient));
          }};
}

}  // namespace sprig::methods
