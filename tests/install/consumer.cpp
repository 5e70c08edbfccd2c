// A program of someone who installed sprig: tests/install/check compiles it against the
// installed headers and library alone. It prints micrograd's three numbers, then what a network
// of one neuron says, made from a topology that went through a DOT text and back.

#include <sprig/engine/engine.h>
#include <sprig/nn/nn.h>
#include <sprig/nn/topology_file.h>
#include <cstdio>
#include <vector>

void micrograd() {
  sprig::Graph graph;
  sprig::Value a = graph.value(-4.0), b = graph.value(2.0);
  sprig::Value c = a + b, d = a * b + pow(b, 3);
  c += c + 1;
  c += 1 + c + (-a);
  d += d * 2 + relu(b + a);
  d += 3 * d + relu(b - a);
  sprig::Value e = c - d, f = pow(e, 2), g = f / 2.0;
  g += 10.0 / f;
  g.backward();
  std::printf("%.4f %.4f %.4f\n", g.data(), a.grad(), b.grad());
}

void one_neuron() {
  sprig::Topology topology{.inputs = 2, .layers = {{}}};
  topology.layers[0].neurons.push_back(
      {.name = "1_0", .connections = {{0, 0.5}, {1, -0.25}}, .bias = 1});
  const std::string dot = write_topology(topology);

  sprig::Graph graph;
  const sprig::Mlp mlp(graph, sprig::read_topology(dot, "dot"));
  std::printf("%g\n", mlp(std::vector{2.0, 8.0})[0].data());
}

int main() {
  micrograd();
  one_neuron();
}
