// Strip: networks worked by hand, then 10,000 random ones of every activation, checked with
// oracles that share no code with it: evaluate, walks along paths, and names.

#include "nn/strip.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/error.h"
#include "nn/random.h"
#include "nn/topology_statistics.h"

namespace {

using sprig::Activation;
using sprig::dead_neurons;
using sprig::default_name;
using sprig::Error;
using sprig::evaluate;
using sprig::input_count;
using sprig::is_constant;
using sprig::Rng;
using sprig::shape_of;
using sprig::strip;
using sprig::Topology;
using sprig::validate;
using Neuron = Topology::Neuron;

Topology random_network(Rng& rng) {
  Topology topology{.inputs = static_cast<std::uint32_t>(1 + rng.below(8)), .layers = {}};
  topology.layers.resize(1 + rng.below(5));
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    const double density = std::clamp(rng.uniform(-0.1, 1.1), 0.0, 1.0);
    const std::size_t inputs = input_count(topology, layer), width = 1 + rng.below(8);
    for (std::size_t i = 0; i < width; ++i) {
      Neuron neuron{.name = default_name(layer, i),
                    .connections = {},
                    .bias = rng.uniform(-2, 2),
                    .activation = static_cast<Activation>(rng.below(7))};
      for (std::size_t input : rng.sample(inputs, inputs)) {
        if (rng.uniform() >= density) continue;
        neuron.connections.push_back({static_cast<std::uint32_t>(input), rng.uniform(-2, 2)});
      }
      topology.layers[layer].neurons.push_back(neuron);
    }
  }
  return topology;
}

void for_each_random_network(auto check) {
  for (std::uint64_t seed = 0; seed < 10000; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    const Topology topology = random_network(rng);
    check(topology, rng);
  }
}

std::vector<double> random_sample(const Topology& topology, Rng& rng) {
  std::vector<double> sample;
  while (sample.size() < topology.inputs) sample.push_back(rng.uniform(-3, 3));
  return sample;
}

// For each output, the sum of the absolute values of all that is added up on the way to it:
// what rounding is relative to. Every activation has slope <= 1.1 (swish) and value <= 0.7 at 0
// (softplus), so 0.7 + 1.1 * sum bounds a neuron's output, and 1.1 the growth of an error.
// A layer of 8 + 1 terms, summed in two orders, adds at most 2 * 10 + 8 roundings of 2^-53 of
// this scale (8: the activation); five layers add 1.6e-14.
std::vector<double> scales(const Topology& topology, std::vector<double> below) {
  for (double& x : below) x = std::abs(x);
  for (const auto& layer : topology.layers) {
    std::vector<double> outputs;
    for (const auto& neuron : layer.neurons) {
      double sum = std::abs(neuron.bias);
      for (const auto& [input, weight] : neuron.connections)
        sum += std::abs(weight) * below[input];
      outputs.push_back(0.7 + 1.1 * sum);
    }
    below = outputs;
  }
  return below;
}

bool is_fed(const Topology& topology, std::size_t layer, const Neuron& neuron) {
  return std::ranges::any_of(neuron.connections, [&](const auto& connection) {
    return layer == 0 ||
           is_fed(topology, layer - 1, topology.layers[layer - 1].neurons[connection.input]);
  });
}

bool reads(const Neuron& neuron, std::size_t input) {
  return std::ranges::any_of(neuron.connections, [&](auto& c) { return c.input == input; });
}

bool is_read(const Topology& topology, std::size_t layer, std::size_t neuron) {
  return std::ranges::any_of(topology.layers[layer + 1].neurons,
                             [&](auto& reader) { return reads(reader, neuron); });
}

bool feeds_an_output(const Topology& topology, std::size_t layer, std::size_t neuron) {
  if (layer + 1 == topology.layers.size()) return true;
  const auto& readers = topology.layers[layer + 1].neurons;
  for (std::size_t i = 0; i < readers.size(); ++i) {
    if (reads(readers[i], neuron) && feeds_an_output(topology, layer + 1, i)) return true;
  }
  return false;
}

// The connections of every neuron, by name: (name of what it reads, weight), in order.
using Named = std::map<std::string, std::vector<std::pair<std::string, double>>>;

Named by_name(const Topology& topology) {
  Named named;
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    for (const auto& neuron : topology.layers[layer].neurons) {
      auto& connections = named[neuron.name];
      for (const auto& [input, weight] : neuron.connections) {
        connections.emplace_back(layer == 0 ? "input " + std::to_string(input)
                                            : topology.layers[layer - 1].neurons[input].name,
                                 weight);
      }
    }
  }
  return named;
}

std::vector<std::string> names_in(const Topology& topology, std::size_t layer) {
  std::vector<std::string> names;
  for (const auto& neuron : topology.layers[layer].neurons) names.push_back(neuron.name);
  return names;
}

const auto linear = Activation::linear;
const auto relu = Activation::relu;

}  // namespace

TEST_SUITE("strip") {
  TEST_CASE("a neuron that only a removed neuron read goes too") {
    // Nothing reads 2_2. Without it the layers are 3-2-1, and only then nothing reads 1_1 and
    // 1_2.
    const Topology topology{
        .inputs = 2,
        .layers = {
            {{{"1_0", {{0, 1}}, 0, relu}, {"1_1", {{0, 1}}, 0, relu}, {"1_2", {{1, 1}}}}},
            {{{"2_0", {{0, 2}}}, {"2_1", {{0, 3}}}, {"2_2", {{0, 1}, {1, 1}, {2, 1}}}}},
            {{{"3_0", {{1, 1}, {0, 1}}}}}}};
    const Topology stripped = strip(topology);
    CHECK(shape_of(stripped) == "2-1-2-1");
    CHECK(names_in(stripped, 0) == std::vector<std::string>{"1_0"});
    CHECK(names_in(stripped, 1) == std::vector<std::string>{"2_0", "2_1"});
    CHECK(evaluate(stripped, std::vector{4.0, 9.0}) == std::vector{20.0});
  }

  TEST_CASE("a neuron with nothing but a bias leaves its constant behind") {
    const Topology topology{.inputs = 1,
                            .layers = {{{{"1_0", {}, 2, linear}, {"1_1", {{0, 1}}, 0, relu}}},
                                       {{{"2_0", {{0, 1}, {1, 1}}, 1, linear}}}}};
    const Topology expected{
        .inputs = 1,
        .layers = {{{{"1_1", {{0, 1}}, 0, relu}}}, {{{"2_0", {{0, 1}}, 3, linear}}}}};
    CHECK(strip(topology) == expected);
    CHECK(evaluate(expected, std::vector{0.0}) == std::vector{3.0});
  }

  TEST_CASE("a constant passes through its activation, and makes constants of its readers") {
    // 1_0 gives relu(3) = 3, 1_1 gives relu(-5) = 0, so 2_0 gives 1 + 2*3 + 4*0 = 7.
    const Topology topology{.inputs = 1,
                            .layers = {{{{"1_0", {}, 3, relu}, {"1_1", {}, -5, relu}}},
                                       {{{"2_0", {{0, 2}, {1, 4}}, 1, linear}}},
                                       {{{"3_0", {{0, -1}}, 0.5, linear}}}}};
    const Topology expected{.inputs = 1, .layers = {{}, {}, {{{"3_0", {}, -6.5, linear}}}}};
    CHECK(strip(topology) == expected);
  }

  TEST_CASE("a layer can shrink to one neuron, which keeps its name and is read as input 0") {
    const Topology topology{
        .inputs = 1,
        .layers = {{{{"1_0", {{0, 1}}}, {"1_1", {{0, 1}}}, {"1_2", {{0, 5}}, 1, relu}}},
                   {{{"2_0", {{2, 7}}, 0, linear}}}}};
    const Topology expected{
        .inputs = 1,
        .layers = {{{{"1_2", {{0, 5}}, 1, relu}}}, {{{"2_0", {{0, 7}}, 0, linear}}}}};
    CHECK(strip(topology) == expected);
  }

  TEST_CASE("a layer can shrink to none: then the network says that it is a constant") {
    const Topology topology{.inputs = 2,
                            .layers = {{{{"1_0", {{0, 1}, {1, 1}}}}},
                                       {{{"2_0", {}, 4, linear}}},
                                       {{{"3_0", {{0, 0.5}}, 1, linear}}}}};
    const Topology stripped = strip(topology);
    CHECK(shape_of(stripped) == "2-0-0-1");
    CHECK(is_constant(topology));
    CHECK(is_constant(stripped));
    CHECK(evaluate(stripped, std::vector{8.0, 9.0}) == std::vector{3.0});
  }

  TEST_CASE(
      "an output without connections stays, and one live output is enough to not be constant") {
    const Topology topology{
        .inputs = 1, .layers = {{{{"1_0", {}, 2, linear}, {"1_1", {{0, 1}}, 0, linear}}}}};
    CHECK(strip(topology) == topology);
    CHECK_FALSE(is_constant(topology));
  }

  TEST_CASE("a connection of weight 0 is a connection, and a saturated relu is no constant") {
    const Topology topology{.inputs = 1,
                            .layers = {{{{"1_0", {{0, 0}}, -9, relu}}}, {{{"2_0", {{0, 1}}}}}}};
    CHECK(strip(topology) == topology);
  }

  TEST_CASE(
      "where terms cancel, the rounding of a fold is small beside them, not beside the "
      "output") {
    const Topology topology{
        .inputs = 1,
        .layers = {{{{"1_0", {{0, 1}}}, {"1_1", {{0, -1}}}, {"1_2", {}, 1}}},
                   {{{"2_0", {{0, 1}, {1, 1}, {2, 1}}}}}}};
    const std::vector sample{1e16};
    CHECK(evaluate(topology, sample) == std::vector{1.0});         // (1e16 - 1e16) + 1
    CHECK(evaluate(strip(topology), sample) == std::vector{0.0});  // (1 + 1e16) - 1e16
  }

  TEST_CASE("strip refuses a topology that is not valid") {
    const Topology topology{.inputs = 2, .layers = {{{{"1_0", {{5, 1}}}}}}};
    CHECK_THROWS_AS(strip(topology), Error);
    CHECK_THROWS_AS(is_constant(topology), Error);
  }

  TEST_CASE("strip refuses to fold more than a double holds, unless it matters to no output") {
    Topology topology{.inputs = 1,
                      .layers = {{{{"1_0", {}, 1e200, linear}}},
                                 {{{"2_0", {{0, 1e200}}, 0, Activation::sigmoid}}},
                                 {{{"3_0", {{0, 3}}, 0, linear}}}}};
    CHECK(evaluate(strip(topology), std::vector{0.0}) == std::vector{3.0});
    topology.layers[1].neurons[0].activation = linear;
    CHECK_THROWS_WITH_AS(
        strip(topology),
        "strip: the constants that neuron 3_0 reads do not fit into its bias, a "
        "double; scale their weights down",
        Error);
  }
}

TEST_SUITE("strip, 10,000 random networks") {
  TEST_CASE("outputs stay within 1e-13 of the sum of the absolute values of all terms") {
    for_each_random_network([](const Topology& topology, Rng& rng) {
      const Topology stripped = strip(topology);
      for (int k = 0; k < 5; ++k) {
        const auto sample = random_sample(topology, rng);
        const auto before = evaluate(topology, sample), after = evaluate(stripped, sample);
        const auto scale = scales(topology, sample);
        REQUIRE(before.size() == after.size());
        for (std::size_t i = 0; i < before.size(); ++i) {
          REQUIRE(std::abs(after[i] - before[i]) <= 1e-13 * scale[i]);
        }
      }
    });
  }

  TEST_CASE("outputs keep their bits if no neuron that stays loses a connection, or all do") {
    int unfolded = 0, constant = 0;
    for_each_random_network([&](const Topology& topology, Rng& rng) {
      const Topology stripped = strip(topology);
      auto before = by_name(topology);
      const bool is_unfolded = std::ranges::all_of(by_name(stripped), [&](const auto& entry) {
        return entry.second.size() == before[entry.first].size();
      });
      if (!is_unfolded && !is_constant(stripped)) return;
      ++(is_unfolded ? unfolded : constant);
      const auto sample = random_sample(topology, rng);
      REQUIRE(evaluate(stripped, sample) == evaluate(topology, sample));
    });
    CHECK(unfolded > 1000);
    CHECK(constant > 500);
  }

  TEST_CASE("a second strip changes nothing, and the result is valid") {
    for_each_random_network([](const Topology& topology, Rng&) {
      const Topology stripped = strip(topology);
      validate(stripped);
      REQUIRE(strip(stripped) == stripped);
    });
  }

  TEST_CASE("every hidden neuron that is left is on a path from an input to an output") {
    for_each_random_network([](const Topology& topology, Rng&) {
      const Topology stripped = strip(topology);
      const auto dead = dead_neurons(stripped);
      for (std::size_t layer = 0; layer + 1 < dead.size(); ++layer) {
        for (std::size_t i = 0; i < dead[layer].size(); ++i) {
          REQUIRE_FALSE(dead[layer][i]);
          REQUIRE(is_fed(stripped, layer, stripped.layers[layer].neurons[i]));
          REQUIRE(feeds_an_output(stripped, layer, i));
        }
      }
    });
  }

  TEST_CASE("what stays keeps its names, weights and order, and every live neuron stays") {
    for_each_random_network([](const Topology& topology, Rng&) {
      const Topology stripped = strip(topology);
      const auto after = by_name(stripped);
      Named expected = by_name(topology);
      const auto dead = dead_neurons(topology);
      for (std::size_t layer = 0; layer + 1 < dead.size(); ++layer) {
        for (std::size_t i = 0; i < dead[layer].size(); ++i) {
          if (dead[layer][i]) expected.erase(topology.layers[layer].neurons[i].name);
        }
      }
      for (auto& [name, connections] : expected) {
        std::erase_if(connections, [&](const auto& connection) {
          return !connection.first.starts_with("input") && !expected.contains(connection.first);
        });
      }
      REQUIRE(after == expected);
      REQUIRE(stripped.inputs == topology.inputs);
      REQUIRE(names_in(stripped, dead.size() - 1) == names_in(topology, dead.size() - 1));
    });
  }

  TEST_CASE("the networks do hold what makes strip hard") {
    std::map<std::string, int> seen;
    for_each_random_network([&](const Topology& topology, Rng&) {
      const Topology stripped = strip(topology);
      seen["nothing to strip"] += stripped == topology;
      seen["a constant network"] += is_constant(topology);
      seen["a dead output beside a live one"] +=
          !is_constant(topology) && std::ranges::count(dead_neurons(topology).back(), true) > 0;
      auto before = by_name(topology);
      for (const auto& [name, connections] : by_name(stripped)) {
        seen["a constant folded beside live inputs"] +=
            !connections.empty() && connections.size() < before[name].size();
      }
      for (std::size_t layer = 0; layer + 1 < topology.layers.size(); ++layer) {
        const auto& neurons = topology.layers[layer].neurons;
        const std::size_t left = stripped.layers[layer].neurons.size();
        seen["a layer shrinks to one neuron"] += left == 1 && neurons.size() > 1;
        seen["a layer shrinks to none"] += left == 0;
        for (std::size_t i = 0; i < neurons.size(); ++i) {
          const bool fed = is_fed(topology, layer, neurons[i]);
          const bool feeds = feeds_an_output(topology, layer, i);
          seen["unread once its readers are gone"] += is_read(topology, layer, i) && !feeds;
          seen["constant once its inputs are folded"] +=
              feeds && !fed && !neurons[i].connections.empty();
        }
      }
    });
    CHECK(seen.size() == 8);
    for (const auto& entry : seen) {
      CAPTURE(entry.first);
      CHECK(entry.second > 500);
    }
  }
}
