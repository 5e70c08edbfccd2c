// What the rows of other people's libraries share: a workload's parameters in a flat list, and
// its loss as their users would write it, on any number type that has + - * / exp and log.
#pragma once

#include <span>
#include <vector>

#include "tests/bench/workload.h"

namespace sprig::bench {

// A tape of one of these libraries keeps 50 to 200 bytes for each connection and sample.
constexpr double most_on_tape = 2e6;

// Neuron by neuron: its weights in order of connection, then its bias.
inline std::vector<double> flat_parameters(const Topology& topology) {
  std::vector<double> parameters;
  for (const auto& layer : topology.layers) {
    for (const auto& neuron : layer.neurons) {
      for (const auto& connection : neuron.connections) parameters.push_back(connection.weight);
      parameters.push_back(neuron.bias);
    }
  }
  return parameters;
}

inline void descend(const Workload& workload, std::vector<double>& parameters,
                    std::span<const double> gradients) {
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    parameters[k] -= workload.learning_rate * gradients[k];
  }
}

// The loss of one sample from the network's outputs. number(x) is the plain number in x.
template <class Number>
Number sample_loss(const Workload& workload, const std::vector<Number>& outputs, double target,
                   auto number) {
  if (workload.loss == Loss::hinge) {
    const Number margin = 1.0 - target * outputs[0];
    return number(margin) > 0 ? margin : Number(0.0);
  }
  double largest = number(outputs[0]);
  for (const Number& output : outputs) largest = std::max(largest, number(output));
  Number sum = 0.0;
  for (const Number& output : outputs) sum += exp(output - largest);
  return log(sum) + largest - outputs[static_cast<std::size_t>(target)];
}

// sum(neuron, its parameters, inputs) is the neuron's weighted sum; the inputs of the first
// layer are plain numbers, those of the others Numbers.
template <class Number>
Number batch_loss(const Workload& workload, std::span<const Number> parameters, auto sum,
                  auto number) {
  Number total = 0.0;
  const std::size_t width = workload.topology.inputs;
  for (std::size_t sample = 0; sample < workload.batch; ++sample) {
    const std::span<const double> inputs =
        std::span(workload.inputs).subspan(sample * width, width);
    std::vector<Number> values, outputs;
    std::size_t used = 0;
    for (const auto& layer : workload.topology.layers) {
      outputs.clear();
      for (const auto& neuron : layer.neurons) {
        const auto own = parameters.subspan(used, neuron.connections.size() + 1);
        used += own.size();
        const bool is_first = &layer == &workload.topology.layers.front();
        Number output = is_first ? sum(neuron, own, inputs)
                                 : sum(neuron, own, std::span<const Number>(values));
        if (neuron.activation == Activation::relu && number(output) <= 0) output = 0.0;
        outputs.push_back(output);
      }
      std::swap(values, outputs);
    }
    total += sample_loss(workload, values, workload.targets[sample], number);
  }
  total *= 1.0 / static_cast<double>(workload.batch);
  if (workload.l2 != 0) {
    Number squares = 0.0;
    for (const Number& parameter : parameters) squares += parameter * parameter;
    total += workload.l2 * squares;
  }
  return total;
}

// The weighted sum written out, for libraries that know only + and *.
template <class Number>
Number written_out_sum(const Topology::Neuron& neuron, std::span<const Number> parameters,
                       auto inputs) {
  Number sum = parameters.back();
  for (std::size_t k = 0; k < neuron.connections.size(); ++k) {
    sum += parameters[k] * inputs[neuron.connections[k].input];
  }
  return sum;
}

}  // namespace sprig::bench
