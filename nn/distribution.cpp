// Densities by one common factor eps, whole connections by two ways of rounding; the contracts
// are in distribution.h.
#include "nn/distribution.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/error.h"
#include "nn/apportion.h"

namespace sprig {
namespace {

void check(std::span<const LayerShape> shapes) {
  if (shapes.empty()) fail("distribution: no layers; give at least one shape");
  for (std::size_t layer = 0; layer < shapes.size(); ++layer) {
    if (possible_connection_count(shapes[layer]) > 0) continue;
    fail("distribution: layer ", layer + 1,
         " has no possible connection; give at least 1 input, 1 neuron and a 1 x 1 kernel");
  }
}

void check_total(std::span<const LayerShape> shapes, std::size_t total) {
  std::size_t least = 0, most = 0;
  for (const LayerShape& shape : shapes) {
    least += shape.dense ? possible_connection_count(shape) : 1;
    most += possible_connection_count(shape);
  }
  if (total < least || total > most) {
    fail("distribution: a total of ", total, " connections does not fit; give ", least, " to ",
         most, ", such as total_budget for a sparsity");
  }
}

double p_of(const LayerShape& shape, Distribution distribution) {
  const double inputs = shape.inputs, neurons = shape.neurons;
  if (distribution == Distribution::uniform) return 1;
  if (distribution == Distribution::erdos_renyi || !shape.kernel) {
    return (inputs + neurons) / (inputs * neurons);
  }
  return (inputs + neurons + shape.kernel->width + shape.kernel->height) /
         static_cast<double>(possible_connection_count(shape));
}

struct Claim {  // of a layer, on the total
  double possible;
  double p;
  bool dense;
};

// With eps * p, the layers that are not dense take together what the dense ones leave; 0 if
// all are dense.
double eps_for(const std::vector<Claim>& claims, std::size_t total) {
  auto left = static_cast<double>(total);
  double taken = 0;  // with eps = 1
  for (const Claim& claim : claims) {
    if (claim.dense) {
      left -= claim.possible;
    } else {
      taken += claim.p * claim.possible;
    }
  }
  return taken > 0 ? left / taken : 0;
}

double largest_p(const std::vector<Claim>& claims) {  // of those not dense
  double largest = 0;
  for (const Claim& claim : claims) {
    if (!claim.dense) largest = std::max(largest, claim.p);
  }
  return largest;
}

// ceil(density * possible), at least 1, where a product that is whole but for the rounding of
// floating point stays what it is.
std::size_t rounded_up(double density, std::size_t possible) {
  const auto n = static_cast<double>(possible);
  return static_cast<std::size_t>(std::max(1.0, std::ceil(density * n - 1e-12 * n)));
}

}  // namespace

std::size_t possible_connection_count(const LayerShape& shape) {
  const KernelSize kernel = shape.kernel.value_or(KernelSize{});
  return std::size_t{shape.inputs} * shape.neurons * kernel.width * kernel.height;
}

std::size_t total_budget(std::span<const LayerShape> shapes, double sparsity) {
  check(shapes);
  if (!(sparsity >= 0 && sparsity < 1)) {
    fail("total_budget: the sparsity is ", sparsity, "; give one in [0, 1)");
  }
  std::size_t total = 0;
  for (const LayerShape& shape : shapes) {
    const std::size_t possible = possible_connection_count(shape);
    total += shape.dense ? possible : rounded_up(1 - sparsity, possible);
  }
  return total;
}

std::vector<double> densities(Distribution distribution, std::span<const LayerShape> shapes,
                              std::size_t total) {
  check(shapes);
  check_total(shapes, total);
  std::vector<Claim> claims;
  for (const LayerShape& shape : shapes) {
    claims.push_back({.possible = static_cast<double>(possible_connection_count(shape)),
                      .p = p_of(shape, distribution),
                      .dense = shape.dense});
  }
  double eps = eps_for(claims, total);
  for (double p = largest_p(claims); eps * p > 1; p = largest_p(claims)) {
    for (Claim& claim : claims) claim.dense = claim.dense || claim.p == p;
    eps = eps_for(claims, total);
  }
  std::vector<double> result;
  for (const Claim& claim : claims) result.push_back(claim.dense ? 1 : eps * claim.p);
  return result;
}

std::vector<std::size_t> budgets(Distribution distribution, std::span<const LayerShape> shapes,
                                 std::size_t total) {
  std::vector<double> shares = densities(distribution, shapes, total);
  std::vector<std::size_t> possible;
  for (std::size_t layer = 0; layer < shapes.size(); ++layer) {
    possible.push_back(possible_connection_count(shapes[layer]));
    shares[layer] *= static_cast<double>(possible.back());
  }
  const std::vector<std::size_t> result = apportion(total, shares, possible);
  for (std::size_t layer = 0; layer < shapes.size(); ++layer) {
    if (result[layer] > 0) continue;
    fail("budgets: layer ", layer + 1, " would get none of the ", total,
         " connections; give a larger total, or keep that layer dense");
  }
  return result;
}

std::vector<std::size_t> budgets(std::span<const LayerShape> shapes,
                                 std::span<const double> densities) {
  check(shapes);
  if (densities.size() != shapes.size()) {
    fail("budgets: got ", densities.size(), " densities for ", shapes.size(),
         " layers; give one per layer");
  }
  std::vector<std::size_t> result;
  for (std::size_t layer = 0; layer < shapes.size(); ++layer) {
    if (!(densities[layer] > 0 && densities[layer] <= 1)) {
      fail("budgets: layer ", layer + 1, " has density ", densities[layer],
           "; give one above 0, at most 1");
    }
    const std::size_t possible = possible_connection_count(shapes[layer]);
    result.push_back(shapes[layer].dense ? possible : rounded_up(densities[layer], possible));
  }
  return result;
}

std::vector<LayerShape> layer_shapes(const WiringOptions& options) {
  std::vector<LayerShape> shapes;
  std::uint32_t inputs = options.inputs;
  for (const LayerOptions& layer : options.layers) {
    shapes.push_back({.inputs = inputs, .neurons = layer.neurons});
    inputs = layer.neurons;
  }
  return shapes;
}

WiringOptions with_budgets(WiringOptions options, std::span<const std::size_t> budgets) {
  if (budgets.size() != options.layers.size()) {
    fail("with_budgets: got ", budgets.size(), " budgets for ", options.layers.size(),
         " layers; give one per layer");
  }
  for (std::size_t layer = 0; layer < budgets.size(); ++layer) {
    options.layers[layer].budget = budgets[layer];
  }
  return options;
}

}  // namespace sprig
