#include "nn/sequential.h"

#include <sstream>
#include <utility>

#include "engine/error.h"

namespace sprig {
namespace {

using Filters = ImageTopology::Filters;
using Stage = ImageTopology::Stage;

// The neurons of a layer or the filters of a convolution; null for a pool.
const Topology::Layer* layer_of(const Stage& stage) {
  if (const auto* filters = std::get_if<Filters>(&stage)) return &filters->layer;
  return std::get_if<Topology::Layer>(&stage);
}

std::uint32_t numbers_in(const ImageShape& image, const Window& window) {
  return image.channels * window.height * window.width;
}

// How many numbers the neurons of a stage can read.
std::uint32_t inputs_of(const Stage& stage, const ImageShape& image) {
  if (const auto* filters = std::get_if<Filters>(&stage)) {
    return numbers_in(image, filters->window);
  }
  return static_cast<std::uint32_t>(image.size());
}

// What a stage makes of an image; of a layer, a channel of one pixel for each neuron.
ImageShape shape_after(const ImageShape& image, const Stage& stage) {
  if (const auto* window = std::get_if<Window>(&stage)) return pooled(image, *window);
  ImageShape shape;
  if (const auto* filters = std::get_if<Filters>(&stage))
    shape = pooled(image, filters->window);
  shape.channels = static_cast<std::uint32_t>(layer_of(stage)->neurons.size());
  return shape;
}

void validate(const ImageTopology& topology) {
  if (topology.stages.empty()) fail("Sequential: there is no stage; give at least one");
  ImageShape image = topology.image;
  for (const Stage& stage : topology.stages) {
    const ImageShape after = shape_after(image, stage);
    if (const Topology::Layer* layer = layer_of(stage)) {
      sprig::validate(Topology{.inputs = inputs_of(stage, image), .layers = {*layer}});
    }
    image = after;
  }
}

Sequential::Stage build(Graph& graph, const ImageShape& image, const Stage& stage) {
  if (const auto* window = std::get_if<Window>(&stage)) {
    return AveragePool(graph, image, *window);
  }
  if (const auto* filters = std::get_if<Filters>(&stage)) {
    return Convolution(graph, image, filters->window, filters->layer);
  }
  return Layer(graph, inputs_of(stage, image), *layer_of(stage));
}

// The neurons with weights of their own; none in a pool.
std::span<const Neuron> neurons_of(const Sequential::Stage& stage) {
  if (const auto* convolution = std::get_if<Convolution>(&stage)) {
    return convolution->filters().neurons();
  }
  if (const auto* layer = std::get_if<Layer>(&stage)) return layer->neurons();
  return {};
}

Stage snapshot_of(const Sequential::Stage& stage) {
  if (const auto* pool = std::get_if<AveragePool>(&stage)) return pool->window();
  Topology::Layer layer;
  for (const Neuron& neuron : neurons_of(stage)) layer.neurons.push_back(neuron.snapshot());
  if (const auto* convolution = std::get_if<Convolution>(&stage)) {
    return Filters{convolution->window(), std::move(layer)};
  }
  return layer;
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

Stage random_stage(const ImageOptions::Stage& options, const ImageShape& image,
                   Initializer draw, Rng& rng) {
  if (const auto* window = std::get_if<Window>(&options)) return *window;
  if (const auto* filters = std::get_if<FilterOptions>(&options)) {
    const std::uint32_t inputs = numbers_in(image, filters->window);
    return Filters{filters->window, random_filters(*filters, inputs, draw, rng)};
  }
  const WiringOptions wiring{.inputs = static_cast<std::uint32_t>(image.size()),
                             .layers = {std::get<LayerOptions>(options)},
                             .initializer = draw};
  return random_topology(wiring, rng).layers[0];
}

}  // namespace

std::size_t parameter_count(const ImageTopology& topology) {
  std::size_t count = 0;
  for (const Stage& stage : topology.stages) {
    if (const Topology::Layer* layer = layer_of(stage)) {
      count += parameter_count(Topology{.inputs = 0, .layers = {*layer}});
    }
  }
  return count;
}

std::string shape_of(const ImageTopology& topology) {
  std::ostringstream text;
  ImageShape image = topology.image;
  text << image;
  for (const Stage& stage : topology.stages) {
    image = shape_after(image, stage);
    text << ", ";
    if (std::holds_alternative<Topology::Layer>(stage)) {
      text << image.channels;
    } else {
      text << image;
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
  for (const Stage& stage : stages_) topology.stages.push_back(snapshot_of(stage));
  return topology;
}

ImageTopology random_image_topology(const ImageOptions& options, Rng& rng) {
  ImageTopology topology{.image = options.image, .stages = {}};
  ImageShape image = options.image;
  for (const ImageOptions::Stage& stage : options.stages) {
    topology.stages.push_back(random_stage(stage, image, options.initializer, rng));
    image = shape_after(image, topology.stages.back());
  }
  return topology;
}

}  // namespace sprig
