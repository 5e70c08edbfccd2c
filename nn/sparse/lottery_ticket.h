// The lottery ticket (Frankle & Carbin 2019, "The Lottery Ticket Hypothesis: Finding Sparse,
// Trainable Neural Networks", section 1, iterative pruning): train, drop the smallest
// |weights|, set what survives back to where it began, and train again; round by round. "Where
// it began" is w_0, or w_k after k steps (Frankle, Dziugaite, Roy, Carbin 2020, "Linear Mode
// Connectivity and the Lottery Ticket Hypothesis").
#pragma once

#include "nn/sparse/sparse_training.h"

namespace sprig {

struct LotteryTicketOptions {
  std::size_t budget = 0;    // connections of the last ticket; required
  int round = 0;             // steps from w_k to the end of a round; required
  int rounds = 0;            // how often connections are dropped; required
  int rewind_to = 0;         // k
  double rate = 0.2;         // of a layer's connections, dropped by a round
  double output_rate = 0.1;  // of the last layer's
};

namespace methods {

// Updates take the place of the steps k, which keeps w_k and changes nothing, and
// k + i * round, i = 1, ..., rounds, which drop, by layer, and set weights and biases back to
// w_k. After each the optimiser begins anew; a learning rate that changes is the caller's to
// set back. Training goes on after the last.
//
// A round drops rate * n of the n connections of each layer, rounded so that all together are
// right, but never below the budget; the last round drops all that is above it, in the same
// proportions. To stay near the rates it takes log(budget / n) / log(1 - rate) rounds.
// Throws Error unless round >= 2, rounds >= 1, rewind_to >= 0, and both rates are in (0, 1).
SparseMethod lottery_ticket(const LotteryTicketOptions& options);

}  // namespace methods
}  // namespace sprig
