// What a class counts in a topology: density, degrees, dead neurons, effective connections.
// Only which connections exist matters here, not their weights: a weight of 0 is a connection
// too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "nn/topology.h"

namespace sprig {

struct LayerStatistics {
  std::size_t connections = 0;
  std::size_t possible = 0;               // neurons x inputs of the layer
  double density = 0;                     // connections / possible; 0 if none is possible
  std::vector<std::uint32_t> in_degree;   // of each neuron of this layer
  std::vector<std::uint32_t> out_degree;  // of each neuron of this layer; 0 for outputs
  std::vector<std::uint32_t> dead;        // indices of its dead neurons, ascending
  std::size_t effective_connections = 0;  // on some path from a network input to an output
};

struct TopologyStatistics {
  std::vector<LayerStatistics> layers;
  std::vector<std::uint32_t> input_out_degree;  // of each network input
  std::size_t connections = 0;                  // this and the rest: sums over the layers
  std::size_t possible = 0;
  double density = 0;          // connections / possible
  std::size_t parameters = 0;  // connections and biases
  std::size_t dead_neurons = 0;
  std::size_t effective_connections = 0;
};

// Linear in connections. Throws Error if the topology is not valid.
TopologyStatistics statistics(const Topology& topology);

// How many of these degrees are 0, 1, 2, ... up to the largest one; empty for no degrees.
std::vector<std::size_t> degree_histogram(std::span<const std::uint32_t> degrees);

// For every layer, for every neuron: true when it is on no path from a network input to an
// output. A hidden one gives nothing or a constant, and strip removes it; a dead output neuron
// is a constant and stays. Linear in connections. Throws Error if the topology is not valid.
std::vector<std::vector<bool>> dead_neurons(const Topology& topology);

}  // namespace sprig
