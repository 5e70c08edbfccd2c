// What changed between two topologies of one shape: the connections that one has and the other
// has not. Weights, biases, names and the order of connections are not compared.
#pragma once

#include <vector>

#include "nn/topology.h"

namespace sprig {

// Where the connections are, in order of layer, neuron, input.
std::vector<Position> positions_of(const Topology& topology);

struct TopologyDiff {
  std::vector<Position> dropped;  // in `before` only, in order of layer, neuron, input
  std::vector<Position> grown;    // in `after` only, same order
};

// Throws Error with both shapes unless they have the same inputs and neurons per layer, and if
// one of them is not valid.
TopologyDiff diff(const Topology& before, const Topology& after);

}  // namespace sprig
