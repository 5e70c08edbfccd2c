// The list of parameters that optimisers step over: when it is right, and when it says that it
// is not any more.

#include "engine/parameter_list.h"

#include <doctest/doctest.h>

#include <vector>

#include "engine/error.h"
#include "nn/mlp.h"
#include "nn/optimizer.h"

namespace {

using namespace sprig;

std::vector<Value> three(Graph& graph) {
  return {graph.parameter(1), graph.parameter(2), graph.parameter(3)};
}

}  // namespace

TEST_SUITE("parameter list") {
  TEST_CASE("zero_grad clears the grads of the list and no other, in a run and out of order") {
    Graph graph;
    const std::vector<Value> x = three(graph);
    for (const auto& list : {std::vector{x[0], x[1]}, std::vector{x[1], x[0]}}) {
      for (const Value value : x) value.set_grad(5);
      ParameterList(list).zero_grad();
      CHECK(x[0].grad() == 0);
      CHECK(x[1].grad() == 0);
      CHECK(x[2].grad() == 5);
    }
  }

  TEST_CASE("a step moves each parameter by its own gradient, in a run and out of order") {
    Graph graph;
    const std::vector<Value> x = three(graph);
    for (int k = 0; k < 3; ++k) x[k].set_grad(10 * k);
    Sgd().step(ParameterList({x[2], x[0]}), 0.5);
    CHECK(x[0].data() == 1);
    CHECK(x[1].data() == 2);
    CHECK(x[2].data() == 3 - 0.5 * 20);
    Sgd().step(ParameterList({x[0], x[1], x[2]}), 0.5);
    CHECK(x[1].data() == 2 - 0.5 * 10);
  }

  TEST_CASE(
      "where one new number is not finite, all data are as before, also of one listed twice") {
    Graph graph;
    const std::vector<Value> x = three(graph);
    for (const auto& list : {std::vector{x[0], x[1], x[2]}, std::vector{x[2], x[0], x[0]}}) {
      const bool all = ParameterList(list).set_each(
          [](std::size_t k, double data, double) { return k == 2 ? 0 / 0.0 : data + 1; });
      CHECK_FALSE(all);
      for (int k = 0; k < 3; ++k) CHECK(x[k].data() == k + 1);
    }
    const Value y = x[0] * x[1];
    const ParameterList list(x);
    CHECK_FALSE(list.set_each([](auto...) { return 1 / 0.0; }));
    CHECK_NOTHROW(y.backward());
  }

  TEST_CASE("a released parameter makes the list stale, also when its place is used again") {
    Graph graph;
    const std::vector<Value> x = three(graph);
    const ParameterList list(x);
    graph.release(x[1]);
    CHECK_THROWS_AS(list.zero_grad(), Error);
    CHECK(graph.parameter(9).index() == x[1].index());
    CHECK_THROWS_AS(Sgd().step(list, 0.1), Error);
    CHECK(x[0].data() == 1);
    CHECK_NOTHROW(ParameterList({x[0], x[2]}).zero_grad());
  }

  TEST_CASE("a list of what a scope made is stale after it") {
    Graph graph;
    ParameterList list;
    {
      const StepScope scope(graph);
      list = ParameterList({graph.value(1), graph.value(2)});
      CHECK_NOTHROW(list.zero_grad());
    }
    const Value x = graph.value(1), y = graph.value(2);
    x.set_grad(3);
    CHECK_THROWS_AS(list.zero_grad(), Error);
    CHECK(x.grad() == 3);
    CHECK(y.data() == 2);
  }

  TEST_CASE("only leaves of one graph make a list") {
    Graph graph, other;
    const Value x = graph.value(1);
    CHECK_THROWS_WITH_AS(ParameterList({x, x * x}),
                         "ParameterList: parameter 1 of 2 is the result of *; only leaves can "
                         "be moved",
                         Error);
    CHECK_THROWS_AS(ParameterList({x, other.value(2)}), Error);
    CHECK(ParameterList().size() == 0);
    CHECK_NOTHROW(ParameterList().zero_grad());
  }

  TEST_CASE("a result of data that a step has moved since cannot be run backward") {
    Graph graph;
    const std::vector<Value> x = three(graph);
    const ParameterList list(x);
    const Value y = x[0] * x[1];
    y.backward();
    Sgd().step(list, 0.1);
    CHECK_THROWS_AS(y.backward(), Error);
    CHECK_NOTHROW((x[0] * x[1]).backward());
  }

  TEST_CASE("a network's list follows what is dropped and grown") {
    Graph graph;
    Mlp mlp(graph, {.inputs = 2, .layers = {{{{"a", {{0, 1.0}}, 0.5}}}}});
    Neuron& neuron = mlp.layers()[0].neurons()[0];
    CHECK(mlp.parameters().size() == 2);
    neuron.grow(1, 2.0);
    CHECK(mlp.parameters().size() == 3);
    CHECK(mlp.parameters()[1].same_node(neuron.weight_from(1)));
    neuron.drop(0);
    CHECK(mlp.parameters().size() == 2);
    CHECK(mlp.parameters()[0].data() == 2.0);
  }
}
