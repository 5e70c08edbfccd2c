// build/bench-micro: what single operations of sprig cost, by Google Benchmark.
#include <benchmark/benchmark.h>

#include <vector>

#include "engine/graph.h"
#include "engine/program.h"
#include "nn/loss.h"
#include "nn/mlp.h"
#include "nn/probe.h"
#include "nn/strip.h"
#include "nn/wiring.h"

namespace {

using namespace sprig;

Topology network(std::uint32_t inputs, std::uint32_t hidden, double sparsity) {
  Rng rng(1);
  return random_topology({.inputs = inputs,
                          .layers = {{.neurons = hidden, .sparsity = sparsity},
                                     {.neurons = hidden, .sparsity = sparsity},
                                     {.neurons = 1, .activation = Activation::linear}}},
                         rng);
}

void record_multiply(benchmark::State& state) {
  Graph graph;
  const Value a = graph.value(2), b = graph.value(3);
  for (auto _ : state) {
    const StepScope scope(graph);
    for (int k = 0; k < 1000; ++k) benchmark::DoNotOptimize(a * b);
  }
  state.SetItemsProcessed(1000 * state.iterations());
}
BENCHMARK(record_multiply);

// A neuron with as many connections as the range says.
struct OneNeuron {
  explicit OneNeuron(std::int64_t connections) {
    for (std::int64_t k = 0; k < connections; ++k) {
      weights.push_back(graph.value(0.5));
      inputs.push_back(graph.constant(static_cast<double>(k)));
    }
  }
  Graph graph;
  Value bias = graph.value(1);
  std::vector<Value> weights, inputs;
};

void record_neuron(benchmark::State& state) {
  OneNeuron neuron(state.range(0));
  for (auto _ : state) {
    const StepScope scope(neuron.graph);
    benchmark::DoNotOptimize(affine(neuron.bias, neuron.weights, neuron.inputs));
  }
  state.SetItemsProcessed(state.range(0) * state.iterations());
}
BENCHMARK(record_neuron)->Arg(2)->Arg(16)->Arg(784);

void backward_of_neuron(benchmark::State& state) {
  OneNeuron neuron(state.range(0));
  const Value y = affine(neuron.bias, neuron.weights, neuron.inputs);
  for (auto _ : state) y.backward();
  state.SetItemsProcessed(state.range(0) * state.iterations());
}
BENCHMARK(backward_of_neuron)->Arg(2)->Arg(16)->Arg(784);

void open_and_close_scope(benchmark::State& state) {
  Graph graph;
  for (auto _ : state) const StepScope scope(graph);
}
BENCHMARK(open_and_close_scope);

void record_small_mlp(benchmark::State& state) {
  Graph graph;
  const Mlp mlp(graph, network(2, 16, 0));
  const std::vector<Value> sample = constants(graph, std::vector<double>{0.5, -0.5});
  for (auto _ : state) {
    const StepScope scope(graph);
    benchmark::DoNotOptimize(mlp(sample));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(mlp.connection_count()) *
                          state.iterations());
}
BENCHMARK(record_small_mlp);

void backward_of_small_mlp(benchmark::State& state) {
  Graph graph;
  const Mlp mlp(graph, network(2, 16, 0));
  const Value output = mlp(std::vector<double>{0.5, -0.5})[0];
  for (auto _ : state) output.backward();
  state.SetItemsProcessed(static_cast<std::int64_t>(mlp.connection_count()) *
                          state.iterations());
}
BENCHMARK(backward_of_small_mlp);

// One output trained towards 1, on 100 samples. The range is the number of hidden neurons in each
// of two layers, a tenth of whose connections exist.
struct SmallProgram {
  explicit SmallProgram(std::int64_t hidden)
      : mlp(graph, network(2, static_cast<std::uint32_t>(hidden), 0.9)) {}

  Graph graph;
  Mlp mlp;
  Batch batch{{.inputs = 2}, std::vector<double>(200, 0.5), {}};
  Program program{graph, {.inputs = 2}, [this](auto inputs, auto) {
                    return Program::Recording{
                        .loss = hinge_loss(mlp(inputs)[0], graph.constant(1)),
                        .outputs = {},
                        .products = {}};
                  }};
};

// As after a rewiring: a parameter is given up and made, so that the next run records.
void record_and_replay_program(benchmark::State& state) {
  SmallProgram small(state.range(0));
  Value spare = small.graph.parameter(0);
  for (auto _ : state) {
    small.graph.release(spare);
    spare = small.graph.parameter(0);
    benchmark::DoNotOptimize(small.program.run(small.batch));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(small.mlp.connection_count()) *
                          state.iterations());
}
BENCHMARK(record_and_replay_program)->Arg(16)->Arg(300);

void replay_program(benchmark::State& state) {
  SmallProgram small(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(small.program.run(small.batch));
  state.SetItemsProcessed(static_cast<std::int64_t>(small.mlp.connection_count()) *
                          state.iterations());
}
BENCHMARK(replay_program)->Arg(16)->Arg(300);

// A sample through a sparse network and back, with the gradients of the absent connections.
void probe_sample(benchmark::State& state) {
  Graph graph;
  const Mlp mlp(graph, network(64, 64, 0.9));
  const std::vector<Value> sample = constants(graph, std::vector<double>(64, 0.5));
  for (auto _ : state) {
    const StepScope scope(graph);
    OuterProductProbe probe(mlp);
    probe(sample)[0].backward();
    benchmark::DoNotOptimize(probe.gradient());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(mlp.possible_connection_count()) *
                          state.iterations());
}
BENCHMARK(probe_sample);

void strip_network(benchmark::State& state) {
  const Topology topology = network(64, 64, 0.97);
  for (auto _ : state) benchmark::DoNotOptimize(strip(topology));
  state.SetItemsProcessed(static_cast<std::int64_t>(connection_count(topology)) *
                          state.iterations());
}
BENCHMARK(strip_network);

}  // namespace

BENCHMARK_MAIN();
