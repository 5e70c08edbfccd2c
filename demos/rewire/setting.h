// How a network is trained in the course, whatever the method: shape, loss, optimiser, and how
// often it may be rewired. Every task has a setting of its own, which flags change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "demos/tasks.h"
#include "nn/distribution.h"
#include "nn/random.h"
#include "nn/topology.h"

namespace sprig::course {

// hinge: one output for two classes, below and above 0.
enum class Loss { cross_entropy, hinge, squared_error };

struct Setting {
  std::vector<std::uint32_t> hidden{64};  // neurons; none for a single layer
  Loss loss = Loss::cross_entropy;
  double l2 = 0;  // strength of the penalty on squares

  double density = 0.3;  // of all layers together
  Distribution distribution = Distribution::uniform;
  std::vector<double> sparsity = {};  // instead: of each layer, the same for all its neurons

  int epochs = 50;
  std::size_t batch_size = 32;        // 0: all samples
  double learning_rate = 0.01;        // of Adam
  double final_learning_rate = 0.01;  // at the end of a straight line

  int interval = 50;      // steps between updates
  int first = 1;          // steps before the first update
  double end = 1;         // of the steps, after which the wiring stays
  double fraction = 0.2;  // of the connections that an update drops, at first

  // DEEP R moves the weights itself, at this many times Adam's learning rate.
  double deep_r_rate = 20;
  double deep_r_alpha = 1e-3;        // of its L1 penalty
  double deep_r_temperature = 1e-6;  // of its noise

  bool eager = false;  // run the eager graph, the reference, instead of the recorded Program
};

// halfspace: the notebook's (shared task of its course); moons: that of build/moons, with 101
// parameters; and so on, for a task of this name or any other.
Setting setting_for(const Task& task);

// A random network of the setting. Throws Error for settings that do not fit the task.
Topology sparse_topology(const Setting& setting, const Task& task, Rng& rng);

// The same, dense: what methods that start dense are given.
Topology dense_topology(const Setting& setting, const Task& task, Rng& rng);

// Steps in an epoch, and in all; the last one of an epoch may have fewer samples.
int steps_per_epoch(const Setting& setting, const Task& task);
int steps(const Setting& setting, const Task& task);

// The first number of steps after which the wiring stays, at least 1.
int last_update(const Setting& setting, const Task& task);

// All that numbers depend on, in one line: "halfspace with 500 samples, 20-64-2, density 0.3
// uniform, cross-entropy, 50 epochs in batches of 32, Adam 0.01, updates every 50 of 800 steps,
// fraction 0.2".
std::string description(const Setting& setting, const Task& task);

}  // namespace sprig::course
