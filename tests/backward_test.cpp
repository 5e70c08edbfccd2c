// The chain rule on numbers: what backward adds up, and where. What it refuses stands in
// tests/backward_checks_test.cpp.

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <thread>
#include <vector>

#include "engine/graph.h"

namespace {

using namespace sprig;

// bias + w0*x0 + w1*x1 + ... with one node for each + and *.
Value written_out(Value bias, const std::vector<Value>& weights,
                  const std::vector<Value>& inputs) {
  for (std::size_t k = 0; k < weights.size(); ++k) bias += weights[k] * inputs[k];
  return bias;
}

Value in_one_node(Value bias, const std::vector<Value>& weights,
                  const std::vector<Value>& inputs) {
  return affine(bias, weights, inputs);
}

// Value and gradients of two such sums that share their operands, drawn at random; a weight or
// input comes several times.
std::vector<double> shared_sums(auto weighted_sum, unsigned seed) {
  std::mt19937 rng(seed);
  const auto draw = [&] { return std::ldexp(static_cast<double>(rng()), -31) - 1; };
  Graph graph;
  std::vector<Value> leaves, weights, inputs;
  for (int k = 0; k < 10; ++k) leaves.push_back(graph.value(draw()));
  const auto pick = [&] { return tanh(leaves[rng() % leaves.size()]); };
  const std::size_t count = rng() % 30;
  while (weights.size() < count) {
    weights.push_back(leaves[rng() % leaves.size()]);
    inputs.push_back(rng() % 4 == 0 && !inputs.empty() ? inputs.front() : pick());
  }
  const Value bias = graph.value(draw());
  const Value first = weighted_sum(bias, weights, inputs);
  const Value y = tanh(first) * weighted_sum(bias, inputs, weights);
  y.backward();
  std::vector<double> numbers = {y.data(), bias.grad()};
  for (const Value leaf : leaves) numbers.push_back(leaf.grad());
  return numbers;
}

// Steps of gradient descent on a small sum, in a graph of its own.
std::vector<double> descend(double start, int steps) {
  Graph graph;
  std::vector<Value> weights;
  for (int k = 0; k < 20; ++k) weights.push_back(graph.parameter(start + 0.1 * k));
  std::vector<double> losses;
  for (int s = 0; s < steps; ++s) {
    const StepScope scope(graph);
    graph.zero_grad();
    std::vector<Value> squares;
    for (const Value weight : weights) squares.push_back(pow(tanh(weight) - 0.3, 2));
    const Value loss = sum(squares);
    loss.backward();
    for (const Value weight : weights) weight.set_data(weight.data() - 0.1 * weight.grad());
    losses.push_back(loss.data());
  }
  return losses;
}

}  // namespace

TEST_SUITE("backward") {
  TEST_CASE("backward adds up when a value is used twice") {
    Graph graph;
    const Value x = graph.value(3);
    (x + x).backward();
    CHECK(x.grad() == 2);
    graph.zero_grad();
    (x * x * x).backward();
    CHECK(x.grad() == 27);
  }

  TEST_CASE("a diamond passes its whole gradient on, once") {
    Graph graph;
    const Value x = graph.value(2);
    const Value top = x * x;
    const Value left = 3 * top, right = top + 1;
    (left * right).backward();  // 3x^2 (x^2 + 1): 12x^3 + 6x
    CHECK(top.grad() == 27);
    CHECK(x.grad() == 108);
  }

  TEST_CASE("a second backward doubles the grads of leaves and leaves those of operations") {
    Graph graph;
    const Value x = graph.value(0.7), w = graph.value(-1.3);
    const Value product = x * w;
    const Value y = tanh(product);
    y.backward();
    const double x_grad = x.grad(), w_grad = w.grad(), product_grad = product.grad();
    y.backward();
    CHECK(x.grad() == 2 * x_grad);
    CHECK(w.grad() == 2 * w_grad);
    CHECK(product.grad() == product_grad);
    CHECK(y.grad() == 1);
  }

  TEST_CASE("two roots add up in the leaves they share, in either order") {
    for (const bool older_first : {true, false}) {
      Graph graph;
      const Value x = graph.value(2), shared = x * 5;
      const Value older = shared * shared, newer = exp(shared - 10);
      (older_first ? older : newer).backward();
      (older_first ? newer : older).backward();
      CHECK(x.grad() == 105);  // 50x + 5
      CHECK(shared.grad() == (older_first ? 1 : 20));
    }
  }

  TEST_CASE("nodes younger than the root, and older ones beside it, get no gradient") {
    Graph graph;
    const Value x = graph.value(2);
    const Value beside = x * 3, root = x * 4, younger = root * 5;
    root.backward();
    CHECK(x.grad() == 4);
    CHECK(beside.grad() == 0);
    CHECK(younger.grad() == 0);
  }

  TEST_CASE("the derivative of a leaf by itself is 1, added at every backward") {
    Graph graph;
    const Value x = graph.value(2);
    x.backward();
    x.backward();
    CHECK(x.grad() == 2);
  }

  TEST_CASE("constants, and what is made of constants only, never get a gradient") {
    Graph graph;
    const Value c = graph.constant(3), x = graph.value(2);
    const Value of_constants = c * 4;
    (x * c + of_constants).backward();
    of_constants.backward();
    c.backward();
    CHECK(x.grad() == 3);
    CHECK(c.grad() == 0);
    CHECK(of_constants.grad() == 0);
    CHECK_FALSE(graph.node(of_constants).needs_grad);
    CHECK(graph.node(affine(c, std::vector{c, x}, std::vector{c, c})).needs_grad);
  }

  TEST_CASE("zero_grad clears leaves and operations") {
    Graph graph;
    const Value x = graph.value(2), y = x * x;
    y.backward();
    graph.zero_grad();
    CHECK(x.grad() == 0);
    CHECK(y.grad() == 0);
    y.backward();
    CHECK(x.grad() == 4);
  }

  TEST_CASE("affine has the bits of the sum written out with + and *, and so have its grads") {
    for (unsigned seed = 0; seed < 300; ++seed) {
      CAPTURE(seed);
      CHECK(shared_sums(in_one_node, seed) == shared_sums(written_out, seed));
    }
  }

  TEST_CASE("affine has these bits also when its bias is one of its weights and inputs") {
    for (int k = 1; k < 100; ++k) {
      const auto grad = [&](auto weighted_sum) {
        Graph graph;
        const Value b = graph.value(0.1 * k), x = graph.value(0.3), w = graph.value(0.7 / k);
        tanh(0.01 * weighted_sum(b, {b, w, b}, {x, b, b})).backward();
        return b.grad();
      };
      CHECK(grad(in_one_node) == grad(written_out));
    }
  }

  TEST_CASE("sum_of_squares has the bits of the squares written out, and so have its grads") {
    const auto numbers = [](bool in_one_node, int count) {
      Graph graph;
      std::vector<Value> xs;
      for (int k = 0; k < count; ++k) xs.push_back(graph.value(0.1 * k - 0.7));
      xs.push_back(xs.front());
      Value y = xs[0] * xs[0];
      for (std::size_t k = 1; k < xs.size(); ++k) y += xs[k] * xs[k];
      if (in_one_node) y = sum_of_squares(xs);
      tanh(0.3 * y).backward();
      std::vector<double> found = {y.data()};
      for (const Value x : xs) found.push_back(x.grad());
      return found;
    };
    for (const int count : {1, 2, 7, 50}) CHECK(numbers(true, count) == numbers(false, count));
  }

  TEST_CASE("affine of terms is affine of the inputs that they read") {
    Graph graph;
    const Value bias = graph.value(0.5), u = graph.value(2), v = graph.value(-3);
    const std::vector inputs = {graph.value(10), graph.value(20), graph.value(30)};
    const std::vector<Term> terms = {{.input = 2, .weight = u}, {.input = 0, .weight = v}};
    const Value y = affine(bias, terms, inputs);
    CHECK(y.data() == 0.5 + 2 * 30 - 3 * 10);
    y.backward();
    CHECK(u.grad() == 30);
    CHECK(v.grad() == 10);
    CHECK(inputs[0].grad() == -3);
    CHECK(inputs[1].grad() == 0);
    CHECK(affine(bias, std::vector<Term>{}, inputs).data() == 0.5);
  }

  TEST_CASE("a chain of ten million nodes goes forward, backward and away") {
    constexpr int length = 10'000'000;
    Graph graph;
    const Value x = graph.value(5), one = graph.value(1);
    {
      const StepScope scope(graph);
      Value y = x;
      for (int k = 0; k < length; ++k) y += one;
      CHECK(graph.size() == 2 + length);
      CHECK(y.data() == 5 + length);
      y.backward();
    }
    CHECK(x.grad() == 1);
    CHECK(one.grad() == length);
    CHECK(graph.size() == 2);
  }
}

TEST_SUITE("backward in threads") {
  TEST_CASE("two graphs in two threads give what each gives alone") {
    const std::vector<double> expected_a = descend(-1, 200), expected_b = descend(0.5, 200);
    std::vector<double> a, b;
    std::thread first([&] { a = descend(-1, 200); });
    std::thread second([&] { b = descend(0.5, 200); });
    first.join();
    second.join();
    CHECK(a == expected_a);
    CHECK(b == expected_b);
    CHECK(a.back() < 0.01 * a.front());
  }
}
