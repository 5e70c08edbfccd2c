#include "nn/convolution.h"

#include <ostream>
#include <utility>

#include "engine/error.h"

namespace sprig {
namespace {

void check_size(const char* who, std::size_t numbers, const ImageShape& shape) {
  if (numbers == shape.size()) return;
  fail(who, ": got ", numbers, " numbers but its images are ", shape, "; give exactly ",
       shape.size());
}

// The filters as a topology, which can be checked: a layer that reads one window.
const Topology::Layer& checked(const Topology::Layer& filters, const WindowPlaces& places) {
  validate({.inputs = static_cast<std::uint32_t>(places.offsets.size()), .layers = {filters}});
  return filters;
}

ImageShape with_channels(ImageShape shape, std::size_t channels) {
  shape.channels = static_cast<std::uint32_t>(channels);
  return shape;
}

WeightedSum mean_of(Graph& graph, std::size_t numbers) {
  const Value share = graph.constant(1.0 / static_cast<double>(numbers));
  std::vector<Term> terms;
  for (std::uint32_t k = 0; k < numbers; ++k) terms.push_back({k, share});
  return {graph.constant(0), std::move(terms)};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const ImageShape& shape) {
  return out << shape.channels << "x" << shape.height << "x" << shape.width;
}

ImageShape pooled(const ImageShape& image, const Window& window) {
  constexpr double too_many = 0x1p32;
  const double numbers = 1.0 * image.channels * image.height * image.width;
  if (numbers == 0 || numbers >= too_many) {
    fail("Window: got an image of ", image, "; give at least 1 and fewer than 2^32 numbers");
  }
  if (window.height == 0 || window.width == 0 || window.down == 0 || window.across == 0) {
    fail("Window: got a window of ", window.height, "x", window.width, ", moved by ",
         window.down, " and ", window.across, "; give at least 1 for each");
  }
  if (window.height > image.height || window.width > image.width) {
    fail("Window: a window of ", window.height, "x", window.width,
         " does not fit into an image of ", image, "; give a smaller window");
  }
  return {.channels = image.channels,
          .height = (image.height - window.height) / window.down + 1,
          .width = (image.width - window.width) / window.across + 1};
}

WindowPlaces::WindowPlaces(const ImageShape& image, const Window& window,
                           std::uint32_t channels) {
  const auto [_, rows, columns] = pooled(image, window);
  const auto place = [&](std::uint32_t channel, std::uint32_t y, std::uint32_t x) {
    return (channel * image.height + y) * image.width + x;
  };
  for (std::uint32_t y = 0; y < rows; ++y) {
    for (std::uint32_t x = 0; x < columns; ++x) {
      corners.push_back(place(0, y * window.down, x * window.across));
    }
  }
  for (std::uint32_t channel = 0; channel < channels; ++channel) {
    for (std::uint32_t y = 0; y < window.height; ++y) {
      for (std::uint32_t x = 0; x < window.width; ++x) offsets.push_back(place(channel, y, x));
    }
  }
}

Convolution::Convolution(Graph& graph, const ImageShape& image, const Window& window,
                         const Topology::Layer& filters)
    : input_(image),
      window_(window),
      output_(with_channels(pooled(image, window), filters.neurons.size())),
      places_(image, window, image.channels),
      filters_(graph, static_cast<std::uint32_t>(places_.offsets.size()),
               checked(filters, places_)) {}

// Position by position, so that the filters, which read the same window, stand side by side: a
// Program computes such neurons together.
std::vector<Value> Convolution::operator()(std::span<const Value> image) const {
  check_size("Convolution", image.size(), input_);
  const std::size_t positions = places_.corners.size();
  std::vector<Value> outputs(output_.size());
  std::vector<Value> window(places_.offsets.size());
  for (std::size_t position = 0; position < positions; ++position) {
    for (std::size_t k = 0; k < window.size(); ++k) {
      window[k] = image[places_.corners[position] + places_.offsets[k]];
    }
    const std::vector<Value> pixel = filters_(window);
    for (std::size_t channel = 0; channel < pixel.size(); ++channel) {
      outputs[channel * positions + position] = pixel[channel];
    }
  }
  return outputs;
}

AveragePool::AveragePool(Graph& graph, const ImageShape& image, const Window& window)
    : input_(image),
      window_(window),
      output_(pooled(image, window)),
      places_(image, window, 1),
      mean_(mean_of(graph, places_.offsets.size())) {}

std::vector<Value> AveragePool::operator()(std::span<const Value> image) const {
  check_size("AveragePool", image.size(), input_);
  const std::size_t positions = places_.corners.size();
  const std::size_t pixels = std::size_t{input_.height} * input_.width;
  std::vector<Value> outputs(output_.size());
  std::vector<Value> window(places_.offsets.size());
  for (std::size_t position = 0; position < positions; ++position) {
    for (std::size_t channel = 0; channel < input_.channels; ++channel) {
      const std::size_t corner = channel * pixels + places_.corners[position];
      for (std::size_t k = 0; k < window.size(); ++k) {
        window[k] = image[corner + places_.offsets[k]];
      }
      outputs[channel * positions + position] = mean_(window);
    }
  }
  return outputs;
}

}  // namespace sprig
