// The pictures of docs/pictures that no demo makes, into a folder:
//
//   docs/examples/run draw_pictures FOLDER      (docs/examples/pictures makes all of them)
#include <fstream>
#include <iostream>
#include <string>

#include "demos/moons/published.h"
#include "engine/engine.h"
#include "nn/draw.h"

using namespace sprig;

namespace {

void write(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  if (!file.flush()) fail("draw_pictures: cannot write ", path);
}

std::string svg(Value root, const ExpressionOptions& options) {
  return render(expression(root, options), {.format = ImageFormat::svg});
}

// Chapter 1: the nodes of a formula, before backward.
std::string values() {
  Graph graph;
  const Value a = graph.value(2.0, "a"), b = graph.value(-3.0, "b"), c = graph.value(10.0, "c");
  const Value y = relu(a * b + c).label("y");
  return svg(y, {.title = "y = relu(a * b + c)", .legend = false});
}

// Chapter 2: `a` is used twice, so its grad is a sum over two arrows.
std::string backward() {
  Graph graph;
  const Value a = graph.value(2.0, "a"), b = graph.value(-3.0, "b");
  const Value y = (a * b + pow(a, 2)).label("y");
  y.backward();
  return svg(y, {.title = "y = a * b + pow(a, 2), after y.backward()"});
}

// Chapter 3: all neurons of the second layer read the first two of the first.
std::string notebook_wiring() {
  return draw(published_topology(1337), DiagramFormat::svg,
              {.title = "the notebook's wiring: 16 of 68 connections are effective"});
}

// Chapter 6: the network of its file.
std::string xor_network() {
  const auto relu = Activation::relu;
  const Topology topology{.inputs = 2,
                          .layers = {{{{"1_0", {{0, 1.0}, {1, 1.0}}, 0.0, relu},
                                       {"1_1", {{0, 1.0}, {1, 1.0}}, -1.0, relu}}},
                                     {{{"2_0", {{0, 1.0}, {1, -2.0}}}}}}};
  return draw(topology, DiagramFormat::svg, {.title = "xor"});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: docs/examples/run draw_pictures FOLDER\n";
    return 2;
  }
  const std::string folder = argv[1];
  write(folder + "/values.svg", values());
  write(folder + "/backward.svg", backward());
  write(folder + "/notebook_wiring.svg", notebook_wiring());
  write(folder + "/xor.svg", xor_network());
}
