// Chapter 7, exercise 3: one batch, cut into parts in two ways, on one to four threads. Which of
// the two changes the last bits of a gradient?
//
//   docs/examples/run parts
#include <iomanip>
#include <iostream>

#include "demos/two_moons.h"
#include "nn/nn.h"

using namespace sprig;

namespace {

constexpr SampleShape shape{.inputs = 2, .targets = 1};

// Of the first parameter, for the mean hinge loss of 100 samples.
double gradient(std::size_t samples_per_part, int threads) {
  const Moons moons = make_moons(100, 0.1, 40);
  std::vector<double> inputs;
  for (const auto& [x, y] : moons.points) inputs.insert(inputs.end(), {x, y});
  const Batch batch(shape, inputs, moons.labels, {.samples_per_part = samples_per_part});

  Rng rng(40);
  Graph graph;
  const Mlp mlp(
      graph, random_topology({.inputs = 2,
                              .layers = {{.neurons = 16},
                                         {.neurons = 16, .sparsity = 0.9},
                                         {.activation = Activation::linear, .sparsity = 0.8}}},
                             rng));
  const auto record = [&](auto inputs_of_one, auto targets) {
    return Program::Recording{.loss = hinge_loss(mlp(inputs_of_one)[0], targets[0])};
  };
  Program program(graph, shape, record, {.threads = threads});
  program.run(batch);
  for (const Value parameter : mlp.parameters()) {
    if (parameter.grad() != 0) return parameter.grad();
  }
  return 0;
}

}  // namespace

int main() {
  std::cout << std::setprecision(17);
  for (const std::size_t samples : {32, 56}) {
    for (const int threads : {1, 2, 3, 4}) {
      std::cout << samples << " samples a part, " << threads
                << " threads: " << gradient(samples, threads) << "\n";
    }
  }
}
