// Chapter 3, flaws 1 and 2 of the notebook: which inputs its neurons read, and how many.
//
//   docs/examples/run first_inputs
#include <cmath>
#include <iomanip>
#include <iostream>
#include <set>

#include "demos/moons/published.h"
#include "nn/nn.h"

using namespace sprig;

namespace {

// The same shape and sparsities, wired by sprig.
Topology random_wiring(std::uint64_t seed) {
  Rng rng(seed);
  return random_topology(
      {.inputs = 2,
       .layers = {{.neurons = 16, .sparsity = 0.0},
                  {.neurons = 16, .sparsity = 0.9},
                  {.neurons = 1, .activation = Activation::linear, .sparsity = 0.8}}},
      rng);
}

void print(const char* name, const Topology& topology) {
  std::set<std::uint32_t> read;
  for (const auto& neuron : topology.layers[1].neurons) {
    for (const auto& connection : neuron.connections) read.insert(connection.input);
  }
  const TopologyStatistics counts = statistics(topology);
  std::cout << std::setw(14) << std::left << name << std::right << std::setw(10)
            << counts.parameters << std::setw(15) << read.size() << " of 16" << std::setw(13)
            << counts.effective_connections << " of " << counts.connections << "\n";
}

}  // namespace

int main() {
  std::cout << "wiring        parameters  layer 2 reads  effective connections\n";
  print("the notebook's", published_topology(1337));
  print("random, seed 1", random_wiring(1));
  print("random, seed 2", random_wiring(2));
  print("random, seed 3", random_wiring(3));

  std::cout << "\n(1 - sparsity) * inputs       floor  ceil  connections_per_neuron\n";
  for (const auto& [inputs, sparsity] : {std::pair{16U, 0.9}, {10U, 0.7}, {10U, 0.9}}) {
    const double product = (1 - sparsity) * inputs;
    std::cout << inputs << " inputs at " << sparsity << ": " << std::setprecision(17)
              << std::setw(20) << std::left << product << std::right << std::setprecision(6)
              << std::setw(5) << std::floor(product) << std::setw(6) << std::ceil(product)
              << std::setw(8) << connections_per_neuron(inputs, sparsity) << "\n";
  }
}
