// The training of a course's notebook on dynamic sparse training, by its own rules
// (published_rules.h), with what became of the weights that it dropped. as_published.h puts
// sprig's methods beside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "demos/rewire/published_rules.h"
#include "demos/rewire/report.h"
#include "demos/tasks.h"
#include "nn/topology.h"

namespace sprig::course {

struct PublishedUpdate {
  int step = 0;                          // steps done before it
  std::vector<std::size_t> connections;  // of each layer, after it
  std::size_t absent = 0;                // places without a connection, before it
  std::size_t zero_gradients = 0;        // of them, those whose gradient is exactly 0
  double largest_gradient = 0;           // |gradient| of those that are dropped now
};

// A weight that was dropped, and came back at a later update with what was left of it.
struct StaleReturn {
  Position position;
  int dropped_after = 0;  // steps
  double dropped_weight = 0;
  int grown_after = 0;
  double grown_weight = 0;
};

struct PublishedRewiring {
  Course course;
  std::vector<PublishedUpdate> updates;
  std::vector<StaleReturn> returns;
  std::size_t never_used = 0;  // grown in places that had no connection before
  std::size_t watched = 0;     // dropped, and still absent at the next update
  std::size_t moved = 0;       // of them, those whose weight is another one by then
};

// The notebook's training: 64 hidden neurons, 50 epochs of batches of 32, Adam with 0.01, an
// update every 50 steps. torch's random numbers cannot be had without torch; wiring, weights,
// batches and choices are drawn from `seed` instead.
PublishedRewiring run_published_rewiring(const Task& task, PublishedRule rule,
                                         std::uint32_t seed);

}  // namespace sprig::course
