// Distributions of a budget: how many connections each layer gets when the network as a whole
// may have so many.
//
//   WiringOptions options{.inputs = 784, .layers = {{300}, {100}, {10}}};
//   const auto shapes = layer_shapes(options);
//   const std::size_t total = total_budget(shapes, 0.98);  // 5324 of 266200
//   options = with_budgets(options, budgets(Distribution::erdos_renyi, shapes, total));
//   const Topology wired = random_topology(options, rng);  // 3621, 1336 and 367 connections
//
// Biases are never counted. Chapter: docs/03-sparse-networks.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "nn/wiring.h"

namespace sprig {

struct KernelSize {
  std::uint32_t width = 1;
  std::uint32_t height = 1;
};

struct LayerShape {
  std::uint32_t inputs = 1;               // of the layer; of a convolution, channels it reads
  std::uint32_t neurons = 1;              // of a convolution, channels it makes
  std::optional<KernelSize> kernel = {};  // of a convolution, also of one with 1 x 1 weights
  bool dense = false;                     // kept dense: gets all its connections
};

// N = inputs * neurons, of a convolution * kernel width * kernel height.
std::size_t possible_connection_count(const LayerShape& shape);

// density = eps * p, with one eps for all layers, where p is
//   uniform             1
//   erdos_renyi         (inputs + neurons) / (inputs * neurons)       Mocanu 2018, equation 1
//   erdos_renyi_kernel  (inputs + neurons + width + height) / N       Evci 2020, section 3
// so that a wide layer is sparser than a narrow one. Without a kernel, the last two agree.
enum class Distribution { uniform, erdos_renyi, erdos_renyi_kernel };

// The connections that a sparsity leaves: the sum over all layers of N - floor(sparsity * N),
// and of N where a layer is kept dense; the sparsity is that of the *other* layers. Throws
// Error for a sparsity outside [0, 1), no shapes, or a shape with a 0 in it.
std::size_t total_budget(std::span<const LayerShape> shapes, double sparsity);

// The density of each layer, in (0, 1], such that density * N adds up to `total`. Where some
// eps * p is above 1, the layers with the largest p become dense, and eps is found again for
// the others, until all fit (RigL's official code, get_sparsities_erdos_renyi). Throws Error
// for no shapes, a shape with a 0 in it, and a total that is above all possible connections or
// gives the layers that are not kept dense less than one connection each.
std::vector<double> densities(Distribution distribution, std::span<const LayerShape> shapes,
                              std::size_t total);

// Whole connections for these densities, that add up to `total` *exactly*: each layer gets
// floor(density * N), and one more if its remainder is among the largest (of equal ones, the
// first). Throws Error as densities does, and if a layer would get nothing.
std::vector<std::size_t> budgets(Distribution distribution, std::span<const LayerShape> shapes,
                                 std::size_t total);

// Whole connections for a given density per layer, in (0, 1]; all of them where a layer is kept
// dense. Each layer by itself gets N - floor((1 - density) * N), at least 1, as in RigL's
// official code: rounded up, so the sum is above that of density * N by less than one per
// layer. Computed so that floating point cannot add a connection (RigL's can). Throws Error
// unless there is one density per shape, in range, and for a shape with a 0 in it.
std::vector<std::size_t> budgets(std::span<const LayerShape> shapes,
                                 std::span<const double> densities);

// The layers of a network to be wired, none kept dense; sparsities and budgets are not read.
std::vector<LayerShape> layer_shapes(const WiringOptions& options);

// The same options with these budgets, one per layer. Throws Error for another number of them.
WiringOptions with_budgets(WiringOptions options, std::span<const std::size_t> budgets);

}  // namespace sprig
