// Wiring: a random Topology with the sparsity asked for, and initial weights that fit it.
//
// A sparsity gives every neuron the same number of connections, ceil((1 - sparsity) * inputs),
// as in the notebook; a budget is an exact number of connections drawn uniformly over the whole
// layer. Either way the inputs are drawn from *all* inputs. (The notebook drew from the first
// ones only.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "nn/random.h"
#include "nn/topology.h"

namespace sprig {

// The weight of one connection, drawn knowing how many connections its neuron really has
// (fan_in) and how many its input feeds in this layer (fan_out).
using Initializer = double (*)(std::size_t fan_in, std::size_t fan_out, Rng& rng);

double he_normal(std::size_t fan_in, std::size_t fan_out,
                 Rng& rng);  // std sqrt(2 / fan_in); He 2015
double he_uniform(std::size_t fan_in, std::size_t fan_out, Rng& rng);  // +-sqrt(6 / fan_in)
double glorot_uniform(std::size_t fan_in, std::size_t fan_out,
                      Rng& rng);  // +-sqrt(6 / (in + out))
double lecun_normal(std::size_t fan_in, std::size_t fan_out, Rng& rng);  // std sqrt(1 / fan_in)

struct LayerOptions {
  std::uint32_t neurons = 1;
  Activation activation = Activation::relu;
  double sparsity = 0;  // in [0, 1); the same number of connections for each neuron
  std::optional<std::size_t> budget = {};  // instead: exactly so many connections in the layer
};

struct WiringOptions {
  std::uint32_t inputs = 1;
  std::vector<LayerOptions> layers;
  Initializer initializer = he_uniform;  // biases are 0
};

// Throws Error for a sparsity outside [0, 1), a budget of 0 or above neurons * inputs, no
// layers, or a layer without neurons.
Topology random_topology(const WiringOptions& options, Rng& rng);

// ceil((1 - sparsity) * inputs), at least 1. Computed so that rounding cannot add a connection:
// 10 inputs at sparsity 0.7 give 3, where floating point alone gives 4.
std::size_t connections_per_neuron(std::uint32_t inputs, double sparsity);

}  // namespace sprig
