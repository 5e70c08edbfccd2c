// Chapter 7: the same sparse network trained twice, by the eager graph and by a Program, with a
// rewiring on the way; then a Program of code that looks at data(), and how that is noticed.
//
//   docs/examples/run replay
#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>

#include "demos/two_moons.h"
#include "nn/nn.h"

using namespace sprig;

namespace {

constexpr SampleShape shape{.inputs = 2, .targets = 1};

struct Network {
  Graph graph;
  Mlp mlp{graph, wired()};
  Adam adam;

  static Topology wired() {
    Rng rng(40);
    return random_topology({.inputs = 2,
                            .layers = {{.neurons = 16},
                                       {.neurons = 16, .sparsity = 0.9},
                                       {.activation = Activation::linear, .sparsity = 0.8}}},
                           rng);
  }
};

Batch batch_of(const Moons& moons) {
  std::vector<double> inputs;
  for (const auto& point : moons.points) {
    inputs.insert(inputs.end(), point.begin(), point.end());
  }
  return Batch(shape, inputs, moons.labels);
}

// One step of the eager graph; returns the loss.
double step(Network& network, const Moons& moons) {
  const StepScope scope(network.graph);
  std::vector<Value> scores;
  for (const auto& point : moons.points) scores.push_back(network.mlp(point)[0]);
  const Value loss =
      hinge_loss(scores, moons.labels) + l2_penalty(network.mlp.parameters(), 1e-4);
  network.mlp.zero_grad();
  loss.backward();
  network.adam.step(network.mlp.parameters(), 0.05);
  return loss.data();
}

// The same step, replayed.
double step(Network& network, Program& program, const Batch& batch) {
  network.mlp.zero_grad();
  const double loss = program.run(batch);
  network.adam.step(network.mlp.parameters(), 0.05);
  return loss;
}

// Drops the smallest weights and grows at random, with the same generator for both networks.
void rewire_at_random(Mlp& mlp) {
  Rng rng(7);
  (void)rewire(mlp, lowest(weight_magnitude(mlp)), uniform(rng), {.fraction = 0.3});
}

double largest_difference(const Mlp& a, const Mlp& b) {
  double largest = 0;
  for (std::size_t k = 0; k < a.parameters().size(); ++k) {
    largest = std::max(largest, std::abs(a.parameters()[k].data() - b.parameters()[k].data()));
  }
  return largest;
}

void train_both(const Moons& moons, const Batch& batch) {
  Network eager, replayed;
  std::size_t nodes = 0;
  Program program(replayed.graph, shape, [&](auto inputs, auto targets) {
    const std::size_t before = replayed.graph.size();
    const Value loss = hinge_loss(replayed.mlp(inputs)[0], targets[0]) +
                       l2_penalty(replayed.mlp.parameters(), 1e-4);
    nodes = replayed.graph.size() - before;
    return Program::Recording{.loss = loss};
  });

  std::cout << "step  loss, eager  loss, replayed  recordings\n" << std::fixed;
  for (int k = 0; k < 200; ++k) {
    if (k == 100) {
      rewire_at_random(eager.mlp);
      rewire_at_random(replayed.mlp);
    }
    const double one = step(eager, moons);
    const double other = step(replayed, program, batch);
    if (k % 50 != 0 && k != 199) continue;
    std::cout << std::setw(4) << k << std::setprecision(8) << std::setw(13) << one
              << std::setw(16) << other << std::setw(12) << program.recordings() << "\n";
  }
  std::cout << "nodes recorded: " << nodes << "\n"
            << "parameters differ by less than 1e-12: " << std::boolalpha
            << (largest_difference(eager.mlp, replayed.mlp) < 1e-12) << "\n"
            << "first difference: " << (program.first_difference(batch) ? "found" : "none")
            << "\n";
}

// The network's score, where it is negative a tenth of it: once written with an if, which only
// the recorded sample decides, and once with an operation, which every sample decides.
void look_at_data(const Batch& batch, bool by_branch) {
  Network network;
  Program program(network.graph, shape, [&](auto inputs, auto targets) {
    Value score = network.mlp(inputs)[0];
    score.label("score");
    if (by_branch) {
      score = score.data() < 0 ? 0.1 * score : score;
    } else {
      score = max(score, 0.1 * score);
    }
    return Program::Recording{.loss = hinge_loss(score, targets[0])};
  });
  std::cout << (by_branch ? "with an if:  " : "with max():  ");
  if (const auto difference = program.first_difference(batch)) {
    std::cout << std::defaultfloat << *difference << "\n";
  } else {
    std::cout << "no difference\n";
  }
}

}  // namespace

int main() {
  const Moons moons = make_moons(100, 0.1, 40);
  const Batch batch = batch_of(moons);
  train_both(moons, batch);
  look_at_data(batch, true);
  look_at_data(batch, false);
}
