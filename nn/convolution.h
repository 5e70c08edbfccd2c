// Convolution and average pooling: the connections of a few neurons, repeated at every place of
// an image. A filter of a convolution is a neuron that reads a window; at every position it is
// the same neuron, with the same weights, so that their gradients add up over the positions. As
// any neuron it may be sparse, and drops and grows connections.
//
// The numbers of an image, those a layer reads as those it makes, go channel by channel, row by
// row, as in PyTorch. (Keras flattens pixel by pixel, with the channels inside.) There is no
// padding: a window stays inside the image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <vector>

#include "nn/mlp.h"

namespace sprig {

struct ImageShape {
  std::uint32_t channels = 1;
  std::uint32_t height = 1;  // rows
  std::uint32_t width = 1;   // pixels of a row

  std::size_t size() const { return std::size_t{channels} * height * width; }
  bool operator==(const ImageShape&) const = default;
};

// Prints "3x26x26".
std::ostream& operator<<(std::ostream& out, const ImageShape& shape);

struct Window {
  std::uint32_t height = 1;
  std::uint32_t width = 1;
  std::uint32_t down = 1;    // rows from one position to the next
  std::uint32_t across = 1;  // pixels from one position to the next

  bool operator==(const Window&) const = default;
};

// size x size pixels, moved by `stride` both ways.
constexpr Window square(std::uint32_t size, std::uint32_t stride = 1) {
  return {.height = size, .width = size, .down = stride, .across = stride};
}

// The image's channels, and a pixel for each position of the window. What a last step would
// push over the edge is left out. Throws Error if there is a 0 in one of the two, the window is
// larger than the image, or the image has 2^32 numbers or more.
ImageShape pooled(const ImageShape& image, const Window& window);

// Where a window's numbers stand in an image: at `corner + offset`.
struct WindowPlaces {
  WindowPlaces(const ImageShape& image, const Window& window, std::uint32_t channels);

  std::vector<std::uint32_t> corners;  // of the positions, row by row
  std::vector<std::uint32_t>
      offsets;  // of the window's numbers: channel by channel, row by row
};

class Convolution {
 public:
  // Each of `filters` makes a channel. Its input k is number k of the window: channel by
  // channel, row by row. Throws Error, and makes no parameter, if there is no filter, one reads
  // beyond the window, or the window does not fit the image.
  Convolution(Graph& graph, const ImageShape& image, const Window& window,
              const Topology::Layer& filters);

  // Throws Error unless there are exactly input_shape().size() numbers.
  std::vector<Value> operator()(std::span<const Value> image) const;

  Layer& filters() { return filters_; }
  const Layer& filters() const { return filters_; }
  const Window& window() const { return window_; }
  const ImageShape& input_shape() const { return input_; }
  const ImageShape& output_shape() const { return output_; }

 private:
  ImageShape input_;
  Window window_;
  ImageShape output_;
  WindowPlaces places_;
  Layer filters_;
};

// The mean of each window, by itself in each channel.
class AveragePool {
 public:
  // Its weights are constants of the graph, 1/n for a window of n pixels: a StepScope around it
  // would take them back. Throws Error if the window does not fit the image.
  AveragePool(Graph& graph, const ImageShape& image, const Window& window);

  // Throws Error unless there are exactly input_shape().size() numbers.
  std::vector<Value> operator()(std::span<const Value> image) const;

  const Window& window() const { return window_; }
  const ImageShape& input_shape() const { return input_; }
  const ImageShape& output_shape() const { return output_; }

 private:
  ImageShape input_;
  Window window_;
  ImageShape output_;
  WindowPlaces places_;  // of one channel
  WeightedSum mean_;
};

}  // namespace sprig
