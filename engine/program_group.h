// How a group of weighted sums is cut into tiles, so that what is loaded is used often and is
// found in the first-level cache. Part of planning a Program.
#pragma once

#include <span>
#include <vector>

#include "engine/program_plan.h"

namespace sprig {

struct PlannedConnection {
  Index row = 0;
  Index weight = 0;  // any number; is handed back
};

// Fills in the group's tiles for neurons whose connections are listed one after another;
// `ends[n]` is where those of neuron n end. Returns the weights in the order of connections.
std::vector<Index> plan_tiles(AffineGroup& group, std::span<const Index> ends,
                              std::span<PlannedConnection> connections);

// Fills in the group's leaves, given the leaf of each connection, if they do follow each other.
void plan_leaves(AffineGroup& group, std::span<const Index> leaves);

}  // namespace sprig
