// Cannistraci-Hebb theory: who will be connected next, from the wiring alone. In a layer's
// bipartite graph of inputs and neurons, two ends are likely to be joined if many paths of length
// 3 already lead from one to the other, and if the ends between have few connections that lead
// out of this local community.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/topology.h"

namespace sprig {

// The CH3-L3 score of every absent connection of a layer, by neuron and input, and 0 for those
// that exist (Zhang et al. 2024):
//
//   sum over paths input - a - b - neuron of 1 / sqrt((1 + e_a) * (1 + e_b))
//
// where neuron a reads the input, and b is an input of both a and the neuron. e is the external
// degree: connections neither to the two ends nor to the local community, which is all a and b on
// such paths. Takes time in proportion to the number of paths of length 3. Throws Error unless
// every connection reads one of the `inputs`.
std::vector<std::vector<double>> ch3_l3(const Topology::Layer& layer, std::uint32_t inputs);

}  // namespace sprig
