// Whose nodes live how long: step scopes, parameters, released places, and handles to what is
// gone.

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/error.h"
#include "engine/graph.h"

namespace {

using namespace sprig;

std::string stale_message(int index) {
  return "Value: this handle names node " + std::to_string(index) +
         ", which is gone: its StepScope has ended or its parameter was released; keep what is "
         "to last outside the scope, or copy its data() before the end";
}

void make_small_graph(Graph& graph, Value parameter) {
  const Value x = graph.constant(2, "x");
  const Value y = tanh(affine(parameter, std::vector{parameter}, std::vector{x}));
  log_sum_exp({y, x, parameter}).label("loss").backward();
}

}  // namespace

TEST_SUITE("scope") {
  TEST_CASE("a scope takes back what was made in it and leaves the rest, with its grads") {
    Graph graph;
    const Value w = graph.parameter(3, "w");
    const Value before = w * 2;
    {
      const StepScope scope(graph);
      (before * w).backward();
    }
    CHECK(graph.size() == 3);
    CHECK(w.data() == 3);
    CHECK(w.grad() == 12);
    CHECK(before.grad() == 3);
    CHECK(w.label() == "w");
  }

  TEST_CASE("grads that a scope left in an older operation are not counted after it") {
    Graph graph;
    const Value w = graph.parameter(3);
    const Value before = w * 2;
    {
      const StepScope scope(graph);
      (before * before).backward();
    }
    w.set_grad(0);
    before.backward();
    CHECK(before.grad() == 1);
    CHECK(w.grad() == 2);
  }

  TEST_CASE("scopes nest, and each takes back its own") {
    Graph graph;
    const Value w = graph.parameter(3);
    const StepScope outer(graph);
    const Value kept = w * w;
    {
      const StepScope inner(graph);
      CHECK((kept * w).data() == 27);
    }
    CHECK(graph.size() == 2);
    kept.backward();
    CHECK(w.grad() == 6);
  }

  TEST_CASE("a scope ends also when its step throws") {
    Graph graph;
    const Value w = graph.parameter(3);
    try {
      const StepScope scope(graph);
      const Value y = w * w;
      y.set_data(1);
    } catch (const Error&) {
    }
    CHECK(graph.size() == 1);
    CHECK(graph.parameter(1).index() == 1);  // no scope is open any more
  }

  TEST_CASE("a handle kept past its scope is an error wherever it is used") {
    Graph graph;
    const Value w = graph.parameter(3);
    Value kept;
    {
      const StepScope scope(graph);
      kept = w * w;
    }
    const std::string gone = stale_message(1);
    const char* message = gone.c_str();
    CHECK_THROWS_WITH_AS(kept.data(), message, Error);
    CHECK_THROWS_WITH_AS(kept.grad(), message, Error);
    CHECK_THROWS_WITH_AS(kept.backward(), message, Error);
    CHECK_THROWS_WITH_AS(kept.label(), message, Error);
    CHECK_THROWS_WITH_AS((kept + w).data(), message, Error);
    CHECK_THROWS_WITH_AS((w + kept).data(), message, Error);
    CHECK_THROWS_WITH_AS(sum({w, kept}).data(), message, Error);
    CHECK_THROWS_WITH_AS((kept + 2).data(), message, Error);
    CHECK_THROWS_WITH_AS((2 - kept).data(), message, Error);
    CHECK_THROWS_WITH_AS(pow(kept, 2).data(), message, Error);
    CHECK_THROWS_WITH_AS(leaky_relu(kept).data(), message, Error);
    CHECK_THROWS_WITH_AS(gradient(w, kept).data(), message, Error);
    CHECK_THROWS_WITH_AS(graph.operands(kept), message, Error);
    CHECK_THROWS_WITH_AS(graph.local_derivatives(kept), message, Error);
    CHECK(graph.size() == 1);
  }

  TEST_CASE("a stale handle is not read as the node that took its place") {
    Graph graph;
    const Value w = graph.parameter(3);
    Value kept;
    for (int step = 0; step < 3; ++step) {
      const StepScope scope(graph);
      const Value now = w * w;
      CHECK(now.index() == 1);
      if (step > 0) CHECK_THROWS_WITH_AS(kept.data(), stale_message(1).c_str(), Error);
      kept = now;
      CHECK(kept.data() == 9);
    }
  }

  TEST_CASE("labels end with their scope") {
    Graph graph;
    const Value w = graph.parameter(3);
    {
      const StepScope scope(graph);
      const Value named = (w * w).label("loss");
      CHECK(named.label() == "loss");
    }
    CHECK((w * w).label().empty());
  }

  TEST_CASE("a parameter made in a scope is refused, as it would be gone at its end") {
    Graph graph;
    const StepScope scope(graph);
    CHECK_THROWS_WITH_AS(graph.parameter(1).data(),
                         "Graph: a parameter made inside a StepScope would be gone at its end; "
                         "make it before the scope or after it",
                         Error);
    CHECK(graph.size() == 0);
  }

  TEST_CASE(
      "a released parameter's place is used again, also inside a scope, and outlives it") {
    Graph graph;
    const Value old = graph.parameter(3, "old"), other = graph.parameter(4);
    old.set_grad(7);
    graph.release(old);
    Value grown;
    {
      const StepScope scope(graph);
      grown = graph.parameter(5);
    }
    CHECK(grown.index() == 0);
    CHECK(grown.data() == 5);
    CHECK(grown.grad() == 0);
    CHECK(grown.label().empty());
    CHECK(graph.size() == 2);
    CHECK(other.data() == 4);
    CHECK_THROWS_WITH_AS(old.data(), stale_message(0).c_str(), Error);
  }

  TEST_CASE("what is released inside the scope that made it leaves no place behind") {
    Graph graph;
    const Value w = graph.parameter(3);
    {
      const StepScope scope(graph);
      const Value inside = graph.value(1);
      graph.release(inside);
      CHECK_THROWS_WITH_AS(inside.data(), stale_message(1).c_str(), Error);
      CHECK_THROWS_AS(graph.parameter(2).data(), Error);
    }
    CHECK(graph.parameter(2).data() == 2);
    CHECK(graph.size() == 2);
    CHECK(w.data() == 3);
  }

  TEST_CASE("scopes that end in the wrong order take back everything and add nothing") {
    Graph graph;
    std::optional<StepScope> outer(graph);
    const Value x = graph.value(1);
    std::optional<StepScope> inner(graph);
    CHECK((x + x).data() == 2);
    outer.reset();
    inner.reset();
    CHECK(graph.size() == 0);
  }

  TEST_CASE("only a leaf can be released, and only once") {
    Graph graph;
    const Value w = graph.parameter(3);
    const Value y = w * w;
    CHECK_THROWS_WITH_AS(graph.release(y),
                         "Graph: only a parameter can be released, not the result of *", Error);
    graph.release(w);
    CHECK_THROWS_WITH_AS(graph.release(w), stale_message(0).c_str(), Error);
    CHECK_THROWS_WITH_AS(graph.release(graph.at(0)),
                         "Graph: only a parameter can be released, not a constant", Error);
    CHECK_THROWS_AS(w.data(), Error);
    CHECK(graph.parameter(1).index() == 0);
    CHECK(graph.parameter(2).index() == 2);
  }

  TEST_CASE("a node that does not exist cannot be asked for") {
    Graph graph;
    const Value x = graph.value(1);
    CHECK(graph.at(0).same_node(x));
    CHECK_THROWS_WITH_AS(graph.at(1).data(), "Graph: asked for node 1 of 1", Error);
  }

  TEST_CASE("100,000 small graphs discarded in scopes leave size and memory where they were") {
    Graph graph;
    const Value w = graph.parameter(0.5);
    const auto steps = [&](int count) {
      for (int k = 0; k < count; ++k) {
        const StepScope scope(graph);
        make_small_graph(graph, w);
      }
    };
    steps(1);
    const std::size_t size = graph.size(), bytes = graph.bytes();
    steps(100'000);
    CHECK(graph.size() == size);
    CHECK(graph.bytes() == bytes);
    CHECK(size == 1);
  }

  TEST_CASE("100,000 graphs come and go, each with the same result") {
    std::optional<double> first;
    for (int k = 0; k < 100'000; ++k) {
      Graph graph;
      const Value w = graph.parameter(0.5);
      make_small_graph(graph, w);
      if (!first) first = w.grad();
      REQUIRE(w.grad() == first);
    }
  }
}
