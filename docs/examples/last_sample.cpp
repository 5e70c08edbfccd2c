// Chapter 4, flaw 3 of the notebook: its candidates are scored by the last sample alone. This
// is the notebook's RigL run; before each update it also asks the whole batch.
//
//   docs/examples/run last_sample
#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>

#include "demos/moons/published.h"
#include "nn/nn.h"

using namespace sprig;

namespace {

// The gradient of the batch's loss, as seen by the samples from `first` on.
DenseGradient gradient_from(std::size_t first, const Mlp& mlp, const Moons& moons) {
  const StepScope scope(mlp.graph());
  OuterProductProbe probe(mlp);
  std::vector<Value> scores;
  for (std::size_t sample = 0; sample < moons.points.size(); ++sample) {
    const auto inputs = constants(mlp.graph(), moons.points[sample]);
    scores.push_back((sample < first ? mlp(inputs) : probe(inputs))[0]);
  }
  hinge_loss(scores, moons.labels).backward();
  return probe.gradient();
}

// The absent connections of layer 2 to which the gradient says nothing.
std::size_t silent_candidates(const Mlp& mlp, const DenseGradient& gradient) {
  std::size_t silent = 0;
  for (std::uint32_t neuron = 0; neuron < 16; ++neuron) {
    for (std::uint32_t input = 0; input < 16; ++input) {
      const bool exists = mlp.layers()[1].neurons()[neuron].reads(input);
      if (!exists && gradient[{1, neuron, input}] == 0) ++silent;
    }
  }
  return silent;
}

void train_step(const Mlp& mlp, const Moons& moons, Sgd& sgd, double rate) {
  const StepScope scope(mlp.graph());
  std::vector<Value> scores;
  for (const auto& point : moons.points) scores.push_back(mlp(point)[0]);
  const Value loss = hinge_loss(scores, moons.labels) + l2_penalty(mlp.parameters(), 1e-4);
  mlp.zero_grad();
  loss.backward();
  sgd.step(mlp.parameters(), rate);
}

}  // namespace

int main() {
  const Moons moons = post_moons();
  Graph graph;
  Mlp mlp(graph, published_topology(1337));
  Sgd sgd;
  std::cout << "candidates of layer 2 with score 0, of 224\n"
            << "step  last sample  whole batch\n";
  for (int step = 0; step < 400; ++step) {
    const double rate = 1 - 0.9 * step / 400;
    train_step(mlp, moons, sgd, rate);
    if (step == 0 || step % 20 != 0) continue;

    const DenseGradient last = gradient_from(moons.points.size() - 1, mlp, moons);
    const DenseGradient batch = gradient_from(0, mlp, moons);
    std::cout << std::setw(4) << step << std::setw(13) << silent_candidates(mlp, last)
              << std::setw(13) << silent_candidates(mlp, batch) << "\n";
    rewire(mlp, lowest(weight_magnitude(mlp)),
           [&](const Position& position) { return std::abs(last[position]); },
           {.fraction = 0.3 * rate, .just_dropped_eligible = false});
  }
}
