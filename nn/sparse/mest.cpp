#include "nn/sparse/mest.h"

#include <cmath>
#include <utility>

#include "engine/error.h"
#include "nn/sparse/counts.h"

namespace sprig::methods {
namespace {

Score weight_and_gradient(const Mlp& mlp, double gradient_weight) {
  return [&mlp, gradient_weight](const Position& place) {
    const Neuron& neuron = mlp.layers()[place.layer].neurons()[place.neuron];
    const Value weight = neuron.weight_from(place.input);
    return std::abs(weight.data()) + gradient_weight * std::abs(weight.grad());
  };
}

bool is_last(const Updates& updates, int steps_done) {
  return steps_done + updates.interval >= updates.end;
}

// `bounds(budget, steps_done)`: how many connections each layer keeps, and has after the update. A
// place that is dropped and grown again is left as it was; the official code sets it to 0.
SparseMethod elastic_mutation(const MestOptions& options, Rng rng, const char* name,
                              auto bounds) {
  const double lambda = options.gradient_weight;
  if (!(lambda >= 0 && std::isfinite(lambda))) {
    fail("MEST: gradient_weight is ", lambda, "; give a finite one of at least 0");
  }
  return {.name = name,
          .updates = options.updates,
          .update = [=, budget = Counts()](Moment& moment) mutable {
            if (budget.empty()) budget = counts_of(moment.mlp);
            const auto [kept, total] = bounds(budget, moment.steps_done);
            return rewire_to(moment.mlp, kept, total, weight_and_gradient(moment.mlp, lambda),
                             uniform(rng));
          }};
}

Schedule fraction_of(const MestOptions& options, double at_first) {
  if (options.fraction) return options.fraction;
  return step_decay(at_first, 0.5, {options.updates.end - options.updates.end / 4});
}

}  // namespace

SparseMethod mest(const MestOptions& options, Rng rng) {
  const auto bounds = [fraction = fraction_of(options, 0.2)](const Counts& budget, int done) {
    return std::pair(without_part(budget, fraction(done)), budget);
  };
  return elastic_mutation(options, std::move(rng), "MEST (EM)", bounds);
}

SparseMethod mest_soft_budget(const MestOptions& options, Rng rng) {
  const auto bounds = [fraction = fraction_of(options, 0.5), updates = options.updates](
                          const Counts& budget, int done) {
    const double surplus = is_last(updates, done) ? 0 : fraction(done);
    return std::pair(budget, with_part(budget, surplus));
  };
  return elastic_mutation(options, std::move(rng), "MEST (EM&S)", bounds);
}

}  // namespace sprig::methods
