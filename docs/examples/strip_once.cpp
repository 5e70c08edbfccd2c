// Chapter 5, flaws 4 and 7 of the notebook: what one pass of strip leaves behind, what it
// changes, and the layer of one neuron.
//
//   docs/examples/run strip_once
#include <iostream>

#include "demos/moons/published.h"
#include "nn/nn.h"

using namespace sprig;

namespace {

using Neurons = std::vector<Topology::Neuron>;

Topology network(const Neurons& hidden_1, const Neurons& hidden_2, const Neurons& output) {
  return {.inputs = 1, .layers = {{hidden_1}, {hidden_2}, {output}}};
}

double output_of(const Topology& topology) {
  return evaluate(topology, std::vector<double>{1.0})[0];
}

double mlp_output_of(const Topology& topology) {
  Graph graph;
  return Mlp(graph, topology)(std::vector<double>{1.0})[0].data();
}

void compare(const char* name, const Topology& topology) {
  const Topology once = published_strip(topology), stripped = strip(topology);
  std::cout << name << "\n  as it is " << shape_of(topology) << ", output "
            << output_of(topology) << "\n  one pass " << shape_of(once) << ", output "
            << output_of(once) << "\n  strip    " << shape_of(stripped) << ", output "
            << output_of(stripped) << ", and as an Mlp " << mlp_output_of(stripped) << "\n";
}

}  // namespace

int main() {
  const auto relu = Activation::relu;
  const Neurons output = {{"3_0", {{0, 1.0}}, 0.0}};

  // 2_1 is read by none. 1_1 and 1_2 are read by it alone, so they die when it goes.
  compare("only dead neurons read them",
          network({{"1_0", {{0, 1.0}}, 0.0, relu},
                   {"1_1", {{0, 1.0}}, 0.0, relu},
                   {"1_2", {{0, 1.0}}, 0.0, relu}},
                  {{"2_0", {{0, 1.0}}, 0.0, relu}, {"2_1", {{1, 1.0}, {2, 1.0}}, 0.0, relu}},
                  output));

  // 2_1 reads nothing, but its bias is 2: it adds 2 to the output.
  compare("a constant is not nothing",
          network({{"1_0", {{0, 1.0}}, 0.0, relu}},
                  {{"2_0", {{0, 1.0}}, 0.0, relu}, {"2_1", {}, 2.0, relu}},
                  {{"3_0", {{0, 1.0}, {1, 1.0}}, 0.0}}));

  const PublishedRun run = run_published(post_moons(), 1337, true);
  std::cout << "the notebook's network\n  as it is " << shape_of(run.final) << "\n  one pass "
            << shape_of(published_strip(run.final)) << "\n  strip    "
            << shape_of(strip(run.final)) << "\n  without connections:";
  for (const Topology::Neuron& neuron : run.final.layers[1].neurons) {
    if (neuron.connections.empty()) std::cout << " " << neuron.name << " bias " << neuron.bias;
  }
  std::cout << "\n";
}
