// Neuron, Layer and Mlp: the order of connections and what depends on it, printing as the blog
// post prints, and random networks against evaluate(), which knows no graph.

#include "nn/mlp.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "engine/error.h"
#include "nn/wiring.h"
#include "tests/random_topology.h"

namespace {

using namespace sprig;

std::string printed(const auto& thing) {
  std::ostringstream text;
  text << thing;
  return text.str();
}

std::vector<std::uint32_t> inputs_of(const Neuron& neuron) {
  std::vector<std::uint32_t> inputs;
  for (const Connection& connection : neuron.connections()) inputs.push_back(connection.input);
  return inputs;
}

std::vector<double> data_of(std::span<const Value> values) {
  std::vector<double> data;
  for (const Value value : values) data.push_back(value.data());
  return data;
}

std::vector<std::uint64_t> bits_of(std::span<const double> numbers) {
  std::vector<std::uint64_t> bits;
  for (const double number : numbers) bits.push_back(std::bit_cast<std::uint64_t>(number));
  return bits;
}

std::vector<double> random_sample(std::size_t size, Rng& rng) {
  std::vector<double> sample;
  while (sample.size() < size) sample.push_back(rng.normal());
  return sample;
}

// The notebook's network: 2-16-16-1 at sparsities 0, .9, .8.
Topology notebook_topology() {
  Rng rng(1337);
  return random_topology({.inputs = 2,
                          .layers = {{.neurons = 16},
                                     {.neurons = 16, .sparsity = 0.9},
                                     {.activation = Activation::linear, .sparsity = 0.8}}},
                         rng);
}

// A neuron of five inputs that reads 3, 0 and 4.
struct OneNeuron {
  Graph graph;
  Neuron neuron{graph, 5, {"1_0", {{3, 0.5}, {0, -2.0}, {4, 1.0}}, 0.25, Activation::relu}};
};

}  // namespace

TEST_SUITE("mlp") {
  TEST_CASE("a neuron keeps its connections in the order they were made") {
    OneNeuron one;
    CHECK(inputs_of(one.neuron) == std::vector<std::uint32_t>{3, 0, 4});
    one.neuron.grow(1, 7.0);
    CHECK(inputs_of(one.neuron) == std::vector<std::uint32_t>{3, 0, 4, 1});
    one.neuron.drop(0);
    CHECK(inputs_of(one.neuron) == std::vector<std::uint32_t>{3, 4, 1});
  }

  TEST_CASE("a connection that is dropped and grown again goes last") {
    OneNeuron one;
    one.neuron.drop(3);
    one.neuron.grow(3, 0.0);
    CHECK(inputs_of(one.neuron) == std::vector<std::uint32_t>{0, 4, 3});
    CHECK(one.neuron.weight_from(3).data() == 0.0);
  }

  TEST_CASE("the weighted sum is added up in connection order, not in input order") {
    Graph graph;
    const std::vector<Value> ones{graph.constant(1), graph.constant(1), graph.constant(1)};
    const Neuron lost(graph, 3, {"a", {{2, 1e16}, {0, 1.0}, {1, -1e16}}});
    const Neuron kept(graph, 3, {"b", {{2, 1e16}, {1, -1e16}, {0, 1.0}}});
    CHECK(lost(ones).data() == 0.0);  // 1e16 + 1 is 1e16
    CHECK(kept(ones).data() == 1.0);
  }

  TEST_CASE("a neuron tells which inputs it reads and with which weight") {
    OneNeuron one;
    CHECK(one.neuron.reads(4));
    CHECK_FALSE(one.neuron.reads(1));
    CHECK(one.neuron.weight_from(0).data() == -2.0);
    CHECK_THROWS_WITH_AS((void)one.neuron.weight_from(1),
                         "Neuron 1_0: has no connection from input 1", Error);
  }

  TEST_CASE("a neuron applies its activation to the pre-activation") {
    OneNeuron one;
    const std::vector<Value> inputs(5, one.graph.constant(1.0));
    CHECK(one.neuron.pre_activation(inputs).data() == -0.25);
    CHECK(one.neuron(inputs).data() == 0.0);
  }

  TEST_CASE("a connection that exists, is absent or beyond the inputs cannot be misused") {
    OneNeuron one;
    const Topology::Neuron before = one.neuron.snapshot();
    CHECK_THROWS_WITH_AS(
        one.neuron.grow(3, 1.0),
        "Neuron 1_0: cannot grow a connection from input 3; it already has one", Error);
    CHECK_THROWS_WITH_AS(one.neuron.grow(5, 1.0),
                         "Neuron 1_0: cannot grow a connection from input 5; it has 5 inputs",
                         Error);
    CHECK_THROWS_WITH_AS(
        one.neuron.grow(1, std::nan("")),
        "Neuron 1_0: cannot grow a connection of weight nan; give a finite one", Error);
    CHECK_THROWS_WITH_AS(one.neuron.drop(1),
                         "Neuron 1_0: cannot drop the connection from input 1; it has none",
                         Error);
    CHECK(one.neuron.snapshot() == before);
  }

  TEST_CASE("a neuron wants exactly as many inputs as it has") {
    OneNeuron one;
    for (const std::size_t size : {0, 4, 6}) {
      const std::vector<Value> inputs(size, one.graph.constant(1.0));
      const std::string message =
          "Neuron: got " + std::to_string(size) + " inputs but it has 5; give exactly 5";
      CHECK_THROWS_WITH_AS((void)one.neuron(inputs), message.c_str(), Error);
    }
  }

  TEST_CASE("a dropped weight is gone, and the grown one takes its place in the graph") {
    OneNeuron one;
    const Value dropped = one.neuron.weight_from(0);
    const std::size_t size = one.graph.size();
    one.neuron.drop(0);
    CHECK_THROWS_AS(dropped.data(), Error);
    one.neuron.grow(2, 1.5);
    CHECK(one.graph.size() == size);
    CHECK_THROWS_AS(dropped.data(), Error);
  }

  TEST_CASE("inside a StepScope only the place of a dropped weight can be grown into") {
    OneNeuron one;
    {
      StepScope scope(one.graph);
      CHECK_THROWS_AS(one.neuron.grow(1, 1.0), Error);
      CHECK(inputs_of(one.neuron) == std::vector<std::uint32_t>{3, 0, 4});
      one.neuron.drop(0);
      one.neuron.grow(1, 1.5);
    }
    CHECK(one.neuron.weight_from(1).data() == 1.5);
  }

  TEST_CASE("neurons and layers print as in the blog post") {
    OneNeuron one;
    CHECK(printed(one.neuron) == "ReLUNeuron(3)");
    const Layer layer(one.graph, 1,
                      {{{"a", {{0, 1.0}}, 0, Activation::tanh},
                        {"b", {}, 0, Activation::linear},
                        {"c", {}, 0, Activation::leaky_relu}}});
    CHECK(printed(layer) == "Layer of [TanhNeuron(1), LinearNeuron(0), LeakyReLUNeuron(0)]");
  }

  TEST_CASE("a network prints a layer a line, as in the blog post") {
    Graph graph;
    Rng rng(1);
    const Mlp mlp(
        graph, random_topology({.inputs = 2,
                                .layers = {{.neurons = 2}, {.activation = Activation::linear}}},
                               rng));
    CHECK(printed(mlp) ==
          "MLP of [\nLayer of [ReLUNeuron(2), ReLUNeuron(2)]\nLayer of [LinearNeuron(2)]\n]");
  }

  TEST_CASE("the notebook's network has 101 parameters, 68 of them connections") {
    Graph graph;
    const Mlp mlp(graph, notebook_topology());
    CHECK(mlp.parameters().size() == 101);
    CHECK(mlp.connection_count() == 68);
    CHECK(mlp.possible_connection_count() == 32 + 256 + 16);
    CHECK(graph.size() == 101);
  }

  TEST_CASE("parameters come neuron by neuron, weights in connection order, then the bias") {
    Graph graph;
    const Mlp mlp(graph, {.inputs = 2,
                          .layers = {{{{"a", {{1, 1.0}, {0, 2.0}}, 3.0}, {"b", {}, 4.0}}},
                                     {{{"c", {{1, 5.0}}, 6.0}}}}});
    CHECK(data_of(mlp.parameters()) == std::vector<double>{1, 2, 3, 4, 5, 6});
  }

  TEST_CASE("zero_grad clears the parameters' grads and no other") {
    Graph graph;
    const Value other = graph.value(2.0);
    const Mlp mlp(graph, notebook_topology());
    const std::vector<Value> sample{other, other};
    (mlp(sample)[0] * mlp(sample)[0] + other).backward();
    const double grad = other.grad();
    REQUIRE(grad != 0);
    mlp.zero_grad();
    for (const Value parameter : mlp.parameters()) CHECK(parameter.grad() == 0);
    CHECK(other.grad() == grad);
  }

  TEST_CASE("a topology made a network and taken from it again is the same, bit for bit") {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      const Topology topology = random_topology(rng);
      Graph graph;
      const Topology back = Mlp(graph, topology).snapshot();
      CHECK(same_bits(back, topology));
    }
  }

  TEST_CASE("a network gives the same bits as evaluate on its topology") {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      const Topology topology = random_topology(rng);
      Graph graph;
      const Mlp mlp(graph, topology);
      for (int repeat = 0; repeat < 3; ++repeat) {
        const std::vector<double> sample = random_sample(topology.inputs, rng);
        REQUIRE(bits_of(data_of(mlp(sample))) == bits_of(evaluate(topology, sample)));
      }
    }
  }

  TEST_CASE("after drops and grows a network still computes what its snapshot says") {
    Rng rng(7);
    Graph graph;
    Mlp mlp(graph, notebook_topology());
    for (int change = 0; change < 200; ++change) {
      Neuron& neuron = mlp.layers()[rng.below(2)].neurons()[rng.below(16)];
      const auto input = static_cast<std::uint32_t>(rng.below(neuron.input_count()));
      neuron.reads(input) ? neuron.drop(input) : neuron.grow(input, rng.normal());
      const std::vector<double> sample = random_sample(2, rng);
      StepScope scope(graph);
      REQUIRE(data_of(mlp(sample)) == evaluate(mlp.snapshot(), sample));
    }
  }

  TEST_CASE("a sample of the wrong size is an error and leaves the graph as it was") {
    Graph graph;
    const Mlp mlp(graph, notebook_topology());
    const std::size_t size = graph.size();
    CHECK_THROWS_WITH_AS(mlp(std::vector<double>(3)),
                         "Mlp: got a sample of 3 numbers but it has 2 inputs; give exactly 2",
                         Error);
    CHECK_THROWS_AS(mlp(std::vector<double>{}), Error);
    CHECK_THROWS_AS(mlp(std::vector<Value>{}), Error);
    CHECK(graph.size() == size);
  }

  TEST_CASE("a sample with a NaN or an infinity is an error that names the number") {
    Graph graph;
    const Mlp mlp(graph, notebook_topology());
    const std::size_t size = graph.size();
    CHECK_THROWS_WITH_AS(mlp(std::vector<double>{0, std::numeric_limits<double>::quiet_NaN()}),
                         "sample: number 1 of 2 is nan; clean the data first", Error);
    CHECK_THROWS_AS(mlp(std::vector<double>{-std::numeric_limits<double>::infinity(), 0}),
                    Error);
    CHECK(graph.size() == size);
  }

  TEST_CASE("a network cannot be made of an invalid topology or inside a StepScope") {
    Graph graph;
    Topology twice = notebook_topology();
    twice.layers[0].neurons[0].connections = {{0, 1.0}, {0, 2.0}};
    CHECK_THROWS_AS(Mlp(graph, twice), Error);
    CHECK(graph.size() == 0);
    StepScope scope(graph);
    CHECK_THROWS_AS(Mlp(graph, notebook_topology()), Error);
  }

  TEST_CASE("a network that a StepScope would take away is refused and takes nothing") {
    Graph graph;
    const Topology topology{.inputs = 1,
                            .layers = {{{{.name = "1_0", .connections = {{0, 1.0}}}}}}};
    graph.release(graph.parameter(1.0));
    {
      const StepScope scope(graph);
      CHECK_THROWS_AS(Mlp(graph, topology), Error);
    }
    CHECK(graph.size() == 1);
    CHECK(graph.parameter(2.0).index() == 0);  // the released place is still to be had
  }
}
