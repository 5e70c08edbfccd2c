// Wiring: counts against whole-number arithmetic, evenness by chi-square with fixed seeds, and
// initial weights against the variance and the bounds that their papers give.

#include "nn/wiring.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "engine/error.h"

namespace {

using namespace sprig;

// Sum of (observed - expected)^2 / expected for equally likely cells.
double chi_square(const std::vector<double>& counts) {
  double total = 0;
  for (const double count : counts) total += count;
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0;
  for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

std::string message_of(const WiringOptions& options) {
  Rng rng(1), untouched(1);
  try {
    random_topology(options, rng);
  } catch (const Error& error) {
    CHECK(rng.bits() == untouched.bits());  // nothing was drawn
    return error.what();
  }
  return "no error";
}

// Weights by the numbers of connections of their neuron and of their input in the layer.
using WeightsByFan = std::map<std::pair<std::size_t, std::size_t>, std::vector<double>>;

WeightsByFan draw_weights(Initializer initializer) {
  WeightsByFan weights;
  Rng rng(11);
  for (int draw = 0; draw < 4000; ++draw) {
    const Topology topology = random_topology(
        {.inputs = 4, .layers = {{.neurons = 3, .budget = 7}}, .initializer = initializer},
        rng);
    std::vector<std::size_t> fan_out(4);
    for (const auto& neuron : topology.layers[0].neurons) {
      for (const auto& connection : neuron.connections) ++fan_out[connection.input];
    }
    for (const auto& neuron : topology.layers[0].neurons) {
      for (const auto& [input, weight] : neuron.connections) {
        weights[{neuron.connections.size(), fan_out[input]}].push_back(weight);
      }
    }
  }
  return weights;
}

struct Moments {
  double mean = 0, variance = 0, largest = 0;
};

Moments moments_of(const std::vector<double>& numbers) {
  Moments moments;
  const auto n = static_cast<double>(numbers.size());
  for (const double x : numbers) moments.mean += x / n;
  for (const double x : numbers) {
    moments.variance += (x - moments.mean) * (x - moments.mean) / n;
    moments.largest = std::max(moments.largest, std::abs(x));
  }
  return moments;
}

// Mean 0 and the given variance, within four standard errors. `spread` is the variance of
// (x/sigma)^2: 2 for normal, 0.8 for uniform numbers.
void check_moments(const std::vector<double>& numbers, double variance, double spread) {
  const Moments moments = moments_of(numbers);
  const auto n = static_cast<double>(numbers.size());
  CHECK(std::abs(moments.mean) < 4 * std::sqrt(variance / n));
  CHECK(std::abs(moments.variance / variance - 1) < 4 * std::sqrt(spread / n));
}

}  // namespace

TEST_SUITE("wiring") {
  TEST_CASE("a sparsity in thousandths gives the ceiling that whole numbers give") {
    std::size_t wrong = 0;
    for (std::uint32_t inputs = 1; inputs <= 800; ++inputs) {
      for (std::uint32_t sparsity = 0; sparsity < 1000; ++sparsity) {
        const std::uint32_t exact = ((1000 - sparsity) * inputs + 999) / 1000;
        wrong += connections_per_neuron(inputs, sparsity / 1000.0) != exact;
      }
    }
    CHECK(wrong == 0);
  }

  TEST_CASE("10 inputs at sparsity .7 give 3 connections, where floating point gives 4") {
    CHECK(std::ceil((1 - 0.7) * 10) == 4);
    CHECK(connections_per_neuron(10, 0.7) == 3);
    CHECK(connections_per_neuron(1, 0.999999) == 1);
  }

  TEST_CASE("every neuron of a layer has the number of connections that its sparsity gives") {
    Rng rng(1);
    const Topology topology = random_topology(
        {.inputs = 2,
         .layers = {{.neurons = 16}, {.neurons = 16, .sparsity = 0.9}, {.sparsity = 0.8}}},
        rng);
    validate(topology);
    const std::vector<std::size_t> expected{2, 2, 4};
    for (std::size_t layer = 0; layer < 3; ++layer) {
      for (const auto& neuron : topology.layers[layer].neurons) {
        CHECK(neuron.connections.size() == expected[layer]);
      }
    }
  }

  TEST_CASE("a budget is met exactly, layer by layer, for 1000 random shapes") {
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
      Rng rng(seed);
      WiringOptions options{.inputs = static_cast<std::uint32_t>(1 + rng.below(12)),
                            .layers = {}};
      std::size_t inputs = options.inputs;
      for (auto layers = 1 + rng.below(4); layers > 0; --layers) {
        const auto neurons = static_cast<std::uint32_t>(1 + rng.below(12));
        const std::size_t budget = 1 + rng.below(inputs * neurons);
        options.layers.push_back({.neurons = neurons, .budget = budget});
        inputs = neurons;
      }
      const Topology topology = random_topology(options, rng);
      validate(topology);
      for (std::size_t layer = 0; layer < options.layers.size(); ++layer) {
        std::size_t count = 0;
        for (const auto& neuron : topology.layers[layer].neurons) {
          count += neuron.connections.size();
        }
        REQUIRE(count == options.layers[layer].budget);
      }
    }
  }

  TEST_CASE("with a sparsity, all inputs are read equally often, not just the first ones") {
    Rng rng(2);
    const Topology topology =
        random_topology({.inputs = 20, .layers = {{.neurons = 5000, .sparsity = 0.9}}}, rng);
    std::vector<double> reads(20), first_reads(20);
    for (const auto& neuron : topology.layers[0].neurons) {
      ++first_reads[neuron.connections[0].input];
      for (const auto& connection : neuron.connections) ++reads[connection.input];
    }
    CHECK(chi_square(reads) < 43.8);  // 19 degrees of freedom: p = 0.001
    CHECK(chi_square(first_reads) < 43.8);
  }

  TEST_CASE("with a budget, every place of the layer is connected equally often") {
    Rng rng(3);
    std::vector<double> connected(12);
    for (int draw = 0; draw < 5000; ++draw) {
      const Topology topology =
          random_topology({.inputs = 4, .layers = {{.neurons = 3, .budget = 5}}}, rng);
      for (std::size_t neuron = 0; neuron < 3; ++neuron) {
        for (const auto& connection : topology.layers[0].neurons[neuron].connections) {
          ++connected[4 * neuron + connection.input];
        }
      }
    }
    CHECK(chi_square(connected) < 31.3);  // 11 degrees of freedom: p = 0.001
  }

  TEST_CASE("neurons get their default names and activation, and a bias of 0") {
    Rng rng(4);
    const Topology topology = random_topology(
        {.inputs = 3,
         .layers = {{.neurons = 2, .activation = Activation::tanh}, {.neurons = 1}}},
        rng);
    CHECK(shape_of(topology) == "3-2-1");
    for (std::size_t layer = 0; layer < 2; ++layer) {
      for (std::size_t i = 0; i < topology.layers[layer].neurons.size(); ++i) {
        const Topology::Neuron& neuron = topology.layers[layer].neurons[i];
        CHECK(neuron.name == default_name(layer, i));
        CHECK(neuron.activation == (layer == 0 ? Activation::tanh : Activation::relu));
        CHECK(neuron.bias == 0);
      }
    }
  }

  TEST_CASE("the same seed gives the same network, another seed another one") {
    const WiringOptions options{.inputs = 5, .layers = {{.neurons = 5, .sparsity = 0.5}}};
    Rng one(5), same(5), other(6);
    const Topology topology = random_topology(options, one);
    CHECK(random_topology(options, same) == topology);
    CHECK(random_topology(options, other) != topology);
  }

  TEST_CASE("he_normal and lecun_normal have variance 2/n and 1/n of the real fan-in n") {
    for (const auto& [fan, weights] : draw_weights(he_normal)) {
      const std::size_t fan_in = fan.first;
      CAPTURE(fan_in);
      check_moments(weights, 2.0 / static_cast<double>(fan_in), 2);
    }
    for (const auto& [fan, weights] : draw_weights(lecun_normal)) {
      const std::size_t fan_in = fan.first;
      CAPTURE(fan_in);
      check_moments(weights, 1.0 / static_cast<double>(fan_in), 2);
    }
  }

  TEST_CASE("he_uniform fills its bounds, sqrt(6/n) of the real fan-in n") {
    for (const auto& [fan, weights] : draw_weights(he_uniform)) {
      const std::size_t fan_in = fan.first;
      CAPTURE(fan_in);
      const double bound = std::sqrt(6.0 / static_cast<double>(fan_in));
      check_moments(weights, bound * bound / 3, 0.8);
      CHECK(moments_of(weights).largest <= bound);
    }
  }

  TEST_CASE("glorot_uniform fills its bounds, sqrt(6/(n + m)) of the real fan-in and fan-out") {
    for (const auto& [fan, weights] : draw_weights(glorot_uniform)) {
      const std::size_t fan_in = fan.first, fan_out = fan.second;
      CAPTURE(fan_in);
      CAPTURE(fan_out);
      const double bound = std::sqrt(6.0 / static_cast<double>(fan_in + fan_out));
      check_moments(weights, bound * bound / 3, 0.8);
      CHECK(moments_of(weights).largest <= bound);
    }
  }

  TEST_CASE("a sparsity outside [0, 1) is refused") {
    const auto with = [](double sparsity) {
      return message_of({.inputs = 2, .layers = {{.neurons = 3}, {.sparsity = sparsity}}});
    };
    CHECK(with(1) == "random_topology: layer 2 has sparsity 1; give one in [0, 1)");
    CHECK(with(-0.1) == "random_topology: layer 2 has sparsity -0.1; give one in [0, 1)");
    CHECK(with(std::numeric_limits<double>::quiet_NaN()) ==
          "random_topology: layer 2 has sparsity nan; give one in [0, 1)");
  }

  TEST_CASE("a budget of nothing or of more than there are places is refused") {
    const auto with = [](std::size_t budget) {
      return message_of({.inputs = 4, .layers = {{.neurons = 3, .budget = budget}}});
    };
    CHECK(with(12) == "no error");
    CHECK(with(0) ==
          "random_topology: layer 1 has a budget of 0 connections; give 1 to 12 (3 neurons x 4 "
          "inputs)");
    CHECK(with(13) ==
          "random_topology: layer 1 has a budget of 13 connections; give 1 to 12 (3 neurons x "
          "4 inputs)");
  }

  TEST_CASE("no inputs, no layers and a layer without neurons are refused") {
    CHECK(message_of({.inputs = 0, .layers = {{.neurons = 3}}}) ==
          "random_topology: 0 inputs; give at least 1");
    CHECK(message_of({.inputs = 2, .layers = {}}) ==
          "random_topology: no layers; give at least the output layer");
    CHECK(message_of({.inputs = 2, .layers = {{.neurons = 3}, {.neurons = 0}}}) ==
          "random_topology: layer 2 has 0 neurons; give at least 1");
  }
}
