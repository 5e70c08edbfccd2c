// Chapter 7: what it costs to record again, as after a rewiring, in steps of the same Program.
// 784-300-100-10, softmax, 100 random samples. Ratios of one run: another one gives others.
//
//   docs/examples/run recording
#include <algorithm>
#include <chrono>
#include <iomanip>
#include <iostream>

#include "nn/nn.h"

using namespace sprig;

namespace {

constexpr SampleShape shape{.inputs = 784, .targets = 10};
constexpr std::size_t samples = 100;

Batch random_batch(Rng& rng) {
  std::vector<double> inputs(samples * shape.inputs), targets(samples * shape.targets);
  for (double& input : inputs) input = rng.uniform();
  for (std::size_t sample = 0; sample < samples; ++sample) {
    targets[sample * shape.targets + rng.below(shape.targets)] = 1;
  }
  return Batch(shape, inputs, targets);
}

double seconds(const auto& work) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median_of_nine(const auto& work) {
  std::vector<double> times(9);
  for (double& time : times) time = seconds(work);
  std::ranges::sort(times);
  return times[4];
}

void print_cost(double sparsity) {
  Rng rng(1);
  Graph graph;
  const Mlp mlp(graph,
                random_topology({.inputs = shape.inputs,
                                 .layers = {{.neurons = 300, .sparsity = sparsity},
                                            {.neurons = 100, .sparsity = sparsity},
                                            {.neurons = 10, .activation = Activation::linear}}},
                                rng));
  const Batch batch = random_batch(rng);
  Program program(graph, shape, [&](auto inputs, auto targets) {
    return Program::Recording{.loss = softmax_cross_entropy(mlp(inputs), targets)};
  });
  program.run(batch);
  const double replayed = median_of_nine([&] { program.run(batch); });
  const double recorded = median_of_nine([&] {
    (void)graph.parameter(0.0);  // a change such as every grown connection makes
    program.run(batch);
  });
  std::cout << std::setw(6) << mlp.connection_count() << " connections: recording again takes "
            << "as long as " << std::setprecision(2) << (recorded - replayed) / replayed
            << " steps\n";
}

}  // namespace

int main() {
  for (const double sparsity : {0.0, 0.8, 0.95, 0.99}) print_cost(sparsity);
}
