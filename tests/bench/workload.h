// What the benchmark's rows compute: a network with its weights, one fixed batch, a loss. A
// step is forward, backward and one update of plain gradient descent, on the whole batch. Every
// row of a table starts from the same numbers, drawn by sprig's Rng.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "nn/topology.h"

namespace sprig::bench {

enum class Loss { hinge, softmax_cross_entropy };

struct Workload {
  std::string name;
  Topology topology;  // relu in hidden layers, linear outputs
  std::size_t batch = 0;
  std::vector<double> inputs;   // batch x topology.inputs, sample by sample
  std::vector<double> targets;  // one a sample: a label of -1 or +1, or the index of a class
  Loss loss = Loss::hinge;
  double l2 = 0;  // times the sum of the squares of all parameters, added to the loss
  double learning_rate = 0;
};

// "moons", "sparse", "wide", "lenet-100", "lenet-50", ..., "lenet-1": the number is the density
// in percent. Throws Error that lists the known names.
Workload workload_named(std::string_view name);

std::vector<std::string> workload_names();

// A small network for tests: random wiring, `batch` samples.
Workload small_workload(Loss loss, double sparsity, std::size_t batch);

bool is_dense(const Topology& topology);

// Connections times samples: what every row's time is divided by.
double connection_samples(const Workload& workload);

}  // namespace sprig::bench
