// gradient(): derivatives as Values, and derivatives of those, against closed forms and central
// differences.

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "engine/error.h"
#include "engine/gradcheck.h"
#include "engine/graph.h"
#include "tests/operations.h"

namespace {

using namespace sprig;

// f(x), f'(x), f''(x), f'''(x).
std::vector<double> derivatives(auto f, double at) {
  Graph graph;
  const Value x = graph.value(at);
  Value y = f(x);
  std::vector<double> numbers = {y.data()};
  for (int order = 1; order <= 3; ++order) {
    y = gradient(y, x);
    numbers.push_back(y.data());
  }
  return numbers;
}

void check_close(const std::vector<double>& ours, const std::vector<double>& expected) {
  REQUIRE(ours.size() == expected.size());
  for (std::size_t k = 0; k < ours.size(); ++k) {
    CAPTURE(k);
    CHECK(ours[k] == doctest::Approx(expected[k]).epsilon(1e-13));
  }
}

}  // namespace

TEST_SUITE("gradient") {
  TEST_CASE("three derivatives of powers, log and exp are those of the formulas") {
    const double x = 1.7;
    check_close(derivatives([](Value v) { return pow(v, 4); }, x),
                {std::pow(x, 4), 4 * x * x * x, 12 * x * x, 24 * x});
    check_close(derivatives([](Value v) { return 1 / v; }, x),
                {1 / x, -1 / (x * x), 2 / (x * x * x), -6 / std::pow(x, 4)});
    check_close(derivatives([](Value v) { return log(v); }, x),
                {std::log(x), 1 / x, -1 / (x * x), 2 / (x * x * x)});
    check_close(
        derivatives([](Value v) { return exp(2 * v); }, x),
        {std::exp(2 * x), 2 * std::exp(2 * x), 4 * std::exp(2 * x), 8 * std::exp(2 * x)});
    check_close(derivatives([](Value v) { return sqrt(v); }, 4),
                {2, 1.0 / 4, -1.0 / 32, 3.0 / 256});
  }

  TEST_CASE("three derivatives of tanh, sigmoid and softplus are those of the formulas") {
    const double x = 0.6, t = std::tanh(x), s = 1 / (1 + std::exp(-x));
    const double t1 = 1 - t * t, s1 = s * (1 - s);
    check_close(derivatives([](Value v) { return tanh(v); }, x),
                {t, t1, -2 * t * t1, t1 * (6 * t * t - 2)});
    check_close(derivatives([](Value v) { return sigmoid(v); }, x),
                {s, s1, s1 * (1 - 2 * s), s1 * (1 - 6 * s + 6 * s * s)});
    check_close(derivatives([](Value v) { return softplus(v); }, x),
                {std::log(1 + std::exp(x)), s, s1, s1 * (1 - 2 * s)});
  }

  TEST_CASE("derivatives at 0 of x^2 and x^3 are there, although their factors are 0") {
    CHECK(derivatives([](Value x) { return pow(x, 2); }, 0) == std::vector<double>{0, 0, 2, 0});
    CHECK(derivatives([](Value x) { return pow(x, 3); }, 0) == std::vector<double>{0, 0, 0, 6});
    CHECK(derivatives([](Value x) { return x * x * x; }, 0) == std::vector<double>{0, 0, 0, 6});
    CHECK(derivatives([](Value x) { return relu(x); }, 2) == std::vector<double>{2, 1, 0, 0});
  }

  TEST_CASE("gradient gives the same numbers as backward for every operation") {
    for (const Op op : every_operation) {
      for (const auto& point : smooth_points(op)) {
        CAPTURE(at_point(op, point));
        Graph graph;
        std::vector<Value> xs;
        for (const double x : point) xs.push_back(graph.value(x));
        const Value y = 3 * operate(op, xs);
        const std::vector<Value> gradients = gradient(y, xs);
        y.backward();
        for (std::size_t k = 0; k < xs.size(); ++k) {
          CHECK(gradients[k].data() == doctest::Approx(xs[k].grad()).epsilon(1e-15));
        }
      }
    }
  }

  TEST_CASE("second derivatives of every operation agree with central differences") {
    for (const Op op : every_operation) {
      for (const auto& point : smooth_points(op)) {
        for (std::size_t k = 0; k < point.size(); ++k) {
          const auto derivative = [op, k](std::span<const Value> xs) {
            return gradient(operate(op, xs), xs)[k];
          };
          const GradcheckReport report = gradcheck(derivative, point);
          CHECK_MESSAGE(report.passed(), at_point(op, point), ", operand ", k, "\n", report);
        }
      }
    }
  }

  TEST_CASE("a Hessian-vector product of (x.x)^2 is 4(x.x)v + 8(x.v)x") {
    Graph graph;
    const std::vector<double> v = {0.5, -1, 2};
    const std::vector xs = {graph.value(1), graph.value(2), graph.value(-3)};  // x.x is 14
    std::vector<Value> squares, products;
    for (const Value x : xs) squares.push_back(x * x);
    const std::vector<Value> first = gradient(pow(sum(squares), 2), xs);
    for (std::size_t k = 0; k < 3; ++k) products.push_back(first[k] * v[k]);
    const std::vector<Value> product = gradient(sum(products), xs);
    for (std::size_t k = 0; k < 3; ++k) {
      CHECK(product[k].data() == 56 * v[k] - 60 * xs[k].data());  // x.v is -7.5
    }
  }

  TEST_CASE("mixed second derivatives do not depend on the order of differentiation") {
    Graph graph;
    const Value x = graph.value(0.8), y = graph.value(1.9);
    const Value f = pow(x, y) + tanh(x * y) / y;
    const double xy = gradient(gradient(f, x), y).data();
    const double yx = gradient(gradient(f, y), x).data();
    CHECK(xy == doctest::Approx(yx).epsilon(1e-14));
  }

  TEST_CASE("a loss made of a gradient can be run backward") {
    Graph graph;
    const Value x = graph.value(2), w = graph.value(3);
    const Value slope = gradient(w * x * x, x);  // 2wx
    pow(slope - 2, 2).backward();                // (2wx - 2)^2: by w 4x(2wx - 2)
    CHECK(w.grad() == 80);
    CHECK(x.grad() == 120);
  }

  TEST_CASE("gradient leaves every grad as it was") {
    Graph graph;
    const Value x = graph.value(2);
    const Value y = x * x;
    y.backward();
    CHECK(gradient(pow(y, 2), x).data() == 32);
    CHECK(x.grad() == 4);
    CHECK(y.grad() == 1);
  }

  TEST_CASE("the gradient of a value by itself is 1, by an unrelated or younger one 0") {
    Graph graph;
    const Value x = graph.value(2), other = graph.value(3);
    const Value y = x * x, younger = y * x;
    CHECK(gradient(x, x).data() == 1);
    CHECK(gradient(y, y).data() == 1);
    CHECK(gradient(y, other).data() == 0);
    CHECK(gradient(y, younger).data() == 0);
    CHECK(gradient(y, graph.constant(1)).data() == 0);
    CHECK(gradient(graph.constant(1), x).data() == 0);
    CHECK(gradient(y, std::span<const Value>()).empty());
  }

  TEST_CASE("gradient works by an operation, by a constant, and by the same value twice") {
    Graph graph;
    const Value x = graph.value(2), c = graph.constant(5);
    const Value middle = x * c;
    const std::vector xs = {middle, x, c, x};
    const std::vector<Value> gradients = gradient(middle * middle, xs);
    CHECK(gradients[0].data() == 20);
    CHECK(gradients[1].data() == 100);
    CHECK(gradients[2].data() == 40);
    CHECK(gradients[3].data() == 100);
  }

  TEST_CASE("gradient goes no further back than it is asked to") {
    Graph graph;
    graph.check_finite(true);
    const Value x = graph.value(0);
    const Value root = sqrt(x);  // its own derivative is infinite
    CHECK(gradient(3 * root, root).data() == 3);
  }

  TEST_CASE(
      "gradient that meets an infinity where the graph checks leaves the graph as it was") {
    Graph graph;
    graph.check_finite(true);
    const Value x = graph.value(0, "x"), bias = graph.value(1);
    const Value root = sqrt(x);
    const Value y = affine(bias, std::vector{root}, std::vector{root + 1});
    const std::size_t size = graph.size();
    CHECK_THROWS_WITH_AS(gradient(y, x).data(),
                         "Graph: inf came out of / of node 10 (leaf, data=0.5), node 2 (sqrt, "
                         "data=0); it is the first one, look at these operands",
                         Error);
    CHECK(graph.size() == size);
    CHECK(gradient(y, bias).data() == 1);
  }

  TEST_CASE("a derivative of 0 stops gradient as it stops backward, also before an infinity") {
    Graph graph;
    const Value x = graph.value(0.0);
    const Value y = relu(sqrt(x));
    y.backward();
    CHECK(x.grad() == 0);
    CHECK(gradient(y, x).data() == 0);
  }

  TEST_CASE("gradient makes only the branch that counts, so the guard sees no false infinity") {
    Graph graph;
    graph.check_finite(true);
    const Value x = graph.value(0.0), y = graph.value(2.0), zero = graph.value(0.0);
    CHECK(gradient(pow(x, y), y).data() == 0);
    CHECK(gradient(pow(x, zero), x).data() == 0);
  }
}
