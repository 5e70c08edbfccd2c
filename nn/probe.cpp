#include "nn/probe.h"

#include <algorithm>
#include <utility>

#include "engine/error.h"

namespace sprig {

DenseGradient::DenseGradient(const Mlp& mlp) {
  for (const Layer& layer : mlp.layers()) {
    layers_.push_back({static_cast<std::uint32_t>(layer.neurons().size()), layer.input_count(),
                       std::vector<double>(layer.possible_connection_count())});
  }
}

std::size_t DenseGradient::place(const Position& position) const {
  const auto [layer, neuron, input] = position;
  if (layer >= layers_.size() || neuron >= layers_[layer].neurons ||
      input >= layers_[layer].inputs) {
    fail("DenseGradient: no position (layer ", layer, ", neuron ", neuron, ", input ", input,
         ") in this network");
  }
  return std::size_t{neuron} * layers_[layer].inputs + input;
}

double& DenseGradient::operator[](const Position& position) {
  const std::size_t index = place(position);
  return layers_[position.layer].values[index];
}

double DenseGradient::operator[](const Position& position) const {
  const std::size_t index = place(position);
  return layers_[position.layer].values[index];
}

std::span<double> DenseGradient::row(std::uint32_t layer, std::uint32_t neuron) {
  if (layer >= layers_.size() || neuron >= layers_[layer].neurons) {
    fail("DenseGradient: no neuron (layer ", layer, ", neuron ", neuron, ") in this network");
  }
  const std::size_t inputs = layers_[layer].inputs;  // 0 above a layer without neurons
  return std::span(layers_[layer].values).subspan(neuron * inputs, inputs);
}

std::string DenseGradient::shape() const {
  std::string shape = std::to_string(layers_.front().inputs);
  for (const LayerGradient& layer : layers_) shape += "-" + std::to_string(layer.neurons);
  return shape;
}

DenseGradient& DenseGradient::operator+=(const DenseGradient& other) {
  if (shape() != other.shape()) {
    fail("DenseGradient: cannot add the gradient of ", other.shape(), " to that of ", shape(),
         "; give two of networks of one shape");
  }
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
    std::vector<double>& values = layers_[layer].values;
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += other.layers_[layer].values[i];
  }
  return *this;
}

DenseGradient& DenseGradient::operator*=(double factor) {
  for (LayerGradient& layer : layers_) {
    for (double& value : layer.values) value *= factor;
  }
  return *this;
}

std::vector<Value> OuterProductProbe::operator()(std::span<const Value> sample) {
  mlp_.check_sample_size(sample.size());
  std::vector<LayerPass> pass;
  std::vector<Value> outputs(sample.begin(), sample.end());
  for (const Layer& layer : mlp_.layers()) {
    LayerPass& step = pass.emplace_back();
    step.inputs = std::move(outputs);
    step.pre_activations = layer.pre_activations(step.inputs);
    outputs = step.pre_activations;
    layer.activate(outputs);
  }
  passes_.push_back(std::move(pass));
  return outputs;
}

DenseGradient OuterProductProbe::gradient() const {
  DenseGradient gradient(mlp_);
  for (const std::vector<LayerPass>& pass : passes_) {
    for (std::uint32_t layer = 0; layer < pass.size(); ++layer) {
      const auto& [inputs, pre_activations] = pass[layer];
      std::vector<double> data;
      for (const Value input : inputs) data.push_back(input.data());
      for (std::uint32_t neuron = 0; neuron < pre_activations.size(); ++neuron) {
        const double upstream = pre_activations[neuron].grad();
        if (upstream == 0) continue;
        const std::span<double> row = gradient.row(layer, neuron);
        for (std::size_t input = 0; input < data.size(); ++input) {
          row[input] += upstream * data[input];
        }
      }
    }
  }
  return gradient;
}

std::vector<OuterProduct> OuterProductProbe::products() const {
  if (passes_.size() != 1) {
    fail("OuterProductProbe: a Program is recorded with one sample, not with ", passes_.size());
  }
  std::vector<OuterProduct> products;
  for (const auto& [inputs, pre_activations] : passes_[0]) {
    products.push_back({.left = pre_activations, .right = inputs});
  }
  return products;
}

DenseGradient dense_gradient(const Program& program, const Mlp& mlp) {
  DenseGradient gradient(mlp);
  for (std::uint32_t layer = 0; layer < mlp.layers().size(); ++layer) {
    const std::size_t inputs = mlp.layers()[layer].input_count();
    const std::span<const double> product = program.product(layer);
    for (std::uint32_t neuron = 0; neuron < mlp.layers()[layer].neurons().size(); ++neuron) {
      std::ranges::copy(product.subspan(neuron * inputs, inputs),
                        gradient.row(layer, neuron).begin());
    }
  }
  return gradient;
}

ZeroWeightProbe::ZeroWeightProbe(const Mlp& mlp) : mlp_(mlp) {
  for (const Layer& layer : mlp.layers()) {
    auto& sums = sums_.emplace_back();
    for (const Neuron& neuron : layer.neurons()) {
      WeightedSum& sum = sums.emplace_back(neuron.weighted_sum());
      for (std::uint32_t input = 0; input < layer.input_count(); ++input) {
        if (!neuron.reads(input)) sum.append({input, mlp.graph().value(0.0)});
      }
    }
  }
}

std::vector<Value> ZeroWeightProbe::operator()(std::span<const Value> sample) const {
  mlp_.check_sample_size(sample.size());
  std::vector<Value> inputs(sample.begin(), sample.end());
  for (std::size_t layer = 0; layer < sums_.size(); ++layer) {
    std::vector<const WeightedSum*> sums;
    for (const WeightedSum& sum : sums_[layer]) sums.push_back(&sum);
    std::vector<Value> outputs(sums.size());
    WeightedSum::record(sums, inputs, outputs);
    mlp_.layers()[layer].activate(outputs);
    inputs = std::move(outputs);
  }
  return inputs;
}

DenseGradient ZeroWeightProbe::gradient() const {
  DenseGradient gradient(mlp_);
  for (std::uint32_t layer = 0; layer < sums_.size(); ++layer) {
    for (std::uint32_t neuron = 0; neuron < sums_[layer].size(); ++neuron) {
      for (const Term& term : sums_[layer][neuron].terms()) {
        gradient[{layer, neuron, term.input}] = term.weight.grad();
      }
    }
  }
  return gradient;
}

}  // namespace sprig
