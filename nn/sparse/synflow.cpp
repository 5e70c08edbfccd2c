#include "nn/sparse/synflow.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "engine/error.h"

namespace sprig {
namespace {

Topology linearised(Topology topology) {
  for (Topology::Layer& layer : topology.layers) {
    for (Topology::Neuron& neuron : layer.neurons) {
      neuron.activation = Activation::linear;
      neuron.bias = 0;
      for (auto& [input, weight] : neuron.connections) weight = std::abs(weight);
    }
  }
  return topology;
}

Rewiring drop_in_rounds(Mlp& mlp, const SynFlowOptions& options) {
  const auto all = static_cast<double>(mlp.connection_count());
  const double density = static_cast<double>(options.budget) / all;
  Graph graph;
  Mlp copy(graph, mlp.snapshot());  // if a round fails, nothing has changed
  Rewiring rewiring;
  for (int round = 1; round <= options.rounds; ++round) {
    const double kept = all * std::pow(density, static_cast<double>(round) / options.rounds);
    const auto count = static_cast<std::size_t>(std::llround(kept));
    std::ranges::copy(drop_to(copy, count, synaptic_flow(copy)).dropped,
                      std::back_inserter(rewiring.dropped));
  }
  carry_out(mlp, rewiring);
  return rewiring;
}

}  // namespace

Score synaptic_flow(const Mlp& mlp) {
  Graph graph;
  const Mlp linear(graph, linearised(mlp.snapshot()));
  OuterProductProbe probe(linear);
  const std::vector<double> ones(mlp.input_count(), 1.0);
  sum(probe(constants(graph, ones))).backward();
  return weight_times_gradient(linear, probe.gradient());
}

namespace methods {

SparseMethod synflow(const SynFlowOptions& options) {
  if (options.rounds < 1) fail("SynFlow: ", options.rounds, " rounds; give at least 1");
  return {.name = "SynFlow",
          .updates = before_training,
          .starts_dense = true,
          .budget = options.budget,
          .replaces_step = true,
          .update = [=](Moment& moment) { return drop_in_rounds(moment.mlp, options); }};
}

}  // namespace methods
}  // namespace sprig
