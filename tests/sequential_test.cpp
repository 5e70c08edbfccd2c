// Networks for images: against PyTorch (tests/oracles/image_network.py has script and command),
// and replayed by a Program against the eager graph.

#include "nn/sequential.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "engine/error.h"
#include "engine/gradcheck.h"
#include "engine/program.h"
#include "nn/loss.h"

namespace {

using namespace sprig;

// The network of the notebook on evolutionary pruning.
const ImageOptions digits{
    .image = {.channels = 1, .height = 28, .width = 28},
    .stages = {FilterOptions{.filters = 3, .window = square(3)}, square(2, 2),
               FilterOptions{.filters = 6, .window = square(3)}, square(2, 2),
               LayerOptions{.neurons = 10, .activation = Activation::linear}}};

// The same with fewer pixels, a sparse last layer and a wide window.
const ImageOptions small{
    .image = {.channels = 2, .height = 7, .width = 8},
    .stages = {FilterOptions{.filters = 3, .window = {2, 3, 1, 1}}, square(2, 2),
               LayerOptions{.neurons = 4, .activation = Activation::linear, .sparsity = 0.5}}};

ImageTopology drawn(const ImageOptions& options) {
  Rng rng(5);
  return random_image_topology(options, rng);
}

// The notebook's network with the parameters of `parameter` in image_network.py, which are
// counted input by input.
ImageTopology as_in_pytorch() {
  ImageTopology topology = drawn(digits);
  std::size_t count = 0;
  const auto next = [&] { return (static_cast<double>(count++ * 37 % 101) - 50) / 200; };
  const auto fill = [&](Topology::Layer& layer) {
    for (Topology::Neuron& neuron : layer.neurons) {
      std::ranges::sort(neuron.connections, {}, &Topology::Connection::input);
      for (Topology::Connection& connection : neuron.connections) connection.weight = next();
      neuron.bias = next();
    }
  };
  for (const std::size_t stage : {0, 2}) {
    fill(std::get<ImageTopology::Filters>(topology.stages[stage]).layer);
  }
  fill(std::get<Topology::Layer>(topology.stages[4]));
  return topology;
}

std::map<std::string, std::vector<double>> saved_by_pytorch() {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "oracles" /
                     "image_network.txt");
  std::map<std::string, std::vector<double>> saved;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name, bar;
    words >> name >> bar;
    for (double number; words >> number;) saved[name].push_back(number);
  }
  return saved;
}

// As `pixel` in image_network.py.
std::vector<double> two_images() {
  std::vector<double> pixels;
  for (std::size_t sample = 0; sample < 2; ++sample) {
    for (std::size_t k = 0; k < 784; ++k) {
      pixels.push_back(static_cast<double>((k * 29 + sample * 13) % 97) / 96);
    }
  }
  return pixels;
}

void check_close(std::span<const double> ours, std::span<const double> theirs,
                 double tolerance) {
  REQUIRE(ours.size() == theirs.size());
  for (std::size_t k = 0; k < ours.size(); ++k) {
    INFO("number ", k);
    CHECK(std::abs(ours[k] - theirs[k]) <= tolerance * std::max(1.0, std::abs(theirs[k])));
  }
}

std::vector<double> grads(const Sequential& network) {
  std::vector<double> grads;
  for (const Value parameter : network.parameters()) grads.push_back(parameter.grad());
  return grads;
}

// Cross-entropy, with the logits to be read.
Program::Record loss_of(const Sequential& network) {
  return [&network](std::span<const Value> inputs, std::span<const Value> targets) {
    const std::vector<Value> logits = network(inputs);
    return Program::Recording{.loss = softmax_cross_entropy(logits, targets),
                              .outputs = logits};
  };
}

Batch random_batch(const ImageShape& image, std::size_t samples,
                   const BatchOptions& options = {}) {
  Rng rng(6);
  const SampleShape shape{static_cast<std::uint32_t>(image.size()), 4};
  std::vector<double> inputs, targets(samples * 4);
  for (std::size_t k = 0; k < samples * image.size(); ++k) inputs.push_back(rng.uniform());
  for (std::size_t sample = 0; sample < samples; ++sample) {
    targets[sample * 4 + rng.below(4)] = 1;
  }
  return Batch(shape, inputs, targets, options);
}

}  // namespace

TEST_SUITE("sequential") {
  TEST_CASE("the notebook's network has its shapes and its 1,708 parameters") {
    const ImageTopology topology = drawn(digits);
    CHECK(shape_of(topology) == "1x28x28, 3x26x26, 3x13x13, 6x11x11, 6x5x5, 10");
    CHECK(parameter_count(topology) == 1708);
    Graph graph;
    CHECK(Sequential(graph, topology).parameters().size() == 1708);
  }

  TEST_CASE("logits, loss and gradient are PyTorch's, eagerly") {
    auto saved = saved_by_pytorch();
    Graph graph;
    const Sequential network(graph, as_in_pytorch());
    const std::vector<double> pixels = two_images();
    std::vector<double> logits;
    std::vector<Value> losses;
    for (std::size_t sample = 0; sample < 2; ++sample) {
      const auto outputs = network(std::span(pixels).subspan(sample * 784, 784));
      for (const Value output : outputs) logits.push_back(output.data());
      losses.push_back(softmax_cross_entropy(outputs, std::size_t{sample == 0 ? 3u : 7u}));
    }
    const Value loss = mean(losses);
    loss.backward();
    check_close(logits, saved["logits"], 1e-12);
    check_close(std::vector{loss.data()}, saved["loss"], 1e-12);
    check_close(grads(network), saved["gradient"], 1e-12);
  }

  TEST_CASE("logits, loss and gradient are PyTorch's, replayed, in double and in float") {
    auto saved = saved_by_pytorch();
    for (const Precision precision : {Precision::float64, Precision::float32}) {
      const double tolerance = precision == Precision::float64 ? 1e-12 : 1e-5;
      Graph graph;
      const Sequential network(graph, as_in_pytorch());
      std::vector<double> targets(20);
      targets[3] = targets[10 + 7] = 1;
      const Batch batch({784, 10}, two_images(), targets, {.precision = precision});
      Program program(graph, batch.shape(), loss_of(network), {.precision = precision});
      check_close(std::vector{program.run(batch)}, saved["loss"], tolerance);
      check_close(program.outputs(), saved["logits"], tolerance);
      check_close(grads(network), saved["gradient"], tolerance);
    }
  }

  TEST_CASE("replay and the eager graph agree in every node") {
    Graph graph;
    const Sequential network(graph, drawn(small));
    const Batch batch = random_batch(small.image, 21);
    Program program(graph, batch.shape(), loss_of(network));
    const auto difference = program.first_difference(batch);
    CHECK_MESSAGE(!difference, *difference);
  }

  TEST_CASE("gradients of shared weights are the same bits for any number of threads") {
    std::vector<std::vector<double>> all;
    for (const int threads : {1, 2, 3}) {
      Graph graph;
      const Sequential network(graph, drawn(small));
      const Batch batch = random_batch(small.image, 40, {.samples_per_part = 8});
      Program(graph, batch.shape(), loss_of(network), {.threads = threads}).run(batch);
      all.push_back(grads(network));
    }
    CHECK(all[1] == all[0]);
    CHECK(all[2] == all[0]);
  }

  TEST_CASE("after connections were dropped the replay follows") {
    Graph graph;
    Sequential network(graph, drawn(small));
    const Batch batch = random_batch(small.image, 9);
    Program program(graph, batch.shape(), loss_of(network));
    program.run(batch);
    Neuron& neuron = std::get<Layer>(network.stages().back()).neurons()[1];
    std::get<Convolution>(network.stages().front()).filters().neurons()[0].drop(4);
    neuron.drop(neuron.connections()[0].input);
    CHECK(network.parameters().size() == parameter_count(drawn(small)) - 2);
    const auto difference = program.first_difference(batch);
    CHECK_MESSAGE(!difference, *difference);
    CHECK(program.recordings() >= 2);
  }

  TEST_CASE("the gradient of every parameter agrees with central differences") {
    Graph graph;
    const Sequential network(graph, drawn(small));
    Rng rng(7);
    std::vector<Value> image;
    for (std::size_t k = 0; k < small.image.size(); ++k) {
      image.push_back(graph.constant(rng.uniform()));
    }
    const ParameterList& parameters = network.parameters();
    const auto report =
        gradcheck([&](auto) { return softmax_cross_entropy(network(image), 2); },
                  std::vector(parameters.begin(), parameters.end()));
    CHECK_MESSAGE(report.passed(), report);
  }

  TEST_CASE("a snapshot is what the network was made of") {
    Graph graph;
    const ImageTopology topology = drawn(small);
    CHECK(Sequential(graph, topology).snapshot() == topology);
  }

  TEST_CASE("weights are drawn by Glorot's rule with a convolution's fan-out") {
    Rng rng(8);
    const ImageTopology topology = random_image_topology(
        {.image = {2, 5, 5}, .stages = {FilterOptions{.filters = 40, .window = square(3)}}},
        rng);
    const double bound = std::sqrt(6.0 / (2 * 9 + 40 * 9));
    double largest = 0;
    for (const auto& filter :
         std::get<ImageTopology::Filters>(topology.stages[0]).layer.neurons) {
      for (const auto& connection : filter.connections) {
        largest = std::max(largest, std::abs(connection.weight));
      }
    }
    CHECK(largest <= bound);
    CHECK(largest > 0.99 * bound);
  }

  TEST_CASE("a network that cannot be is refused before a parameter is made") {
    Graph graph;
    ImageTopology topology = drawn(small);
    topology.stages.insert(topology.stages.begin(), square(8));
    CHECK_THROWS_WITH_AS(
        Sequential(graph, topology),
        "Window: a window of 8x8 does not fit into an image of 2x7x8; give a smaller window",
        Error);
    topology = drawn(small);
    std::get<Topology::Layer>(topology.stages[2]).neurons[0].connections[0].input = 99;
    CHECK_THROWS_AS(Sequential(graph, topology), Error);
    CHECK_THROWS_WITH_AS(Sequential(graph, {.image = {1, 1, 1}, .stages = {}}),
                         "Sequential: there is no stage; give at least one", Error);
    CHECK(graph.size() == 0);
  }

  TEST_CASE("a sample of another size is refused with both sizes") {
    Graph graph;
    const Sequential network(graph, drawn(small));
    CHECK_THROWS_WITH_AS(network(std::vector<double>(3)),
                         "Sequential: got a sample of 3 numbers but its images are 2x7x8; give "
                         "exactly 112",
                         Error);
  }
}
