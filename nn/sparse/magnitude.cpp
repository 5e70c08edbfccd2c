#include "nn/sparse/magnitude.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>

#include "engine/error.h"
#include "nn/schedule.h"

namespace sprig {
namespace {

std::size_t sum_of(const Budget& budget) {
  return std::accumulate(budget.begin(), budget.end(), std::size_t{0});
}

void check(std::string_view method, const Budget& budget) {
  if (!budget.empty() && !std::ranges::count(budget, 0u)) return;
  fail(method, ": the budget needs a number above 0 for the model, or one for each layer");
}

// The same as SparseTraining checks of the whole budget, of each layer.
void check_layers(std::string_view method, const Budget& budget, const Mlp& mlp) {
  if (budget.size() != mlp.layers().size()) {
    fail(method, ": a budget for ", budget.size(), " layers, but the network has ",
         mlp.layers().size());
  }
  for (std::size_t layer = 0; layer < budget.size(); ++layer) {
    const std::size_t connections = mlp.layers()[layer].connection_count();
    if (connections >= budget[layer]) continue;
    fail(method, ": a budget of ", budget[layer], " connections for layer ", layer,
         ", which has ", connections, "; start with at least as many");
  }
}

Rewiring keep_largest(Mlp& mlp, const Budget& counts) {
  const Score magnitude = weight_magnitude(mlp);
  return counts.size() == 1 ? drop_to(mlp, counts[0], magnitude)
                            : drop_to(mlp, counts, magnitude);
}

int last_update(const GmpOptions& options) {
  return options.first + options.updates * options.interval;
}

// Equation 1 in connections, which are possible * (1 - sparsity). So the last count is whole.
Budget kept_after(int steps, const GmpOptions& options, const Mlp& mlp) {
  const bool by_layer = options.budget.size() > 1;
  Budget counts;
  for (const std::size_t budget : options.budget) {
    const std::size_t possible = by_layer
                                     ? mlp.layers()[counts.size()].possible_connection_count()
                                     : mlp.possible_connection_count();
    const Schedule kept = cubic(static_cast<double>(possible), static_cast<double>(budget),
                                options.first, last_update(options));
    counts.push_back(static_cast<std::size_t>(std::llround(kept(steps))));
  }
  return counts;
}

}  // namespace

namespace methods {

SparseMethod one_shot_magnitude(const OneShotOptions& options) {
  check("one-shot", options.budget);
  if (options.step < 0) fail("one-shot: step ", options.step, "; give 0 or more");
  return {.name = "one-shot",
          .updates = {.interval = 1, .first = options.step, .end = options.step + 1},
          .starts_dense = true,
          .budget = sum_of(options.budget),
          .replaces_step = true,
          .update = [=](Moment& moment) {
            if (options.budget.size() > 1) check_layers("one-shot", options.budget, moment.mlp);
            return keep_largest(moment.mlp, options.budget);
          }};
}

SparseMethod gradual_magnitude(const GmpOptions& options) {
  check("GMP", options.budget);
  if (options.first < 0) fail("GMP: first is step ", options.first, "; give 0 or more");
  if (options.updates < 1) fail("GMP: ", options.updates, " updates; give at least 1");
  return {.name = "GMP",
          .updates = {.interval = options.interval,
                      .first = options.first,
                      .end = last_update(options) + 1,
                      .offset = options.first},
          .starts_dense = true,
          .budget = sum_of(options.budget),
          .update = [=](Moment& moment) {
            if (options.budget.size() > 1) check_layers("GMP", options.budget, moment.mlp);
            return keep_largest(moment.mlp, kept_after(moment.steps_done, options, moment.mlp));
          }};
}

}  // namespace methods
}  // namespace sprig
