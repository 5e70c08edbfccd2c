// What a class measures in a network once there are samples and gradients, and what it costs to
// run and to keep. Density, degrees and dead neurons: nn/topology_statistics.h; how the wiring
// moves: nn/topology_series.h.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "nn/probe.h"
#include "nn/topology.h"

namespace sprig {

// For every layer, for every neuron: true for a relu neuron whose output is 0 on *every* sample
// ("dying ReLU"): no sample gives its weights a gradient. Other activations are never silent. A
// silent neuron is about numbers, a dead one about wiring: either can be without the other.
// Throws Error for no samples, where all would be silent, and as evaluate does.
std::vector<std::vector<bool>> silent_neurons(const Topology& topology,
                                              std::span<const std::vector<double>> samples);

// The Euclidean norm, sqrt(sum of g^2), of the gradient at the positions where a connection
// exists and at those where none does; 0 where there is no such position.
struct GradientNorm {
  double existing = 0;
  double absent = 0;
};

struct GradientNorms {
  std::vector<GradientNorm> layers;
  GradientNorm network;  // its squares are the sums of the layers' squares
};

// existing^2 + absent^2 is the squared norm of the dense network's gradient; what RigL grows by
// is the absent part. (Evci 2022 follows the norm of the existing part, the gradient flow.)
// Throws Error, with both shapes, unless the gradient is of a network of this shape, and if the
// topology is not valid.
GradientNorms gradient_norms(const Topology& topology, const DenseGradient& gradient);

// What one sample costs forward: a multiplication and an addition per connection. Biases and
// activations are not counted (Evci 2020, appendix B, table 2).
std::size_t forward_flops(const Topology& topology);

// What it takes to keep the network in single precision: 4 bytes per connection and per bias,
// and for each layer that is not dense one bit per position, which says whether a connection is
// there. Rounded down to whole bytes, as in the same table; that table's networks have been
// stripped, and their unread inputs are not counted.
std::size_t stored_bytes(const Topology& topology);

}  // namespace sprig
