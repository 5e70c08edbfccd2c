#include "tests/bench/workload.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "demos/two_moons.h"
#include "engine/error.h"
#include "nn/random.h"
#include "nn/wiring.h"

namespace sprig::bench {
namespace {

enum Stream : std::uint64_t { wiring_stream, input_stream, target_stream };

constexpr std::uint64_t seed = 2026;
constexpr int lenet_densities[] = {100, 50, 20, 10, 5, 2, 1};  // percent

Topology wired(std::uint32_t inputs, std::vector<LayerOptions> layers) {
  layers.back().activation = Activation::linear;
  Rng rng = Rng(seed).split(wiring_stream);
  Topology topology = random_topology({.inputs = inputs, .layers = std::move(layers)}, rng);
  for (Topology::Layer& layer : topology.layers) {  // in the order of inputs, as CSR has them
    for (Topology::Neuron& neuron : layer.neurons) {
      std::ranges::sort(neuron.connections, {}, &Topology::Connection::input);
    }
  }
  return topology;
}

Workload moons(std::string name, double second_sparsity, double third_sparsity) {
  const Moons data = make_moons(100, 0.1, seed);
  Workload workload{.name = std::move(name),
                    .topology = wired(2, {{.neurons = 16},
                                          {.neurons = 16, .sparsity = second_sparsity},
                                          {.neurons = 1, .sparsity = third_sparsity}}),
                    .batch = 100,
                    .inputs = {},
                    .targets = data.labels,
                    .loss = Loss::hinge,
                    .l2 = 1e-4,
                    .learning_rate = 0.1};
  for (const auto& [x, y] : data.points) workload.inputs.insert(workload.inputs.end(), {x, y});
  return workload;
}

// Inputs in [0, 1) and classes, all random: what they mean makes no difference to the time.
void draw_samples(Workload& workload, std::size_t batch, std::uint64_t classes) {
  Rng inputs = Rng(seed).split(input_stream), targets = Rng(seed).split(target_stream);
  workload.batch = batch;
  for (std::size_t k = 0; k < batch * workload.topology.inputs; ++k) {
    workload.inputs.push_back(inputs.uniform());
  }
  for (std::size_t sample = 0; sample < batch; ++sample) {
    const auto target = static_cast<double>(targets.below(classes));
    workload.targets.push_back(workload.loss == Loss::hinge ? 2 * target - 1 : target);
  }
}

Workload wide() {
  Workload workload{.name = "wide",
                    .topology = wired(784, {{.neurons = 64}, {.neurons = 10}}),
                    .inputs = {},
                    .targets = {},
                    .loss = Loss::softmax_cross_entropy,
                    .learning_rate = 0.01};
  draw_samples(workload, 32, 10);
  return workload;
}

// Connections for each layer of 784-300-100-10, Erdos-Renyi: a layer's density goes with
// (inputs + neurons) / (inputs * neurons), and a layer that this would fill more than full is
// dense (Mocanu et al. 2018, Evci et al. 2020).
std::vector<std::size_t> erdos_renyi(const std::vector<std::uint32_t>& sizes, double density) {
  const std::size_t layers = sizes.size() - 1;
  std::vector<double> possible(layers), ends(layers);
  double left = 0;
  for (std::size_t layer = 0; layer < layers; ++layer) {
    possible[layer] = static_cast<double>(sizes[layer]) * sizes[layer + 1];
    ends[layer] = sizes[layer] + sizes[layer + 1];
    left += density * possible[layer];
  }
  std::vector<std::size_t> budget(layers);
  for (std::size_t layer = layers; layer-- > 0;) {  // the last one is the fullest
    double ends_left = 0;
    for (std::size_t below = 0; below <= layer; ++below) ends_left += ends[below];
    const double share = std::min(possible[layer], left * ends[layer] / ends_left);
    budget[layer] = static_cast<std::size_t>(std::lround(share));
    left -= share;
  }
  return budget;
}

Workload lenet(int percent) {
  const std::vector<std::uint32_t> sizes{784, 300, 100, 10};
  const std::vector<std::size_t> budget = erdos_renyi(sizes, percent / 100.0);
  std::vector<LayerOptions> layers;
  for (std::size_t layer = 0; layer < budget.size(); ++layer) {
    layers.push_back({.neurons = sizes[layer + 1], .budget = budget[layer]});
  }
  Workload workload{.name = "lenet-" + std::to_string(percent),
                    .topology = wired(sizes[0], layers),
                    .inputs = {},
                    .targets = {},
                    .loss = Loss::softmax_cross_entropy,
                    .learning_rate = 0.01};
  draw_samples(workload, 100, sizes.back());
  return workload;
}

}  // namespace

std::vector<std::string> workload_names() {
  std::vector<std::string> names{"moons", "sparse", "wide"};
  for (const int percent : lenet_densities) names.push_back("lenet-" + std::to_string(percent));
  return names;
}

Workload workload_named(std::string_view name) {
  if (name == "moons") return moons("moons", 0, 0);
  if (name == "sparse") return moons("sparse", 0.9, 0.8);
  if (name == "wide") return wide();
  for (const int percent : lenet_densities) {
    if (name == "lenet-" + std::to_string(percent)) return lenet(percent);
  }
  std::string known;
  for (const std::string& one : workload_names()) known += (known.empty() ? "" : ", ") + one;
  fail("there is no workload '", name, "'; there is: ", known);
}

Workload small_workload(Loss loss, double sparsity, std::size_t batch) {
  const std::uint32_t outputs = loss == Loss::hinge ? 1 : 3;
  Workload workload{.name = "small",
                    .topology = wired(7, {{.neurons = 9, .sparsity = sparsity},
                                          {.neurons = 6, .sparsity = sparsity},
                                          {.neurons = outputs, .sparsity = sparsity}}),
                    .inputs = {},
                    .targets = {},
                    .loss = loss,
                    .l2 = loss == Loss::hinge ? 1e-3 : 0,
                    .learning_rate = 0.1};
  draw_samples(workload, batch, loss == Loss::hinge ? 2 : 3);
  return workload;
}

bool is_dense(const Topology& topology) {
  return connection_count(topology) == possible_connection_count(topology);
}

double connection_samples(const Workload& workload) {
  return static_cast<double>(connection_count(workload.topology)) *
         static_cast<double>(workload.batch);
}

}  // namespace sprig::bench
