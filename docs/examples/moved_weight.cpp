// Chapter 4, flaws 5 and 6 of the notebook: a weight that is moved takes its momentum along,
// and an update that finds too few places does less than it was asked to, without a word.
//
//   docs/examples/run moved_weight
#include <iostream>

#include "nn/nn.h"

using namespace sprig;

namespace {

// One neuron that reads the first of its two inputs.
Topology one_neuron() { return {.inputs = 2, .layers = {{{{"1_0", {{0, 0.5}}}}}}}; }

// Five steps with gradient 1 give the weight a momentum.
void train(const Mlp& mlp, Sgd& sgd) {
  for (int step = 0; step < 5; ++step) {
    mlp.zero_grad();
    mlp.parameters()[0].set_grad(1.0);
    sgd.step(mlp.parameters(), 0.1);
  }
  mlp.zero_grad();
}

// One more step, in which every gradient is 0.
void step_and_print(const char* name, const Mlp& mlp, Sgd& sgd) {
  const Value weight = mlp.parameters()[0];
  std::cout << name << ": momentum " << sgd.momentum_of(weight) << ", weight " << weight.data();
  sgd.step(mlp.parameters(), 0.1);
  std::cout << " -> " << weight.data() << "\n";
}

void moved() {
  Graph graph;
  const Mlp mlp(graph, one_neuron());
  Sgd sgd({.momentum = 0.9});
  train(mlp, sgd);
  mlp.parameters()[0].set_data(0.0);  // the notebook: the same Value, in another place
  step_and_print("moved", mlp, sgd);
}

void dropped_and_grown() {
  Graph graph;
  Mlp mlp(graph, one_neuron());
  Sgd sgd({.momentum = 0.9});
  train(mlp, sgd);
  Neuron& neuron = mlp.layers()[0].neurons()[0];
  neuron.drop(0);
  neuron.grow(1, 0.0);
  step_and_print("grown", mlp, sgd);
}

// 3 neurons of 2 inputs with 5 of 6 connections: 4 are to be exchanged, 1 place is empty.
void too_few_places(bool just_dropped_eligible) {
  Graph graph;
  Mlp mlp(graph, {.inputs = 2,
                  .layers = {{{{"1_0", {{0, 0.1}, {1, 0.2}}},
                               {"1_1", {{0, 0.3}, {1, 0.4}}},
                               {"1_2", {{0, 0.5}}}}}}});
  const Score grow = [](const Position& position) { return double(position.neuron); };
  const Rewiring report =
      rewire(mlp, lowest(weight_magnitude(mlp)), grow,
             {.fraction = 0.8, .just_dropped_eligible = just_dropped_eligible});
  std::cout << "asked for 4: " << report.dropped.size() << " dropped, " << report.grown.size()
            << " grown, " << report.stayed << " left as they were, " << mlp.connection_count()
            << " connections\n";
}

}  // namespace

int main() {
  moved();
  dropped_and_grown();
  too_few_places(false);
  too_few_places(true);
}
