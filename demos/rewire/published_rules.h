// The update rules of a course's notebook on dynamic sparse training, as it has them: a "SET"
// that loses its connections and a "DEEP R" that grows at random. What is wrong in them is said in
// published_rules.cpp, flaw by flaw.
#pragma once

#include <cstddef>
#include <vector>

#include "nn/random.h"

namespace sprig::course {

enum class PublishedRule { set, deep_r };

// One layer of the notebook: a weight in every place, neuron by neuron, of which only those that
// are on count. The gradient of the others is 0, since the loss sees weight * switch.
struct SwitchedLayer {
  std::vector<double> weights;
  std::vector<double> gradients;  // as many
  std::vector<bool> is_on;        // as many
};

// The places that are on, or those that are off.
std::vector<std::size_t> places_that_are(bool on, const std::vector<bool>& is_on);

// What an update does to it: places in the layer. One may be dropped and grown at once.
struct Exchange {
  std::vector<std::size_t> dropped;
  std::vector<std::size_t> grown;
};

// The notebook's update. `fraction`: its prune_rate.
Exchange published_exchange(PublishedRule rule, const SwitchedLayer& layer, double fraction,
                            Rng& rng);

}  // namespace sprig::course
