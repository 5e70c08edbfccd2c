#include "nn/sequential.h"

#include <sstream>
#include <utility>

#include "engine/error.h"

namespace sprig {
namespace {

// A function of one name for several types, as std::visit wants it.
template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

using Filters = ImageTopology::Filters;

std::size_t parameters_of(const Topology::Layer& layer) {
  return parameter_count(Topology{.inputs = 0, .layers = {layer}});
}

ImageShape shape_of_numbers(std::size_t count) {
  return {.channels = static_cast<std::uint32_t>(count)};
}

// What a stage makes of an image.
ImageShape shape_after(const ImageShape& image, const ImageTopology::Stage& stage) {
  return std::visit(
      Overloaded{
          [&](const Filters& filters) {
            ImageShape shape = pooled(image, filters.window);
            shape.channels = static_cast<std::uint32_t>(filters.layer.neurons.size());
            return shape;
          },
          [&](const Window& window) { return pooled(image, window); },
          [](const Topology::Layer& layer) { return shape_of_numbers(layer.neurons.size()); }},
      stage);
}

// The image, then what each stage makes of the one before.
std::vector<ImageShape> shapes(const ImageTopology& topology) {
  std::vector<ImageShape> shapes{topology.image};
  for (const auto& stage : topology.stages) {
    shapes.push_back(shape_after(shapes.back(), stage));
  }
  return shapes;
}

std::uint32_t numbers_in(const ImageShape& image, const Window& window) {
  return image.channels * window.height * window.width;
}

void validate(const ImageTopology& topology) {
  if (topology.stages.empty()) fail("Sequential: there is no stage; give at least one");
  const std::vector<ImageShape> before = shapes(topology);
  for (std::size_t k = 0; k < topology.stages.size(); ++k) {
    const auto check = [](std::uint32_t inputs, const Topology::Layer& layer) {
      sprig::validate(Topology{.inputs = inputs, .layers = {layer}});
    };
    std::visit(Overloaded{[&](const Filters& filters) {
                            check(numbers_in(before[k], filters.window), filters.layer);
                          },
                          [](const Window&) {},
                          [&](const Topology::Layer& layer) {
                            check(static_cast<std::uint32_t>(before[k].size()), layer);
                          }},
               topology.stages[k]);
  }
}

Sequential::Stage build(Graph& graph, const ImageShape& image,
                        const ImageTopology::Stage& stage) {
  using Stage = Sequential::Stage;
  return std::visit(
      Overloaded{
          [&](const Filters& filters) -> Stage {
            return Convolution(graph, image, filters.window, filters.layer);
          },
          [&](const Window& window) -> Stage { return AveragePool(graph, image, window); },
          [&](const Topology::Layer& layer) -> Stage {
            return Layer(graph, static_cast<std::uint32_t>(image.size()), layer);
          }},
      stage);
}

// The neurons with weights of their own; none in a pool.
std::span<const Neuron> neurons_of(const Sequential::Stage& stage) {
  return std::visit(
      Overloaded{[](const Convolution& convolution) { return convolution.filters().neurons(); },
                 [](const AveragePool&) { return std::span<const Neuron>(); },
                 [](const Layer& layer) { return layer.neurons(); }},
      stage);
}

Topology::Layer random_filters(const FilterOptions& options, std::uint32_t inputs,
                               Initializer draw, Rng& rng) {
  const std::size_t fan_out =
      std::size_t{options.filters} * options.window.height * options.window.width;
  Topology::Layer layer;
  for (std::uint32_t filter = 0; filter < options.filters; ++filter) {
    Topology::Neuron neuron{.name = default_name(0, filter),
                            .connections = {},
                            .bias = 0,
                            .activation = options.activation};
    for (std::uint32_t input = 0; input < inputs; ++input) {
      neuron.connections.push_back({input, draw(inputs, fan_out, rng)});
    }
    layer.neurons.push_back(std::move(neuron));
  }
  return layer;
}

}  // namespace

std::size_t parameter_count(const ImageTopology& topology) {
  std::size_t count = 0;
  for (const auto& stage : topology.stages) {
    count += std::visit(
        Overloaded{[](const Filters& filters) { return parameters_of(filters.layer); },
                   [](const Window&) { return std::size_t{0}; },
                   [](const Topology::Layer& layer) { return parameters_of(layer); }},
        stage);
  }
  return count;
}

std::string shape_of(const ImageTopology& topology) {
  std::ostringstream text;
  const char* separator = "";
  for (const ImageShape& shape : shapes(topology)) {
    text << std::exchange(separator, ", ");
    if (shape == shape_of_numbers(shape.channels)) {
      text << shape.channels;
    } else {
      text << shape;
    }
  }
  return text.str();
}

Sequential::Sequential(Graph& graph, const ImageTopology& topology)
    : graph_(&graph), input_(topology.image) {
  validate(topology);
  graph.check_room_for_parameters(parameter_count(topology));
  ImageShape image = topology.image;
  for (const auto& stage : topology.stages) {
    stages_.push_back(build(graph, image, stage));
    image = shape_after(image, stage);
  }
}

std::vector<Value> Sequential::operator()(std::span<const Value> sample) const {
  if (sample.size() != input_.size()) {
    fail("Sequential: got a sample of ", sample.size(), " numbers but its images are ", input_,
         "; give exactly ", input_.size());
  }
  std::vector<Value> numbers(sample.begin(), sample.end());
  for (const Stage& stage : stages_) {
    numbers = std::visit([&](const auto& layer) { return layer(numbers); }, stage);
  }
  return numbers;
}

std::vector<Value> Sequential::operator()(std::span<const double> sample) const {
  return (*this)(constants(*graph_, sample));
}

const ParameterList& Sequential::parameters() const {
  if (parameter_changes_ == graph_->parameter_changes()) return parameters_;
  std::vector<Value> parameters;
  for (const Stage& stage : stages_) append_parameters(neurons_of(stage), parameters);
  parameters_ = ParameterList(std::move(parameters));
  parameter_changes_ = graph_->parameter_changes();
  return parameters_;
}

ImageTopology Sequential::snapshot() const {
  ImageTopology topology{.image = input_, .stages = {}};
  for (const Stage& stage : stages_) {
    Topology::Layer layer;
    for (const Neuron& neuron : neurons_of(stage)) layer.neurons.push_back(neuron.snapshot());
    std::visit(
        Overloaded{[&](const Convolution& convolution) {
                     topology.stages.push_back(Filters{convolution.window(), std::move(layer)});
                   },
                   [&](const AveragePool& pool) { topology.stages.push_back(pool.window()); },
                   [&](const Layer&) { topology.stages.push_back(std::move(layer)); }},
        stage);
  }
  return topology;
}

ImageTopology random_image_topology(const ImageOptions& options, Rng& rng) {
  ImageTopology topology{.image = options.image, .stages = {}};
  ImageShape image = options.image;
  for (const auto& stage : options.stages) {
    std::visit(Overloaded{[&](const FilterOptions& filters) {
                            topology.stages.push_back(Filters{
                                filters.window,
                                random_filters(filters, numbers_in(image, filters.window),
                                               options.initializer, rng)});
                          },
                          [&](const Window& window) { topology.stages.push_back(window); },
                          [&](const LayerOptions& layer) {
                            const WiringOptions wiring{
                                .inputs = static_cast<std::uint32_t>(image.size()),
                                .layers = {layer},
                                .initializer = options.initializer};
                            topology.stages.push_back(random_topology(wiring, rng).layers[0]);
                          }},
               stage);
    image = shape_after(image, topology.stages.back());
  }
  return topology;
}

}  // namespace sprig
