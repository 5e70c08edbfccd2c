// Dense networks with random weights, for tests of methods that start dense.
#pragma once

#include <vector>

#include "nn/mlp.h"
#include "nn/sparse/sparse_training.h"
#include "tests/random_topology.h"

// Every connection that is possible, all activations `activation`.
inline sprig::Topology dense_topology(const std::vector<std::uint32_t>& shape, sprig::Rng& rng,
                                      sprig::Activation activation = sprig::Activation::relu) {
  sprig::Topology topology = random_topology(shape, 1.0, rng);
  for (auto& layer : topology.layers) {
    for (auto& neuron : layer.neurons) neuron.activation = activation;
  }
  return topology;
}

inline std::vector<std::size_t> connections_by_layer(const sprig::Mlp& mlp) {
  std::vector<std::size_t> counts;
  for (const sprig::Layer& layer : mlp.layers()) counts.push_back(layer.connection_count());
  return counts;
}

// The steps below `steps` in which an update is due.
inline std::vector<int> due_steps(const sprig::SparseTraining& training, int steps) {
  std::vector<int> due;
  for (int step = 0; step < steps; ++step) {
    if (training.is_due(step)) due.push_back(step);
  }
  return due;
}
