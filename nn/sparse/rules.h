// Drop rules and grow rules: what the methods of sparse training differ in. A score says how
// much a place deserves a connection; a drop rule chooses among those that exist, and growing
// takes the highest scores among the absent. Scores are named after what they look at, so that
// a method reads like its paper:
//
//   rewire(mlp, lowest(weight_magnitude(mlp)), gradient_magnitude(gradient), ...)      RigL
//   rewire(mlp, lowest_of_each_sign(mlp), uniform(rng), ...)                           SET
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "nn/mlp.h"
#include "nn/probe.h"
#include "nn/random.h"
#include "nn/topology.h"

namespace sprig {

// Higher stays longer, or is grown first.
using Score = std::function<double(const Position&)>;

struct Change {
  Position position;
  double score = 0;  // that decided
};

// The `count` places of lowest or highest score, that one first; ties keep the order of
// `places`. Throws Error, naming the score and the place, if a score is NaN or there are fewer
// places.
std::vector<Change> lowest(std::size_t count, std::span<const Position> places,
                           const Score& score, std::string_view score_name = "keep");
std::vector<Change> highest(std::size_t count, std::span<const Position> places,
                            const Score& score, std::string_view score_name = "grow");

// ---- Scores ----------------------------------------------------------------------------------

// |weight| of an existing connection, as it is now.
Score weight_magnitude(const Mlp& mlp);

// |gradient|; keeps a reference.
Score gradient_magnitude(const DenseGradient& gradient);

// weight * gradient of an existing connection, "synaptic saliency" (Tanaka et al. 2020,
// equation 1): to first order, what the differentiated function loses with the connection.
// SNIP, GraSP and SynFlow differ in that function only.
Score weight_times_gradient(const Mlp& mlp, DenseGradient gradient);

// A new random number for each place that is asked: the highest k are k drawn uniformly,
// without replacement. Keeps a reference.
Score uniform(Rng& rng);

// score / temperature, plus noise of the Gumbel distribution: the highest k are drawn one after
// the other, without replacement, each with probability proportional to exp(score / temperature)
// among those that are left (Gumbel top-k, Kool et al. 2019, theorem 1). Throws Error unless the
// temperature is above 0.
Score soft(Score score, double temperature, Rng& rng);

// ---- Drop rules ------------------------------------------------------------------------------

// Which of the existing connections that compete are dropped. `fraction`: in [0, 1].
using DropRule =
    std::function<std::vector<Change>(std::span<const Position> existing, double fraction)>;

// floor(fraction * n) of the n connections, those with the lowest score.
DropRule lowest(Score score);

// The fraction of the positive weights nearest 0, and the same of the negative ones, each
// rounded down (Mocanu et al. 2018, algorithm 1). A weight of 0 counts as positive.
DropRule lowest_of_each_sign(const Mlp& mlp);

// Every connection whose score is below the threshold, whatever the fraction.
DropRule below(double threshold, Score score);

}  // namespace sprig
