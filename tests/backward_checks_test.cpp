// What backward refuses: data that changed after the forward pass, and, where the graph checks,
// numbers that are not finite.

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "engine/error.h"
#include "engine/graph.h"

namespace {

using namespace sprig;

bool refuses_backward(Value value) {
  try {
    value.backward();
    return false;
  } catch (const Error&) {
    return true;
  }
}

// Random actions on a few parameters, in scopes inside scopes. It counts the changes of every
// parameter, so it knows which results backward must refuse.
class History {
 public:
  History() {
    for (int k = 0; k < 4; ++k) parameters_.push_back(graph_.parameter(k));
  }

  void in_scope(int depth) {
    const StepScope scope(graph_);
    const std::size_t outside = results_.size();
    for (int step = 0; step < 12; ++step) {
      if (depth < 4 && rng_() % 3 == 0) {
        in_scope(depth + 1);
      } else {
        act(rng_() % parameters_.size());
      }
      check();
    }
    results_.resize(outside);
  }

 private:
  struct Result {
    Value value;
    std::size_t parameter;
    int change;  // of its parameter when it was made
  };

  void act(std::size_t k) {
    const unsigned choice = rng_() % 4;
    if (choice == 0) {
      parameters_[k].set_data(1);
    } else if (choice == 1) {
      graph_.release(parameters_[k]);
      parameters_[k] = graph_.parameter(1);
    } else {
      results_.push_back({parameters_[k] * parameters_[k], k, changes_[k]});
    }
    if (choice < 2) ++changes_[k];
  }

  void check() {
    for (const Result& result : results_) {
      REQUIRE(refuses_backward(result.value) == (result.change != changes_[result.parameter]));
    }
  }

  Graph graph_;
  std::mt19937 rng_{7};
  std::vector<Value> parameters_;
  std::vector<int> changes_ = std::vector<int>(4);
  std::vector<Result> results_;  // of the open scopes
};

}  // namespace

TEST_SUITE("backward of changed data") {
  TEST_CASE("backward refuses when a leaf was set after a node was made of it") {
    Graph graph;
    const Value x = graph.value(2, "x");
    const Value y = x * x;
    const Value z = exp(y);
    x.set_data(3);
    const char* message =
        "backward: the data of node 0 'x' (leaf, data=3) was set after node 1 (*, data=4) was "
        "made of it; run the forward pass again";
    CHECK_THROWS_WITH_AS(z.backward(), message, Error);
    CHECK_THROWS_WITH_AS(gradient(z, x).data(), message, Error);
    CHECK(x.grad() == 0);
    CHECK(graph.size() == 3);
    (x * x).backward();
    CHECK(x.grad() == 6);
  }

  TEST_CASE("a changed leaf does not matter to a root that is not made of it") {
    Graph graph;
    const Value x = graph.value(2), other = graph.value(1);
    const Value y = x * x, beside = other * other;
    other.set_data(5);
    y.backward();
    CHECK(x.grad() == 4);
    CHECK_THROWS_AS(beside.backward(), Error);
    CHECK_THROWS_AS((beside + y).backward(), Error);
  }

  TEST_CASE("a leaf may be set before it is used, however often") {
    Graph graph;
    const Value x = graph.value(2);
    for (int k = 0; k < 3; ++k) {
      x.set_data(k);
      graph.zero_grad();
      (x * x).backward();
      CHECK(x.grad() == 2 * k);
    }
  }

  TEST_CASE("data set inside a scope is still a change after it") {
    Graph graph;
    const Value x = graph.value(2);
    const Value y = x * x;
    {
      const StepScope scope(graph);
      const Value inner = x * 3;
      x.set_data(3);
      CHECK_THROWS_AS(inner.backward(), Error);
      (x * 3).backward();
    }
    CHECK_THROWS_AS(y.backward(), Error);
    (x + x).backward();
    CHECK(x.grad() == 5);
  }

  TEST_CASE("a change in a nested scope is told from what was made before, between and after") {
    Graph graph;
    const Value x = graph.value(2);
    const StepScope outer(graph);
    const Value before = x * x;
    {
      const StepScope inner(graph);
      const Value gone = before * x;
      x.set_data(3);
      CHECK_THROWS_AS(gone.backward(), Error);
    }
    const Value after = x * x;  // in the place where `gone` was
    after.backward();
    CHECK(x.grad() == 6);
    CHECK_THROWS_AS(before.backward(), Error);
    CHECK_THROWS_AS((after + before).backward(), Error);
  }

  TEST_CASE("a released parameter's old results cannot be run back through its successor") {
    Graph graph;
    const Value old = graph.parameter(2);
    const Value y = old * old;
    graph.release(old);
    CHECK_THROWS_AS(y.backward(), Error);
    const Value successor = graph.parameter(7);
    CHECK(successor.index() == old.index());
    CHECK_THROWS_AS(y.backward(), Error);
    CHECK(successor.grad() == 0);
    (successor * successor).backward();
    CHECK(successor.grad() == 14);
  }

  TEST_CASE("random histories of set, release, use, scope and backward are judged rightly") {
    History history;
    for (int round = 0; round < 4; ++round) history.in_scope(0);
  }
}

TEST_SUITE("backward of numbers that are not finite") {
  TEST_CASE("the first NaN or infinity forward is named with its operation and operands") {
    Graph graph;
    graph.check_finite(true);
    const Value x = graph.value(0, "x"), y = graph.value(-2);
    CHECK_THROWS_WITH_AS(log(x).data(),
                         "Graph: -inf came out of log of node 0 'x' (leaf, data=0); it is the "
                         "first one, look at these operands",
                         Error);
    CHECK_THROWS_WITH_AS((y / x).data(),
                         "Graph: -inf came out of / of node 1 (leaf, data=-2), node 0 'x' "
                         "(leaf, data=0); it is the first one, look at these operands",
                         Error);
    CHECK_THROWS_WITH_AS((y / 0).data(),
                         "Graph: -inf came out of / of node 1 (leaf, data=-2), node 2 (leaf, "
                         "data=0); it is the first one, look at these operands",
                         Error);
    CHECK(graph.size() == 2);
    CHECK((x + y).data() == -2);
    graph.check_finite(false);
    CHECK(std::isinf(log(x).data()));
  }

  TEST_CASE("a leaf that is not finite is refused, also in a released place") {
    Graph graph;
    graph.check_finite(true);
    const double infinity = std::numeric_limits<double>::infinity();
    const char* message = "Graph: a leaf was given inf; give a finite number";
    CHECK_THROWS_WITH_AS(graph.constant(infinity).data(), message, Error);
    graph.release(graph.parameter(1));
    CHECK_THROWS_WITH_AS(graph.parameter(infinity).data(), message, Error);
    CHECK(graph.size() == 1);
    CHECK(graph.parameter(2).index() == 0);
  }

  TEST_CASE("the first gradient that is not finite is named where backward makes it") {
    Graph graph;
    graph.check_finite(true);
    const Value x = graph.value(0, "x");
    const Value root = sqrt(x).label("root");
    const Value y = 3 * root;
    CHECK_THROWS_WITH_AS(y.backward(),
                         "backward: node 1 'root' (sqrt, data=0) with grad 3 gave the gradient "
                         "inf to node 0 'x' (leaf, data=0); it is the first one that is not "
                         "finite",
                         Error);
    CHECK(graph.size() == 4);
    graph.zero_grad();
    x.set_data(4);
    sqrt(x).backward();
    CHECK(x.grad() == 0.25);
  }

  TEST_CASE("without the check a NaN travels on silently, as numbers do") {
    Graph graph;
    const Value x = graph.value(-1);
    const Value y = relu(log(x)) * 2;
    CHECK(std::isnan(y.data()));
    y.backward();
  }

  TEST_CASE("the guard refuses data that are not finite when they are set") {
    Graph graph;
    graph.check_finite(true);
    const Value x = graph.value(1.0);
    CHECK_THROWS_AS(x.set_data(std::numeric_limits<double>::infinity()), Error);
    CHECK(x.data() == 1.0);
  }
}
