// Topologies for tests of files and diagrams: random ones of any shape and density, with
// weights of every size that a double can have.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "nn/random.h"
#include "nn/topology.h"

// Connections are drawn with probability `density`, in random order; weights are normal.
inline sprig::Topology random_topology(const std::vector<std::uint32_t>& shape, double density,
                                       sprig::Rng& rng) {
  sprig::Topology topology{.inputs = shape.at(0), .layers = {}};
  for (std::size_t layer = 1; layer < shape.size(); ++layer) {
    auto& neurons = topology.layers.emplace_back().neurons;
    for (std::uint32_t i = 0; i < shape[layer]; ++i) {
      const auto activation = static_cast<sprig::Activation>(rng.below(7));
      neurons.push_back({sprig::default_name(layer - 1, i), {}, rng.normal(), activation});
      auto& connections = neurons.back().connections;
      for (std::uint32_t input = 0; input < shape[layer - 1]; ++input) {
        if (rng.uniform() < density) connections.push_back({input, rng.normal()});
      }
      rng.shuffle(std::span(connections));
    }
  }
  return topology;
}

// One to four layers of zero (not the last) to nine neurons.
inline sprig::Topology random_topology(sprig::Rng& rng) {
  std::vector<std::uint32_t> shape = {static_cast<std::uint32_t>(1 + rng.below(9))};
  for (auto layers = 1 + rng.below(4); layers > 0; --layers) {
    const std::uint64_t neurons = layers == 1 ? 1 + rng.below(9) : rng.below(10);
    shape.push_back(static_cast<std::uint32_t>(neurons));
  }
  return random_topology(shape, rng.uniform(), rng);
}

// Any finite double with equal chance for every exponent: zeros, denormals and giants included.
inline double any_double(sprig::Rng& rng) {
  while (true) {
    const double number = std::bit_cast<double>(rng.bits());
    if (number - number == 0) return number;
  }
}

// Equal to the last bit: == alone takes -0.0 for 0.0.
inline bool same_bits(const sprig::Topology& left, const sprig::Topology& right) {
  const auto bits = [](const sprig::Topology& topology) {
    std::vector<std::uint64_t> numbers;
    for (const auto& layer : topology.layers) {
      for (const auto& neuron : layer.neurons) {
        numbers.push_back(std::bit_cast<std::uint64_t>(neuron.bias));
        for (const auto& connection : neuron.connections) {
          numbers.push_back(std::bit_cast<std::uint64_t>(connection.weight));
        }
      }
    }
    return numbers;
  };
  return left == right && bits(left) == bits(right);
}
