// Hand-written row: one sample at a time, as plain loops over arrays. Sparse layers are in CSR;
// dense ones need no indices, and their loops go along neurons, so that the compiler makes SIMD
// of them.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "tests/bench/row.h"

namespace sprig::bench {
namespace {

struct FlatLayer {
  FlatLayer(const Topology::Layer& layer, std::size_t its_inputs);

  std::size_t inputs, neurons;
  bool is_dense = true;
  std::vector<double> weights;         // dense: inputs x neurons; else in CSR order
  std::vector<double> slopes;          // of the loss by the weights
  std::vector<std::uint32_t> columns;  // CSR: the input of each weight
  std::vector<std::uint32_t> begin;    // CSR: where each neuron's weights begin, and the end
  std::vector<double> biases, bias_slopes;
  std::vector<double> outputs, gradients;  // of one sample; gradients of the pre-activations
};

FlatLayer::FlatLayer(const Topology::Layer& layer, std::size_t its_inputs)
    : inputs(its_inputs),
      neurons(layer.neurons.size()),
      bias_slopes(neurons),
      outputs(neurons),
      gradients(neurons) {
  for (const auto& neuron : layer.neurons) {
    is_dense &= neuron.connections.size() == inputs;
    biases.push_back(neuron.bias);
    begin.push_back(static_cast<std::uint32_t>(columns.size()));
    for (const auto& [input, weight] : neuron.connections) {
      columns.push_back(input);
      weights.push_back(weight);
    }
  }
  begin.push_back(static_cast<std::uint32_t>(columns.size()));
  slopes.resize(weights.size());
  if (!is_dense) return;
  for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
    for (const auto& [input, weight] : layer.neurons[neuron].connections) {
      weights[input * neurons + neuron] = weight;
    }
  }
}

void add_scaled(double* __restrict to, double weight, const double* __restrict from,
                std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) to[k] += weight * from[k];
}

// Eight sums side by side, which fit one vector.
double dot(const double* a, const double* b, std::size_t count) {
  double sums[8]{}, rest = 0;
  std::size_t k = 0;
  for (; k + 8 <= count; k += 8) {
    for (std::size_t lane = 0; lane < 8; ++lane) sums[lane] += a[k + lane] * b[k + lane];
  }
  for (; k < count; ++k) rest += a[k] * b[k];
  return rest + ((sums[0] + sums[4]) + (sums[1] + sums[5])) +
         ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

void forward(FlatLayer& layer, const double* inputs, bool is_output) {
  double* outputs = layer.outputs.data();
  std::ranges::copy(layer.biases, outputs);
  if (layer.is_dense) {
    for (std::size_t input = 0; input < layer.inputs; ++input) {
      add_scaled(outputs, inputs[input], &layer.weights[input * layer.neurons], layer.neurons);
    }
  } else {
    for (std::size_t neuron = 0; neuron < layer.neurons; ++neuron) {
      double sum = outputs[neuron];
      for (std::uint32_t k = layer.begin[neuron]; k < layer.begin[neuron + 1]; ++k) {
        sum += layer.weights[k] * inputs[layer.columns[k]];
      }
      outputs[neuron] = sum;
    }
  }
  if (is_output) return;
  for (double& output : layer.outputs) output = std::max(output, 0.0);
}

// Adds this sample's part to the slopes.
void add_slopes(FlatLayer& layer, const double* inputs) {
  const double* gradients = layer.gradients.data();
  add_scaled(layer.bias_slopes.data(), 1, gradients, layer.neurons);
  if (layer.is_dense) {
    for (std::size_t input = 0; input < layer.inputs; ++input) {
      if (inputs[input] == 0) continue;
      add_scaled(&layer.slopes[input * layer.neurons], inputs[input], gradients, layer.neurons);
    }
    return;
  }
  for (std::size_t neuron = 0; neuron < layer.neurons; ++neuron) {
    if (gradients[neuron] == 0) continue;
    for (std::uint32_t k = layer.begin[neuron]; k < layer.begin[neuron + 1]; ++k) {
      layer.slopes[k] += gradients[neuron] * inputs[layer.columns[k]];
    }
  }
}

// The gradients of the layer below, through relu.
void go_down(const FlatLayer& layer, FlatLayer& below) {
  double* gradients = below.gradients.data();
  if (layer.is_dense) {
    for (std::size_t input = 0; input < layer.inputs; ++input) {
      gradients[input] = below.outputs[input] > 0 ? dot(&layer.weights[input * layer.neurons],
                                                        layer.gradients.data(), layer.neurons)
                                                  : 0;
    }
    return;
  }
  std::ranges::fill(below.gradients, 0);
  for (std::size_t neuron = 0; neuron < layer.neurons; ++neuron) {
    const double gradient = layer.gradients[neuron];
    if (gradient == 0) continue;
    for (std::uint32_t k = layer.begin[neuron]; k < layer.begin[neuron + 1]; ++k) {
      gradients[layer.columns[k]] += gradient * layer.weights[k];
    }
  }
  for (std::size_t input = 0; input < layer.inputs; ++input) {
    if (below.outputs[input] <= 0) gradients[input] = 0;
  }
}

class HandSamples {
 public:
  explicit HandSamples(const Workload& workload) : workload_(workload) {
    std::size_t inputs = workload.topology.inputs;
    for (const auto& layer : workload.topology.layers) {
      layers_.emplace_back(layer, inputs);
      inputs = layer.neurons.size();
    }
  }

  double step() {
    double loss = 0;
    for (std::size_t sample = 0; sample < workload_.batch; ++sample) {
      const double* inputs = &workload_.inputs[sample * workload_.topology.inputs];
      const auto below = [&](std::size_t layer) {
        return layer == 0 ? inputs : layers_[layer - 1].outputs.data();
      };
      for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
        forward(layers_[layer], below(layer), layer + 1 == layers_.size());
      }
      loss += loss_of(workload_.targets[sample]);
      for (std::size_t layer = layers_.size(); layer-- > 0;) {
        if (layer > 0) go_down(layers_[layer], layers_[layer - 1]);
        add_slopes(layers_[layer], below(layer));
      }
    }
    return loss / static_cast<double>(workload_.batch) + update();
  }

 private:
  // The loss of one sample, and its gradients in the last layer.
  double loss_of(double target) {
    const double scale = 1 / static_cast<double>(workload_.batch);
    std::vector<double>& outputs = layers_.back().outputs;
    std::vector<double>& gradients = layers_.back().gradients;
    if (workload_.loss == Loss::hinge) {
      const double margin = 1 - target * outputs[0];
      gradients[0] = margin > 0 ? -scale * target : 0;
      return std::max(margin, 0.0);
    }
    const auto label = static_cast<std::size_t>(target);
    const double largest = std::ranges::max(outputs);
    double sum = 0;
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      sum += gradients[k] = std::exp(outputs[k] - largest);
    }
    for (double& gradient : gradients) gradient *= scale / sum;
    gradients[label] -= scale;
    return std::log(sum) + largest - outputs[label];
  }

  // Moves every parameter and clears its slope; gives the penalty before that.
  double update() {
    const double rate = workload_.learning_rate, decay = 2 * workload_.l2;
    double squares = 0;
    const auto move = [&](std::vector<double>& parameters, std::vector<double>& slopes) {
      if (decay != 0) squares += dot(parameters.data(), parameters.data(), parameters.size());
      for (std::size_t k = 0; k < parameters.size(); ++k) {
        parameters[k] -= rate * (slopes[k] + decay * parameters[k]);
        slopes[k] = 0;
      }
    };
    for (FlatLayer& layer : layers_) {
      move(layer.weights, layer.slopes);
      move(layer.biases, layer.bias_slopes);
    }
    return workload_.l2 * squares;
  }

  Workload workload_;
  std::vector<FlatLayer> layers_;
};

Step make(const Workload& workload) {
  const auto net = std::make_shared<HandSamples>(workload);
  return [net] { return net->step(); };
}

}  // namespace

std::vector<Row> hand_sample_rows() {
  return {{.name = "hand-written, one sample at a time", .make = make}};
}

}  // namespace sprig::bench
