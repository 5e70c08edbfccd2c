#include "demos/moons/published.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "demos/published_random.h"
#include "demos/table.h"
#include "nn/loss.h"
#include "nn/optimizer.h"
#include "nn/probe.h"
#include "nn/sparse/rewire.h"

namespace sprig {
namespace {

constexpr int train_steps = 400;

// Flaw 1: sample(range(n_weights), k=n_weights) picks the *first* inputs: all neurons of layer
// 2 read inputs 0 and 1. Flaw 2: the text says floor, the code does ceil.
Topology::Neuron published_neuron(std::uint32_t inputs, double sparsity, PythonRandom& random) {
  Topology::Neuron neuron;
  const auto count = static_cast<std::uint32_t>(std::ceil((1 - sparsity) * inputs));
  for (const std::uint32_t input : random.sample(count, count)) {
    neuron.connections.push_back({input, 0.0});
  }
  for (Topology::Connection& connection : neuron.connections) {
    connection.weight = random.uniform(-0.1, 0.1);
  }
  return neuron;
}

struct Outcome {
  Value loss;
  double accuracy;
};

Outcome forward(const Mlp& mlp, const Moons& moons) {
  std::vector<Value> scores;
  for (const auto& point : moons.points) scores.push_back(mlp(point)[0]);
  const Value loss = hinge_loss(scores, moons.labels) + l2_penalty(mlp.parameters(), 1e-4);
  return {loss, binary_accuracy(scores, moons.labels)};
}

// Flaw 3: the post makes the zero weights anew for every sample, so the gradients it reads are
// those of the last sample. So only the last one goes through the probe here.
DenseGradient last_sample_gradient(const Mlp& mlp, const Moons& moons) {
  StepScope scope(mlp.graph());
  OuterProductProbe probe(mlp);
  std::vector<Value> scores;
  for (std::size_t sample = 0; sample + 1 < moons.points.size(); ++sample) {
    scores.push_back(mlp(moons.points[sample])[0]);
  }
  scores.push_back(probe(constants(mlp.graph(), moons.points.back()))[0]);
  hinge_loss(scores, moons.labels).backward();
  return probe.gradient();
}

// The update comes *after* the optimiser's step, in addition to it, and a just-dropped place is
// not eligible.
void published_update(Mlp& mlp, const Moons& moons, double fraction) {
  const DenseGradient gradient = last_sample_gradient(mlp, moons);
  rewire(mlp, lowest(weight_magnitude(mlp)), gradient_magnitude(gradient),
         {.fraction = fraction, .scope = Scope::layer, .just_dropped_eligible = false});
}

// Flaw 4: one pass over the neurons as they are, so what dies by the removal of others stays
// (here 10-4-1, where a fixed point gives 7-4-1); and a neuron without inputs goes with its
// bias, which can change the function.
std::vector<std::vector<bool>> survivors_of_one_pass(const Topology& topology) {
  std::vector<std::vector<bool>> keep;
  for (const Topology::Layer& layer : topology.layers) {
    std::vector<bool>& kept = keep.emplace_back();
    for (const Topology::Neuron& neuron : layer.neurons) {
      kept.push_back(!neuron.connections.empty());
    }
  }
  for (std::size_t layer = 0; layer + 1 < topology.layers.size(); ++layer) {
    std::vector<bool> is_read(keep[layer].size());
    for (const Topology::Neuron& reader : topology.layers[layer + 1].neurons) {
      for (const auto& connection : reader.connections) is_read[connection.input] = true;
    }
    for (std::size_t neuron = 0; neuron < is_read.size(); ++neuron) {
      if (!is_read[neuron]) keep[layer][neuron] = false;
    }
  }
  return keep;
}

// The neuron without its connections from removed ones; the others numbered anew.
Topology::Neuron without_removed(Topology::Neuron neuron, const std::vector<bool>& below) {
  std::erase_if(neuron.connections,
                [&](const auto& connection) { return !below[connection.input]; });
  for (Topology::Connection& connection : neuron.connections) {
    const auto end = below.begin() + connection.input;
    connection.input = static_cast<std::uint32_t>(std::count(below.begin(), end, true));
  }
  return neuron;
}

}  // namespace

Topology published_topology(std::uint32_t seed) {
  const std::vector<std::uint32_t> sizes{16, 16, 1};
  const std::vector<double> sparsities{0.0, 0.9, 0.8};
  PythonRandom random(seed);
  Topology topology{.inputs = 2, .layers = {}};
  std::uint32_t inputs = topology.inputs;
  for (std::size_t layer = 0; layer < sizes.size(); ++layer) {
    Topology::Layer& made = topology.layers.emplace_back();
    for (std::uint32_t index = 0; index < sizes[layer]; ++index) {
      Topology::Neuron neuron = published_neuron(inputs, sparsities[layer], random);
      neuron.name = default_name(layer, index);
      neuron.activation = layer + 1 < sizes.size() ? Activation::relu : Activation::linear;
      made.neurons.push_back(std::move(neuron));
    }
    inputs = sizes[layer];
  }
  return topology;
}

Topology published_strip(const Topology& topology) {
  const std::vector<std::vector<bool>> keep = survivors_of_one_pass(topology);
  Topology stripped{.inputs = topology.inputs, .layers = {}};
  std::vector<bool> below(topology.inputs, true);
  for (std::size_t layer = 0; layer < topology.layers.size(); ++layer) {
    const std::vector<Topology::Neuron>& neurons = topology.layers[layer].neurons;
    Topology::Layer& made = stripped.layers.emplace_back();
    for (std::size_t neuron = 0; neuron < neurons.size(); ++neuron) {
      if (!keep[layer][neuron]) continue;
      made.neurons.push_back(without_removed(neurons[neuron], below));
    }
    below = keep[layer];
  }
  return stripped;
}

std::string line_of(const PublishedStep& step) {
  const auto as_python = [](double number) {
    const std::string digits = exact(number);
    return digits.find_first_of(".e") == std::string::npos ? digits + ".0" : digits;
  };
  return "step " + std::to_string(step.step) + " loss " + as_python(step.loss) + ", accuracy " +
         as_python(step.accuracy * 100) + "%";
}

Moons post_moons() { return make_moons(100, 0.1, 1337); }

PublishedRun run_published(const Moons& moons, std::uint32_t seed, bool rigl,
                           const std::function<void(const PublishedStep&)>& on_step) {
  Graph graph;
  Mlp mlp(graph, published_topology(seed));
  Sgd sgd;
  PublishedRun run;
  run.initial = mlp.snapshot();
  for (int step = 0; step < train_steps; ++step) {
    const double rate = 1 - 0.9 * step / train_steps;
    PublishedStep now{.step = step};
    {
      StepScope scope(graph);
      const Outcome outcome = forward(mlp, moons);
      mlp.zero_grad();
      outcome.loss.backward();
      sgd.step(mlp.parameters(), rate);
      now.loss = outcome.loss.data();
      now.accuracy = outcome.accuracy;
    }
    if (step % 20 == 0 || (!rigl && step + 1 == train_steps)) {
      run.printed.push_back(now);
      if (on_step) on_step(now);
    }
    if (rigl && step % 20 == 0 && step > 0) published_update(mlp, moons, rate * 0.3);
  }
  StepScope scope(graph);
  run.final_accuracy = forward(mlp, moons).accuracy;
  run.final = mlp.snapshot();
  return run;
}

}  // namespace sprig
