// Networks as tests of sparse training look at them: which places have a connection, and its
// weight.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "nn/mlp.h"
#include "nn/probe.h"
#include "nn/random.h"
#include "nn/sparse/rules.h"
#include "nn/topology.h"

// A place that is not in the map has no connection.
using Weights = std::map<sprig::Position, double>;

inline Weights weights_of(const sprig::Topology& topology) {
  Weights weights;
  for (std::uint32_t layer = 0; layer < topology.layers.size(); ++layer) {
    const auto& neurons = topology.layers[layer].neurons;
    for (std::uint32_t neuron = 0; neuron < neurons.size(); ++neuron) {
      for (const auto& [input, weight] : neurons[neuron].connections) {
        weights[{layer, neuron, input}] = weight;
      }
    }
  }
  return weights;
}

inline Weights weights_of(const sprig::Mlp& mlp) { return weights_of(mlp.snapshot()); }

// The part of it that is in one layer.
inline Weights in_layer(const Weights& weights, std::uint32_t layer) {
  return {weights.lower_bound({layer, 0, 0}), weights.lower_bound({layer + 1, 0, 0})};
}

// Every possible place of a layer, in order.
inline std::vector<sprig::Position> places_of(const sprig::Topology& topology,
                                              std::uint32_t layer) {
  std::vector<sprig::Position> places;
  for (std::uint32_t neuron = 0; neuron < topology.layers[layer].neurons.size(); ++neuron) {
    for (std::uint32_t input = 0; input < input_count(topology, layer); ++input) {
      places.push_back({layer, neuron, input});
    }
  }
  return places;
}

inline std::vector<sprig::Position> places_of(const std::vector<sprig::Change>& changes) {
  std::vector<sprig::Position> places;
  for (const sprig::Change& change : changes) places.push_back(change.position);
  return places;
}

// A normal number for every possible place.
inline sprig::DenseGradient random_gradient(const sprig::Mlp& mlp, sprig::Rng& rng) {
  sprig::DenseGradient gradient(mlp);
  const sprig::Topology topology = mlp.snapshot();
  for (std::uint32_t layer = 0; layer < topology.layers.size(); ++layer) {
    for (const sprig::Position& place : places_of(topology, layer)) {
      gradient[place] = rng.normal();
    }
  }
  return gradient;
}

// Sets every weight, as training would: grown connections are 0 no longer.
inline void set_random_weights(const sprig::Mlp& mlp, sprig::Rng& rng) {
  for (const sprig::Value parameter : mlp.parameters()) parameter.set_data(rng.normal());
}

// One layer whose neurons read these inputs with these weights.
inline sprig::Topology one_layer(
    std::uint32_t inputs,
    const std::vector<std::vector<sprig::Topology::Connection>>& neurons) {
  sprig::Topology topology{.inputs = inputs, .layers = {{}}};
  for (std::uint32_t k = 0; k < neurons.size(); ++k) {
    topology.layers[0].neurons.push_back(
        {.name = sprig::default_name(0, k), .connections = neurons[k]});
  }
  return topology;
}
