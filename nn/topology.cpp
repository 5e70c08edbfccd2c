// Checks a topology, evaluates it and counts in it; the contracts are in topology.h.
#include "nn/topology.h"

#include <cmath>
#include <string_view>
#include <unordered_set>

#include "engine/error.h"

namespace sprig {

namespace {

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void check_inputs_exist(const Topology& topology, std::size_t layer,
                        const Topology::Neuron& neuron) {
  const std::size_t count = input_count(topology, layer);
  for (const auto& connection : neuron.connections) {
    if (connection.input < count) continue;
    fail("Topology: neuron ", neuron.name, " reads input ", connection.input, " but ",
         layer == 0 ? "the network has " + counted(count, "input")
                    : "the layer below has " + counted(count, "neuron"),
         "; inputs are counted from 0: read a lower one or drop the connection");
  }
}

// A mark per input, not a flag per neuron and input: checking a layer is linear in connections.
void check_inputs_differ(const std::vector<Topology::Neuron>& neurons, std::size_t inputs) {
  std::vector<const Topology::Neuron*> last_reader(inputs, nullptr);
  for (const auto& neuron : neurons) {
    for (const auto& connection : neuron.connections) {
      if (last_reader[connection.input] == &neuron) {
        fail("Topology: neuron ", neuron.name, " reads input ", connection.input,
             " twice; add the two weights up in one connection");
      }
      last_reader[connection.input] = &neuron;
    }
  }
}

void check_finite(const Topology::Neuron& neuron) {
  if (!std::isfinite(neuron.bias)) {
    fail("Topology: neuron ", neuron.name, " has bias ", neuron.bias, "; give a finite number");
  }
  for (const auto& connection : neuron.connections) {
    if (std::isfinite(connection.weight)) continue;
    fail("Topology: neuron ", neuron.name, " has weight ", connection.weight, " for input ",
         connection.input, "; give a finite number");
  }
}

void check_names(const Topology& topology) {
  std::unordered_set<std::string_view> names;
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    const auto& neurons = topology.layers[layer].neurons;
    for (std::size_t i = 0; i < neurons.size(); ++i) {
      if (neurons[i].name.empty()) {
        fail("Topology: neuron ", i, " of layer ", layer + 1,
             " has no name; give it one, such as ", default_name(layer, i));
      }
      if (!names.insert(neurons[i].name).second) {
        fail("Topology: neuron ", i, " of layer ", layer + 1, " is named ", neurons[i].name,
             " like an earlier one; give each neuron a name of its own");
      }
    }
  }
}

double output_of(const Topology::Neuron& neuron, std::span<const double> below) {
  double sum = neuron.bias;
  for (const auto& [input, weight] : neuron.connections) sum += weight * below[input];
  return activate(neuron.activation, sum);
}

}  // namespace

std::string default_name(std::size_t layer, std::size_t neuron) {
  return std::to_string(layer + 1) + "_" + std::to_string(neuron);
}

void validate(const Topology& topology) {
  if (topology.inputs == 0) fail("Topology: the network has 0 inputs; give at least 1");
  if (topology.layers.empty()) fail("Topology: the network has 0 layers; give at least 1");
  if (topology.layers.back().neurons.empty()) {
    fail("Topology: the last layer has 0 neurons, so there is no output; give it at least 1");
  }
  check_names(topology);
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    const auto& neurons = topology.layers[layer].neurons;
    for (const auto& neuron : neurons) {
      check_inputs_exist(topology, layer, neuron);
      check_finite(neuron);
    }
    check_inputs_differ(neurons, input_count(topology, layer));
  }
}

std::vector<double> evaluate(const Topology& topology, std::span<const double> sample) {
  return layer_outputs(topology, sample).back();
}

std::vector<std::vector<double>> layer_outputs(const Topology& topology,
                                               std::span<const double> sample) {
  if (sample.size() != topology.inputs) {
    fail("evaluate: got ", counted(sample.size(), "number"), " but the network has ",
         counted(topology.inputs, "input"), "; give one number per input");
  }
  if (topology.layers.empty()) fail("evaluate: the network has 0 layers; give at least 1");
  std::vector<std::vector<double>> outputs(topology.layers.size());
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    const std::span below = layer == 0 ? sample : std::span<const double>(outputs[layer - 1]);
    for (const auto& neuron : topology.layers[layer].neurons) {
      check_inputs_exist(topology, layer, neuron);
      outputs[layer].push_back(output_of(neuron, below));
    }
  }
  return outputs;
}

std::string shape_of(const Topology& topology) {
  std::string shape = std::to_string(topology.inputs);
  for (const auto& layer : topology.layers) shape += "-" + std::to_string(layer.neurons.size());
  return shape;
}

std::size_t input_count(const Topology& topology, std::size_t layer) {
  return layer == 0 ? topology.inputs : topology.layers[layer - 1].neurons.size();
}

std::size_t connection_count(const Topology& topology) {
  std::size_t count = 0;
  for (const auto& layer : topology.layers) {
    for (const auto& neuron : layer.neurons) count += neuron.connections.size();
  }
  return count;
}

std::size_t parameter_count(const Topology& topology) {
  std::size_t count = connection_count(topology);
  for (const auto& layer : topology.layers) count += layer.neurons.size();
  return count;
}

std::size_t possible_connection_count(const Topology& topology) {
  std::size_t count = 0;
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    count += input_count(topology, layer) * topology.layers[layer].neurons.size();
  }
  return count;
}

}  // namespace sprig
