// Convolution and average pooling against the sums written out, for random shapes.

#include "nn/convolution.h"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "engine/error.h"
#include "engine/gradcheck.h"
#include "nn/random.h"

namespace {

using namespace sprig;

struct Case {
  ImageShape image;
  Window window;
  std::vector<double> numbers;  // of an image
};

Case random_case(Rng& rng) {
  const auto up_to = [&](std::uint32_t most) {
    return 1 + static_cast<std::uint32_t>(rng.below(most));
  };
  Case random{.image = {up_to(3), up_to(9), up_to(9)}, .window = {}, .numbers = {}};
  random.window = {up_to(random.image.height), up_to(random.image.width), up_to(3), up_to(3)};
  for (std::size_t k = 0; k < random.image.size(); ++k) random.numbers.push_back(rng.normal());
  return random;
}

double pixel(const Case& c, std::size_t channel, std::size_t y, std::size_t x) {
  return c.numbers[(channel * c.image.height + y) * c.image.width + x];
}

Topology::Layer random_filters(std::size_t filters, std::size_t inputs, double density,
                               Rng& rng) {
  Topology::Layer layer;
  for (std::size_t f = 0; f < filters; ++f) {
    Topology::Neuron neuron{default_name(0, f), {}, rng.normal(), Activation::tanh};
    for (std::uint32_t k = 0; k < inputs; ++k) {
      if (rng.uniform() < density) neuron.connections.push_back({k, rng.normal()});
    }
    layer.neurons.push_back(neuron);
  }
  return layer;
}

// Filter `f` at the position (row, column), from the definition.
double filtered(const Case& c, const Topology::Neuron& filter, std::size_t row,
                std::size_t column) {
  const auto [height, width, down, across] = c.window;
  double sum = filter.bias;
  for (const auto& [k, weight] : filter.connections) {
    const std::size_t channel = k / (height * width), y = k / width % height, x = k % width;
    sum += weight * pixel(c, channel, row * down + y, column * across + x);
  }
  return std::tanh(sum);
}

double mean_of(const Case& c, std::size_t channel, std::size_t row, std::size_t column) {
  double sum = 0;
  for (std::size_t y = 0; y < c.window.height; ++y) {
    for (std::size_t x = 0; x < c.window.width; ++x) {
      sum += pixel(c, channel, row * c.window.down + y, column * c.window.across + x);
    }
  }
  return sum / (c.window.height * c.window.width);
}

// Every output of `stage` is expected(channel, row, column).
void check_outputs(Graph& graph, const Case& c, const auto& stage, const auto& expected) {
  const std::vector<Value> outputs = stage(constants(graph, c.numbers));
  const auto [channels, height, width] = stage.output_shape();
  REQUIRE(outputs.size() == channels * height * width);
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const double number = expected(k / (height * width), k / width % height, k % width);
    INFO(c.image, ", output ", k);
    CHECK(outputs[k].data() == doctest::Approx(number).epsilon(1e-12));
  }
}

std::string refusal(const ImageShape& image, const Window& window) {
  try {
    (void)pooled(image, window);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_SUITE("convolution") {
  TEST_CASE("random convolutions, dense or sparse, are the sums written out") {
    Rng rng(1);
    for (int trial = 0; trial < 60; ++trial) {
      const Case c = random_case(rng);
      const std::size_t inputs = c.image.channels * c.window.height * c.window.width;
      const auto filters = random_filters(1 + rng.below(4), inputs, trial % 2 ? 1 : 0.4, rng);
      Graph graph;
      const Convolution convolution(graph, c.image, c.window, filters);
      check_outputs(graph, c, convolution, [&](auto filter, auto row, auto column) {
        return filtered(c, filters.neurons[filter], row, column);
      });
    }
  }

  TEST_CASE("random pools are the means written out") {
    Rng rng(2);
    for (int trial = 0; trial < 60; ++trial) {
      const Case c = random_case(rng);
      Graph graph;
      check_outputs(graph, c, AveragePool(graph, c.image, c.window),
                    [&](auto channel, auto row, auto column) {
                      return mean_of(c, channel, row, column);
                    });
    }
  }

  TEST_CASE("the gradient of a shared weight adds up over the positions") {
    Graph graph;
    const Convolution convolution(
        graph, {1, 1, 3}, {1, 2},
        {.neurons = {{"1_0", {{0, 5.0}, {1, 7.0}}, 0, Activation::linear}}});
    sum(convolution(constants(graph, std::vector{1.0, 10.0, 100.0}))).backward();
    const Neuron& filter = convolution.filters().neurons()[0];
    CHECK(filter.weight_from(0).grad() == 1 + 10);
    CHECK(filter.weight_from(1).grad() == 10 + 100);
    CHECK(filter.bias().grad() == 2);
  }

  TEST_CASE("gradients to weights and pixels agree with central differences") {
    Rng rng(3);
    Graph graph;
    const ImageShape image{2, 5, 6};
    const Convolution convolution(graph, image, {2, 3, 1, 2}, random_filters(2, 12, 0.7, rng));
    const AveragePool pool(graph, convolution.output_shape(), square(2));
    std::vector<Value> inputs;
    for (std::size_t k = 0; k < image.size(); ++k) inputs.push_back(graph.value(rng.normal()));
    std::vector<Value> all = inputs;
    append_parameters(convolution.filters().neurons(), all);
    const auto report =
        gradcheck([&](auto) { return sum_of_squares(pool(convolution(inputs))); }, all);
    CHECK_MESSAGE(report.passed(), report);
  }

  TEST_CASE("a connection dropped from a filter is gone at every position") {
    Graph graph;
    Convolution convolution(
        graph, {1, 1, 3}, {1, 2},
        {.neurons = {{"1_0", {{0, 1.0}, {1, 1.0}}, 0, Activation::linear}}});
    convolution.filters().neurons()[0].drop(0);
    const auto outputs = convolution(constants(graph, std::vector{1.0, 10.0, 100.0}));
    CHECK(outputs[0].data() == 10);
    CHECK(outputs[1].data() == 100);
  }

  TEST_CASE("a last step over the edge is left out") {
    CHECK(pooled({6, 11, 11}, square(2, 2)) == ImageShape{6, 5, 5});
    CHECK(pooled({1, 28, 28}, square(3)) == ImageShape{1, 26, 26});
    CHECK(pooled({1, 5, 9}, {2, 3, 2, 3}) == ImageShape{1, 2, 3});
  }

  TEST_CASE("windows that do not fit and empty images are refused") {
    CHECK(refusal({1, 4, 4}, {5, 1}) ==
          "Window: a window of 5x1 does not fit into an image of 1x4x4; give a smaller window");
    CHECK(refusal({1, 4, 4}, {1, 1, 0, 1}) ==
          "Window: got a window of 1x1, moved by 0 and 1; give at least 1 for each");
    CHECK(refusal({0, 4, 4}, {1, 1}) ==
          "Window: got an image of 0x4x4; give at least 1 and fewer than 2^32 numbers");
    CHECK(refusal({1 << 30, 1 << 30, 1 << 30}, {1, 1}).ends_with("fewer than 2^32 numbers"));
  }

  TEST_CASE("filters that read beyond the window are refused before a parameter is made") {
    Graph graph;
    const Topology::Layer filters{{{"1_0", {{4, 1.0}}, 0, Activation::linear}}};
    CHECK_THROWS_WITH_AS(Convolution(graph, {1, 4, 4}, square(2), filters),
                         "Topology: neuron 1_0 reads input 4 but the network has 4 inputs; "
                         "inputs are counted from 0: read a lower one or drop the connection",
                         Error);
    CHECK_THROWS_AS(Convolution(graph, {1, 4, 4}, square(2), {}), Error);
    CHECK(graph.size() == 0);
  }

  TEST_CASE("an image of another size is refused with both sizes") {
    Graph graph;
    const AveragePool pool(graph, {2, 3, 3}, square(3));
    CHECK_THROWS_WITH_AS(pool(constants(graph, std::vector<double>(9))),
                         "AveragePool: got 9 numbers but its images are 2x3x3; give exactly 18",
                         Error);
  }
}
