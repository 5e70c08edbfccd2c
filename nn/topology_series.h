// How the wiring moves while a network trains: measures on topologies of one shape, such as a
// snapshot before training and one after every rewiring. Only which connections exist matters.
// All throw Error, with both shapes, where diff does. Chapter: docs/04-rigl.md.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "nn/topology.h"

namespace sprig {

// Intersection over union (Jaccard's index), |A and B| / |A or B|, of the connections of two
// topologies: from 0, nothing in common, to 1, all. 1 if neither has a connection.
double overlap(const Topology& before, const Topology& after);

// The same of two sets of positions, in any order, such as what was dropped and what was grown.
double overlap(std::span<const Position> these, std::span<const Position> those);

// Of what was grown, the share that had been dropped just before: |dropped and grown| /
// |grown|, from 0 to 1; 0 if nothing was grown. CHT rewires a layer no more when this is above
// 0.9 (Zhang 2024, official code). Positions in any order, none twice in one list.
double share_grown_back(std::span<const Position> dropped, std::span<const Position> grown);

// The share of connections that changed, (|before, not after| + |after, not before|) / (|before|
// + |after|): from 0, the same, to 1, all exchanged; 0 if neither has a connection. If k of n
// connections were exchanged, this is k / n. It is (1 - overlap) / (1 + overlap).
double turnover(const Topology& before, const Topology& after);

// The in-time over-parameterization rate R_s (Liu 2021): how much of the dense network has been
// a connection so far. Entry t is |C_0 or ... or C_t| / possible connections, so it starts with
// the first density, never falls and ends with R_s of the whole series; 0 if nothing is
// possible. Throws Error for an empty series.
std::vector<double> exploration(std::span<const Topology> series);

// The age of each connection of the last topology, in order of layer, neuron, input: for how
// many steps of the series it has existed without a break, 0 if it is new in the last one.
// Those that were there from the start are the oldest, series.size() - 1. Throws Error for an
// empty series.
std::vector<std::size_t> connection_ages(std::span<const Topology> series);

}  // namespace sprig
