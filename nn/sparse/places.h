// The places of a network where a connection is or could be, and who competes with whom for
// them.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/mlp.h"
#include "nn/topology.h"

namespace sprig {

// The connections of one neuron, of one layer, or of the whole model compete with each other.
enum class Scope { neuron, layer, model };

// The places that compete with each other: those with a connection in order of layer, neuron
// and connection, those without in order of layer, neuron and input.
struct Places {
  std::vector<Position> existing;
  std::vector<Position> absent;
};

// One for each neuron, one for each layer, or one in all.
std::vector<Places> places(const Mlp& mlp, Scope scope);

}  // namespace sprig
