// Topology: evaluate against truth tables, closed forms and sums whose order shows, validate's
// messages word for word, and diff against sets worked out by hand or made at random.

#include "nn/topology.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>

#include "engine/error.h"
#include "engine/graph.h"
#include "nn/random.h"
#include "nn/topology_diff.h"

namespace {

using sprig::Activation;
using sprig::connection_count;
using sprig::default_name;
using sprig::diff;
using sprig::Error;
using sprig::evaluate;
using sprig::Graph;
using sprig::input_count;
using sprig::layer_outputs;
using sprig::Position;
using sprig::possible_connection_count;
using sprig::Rng;
using sprig::shape_of;
using sprig::Topology;
using sprig::validate;
using sprig::Value;

// 2-2-1: or, and, and their difference.
Topology exclusive_or() {
  const auto relu = Activation::relu;
  return {
      .inputs = 2,
      .layers = {{{{"1_0", {{0, 1}, {1, 1}}, 0, relu}, {"1_1", {{0, 1}, {1, 1}}, -1, relu}}},
                 {{{"2_0", {{0, 1}, {1, -2}}, 0, Activation::linear}}}}};
}

double weighted_sum(double bias, std::vector<double> weights) {
  Topology topology{.inputs = 3, .layers = {{{{"1_0", {}, bias, Activation::linear}}}}};
  auto& connections = topology.layers[0].neurons[0].connections;
  for (double weight : weights) {
    connections.push_back({static_cast<std::uint32_t>(connections.size()), weight});
  }
  return evaluate(topology, std::vector<double>{1, 1, 1}).at(0);
}

// What validate says after `change` was made to the network of exclusive or.
std::string complaint_after(auto change) {
  Topology topology = exclusive_or();
  change(topology);
  try {
    validate(topology);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_SUITE("topology") {
  TEST_CASE("evaluate gives the truth table of exclusive or") {
    for (double a : {0.0, 1.0}) {
      for (double b : {0.0, 1.0}) {
        CHECK(evaluate(exclusive_or(), std::vector{a, b}) == std::vector{a == b ? 0.0 : 1.0});
      }
    }
  }

  TEST_CASE("evaluate applies each neuron's own activation to bias plus weighted inputs") {
    const Topology topology{
        .inputs = 2,
        .layers = {{{{"1_0", {{1, 0.5}}, 0.25, Activation::tanh}, {"1_1", {}, -3.0, {}}}},
                   {{{"2_0", {{0, 2.0}, {1, 1.0}}, 0.5, Activation::sigmoid}}}}};
    const double hidden = std::tanh(0.25 + 0.5 * 0.75);
    const double expected = 1 / (1 + std::exp(-(0.5 + 2 * hidden - 3)));
    CHECK(evaluate(topology, std::vector{9.0, 0.75}).at(0) == doctest::Approx(expected));
  }

  TEST_CASE("a sum starts with the bias and takes the connections in their order") {
    CHECK(weighted_sum(1, {1e16, -1e16}) == 0);  // the bias last would give 1
    CHECK(weighted_sum(0, {1e16, 1, -1e16}) == 0);
    CHECK(weighted_sum(0, {1e16, -1e16, 1}) == 1);
  }

  TEST_CASE("a neuron has the same bits as the engine's affine node and its activation") {
    Rng rng(1);
    for (int round = 0; round < 1000; ++round) {
      Topology topology{.inputs = 8, .layers = {{{{"1_0", {}, rng.normal(), {}}}}}};
      auto& neuron = topology.layers[0].neurons[0];
      neuron.activation = static_cast<Activation>(rng.below(7));
      Graph graph;
      std::vector<sprig::Term> terms;
      for (std::size_t k : rng.sample(8, rng.below(9))) {
        const auto input = static_cast<std::uint32_t>(k);
        neuron.connections.push_back({input, rng.normal()});
        terms.push_back({input, graph.value(neuron.connections.back().weight)});
      }
      std::vector<double> sample;
      std::vector<Value> inputs;
      for (int k = 0; k < 8; ++k)
        inputs.push_back(graph.value(sample.emplace_back(rng.normal())));
      const Value sum = affine(graph.value(neuron.bias), terms, inputs);
      REQUIRE(evaluate(topology, sample).at(0) == activate(neuron.activation, sum).data());
    }
  }

  TEST_CASE("a product is rounded before it is added, as without FMA") {
    const double x = 1 + 0x1p-30;
    const Topology square{.inputs = 1, .layers = {{{{"1_0", {{0, x}}, -(x * x), {}}}}}};
    CHECK(evaluate(square, std::vector{x}) == std::vector{0.0});
  }

  TEST_CASE("evaluate refuses a sample of another size") {
    CHECK_THROWS_WITH_AS(evaluate(exclusive_or(), std::vector{1.0}),
                         "evaluate: got 1 number but the network has 2 inputs; give one number "
                         "per input",
                         Error);
  }

  TEST_CASE("evaluate refuses a connection that reads beyond the layer below") {
    Topology topology = exclusive_or();
    topology.layers[1].neurons[0].connections[1].input = 2;
    CHECK_THROWS_AS(evaluate(topology, std::vector{1.0, 1.0}), Error);
  }

  TEST_CASE("evaluate refuses a network without layers") {
    CHECK_THROWS_WITH_AS(evaluate({.inputs = 1, .layers = {}}, std::vector{1.0}),
                         "evaluate: the network has 0 layers; give at least 1", Error);
  }

  TEST_CASE("layer outputs are what every neuron gives, and end with what evaluate gives") {
    const Topology topology = exclusive_or();
    const auto outputs = layer_outputs(topology, std::vector{1.0, 0.0});
    Topology first = topology;
    first.layers.pop_back();
    CHECK(outputs.size() == 2);
    CHECK(outputs[0] == evaluate(first, std::vector{1.0, 0.0}));
    CHECK(outputs[1] == evaluate(topology, std::vector{1.0, 0.0}));
  }

  TEST_CASE("shape and counts follow from the layers") {
    Topology topology = exclusive_or();
    topology.layers[0].neurons[1].connections.pop_back();
    CHECK(shape_of(topology) == "2-2-1");
    CHECK(input_count(topology, 0) == 2);
    CHECK(connection_count(topology) == 5);
    CHECK(possible_connection_count(topology) == 6);
    CHECK(default_name(1, 3) == "2_3");
  }

  TEST_CASE(
      "validate accepts a neuron without connections and a hidden layer without neurons") {
    CHECK(complaint_after([](Topology&) {}) == "");
    CHECK(complaint_after([](Topology& t) { t.layers[0].neurons[0].connections.clear(); }) ==
          "");
    CHECK(complaint_after([](Topology& t) {
            t.layers[0].neurons.clear();
            t.layers[1].neurons[0].connections.clear();
          }) == "");
  }

  TEST_CASE("validate refuses a network without inputs, layers or outputs") {
    CHECK(complaint_after([](Topology& t) { t.inputs = 0; }) ==
          "Topology: the network has 0 inputs; give at least 1");
    CHECK(complaint_after([](Topology& t) { t.layers.clear(); }) ==
          "Topology: the network has 0 layers; give at least 1");
    CHECK(complaint_after([](Topology& t) { t.layers[1].neurons.clear(); }) ==
          "Topology: the last layer has 0 neurons, so there is no output; give it at least 1");
  }

  TEST_CASE("validate refuses a connection to an input that does not exist") {
    CHECK(
        complaint_after([](Topology& t) { t.layers[0].neurons[1].connections[0].input = 2; }) ==
        "Topology: neuron 1_1 reads input 2 but the network has 2 inputs; inputs are counted "
        "from 0: read a lower one or drop the connection");
    CHECK(complaint_after([](Topology& t) { t.layers[0].neurons.pop_back(); }) ==
          "Topology: neuron 2_0 reads input 1 but the layer below has 1 neuron; inputs are "
          "counted from 0: read a lower one or drop the connection");
  }

  TEST_CASE("validate refuses a neuron that reads an input twice") {
    CHECK(
        complaint_after([](Topology& t) { t.layers[0].neurons[1].connections[0].input = 1; }) ==
        "Topology: neuron 1_1 reads input 1 twice; add the two weights up in one connection");
  }

  TEST_CASE("validate refuses a neuron without a name of its own") {
    CHECK(complaint_after([](Topology& t) { t.layers[1].neurons[0].name = "1_1"; }) ==
          "Topology: neuron 0 of layer 2 is named 1_1 like an earlier one; give each neuron a "
          "name of its own");
    CHECK(complaint_after([](Topology& t) { t.layers[0].neurons[1].name = ""; }) ==
          "Topology: neuron 1 of layer 1 has no name; give it one, such as 1_1");
  }

  TEST_CASE("validate refuses a weight or bias that is not finite") {
    const double inf = std::numeric_limits<double>::infinity();
    CHECK(complaint_after([](Topology& t) { t.layers[0].neurons[0].bias = std::nan(""); }) ==
          "Topology: neuron 1_0 has bias nan; give a finite number");
    CHECK(complaint_after([&](Topology& t) { t.layers[0].neurons[0].bias = -inf; }) ==
          "Topology: neuron 1_0 has bias -inf; give a finite number");
    CHECK(complaint_after([&](Topology& t) {
            t.layers[1].neurons[0].connections[1].weight = inf;
          }) == "Topology: neuron 2_0 has weight inf for input 1; give a finite number");
  }
}

TEST_SUITE("topology_diff") {
  TEST_CASE("diff names what was dropped and grown, by position") {
    Topology after = exclusive_or();
    after.layers[0].neurons[0].connections = {{1, 7}};           // 0 dropped
    after.layers[1].neurons[0].connections = {{1, -2}, {0, 1}};  // only the order differs
    const auto forward = diff(exclusive_or(), after);
    CHECK(forward.dropped == std::vector<Position>{{0, 0, 0}});
    CHECK(forward.grown.empty());
    CHECK(diff(after, exclusive_or()).grown == forward.dropped);
  }

  TEST_CASE("diff of a topology with itself is empty") {
    const auto nothing = diff(exclusive_or(), exclusive_or());
    CHECK(nothing.dropped.empty());
    CHECK(nothing.grown.empty());
  }

  TEST_CASE("diff sorts its positions and equals the differences of the two sets") {
    Rng rng(1);
    for (int round = 0; round < 200; ++round) {
      std::set<Position> only_before, only_after;
      Topology before = exclusive_or(), after = exclusive_or();
      for (std::uint32_t neuron : {0, 1}) {
        auto& old_connections = before.layers[0].neurons[neuron].connections;
        auto& new_connections = after.layers[0].neurons[neuron].connections;
        old_connections.clear();
        new_connections.clear();
        for (std::size_t k : rng.sample(2, 2)) {
          const auto input = static_cast<std::uint32_t>(k);
          const auto where = rng.below(4);  // in neither, before, after, both
          if (where & 1) old_connections.push_back({input, 1});
          if (where & 2) new_connections.push_back({input, 1});
          if (where == 1) only_before.insert({0, neuron, input});
          if (where == 2) only_after.insert({0, neuron, input});
        }
      }
      const auto result = diff(before, after);
      REQUIRE(result.dropped == std::vector(only_before.begin(), only_before.end()));
      REQUIRE(result.grown == std::vector(only_after.begin(), only_after.end()));
    }
  }

  TEST_CASE("diff refuses topologies of two shapes and names both") {
    Topology other = exclusive_or();
    other.inputs = 3;
    CHECK_THROWS_WITH_AS(diff(exclusive_or(), other),
                         "diff: the shapes are 2-2-1 and 3-2-1; give two topologies of one "
                         "shape, such as two snapshots before strip",
                         Error);
  }
}
