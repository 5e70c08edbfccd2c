#include "nn/sparse/lottery_ticket.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "engine/error.h"
#include "nn/apportion.h"

namespace sprig {
namespace {

int last_round(const LotteryTicketOptions& options) {
  return options.rewind_to + options.rounds * options.round;
}

// How many connections of each layer survive a round.
std::vector<std::size_t> survivors(const Mlp& mlp, const LotteryTicketOptions& options,
                                   bool is_last_round) {
  std::vector<std::size_t> counts;
  std::vector<double> to_drop;
  for (const Layer& layer : mlp.layers()) {
    const bool is_output = &layer == &mlp.layers().back();
    counts.push_back(layer.connection_count());
    to_drop.push_back((is_output ? options.output_rate : options.rate) *
                      static_cast<double>(counts.back()));
  }
  const std::size_t surplus = mlp.connection_count() - options.budget;
  const double at_this_rate = std::accumulate(to_drop.begin(), to_drop.end(), 0.0);
  const auto dropped = static_cast<std::size_t>(std::llround(at_this_rate));
  const std::vector<std::size_t> drops =
      apportion(is_last_round ? surplus : std::min(surplus, dropped), to_drop, counts);
  for (std::size_t layer = 0; layer < counts.size(); ++layer) counts[layer] -= drops[layer];
  return counts;
}

// Sets the connections that are left, and all biases, back to what they were.
void rewind(Mlp& mlp, const Topology& start) {
  for (std::size_t layer = 0; layer < mlp.layers().size(); ++layer) {
    const std::span<const Neuron> neurons = mlp.layers()[layer].neurons();
    for (std::size_t neuron = 0; neuron < neurons.size(); ++neuron) {
      const Topology::Neuron& from = start.layers[layer].neurons[neuron];
      neurons[neuron].bias().set_data(from.bias);
      auto connection = from.connections.begin();  // what survives keeps its order
      for (const auto& [input, weight] : neurons[neuron].connections()) {
        while (connection->input != input) ++connection;
        weight.set_data(connection->weight);
      }
    }
  }
}

Rewiring end_round(Moment& moment, const LotteryTicketOptions& options, const Topology& start) {
  const bool is_last_round = moment.step == last_round(options);
  Rewiring rewiring = drop_to(moment.mlp, survivors(moment.mlp, options, is_last_round),
                              weight_magnitude(moment.mlp));
  rewind(moment.mlp, start);
  return rewiring;
}

void check(const LotteryTicketOptions& options) {
  const auto& [budget, round, rounds, rewind_to, rate, output_rate] = options;
  if (round < 2) {
    fail("lottery ticket: a round of ", round,
         " steps; give at least 2, as an update takes the place of one");
  }
  if (rounds < 1) fail("lottery ticket: ", rounds, " rounds; give at least 1");
  if (rewind_to < 0) fail("lottery ticket: rewind_to is ", rewind_to, "; give 0 or more");
  for (const double each : {rate, output_rate}) {
    if (!(each > 0 && each < 1)) {
      fail("lottery ticket: a rate of ", each, "; give one between 0 and 1");
    }
  }
}

}  // namespace

namespace methods {

SparseMethod lottery_ticket(const LotteryTicketOptions& options) {
  check(options);
  return {.name = "lottery ticket",
          .updates = {.interval = options.round,
                      .first = options.rewind_to,
                      .end = last_round(options) + 1,
                      .offset = options.rewind_to},
          .starts_dense = true,
          .budget = options.budget,
          .replaces_step = true,
          .restarts = true,
          .update = [options,
                     start = std::optional<Topology>()](Moment& moment) mutable -> Rewiring {
            if (moment.step == options.rewind_to) {
              start = moment.mlp.snapshot();
              return {};
            }
            if (!start) {
              fail("lottery ticket: update at step ", moment.step,
                   " without the weights of step ", options.rewind_to, "; update there first");
            }
            return end_round(moment, options, *start);
          }};
}

}  // namespace methods
}  // namespace sprig
