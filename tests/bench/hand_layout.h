// How hand_lanes.cpp lays out a sparse layer: connections in CSR, neuron by neuron, cut into
// segments where blocks of inputs pay off, and the same connections indexed by input.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "nn/topology.h"
#include "tests/bench/vectors.h"

namespace sprig::bench {

// The connections of one neuron from about one block of inputs: whole groups of four, but for
// the neuron's last segment. That ends with a group of 0 to 3 connections and the bias, in the
// group's last place.
struct Segment {
  std::uint32_t neuron = 0;
  std::uint32_t begin = 0;  // of its places; a multiple of 4
  std::uint32_t connections = 0;
  std::uint32_t bias = 0;  // its place
  bool is_first = false;   // of the neuron's
  bool is_last = false;

  std::uint32_t last_group() const { return begin + connections / 4 * 4; }
};

struct Source {  // one entry of the transposed index
  std::uint32_t neuron = 0;
  std::uint32_t place = 0;  // of the weight
};

template <class T, int batch>
struct SparseLayer {
  std::vector<Segment> segments;
  std::vector<std::uint32_t> inputs;  // place -> input
  std::vector<std::uint32_t> biases;  // neuron -> place
  Aligned<T> parameters;              // place -> weight or bias; unused places stay 0
  std::vector<Source> sources;        // by input
  std::vector<std::uint32_t> sources_begin;
  Rows<T, batch> outputs;
  Rows<T, batch> gradients;  // of the pre-activations
};

// Which neurons are on a way to an output.
inline std::vector<std::vector<bool>> used_neurons(const Topology& topology) {
  std::vector<std::vector<bool>> used;
  for (const auto& layer : topology.layers) used.emplace_back(layer.neurons.size());
  used.back().assign(used.back().size(), true);
  for (std::size_t layer = used.size() - 1; layer > 0; --layer) {
    for (std::size_t neuron = 0; neuron < used[layer].size(); ++neuron) {
      if (!used[layer][neuron]) continue;
      for (const auto& connection : topology.layers[layer].neurons[neuron].connections) {
        used[layer - 1][connection.input] = true;
      }
    }
  }
  return used;
}

// How many inputs make a block: what fits the first-level cache, if a neuron reads at least
// four of them; else there are no blocks.
template <class T, int batch>
std::size_t block_of(const Topology::Layer& layer, std::size_t inputs) {
  const std::size_t block = 24576 / (batch * sizeof(T));
  std::size_t connections = 0;
  for (const auto& neuron : layer.neurons) connections += neuron.connections.size();
  return block * connections >= 4 * layer.neurons.size() * inputs ? block : inputs;
}

// How far the connections from inputs below `end` go in a neuron's list, in groups of four.
inline std::uint32_t groups_below(const std::vector<Topology::Connection>& sorted,
                                  std::size_t end) {
  const auto first_behind =
      std::ranges::lower_bound(sorted, end, {}, &Topology::Connection::input);
  return static_cast<std::uint32_t>(first_behind - sorted.begin()) / 4 * 4;
}

// Cuts a layer into segments, block by block of inputs.
template <class T, int batch>
void lay_out(SparseLayer<T, batch>& made, const Topology::Layer& layer,
             const std::vector<bool>& used, std::size_t inputs, std::size_t block) {
  std::vector<T> parameters;
  std::vector<Topology::Neuron> neurons = layer.neurons;
  for (Topology::Neuron& neuron : neurons) {
    std::ranges::sort(neuron.connections, {}, &Topology::Connection::input);
  }
  for (std::size_t low = 0; low < inputs; low += block) {
    for (std::uint32_t index = 0; index < neurons.size(); ++index) {
      if (!used[index]) continue;
      const Topology::Neuron& neuron = neurons[index];
      const bool is_last = low + block >= inputs;
      const std::uint32_t begin = low == 0 ? 0 : groups_below(neuron.connections, low);
      const std::uint32_t end = is_last ? static_cast<std::uint32_t>(neuron.connections.size())
                                        : groups_below(neuron.connections, low + block);
      Segment segment{.neuron = index,
                      .begin = static_cast<std::uint32_t>(parameters.size()),
                      .connections = end - begin,
                      .is_first = low == 0,
                      .is_last = is_last};
      for (std::uint32_t k = begin; k < end; ++k) {
        made.inputs.push_back(neuron.connections[k].input);
        parameters.push_back(static_cast<T>(neuron.connections[k].weight));
      }
      if (is_last) {
        parameters.resize(segment.last_group() + 4);
        parameters.back() = static_cast<T>(neuron.bias);
        made.inputs.resize(parameters.size());
        made.biases[index] = static_cast<std::uint32_t>(parameters.size() - 1);
      }
      made.segments.push_back(segment);
    }
  }
  for (Segment& segment : made.segments) segment.bias = made.biases[segment.neuron];
  made.parameters = Aligned<T>(parameters.size());
  std::ranges::copy(parameters, made.parameters.data());
}

template <class T, int batch>
void transpose(SparseLayer<T, batch>& layer, std::size_t inputs) {
  std::vector<std::vector<Source>> by_input(inputs);
  for (const Segment& segment : layer.segments) {
    for (std::uint32_t place = segment.begin; place < segment.begin + segment.connections;
         ++place) {
      by_input[layer.inputs[place]].push_back({segment.neuron, place});
    }
  }
  for (const auto& sources : by_input) {
    layer.sources_begin.push_back(static_cast<std::uint32_t>(layer.sources.size()));
    layer.sources.insert(layer.sources.end(), sources.begin(), sources.end());
  }
  layer.sources_begin.push_back(static_cast<std::uint32_t>(layer.sources.size()));
}

}  // namespace sprig::bench
