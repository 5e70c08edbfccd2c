// Both probes against each other, against a dense network, and against central differences of
// evaluate(), which knows no gradient.

#include "nn/probe.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/error.h"
#include "nn/loss.h"
#include "tests/random_topology.h"

namespace {

using namespace sprig;

using Samples = std::vector<std::vector<double>>;

Samples random_batch(std::size_t inputs, Rng& rng) {
  Samples batch(1 + rng.below(5));
  for (auto& sample : batch) {
    while (sample.size() < inputs) sample.push_back(rng.normal());
  }
  return batch;
}

// The loss of one sample: softmax cross-entropy of its outputs plus half the sum of their
// squares.
Value sample_loss(std::span<const Value> outputs, std::size_t label) {
  return softmax_cross_entropy(outputs, label) + l2_penalty(outputs, 0.5);
}

double sample_loss(std::span<const double> outputs, std::size_t label) {
  const double largest = std::ranges::max(outputs);
  double exponentials = 0, squares = 0;
  for (const double output : outputs) {
    exponentials += std::exp(output - largest);
    squares += output * output;
  }
  return largest + std::log(exponentials) - outputs[label] + 0.5 * squares;
}

// The mean over the batch, whose samples have the labels 0, 1, ... in turn.
Value batch_loss(auto&& network, Graph& graph, const Samples& batch) {
  std::vector<Value> losses;
  for (const auto& sample : batch) {
    const std::vector<Value> outputs = network(constants(graph, sample));
    losses.push_back(sample_loss(outputs, losses.size() % outputs.size()));
  }
  return mean(losses);
}

double batch_loss(const Topology& topology, const Samples& batch) {
  double sum = 0;
  for (std::size_t k = 0; k < batch.size(); ++k) {
    const std::vector<double> outputs = evaluate(topology, batch[k]);
    sum += sample_loss(outputs, k % outputs.size());
  }
  return sum / static_cast<double>(batch.size());
}

std::vector<Position> all_positions(const Mlp& mlp) {
  std::vector<Position> positions;
  for (std::uint32_t layer = 0; layer < mlp.layers().size(); ++layer) {
    for (std::uint32_t neuron = 0; neuron < mlp.layers()[layer].neurons().size(); ++neuron) {
      for (std::uint32_t input = 0; input < mlp.layers()[layer].input_count(); ++input) {
        positions.push_back({layer, neuron, input});
      }
    }
  }
  return positions;
}

const Neuron& neuron_at(const Mlp& mlp, const Position& position) {
  return mlp.layers()[position.layer].neurons()[position.neuron];
}

bool exists(const Mlp& mlp, const Position& position) {
  return neuron_at(mlp, position).reads(position.input);
}

// Runs a batch through the probe and back.
DenseGradient probed(auto&& probe, const Mlp& mlp, const Samples& batch) {
  batch_loss(probe, mlp.graph(), batch).backward();
  return probe.gradient();
}

double largest(const Mlp& mlp, const DenseGradient& gradient) {
  double largest = 1;
  for (const Position& position : all_positions(mlp)) {
    largest = std::max(largest, std::abs(gradient[position]));
  }
  return largest;
}

std::string text(const Position& position) {
  return "layer " + std::to_string(position.layer) + " neuron " +
         std::to_string(position.neuron) + " input " + std::to_string(position.input);
}

// The topology with all absent connections appended, in order of input, with weight 0.
Topology densified(Topology topology) {
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    for (auto& neuron : topology.layers[layer].neurons) {
      for (std::uint32_t input = 0; input < input_count(topology, layer); ++input) {
        const bool absent =
            std::ranges::find(neuron.connections, input, &Topology::Connection::input) ==
            neuron.connections.end();
        if (absent) neuron.connections.push_back({input, 0.0});
      }
    }
  }
  return topology;
}

void for_each_random_network(std::uint64_t networks, auto check) {
  for (std::uint64_t seed = 0; seed < networks; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    Graph graph;
    const Mlp mlp(graph, random_topology(rng));
    check(mlp, random_batch(mlp.input_count(), rng));
  }
}

// Two inputs, two hidden neurons that read one each, an output that reads the first of them.
struct Small {
  Graph graph;
  Mlp mlp{graph,
          {.inputs = 2,
           .layers = {{{{"a", {{0, 2.0}}, 0.0}, {"b", {{1, 3.0}}, 1.0}}},
                      {{{"c", {{0, 5.0}}, 0.0}}}}}};
};

// The same loss with the label as a one-hot target, for a Program that is recorded with a probe.
DenseGradient replayed(const Mlp& mlp, const Samples& batch) {
  const std::size_t classes = mlp.layers().back().neurons().size();
  const SampleShape shape{mlp.input_count(), static_cast<std::uint32_t>(classes)};
  Program program(mlp.graph(), shape, [&](auto inputs, auto target) {
    OuterProductProbe probe(mlp);
    const std::vector<Value> outputs = probe(inputs);
    return Program::Recording{
        .loss = softmax_cross_entropy(outputs, target) + l2_penalty(outputs, 0.5),
        .outputs = {},
        .products = probe.products()};
  });
  std::vector<double> inputs;
  std::vector<double> targets;
  for (std::size_t k = 0; k < batch.size(); ++k) {
    inputs.insert(inputs.end(), batch[k].begin(), batch[k].end());
    for (std::size_t c = 0; c < classes; ++c) targets.push_back(c == k % classes);
  }
  program.run_with_products(Batch(shape, inputs, targets));
  return dense_gradient(program, mlp);
}

}  // namespace

TEST_SUITE("probe") {
  TEST_CASE("a probe's gradient is upstream times input, summed over the batch, by hand") {
    Small small;
    OuterProductProbe probe(small.mlp);
    const Value first = probe(constants(small.graph, std::vector<double>{1, 10}))[0];
    const Value second = probe(constants(small.graph, std::vector<double>{-2, 4}))[0];
    (first + 3 * second).backward();
    const DenseGradient gradient = probe.gradient();
    CHECK(gradient[{0, 0, 0}] == 5 * 1 + 3 * 5 * -2);
    CHECK(gradient[{0, 0, 1}] == 5 * 10 + 3 * 5 * 4);
    CHECK(gradient[{0, 1, 0}] == 0);  // none reads it
    CHECK(gradient[{1, 0, 0}] == 2 * 1 + 3 * 2 * -2);
    CHECK(gradient[{1, 0, 1}] == (3 * 10 + 1) + 3 * (3 * 4 + 1));
  }

  TEST_CASE("the two probes agree to 1e-12 on random networks and batches") {
    for_each_random_network(500, [](const Mlp& mlp, const Samples& batch) {
      const DenseGradient fast = probed(OuterProductProbe(mlp), mlp, batch);
      mlp.zero_grad();
      const DenseGradient readable = probed(ZeroWeightProbe(mlp), mlp, batch);
      const double tolerance = 1e-12 * largest(mlp, readable);
      for (const Position& position : all_positions(mlp)) {
        CAPTURE(text(position));
        REQUIRE(std::abs(fast[position] - readable[position]) <= tolerance);
      }
    });
  }

  TEST_CASE("the probed gradient of an absent connection is its central difference") {
    for_each_random_network(100, [](const Mlp& mlp, const Samples& batch) {
      const DenseGradient gradient = probed(OuterProductProbe(mlp), mlp, batch);
      const double tolerance = 1e-6 * largest(mlp, gradient);
      const Topology topology = mlp.snapshot();
      for (const Position& position : all_positions(mlp)) {
        if (exists(mlp, position)) continue;
        const auto loss_with = [&](double weight) {
          Topology changed = topology;
          changed.layers[position.layer].neurons[position.neuron].connections.push_back(
              {position.input, weight});
          return batch_loss(changed, batch);
        };
        const double h = 1e-6;
        const double difference = (loss_with(h) - loss_with(-h)) / (2 * h);
        CAPTURE(text(position));
        REQUIRE(std::abs(gradient[position] - difference) <= tolerance);
      }
    });
  }

  TEST_CASE("ZeroWeightProbe gives the gradient of the dense network with zeros, to the bit") {
    for_each_random_network(200, [](const Mlp& mlp, const Samples& batch) {
      const DenseGradient gradient = probed(ZeroWeightProbe(mlp), mlp, batch);
      Graph graph;
      const Mlp dense(graph, densified(mlp.snapshot()));
      batch_loss(dense, graph, batch).backward();
      for (const Position& position : all_positions(mlp)) {
        const double grad = neuron_at(dense, position).weight_from(position.input).grad();
        REQUIRE(gradient[position] == grad);
      }
    });
  }

  TEST_CASE("without a penalty, existing connections' entries are their grads") {
    for_each_random_network(200, [](const Mlp& mlp, const Samples& batch) {
      const DenseGradient gradient = probed(OuterProductProbe(mlp), mlp, batch);
      const double tolerance = 1e-12 * largest(mlp, gradient);
      for (const Position& position : all_positions(mlp)) {
        if (!exists(mlp, position)) continue;
        const double grad = neuron_at(mlp, position).weight_from(position.input).grad();
        REQUIRE(std::abs(gradient[position] - grad) <= tolerance);
      }
    });
  }

  TEST_CASE("a penalty on the weights is in ZeroWeightProbe's entries, not in the fast one's") {
    Small small;
    OuterProductProbe fast(small.mlp);
    ZeroWeightProbe readable(small.mlp);
    const std::vector<Value> sample = constants(small.graph, std::vector<double>{1, 10});
    (fast(sample)[0] + l2_penalty(small.mlp.parameters(), 0.5)).backward();
    CHECK(fast.gradient()[{1, 0, 0}] == 2);
    CHECK(readable.gradient()[{1, 0, 0}] == 2 + 5);
  }

  TEST_CASE("of two backward calls the fast probe has the last one, the readable one both") {
    Small small;
    OuterProductProbe fast(small.mlp);
    ZeroWeightProbe readable(small.mlp);
    const std::vector<Value> sample = constants(small.graph, std::vector<double>{1, 2});
    for (int call = 0; call < 2; ++call) (fast(sample)[0] + readable(sample)[0]).backward();
    CHECK(fast.gradient()[{1, 0, 1}] == 3 * 2 + 1);
    CHECK(readable.gradient()[{1, 0, 1}] == 2 * (3 * 2 + 1));
  }

  TEST_CASE("both probes give the outputs of the network, and the fast one adds no node") {
    for_each_random_network(100, [](const Mlp& mlp, const Samples& batch) {
      const std::vector<Value> sample = constants(mlp.graph(), batch[0]);
      const std::size_t before = mlp.graph().size();
      const std::vector<Value> plain = mlp(sample);
      const std::size_t after = mlp.graph().size();
      const std::vector<Value> fast = OuterProductProbe(mlp)(sample);
      CHECK(mlp.graph().size() - after == after - before);
      const std::vector<Value> readable = ZeroWeightProbe(mlp)(sample);
      REQUIRE(plain.size() == fast.size());
      REQUIRE(plain.size() == readable.size());
      for (std::size_t k = 0; k < plain.size(); ++k) {
        CHECK(plain[k].data() == fast[k].data());
        CHECK(plain[k].data() == readable[k].data());
      }
    });
  }

  TEST_CASE("both probes refuse a sample of the wrong size") {
    Small small;
    const std::vector<Value> one(1, small.graph.constant(1)), three(3, one[0]);
    OuterProductProbe fast(small.mlp);
    const ZeroWeightProbe readable(small.mlp);
    CHECK_THROWS_AS(fast(one), Error);
    CHECK_THROWS_AS(fast(three), Error);
    CHECK_THROWS_AS(readable(one), Error);
    CHECK_THROWS_AS(readable(three), Error);
  }

  TEST_CASE("a probe inside a StepScope leaves the parameters, their grads and the gradient") {
    Small small;
    DenseGradient gradient(small.mlp);
    const std::size_t size = small.graph.size();
    {
      StepScope scope(small.graph);
      gradient = probed(ZeroWeightProbe(small.mlp), small.mlp, {{1, 10}});
    }
    CHECK(small.graph.size() == size);
    const double grad = small.mlp.layers()[1].neurons()[0].weight_from(0).grad();
    CHECK(grad == gradient[{1, 0, 0}]);
    CHECK(grad != 0);
  }

  TEST_CASE("dense gradients add up place by place, if they are of one shape") {
    Small small;
    DenseGradient one(small.mlp), two(small.mlp);
    one[{0, 1, 0}] = 2;
    two[{0, 1, 0}] = 3;
    two[{1, 0, 1}] = 4;
    one += two;
    CHECK(one[{0, 1, 0}] == 5);
    CHECK(one[{1, 0, 1}] == 4);
    CHECK(one[{0, 0, 0}] == 0);
    Graph graph;
    const Mlp other(graph, {.inputs = 2, .layers = {{{{"a", {{0, 2.0}}, 0.0}}}}});
    CHECK_THROWS_WITH_AS(one += DenseGradient(other),
                         "DenseGradient: cannot add the gradient of 2-1 to that of 2-2-1; give "
                         "two of networks of one "
                         "shape",
                         Error);
    CHECK(one.shape() == "2-2-1");
    CHECK(one[{0, 1, 0}] == 5);
  }

  TEST_CASE("a place outside the network is an error that names it") {
    Small small;
    DenseGradient gradient(small.mlp);
    CHECK_THROWS_WITH_AS((gradient[{1, 0, 2}]),
                         "DenseGradient: no position (layer 1, neuron 0, input 2) in this "
                         "network",
                         Error);
    CHECK_THROWS_AS((gradient[{0, 2, 0}]), Error);
    CHECK_THROWS_AS((gradient[{2, 0, 0}]), Error);
  }

  TEST_CASE("a row of a neuron that is not there is refused") {
    Graph graph;
    const Mlp mlp(graph, {.inputs = 2, .layers = {{{{.name = "1_0", .connections = {}}}}}});
    DenseGradient gradient(mlp);
    CHECK(gradient.row(0, 0).size() == 2);
    CHECK_THROWS_WITH_AS(gradient.row(0, 1),
                         "DenseGradient: no neuron (layer 0, neuron 1) in this network", Error);
    CHECK_THROWS_AS(gradient.row(1, 0), Error);
  }

  TEST_CASE("a Program recorded with the probe gives the same dense gradient") {
    for_each_random_network(60, [](const Mlp& mlp, const Samples& batch) {
      const StepScope scope(mlp.graph());
      const DenseGradient eager = probed(OuterProductProbe(mlp), mlp, batch);
      const DenseGradient program = replayed(mlp, batch);
      const double tolerance = 1e-13 * largest(mlp, eager);
      for (const Position& position : all_positions(mlp)) {
        INFO(text(position));
        CHECK(std::abs(eager[position] - program[position]) <= tolerance);
      }
    });
  }
}
