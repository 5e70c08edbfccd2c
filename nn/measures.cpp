// One pass over samples, one over positions, one over layers; the contracts are in measures.h.
#include "nn/measures.h"

#include <cmath>

#include "engine/error.h"

namespace sprig {
namespace {

// Of one layer, before the square root.
GradientNorm squared_norms(const Topology& topology, std::uint32_t layer,
                           const DenseGradient& gradient) {
  GradientNorm sum;
  const auto& neurons = topology.layers[layer].neurons;
  const std::size_t inputs = input_count(topology, layer);
  for (std::uint32_t neuron = 0; neuron < neurons.size(); ++neuron) {
    std::vector<bool> exists(inputs, false);
    for (const auto& connection : neurons[neuron].connections) exists[connection.input] = true;
    for (std::uint32_t input = 0; input < inputs; ++input) {
      const double g = gradient[{layer, neuron, input}];
      (exists[input] ? sum.existing : sum.absent) += g * g;
    }
  }
  return sum;
}

GradientNorm root_of(const GradientNorm& sum) {
  return {.existing = std::sqrt(sum.existing), .absent = std::sqrt(sum.absent)};
}

}  // namespace

std::vector<std::vector<bool>> silent_neurons(const Topology& topology,
                                              std::span<const std::vector<double>> samples) {
  if (samples.empty()) fail("silent_neurons: got no samples; give at least one");
  std::vector<std::vector<bool>> silent;
  for (const auto& layer : topology.layers) {
    auto& flags = silent.emplace_back();
    for (const auto& neuron : layer.neurons) {
      flags.push_back(neuron.activation == Activation::relu);
    }
  }
  for (const std::vector<double>& sample : samples) {
    const auto outputs = layer_outputs(topology, sample);
    for (std::size_t layer = 0; layer < silent.size(); ++layer) {
      for (std::size_t i = 0; i < silent[layer].size(); ++i) {
        if (outputs[layer][i] != 0) silent[layer][i] = false;
      }
    }
  }
  return silent;
}

GradientNorms gradient_norms(const Topology& topology, const DenseGradient& gradient) {
  validate(topology);
  if (gradient.shape() != shape_of(topology)) {
    fail("gradient_norms: the topology is ", shape_of(topology), " and the gradient that of ",
         gradient.shape(), "; give the gradient of this network");
  }
  GradientNorms norms;
  GradientNorm total;
  for (std::uint32_t layer = 0; layer < topology.layers.size(); ++layer) {
    const GradientNorm sum = squared_norms(topology, layer, gradient);
    total.existing += sum.existing;
    total.absent += sum.absent;
    norms.layers.push_back(root_of(sum));
  }
  norms.network = root_of(total);
  return norms;
}

std::size_t forward_flops(const Topology& topology) { return 2 * connection_count(topology); }

std::size_t stored_bytes(const Topology& topology) {
  std::size_t bits = 0;
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    const auto& neurons = topology.layers[layer].neurons;
    const std::size_t possible = input_count(topology, layer) * neurons.size();
    std::size_t connections = 0;
    for (const auto& neuron : neurons) connections += neuron.connections.size();
    bits += 32 * (connections + neurons.size());
    if (connections < possible) bits += possible;
  }
  return bits / 8;
}

}  // namespace sprig
