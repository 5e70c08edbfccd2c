// What a Program does not do: the plan has no more rows, groups and gradients than are needed.

#include "engine/program_plan.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "engine/program.h"
#include "nn/loss.h"
#include "nn/mlp.h"

namespace {

using namespace sprig;

// The plan of code that is recorded with `inputs` constants.
Plan plan_of(Graph& graph, Index inputs,
             const std::function<Value(std::span<const Value>)>& loss, bool wants_grad = true) {
  const StepScope scope(graph);
  const auto begin = static_cast<Index>(graph.size());
  std::vector<Value> numbers;
  for (Index k = 0; k < inputs; ++k) numbers.push_back(graph.constant(0.5));
  const Value result = loss(numbers);
  return plan_program({.graph = graph,
                       .begin = begin,
                       .end = static_cast<Index>(graph.size()),
                       .inputs = inputs,
                       .loss = result,
                       .outputs = {},
                       .products = {},
                       .wants_grad = wants_grad});
}

Topology::Neuron neuron(std::vector<Topology::Connection> connections,
                        Activation activation = Activation::relu) {
  static int made = 0;
  return {.name = "n" + std::to_string(made++),
          .connections = std::move(connections),
          .bias = 0.5,
          .activation = activation};
}

std::size_t count_connections(const Plan& plan) {
  std::size_t count = 0;
  for (const AffineGroup& group : plan.groups) {
    for (const Tile& tile : group.tiles) count += std::size_t{tile.count} * tile.size;
  }
  return count;
}

}  // namespace

TEST_SUITE("program: plan") {
  TEST_CASE("a neuron that feeds nothing, and what feeds only it, is not in the plan") {
    Graph graph;
    const Mlp mlp(graph, {.inputs = 2,
                          .layers = {{{neuron({{0, 1.0}}), neuron({{1, 1.0}})}},
                                     {{neuron({{0, 1.0}}, Activation::linear)}}}});
    const Plan plan = plan_of(graph, 2, [&](auto x) { return mlp(x)[0]; });
    CHECK(count_connections(plan) == 2);
    CHECK(plan.rows == 2);  // the relu of the first neuron, in the row of its sum, and the loss
    CHECK(plan.copied.empty());
  }

  TEST_CASE("neurons that read the same inputs are one tile, others are not") {
    Graph graph;
    const Mlp mlp(graph,
                  {.inputs = 2,
                   .layers = {{{neuron({{0, 1.0}, {1, 1.0}}), neuron({{0, 1.0}, {1, 1.0}}),
                                neuron({{1, 1.0}})}},
                              {{neuron({{0, 1.0}, {1, 1.0}, {2, 1.0}}, Activation::linear)}}}});
    const Plan plan = plan_of(graph, 2, [&](auto x) { return mlp(x)[0]; });
    REQUIRE(plan.groups.size() == 2);
    REQUIRE(plan.groups[0].tiles.size() == 2);
    CHECK(plan.groups[0].tiles[0].count == 2);
    CHECK(plan.groups[0].tiles[1].count == 1);
    CHECK(plan.groups[0].reads_batch);
  }

  TEST_CASE("rows that feed the same neurons get their gradients as one tile") {
    Graph graph;
    const Mlp mlp(graph, {.inputs = 1,
                          .layers = {{{neuron({{0, 1.0}}), neuron({{0, 1.0}})}},
                                     {{neuron({{0, 1.0}, {1, 1.0}}, Activation::linear)}}}});
    const Plan plan = plan_of(graph, 1, [&](auto x) { return mlp(x)[0]; });
    REQUIRE(plan.groups.size() == 2);
    CHECK(plan.groups[0].fed_tiles.empty());  // nobody needs the gradients of inputs
    REQUIRE(plan.groups[1].fed_tiles.size() == 1);
    CHECK(plan.groups[1].fed_tiles[0].count == 2);
    CHECK(plan.groups[1].fed_tiles[0].starts);
  }

  TEST_CASE("a penalty is computed once for the batch, not for every sample") {
    Graph graph;
    const Mlp mlp(graph, {.inputs = 1, .layers = {{{neuron({{0, 1.0}})}}}});
    const Plan plan = plan_of(
        graph, 1, [&](auto x) { return mlp(x)[0] + l2_penalty(mlp.parameters(), 0.1); });
    CHECK(plan.uniforms.size() == 3);      // the sum of squares, its strength, their product
    CHECK(plan.instructions.size() == 2);  // the neuron, the addition
  }

  TEST_CASE("without gradients there is nothing to run backward") {
    Graph graph;
    const Mlp mlp(graph, {.inputs = 2,
                          .layers = {{{neuron({{0, 1.0}}), neuron({{1, 1.0}})}},
                                     {{neuron({{0, 1.0}, {1, 1.0}}, Activation::linear)}}}});
    const auto loss = [&](auto x) { return mlp(x)[0]; };
    const Plan plan = plan_of(graph, 2, loss, false);
    for (const Instruction& instruction : plan.instructions) CHECK(!instruction.wants_grad);
    for (const AffineGroup& group : plan.groups) CHECK(group.fed_tiles.empty());
  }

  TEST_CASE("a layer as it was made stays in the graph; a grown connection takes it out") {
    Graph graph;
    Mlp mlp(graph, {.inputs = 3, .layers = {{{neuron({{0, 1.0}, {2, 1.0}})}}}});
    const auto loss = [&](auto x) { return mlp(x)[0]; };
    CHECK(plan_of(graph, 3, loss).groups[0].in_graph);
    mlp.layers()[0].neurons()[0].grow(1, 0.5);
    CHECK(!plan_of(graph, 3, loss).groups[0].in_graph);
  }

  TEST_CASE("weights that two neurons share are not in the graph's own places") {
    Graph graph;
    const Value w = graph.value(2.0);
    const Value b = graph.value(1.0);
    const Plan plan = plan_of(graph, 2, [&](auto x) {
      const Value first = affine(b, {{w}}, x.first(1));
      const Value second = affine(b, {{w}}, x.subspan(1));
      return first * exp(second);
    });
    REQUIRE(plan.groups.size() == 1);
    CHECK(plan.groups[0].neurons == 2);
    CHECK(!plan.groups[0].in_graph);
  }
}
