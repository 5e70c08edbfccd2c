// A network for images: convolutions, average pools and dense or sparse layers, one after the
// other. It is made of an ImageTopology, a plain value, and gives one back, as an Mlp is made
// of a Topology.
//
//   const ImageTopology drawn = random_image_topology(
//       {.image = {.channels = 1, .height = 28, .width = 28},
//        .stages = {FilterOptions{.filters = 3, .window = square(3)}, square(2, 2),
//                   LayerOptions{.neurons = 10, .activation = Activation::linear}}}, rng);
//   const Sequential network(graph, drawn);
#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "nn/convolution.h"
#include "nn/wiring.h"

namespace sprig {

struct ImageTopology {
  struct Filters {
    Window window;
    Topology::Layer layer;  // its neurons read the window
    bool operator==(const Filters&) const = default;
  };
  using Pool = Window;
  using Stage = std::variant<Filters, Pool, Topology::Layer>;

  ImageShape image;
  std::vector<Stage> stages;  // at least one; the numbers of the last one are the outputs

  bool operator==(const ImageTopology&) const = default;
};

std::size_t parameter_count(const ImageTopology& topology);

// "1x28x28, 3x26x26, 3x13x13, 10": what goes in, and what each stage makes of it. Throws Error
// if a window does not fit.
std::string shape_of(const ImageTopology& topology);

class Sequential {
 public:
  // Makes the parameters in the graph, stage by stage. Throws Error, and makes none, if a
  // window does not fit its image, a stage is no valid layer, or there is no stage.
  Sequential(Graph& graph, const ImageTopology& topology);

  // The outputs for one sample. Throws Error unless it has input_shape().size() numbers.
  std::vector<Value> operator()(std::span<const Value> sample) const;

  // The same from plain numbers, which become constants. Throws Error at a NaN or infinity.
  std::vector<Value> operator()(std::span<const double> sample) const;

  // As those of an Mlp: filter by filter, neuron by neuron, its weights and then its bias.
  const ParameterList& parameters() const;
  void zero_grad() const { parameters().zero_grad(); }

  // In a layer or a convolution's filters, connections may be dropped and grown.
  using Stage = std::variant<Convolution, AveragePool, Layer>;
  std::span<Stage> stages() { return stages_; }
  std::span<const Stage> stages() const { return stages_; }

  const ImageShape& input_shape() const { return input_; }

  ImageTopology snapshot() const;

 private:
  Graph* graph_;
  ImageShape input_;
  std::vector<Stage> stages_;
  mutable ParameterList parameters_;
  mutable std::uint32_t parameter_changes_ = 0;  // of the graph, when the list was made
};

struct FilterOptions {
  std::uint32_t filters = 1;
  Window window;
  Activation activation = Activation::swish;
};

struct ImageOptions {
  using Stage = std::variant<FilterOptions, Window, LayerOptions>;  // a Window is a pool
  ImageShape image;
  std::vector<Stage> stages;
  Initializer initializer = glorot_uniform;  // biases are 0
};

// A filter's fan-out is that of PyTorch and Keras: filters times pixels of the window. Throws
// Error as random_topology does, and if a window does not fit its image.
ImageTopology random_image_topology(const ImageOptions& options, Rng& rng);

}  // namespace sprig
