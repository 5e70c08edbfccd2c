// The rules of all operations: central differences where they are smooth, and the conventions
// where they are not. tests/pytorch_test.cpp compares them with another library.

#include "engine/rules.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "engine/gradcheck.h"
#include "tests/operations.h"

namespace {

using namespace sprig;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::vector<Value> leaves(Graph& graph, const std::vector<double>& point) {
  std::vector<Value> xs;
  for (const double x : point) xs.push_back(graph.value(x));
  return xs;
}

double value_of(Op op, const std::vector<double>& point) {
  Graph graph;
  return operate(op, leaves(graph, point)).data();
}

// d(op)/d(operand) at the point, as backward gives them.
std::vector<double> derivatives(Op op, const std::vector<double>& point) {
  Graph graph;
  const std::vector<Value> xs = leaves(graph, point);
  operate(op, xs).backward();
  std::vector<double> grads;
  for (const Value x : xs) grads.push_back(x.grad());
  return grads;
}

using Numbers = std::vector<double>;

}  // namespace

TEST_SUITE("rules") {
  TEST_CASE("backward agrees with central differences for every operation") {
    for (const Op op : every_operation) {
      for (const auto& point : smooth_points(op)) {
        CAPTURE(at_point(op, point));
        const auto f = [op](std::span<const Value> xs) { return operate(op, xs); };
        const GradcheckReport report = gradcheck(f, point);
        CHECK_MESSAGE(report.passed(), report);
      }
    }
  }

  TEST_CASE("every operation records one node with its own operands, in order") {
    for (const Op op : every_operation) {
      Graph graph;
      const std::vector<Value> xs = leaves(graph, smooth_points(op).back());
      const Value y = operate(op, xs);
      CAPTURE(name_of(op));
      CHECK(graph.size() == xs.size() + 1);
      CHECK(graph.node(y).op == op);
      const std::vector<Value> operands = graph.operands(y);
      REQUIRE(operands.size() == xs.size());
      for (std::size_t k = 0; k < xs.size(); ++k) CHECK(operands[k].same_node(xs[k]));
    }
  }

  TEST_CASE("the local derivatives of a node are what backward multiplies by") {
    for (const Op op : every_operation) {
      for (const auto& point : smooth_points(op)) {
        Graph graph;
        const Value y = operate(op, leaves(graph, point));
        CAPTURE(at_point(op, point));
        CHECK(graph.local_derivatives(y) == derivatives(op, point));
      }
    }
  }

  TEST_CASE("a NaN in any operand of any operation comes out of it") {
    for (const Op op : every_operation) {
      std::vector<double> point = smooth_points(op).back();
      for (std::size_t k = 0; k < point.size(); ++k) {
        std::vector<double> bad = point;
        bad[k] = not_a_number;
        if (op == Op::LeakyRelu && k == 1) bad[0] = -1;  // where the slope matters
        CAPTURE(at_point(op, bad));
        CHECK(std::isnan(value_of(op, bad)));
      }
    }
  }

  TEST_CASE("at their kinks relu, abs and leaky_relu take the derivative of the left or 0") {
    for (const double zero : {0.0, -0.0}) {
      CHECK(derivatives(Op::Relu, {zero}) == Numbers{0});
      CHECK(derivatives(Op::Abs, {zero}) == Numbers{0});
      CHECK(derivatives(Op::LeakyRelu, {zero, 0.25}) == Numbers{0.25, 0});
    }
  }

  TEST_CASE("at a tie max and min give half the gradient to each side") {
    CHECK(derivatives(Op::Max, {3, 3}) == Numbers{0.5, 0.5});
    CHECK(derivatives(Op::Min, {3, 3}) == Numbers{0.5, 0.5});
    CHECK(derivatives(Op::Max, {0.0, -0.0}) == Numbers{0.5, 0.5});
    Graph graph;
    const Value x = graph.value(3);
    max(x, x).backward();
    CHECK(x.grad() == 1);
  }

  TEST_CASE("pow at base 0: 0^0 is 1, and no derivative is NaN where one exists") {
    CHECK(value_of(Op::Pow, {0, 0}) == 1);
    CHECK(derivatives(Op::Pow, {0, 0}) == Numbers{0, 0});
    CHECK(derivatives(Op::Pow, {0, 1}) == Numbers{1, 0});
    CHECK(derivatives(Op::Pow, {0, 2}) == Numbers{0, 0});
    CHECK(derivatives(Op::Pow, {0, 0.5}) == Numbers{infinity, 0});
    CHECK(derivatives(Op::Pow, {0, -1}) == Numbers{-infinity, -infinity});
    CHECK(derivatives(Op::Pow, {-0.0, 2}) == Numbers{0, 0});
  }

  TEST_CASE("pow of a negative base has a derivative for the base, and NaN for the exponent") {
    CHECK(value_of(Op::Pow, {-2, 3}) == -8);
    CHECK(derivatives(Op::Pow, {-2, 3})[0] == 12);
    CHECK(std::isnan(derivatives(Op::Pow, {-2, 3})[1]));
    CHECK(derivatives(Op::Pow, {-2, -1})[0] == -0.25);
    CHECK(std::isnan(value_of(Op::Pow, {-2, 0.5})));
    Graph graph;
    const Value base = graph.value(-2);
    pow(base, 3).backward();
    CHECK(base.grad() == 12);
  }

  TEST_CASE("log_sum_exp neither overflows nor underflows") {
    CHECK(value_of(Op::LogSumExp, {1000, -1000}) == 1000);
    CHECK(derivatives(Op::LogSumExp, {1000, -1000}) == Numbers{1, 0});
    CHECK(value_of(Op::LogSumExp, {-1000, 1000, 0}) == 1000);
    CHECK(derivatives(Op::LogSumExp, {-1000, 1000, 0}) == Numbers{0, 1, 0});
    CHECK(value_of(Op::LogSumExp, {-1000, -1000}) == -1000 + std::log(2.0));
    CHECK(derivatives(Op::LogSumExp, {-1000, -1000})[0] == doctest::Approx(0.5));
    CHECK(value_of(Op::LogSumExp, {1e300}) == 1e300);
    CHECK(value_of(Op::LogSumExp, {3, -infinity}) == 3);
    CHECK(derivatives(Op::LogSumExp, {3, -infinity}) == Numbers{1, 0});
  }

  TEST_CASE("the sigmoid family is finite far out, with its limits as values and derivatives") {
    CHECK(value_of(Op::Sigmoid, {1000}) == 1);
    CHECK(value_of(Op::Sigmoid, {-1000}) == 0);
    CHECK(value_of(Op::Softplus, {1000}) == 1000);
    CHECK(value_of(Op::Softplus, {-1000}) == 0);
    CHECK(value_of(Op::Swish, {1000}) == 1000);
    CHECK(value_of(Op::Swish, {-1000}) == 0);
    CHECK(value_of(Op::Tanh, {-1000}) == -1);
    for (const Op op : {Op::Sigmoid, Op::Tanh}) {
      CHECK(derivatives(op, {1000}) == Numbers{0});
      CHECK(derivatives(op, {-1000}) == Numbers{0});
    }
    for (const Op op : {Op::Softplus, Op::Swish, Op::Relu}) {
      CHECK(derivatives(op, {1000}) == Numbers{1});
      CHECK(derivatives(op, {-1000}) == Numbers{0});
    }
  }

  TEST_CASE("softplus keeps its digits where e^x is tiny") {
    CHECK(value_of(Op::Softplus, {-40}) == doctest::Approx(std::exp(-40)).epsilon(1e-15));
    CHECK(derivatives(Op::Softplus, {-40})[0] == doctest::Approx(std::exp(-40)).epsilon(1e-15));
  }

  TEST_CASE("derivatives at tiny and huge operands are those of the formula") {
    CHECK(derivatives(Op::Log, {1e-300})[0] == 1 / 1e-300);
    CHECK(derivatives(Op::Exp, {700})[0] == std::exp(700));
    CHECK(derivatives(Op::Exp, {-800}) == Numbers{0});
    CHECK(derivatives(Op::Sqrt, {1e-300})[0] == doctest::Approx(0.5e150).epsilon(1e-15));
    CHECK(derivatives(Op::Sqrt, {0}) == Numbers{infinity});
    CHECK(derivatives(Op::Log, {0}) == Numbers{infinity});
    CHECK(derivatives(Op::Divide, {1, 1e-150})[0] == 1 / 1e-150);
    CHECK(derivatives(Op::Divide, {1, 1e-150})[1] == doctest::Approx(-1e300).epsilon(1e-15));
    CHECK(derivatives(Op::Multiply, {1e300, 1e-300}) == Numbers{1e-300, 1e300});
  }
}
