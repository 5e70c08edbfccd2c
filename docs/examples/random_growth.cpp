// Chapter 4, exercise 3: the chapter's program with another grow score. RigL grows by the
// gradient, SET (Mocanu 2018) at random; all else is the same for both.
//
//   docs/examples/run random_growth
#include <iomanip>
#include <iostream>

#include "demos/two_moons.h"
#include "nn/nn.h"

using namespace sprig;

namespace {

Topology wired(Rng& rng) {
  return random_topology({.inputs = 2,
                          .layers = {{.neurons = 16},
                                     {.neurons = 16, .sparsity = 0.9},
                                     {.activation = Activation::linear, .sparsity = 0.8}}},
                         rng);
}

// The loss of the last of 400 steps.
double train(std::uint32_t seed, bool by_gradient) {
  const Moons moons = make_moons(100, 0.1, seed);
  Rng rng(seed);
  Graph graph;
  Mlp mlp(graph, wired(rng));
  Adam adam;
  const Schedule fraction = cosine(0.3, 0.0, 300);
  double last_loss = 0;
  for (int step = 0; step < 400; ++step) {
    const StepScope scope(graph);
    OuterProductProbe probe(mlp);
    std::vector<Value> scores;
    for (const auto& point : moons.points) scores.push_back(probe(constants(graph, point))[0]);
    const Value loss = hinge_loss(scores, moons.labels) + l2_penalty(mlp.parameters(), 1e-4);
    last_loss = loss.data();
    mlp.zero_grad();
    loss.backward();
    if (step % 10 != 0 || step < 40 || step >= 300) {
      adam.step(mlp.parameters(), 0.05 * (1 - 0.9 * step / 400));
      continue;
    }
    const DenseGradient gradient = probe.gradient();
    const Score grow = by_gradient ? gradient_magnitude(gradient) : uniform(rng);
    (void)rewire(mlp, lowest(weight_magnitude(mlp)), grow, {.fraction = fraction(step)});
  }
  return last_loss;
}

}  // namespace

int main() {
  std::cout << "loss at step 399\nseed   gradient   at random\n" << std::fixed;
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    std::cout << std::setw(4) << seed << std::setprecision(4) << std::setw(11)
              << train(seed, true) << std::setw(12) << train(seed, false) << "\n";
  }
}
