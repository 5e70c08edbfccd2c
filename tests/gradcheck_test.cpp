// gradcheck: right gradients pass, wrong ones are named, and nothing is left changed.

#include "engine/gradcheck.h"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "engine/error.h"
#include "engine/graph.h"

namespace {

using namespace sprig;

std::string printed(const GradcheckReport& report) {
  std::ostringstream text;
  text << report;
  return text.str();
}

// The value of x * x, but 5 as its gradient.
Value wrong_square(Value x) {
  const Value hidden = x.graph().constant(x.data() * x.data() - 5 * x.data());
  return 5 * x + hidden;
}

}  // namespace

TEST_SUITE("gradcheck") {
  TEST_CASE("a right gradient passes, with analytic and numeric side by side") {
    const GradcheckReport report =
        gradcheck([](auto x) { return x[0] * x[0] * x[1]; }, {3.0, -2.0});
    CHECK(report.passed());
    REQUIRE(report.inputs.size() == 2);
    CHECK(report.inputs[0].analytic == -12);
    CHECK(report.inputs[1].analytic == 9);
    CHECK(report.inputs[0].numeric == doctest::Approx(-12).epsilon(1e-8));
    CHECK(printed(report).starts_with("gradcheck: 2 inputs agree, largest difference "));
  }

  TEST_CASE("a wrong gradient is named by input, label and numbers, a right one is not") {
    Graph graph;
    const std::vector inputs = {graph.value(1, "v"), graph.value(0.5, "w")};
    const auto f = [](std::span<const Value> x) { return x[0] + wrong_square(x[1]); };
    const GradcheckReport report = gradcheck(f, inputs);
    CHECK_FALSE(report.passed());
    CHECK(report.inputs[0].passed());
    const std::string message = printed(report);
    CHECK(message.starts_with("gradcheck: input 1 'w' at 0.5: analytic 5, numeric 1"));
    CHECK(message.find(", difference 4, allowed 5.0") != std::string::npos);
    CHECK(message.find("input 0") == std::string::npos);
  }

  TEST_CASE("a kink shows as a difference, as central differences see both its sides") {
    const GradcheckReport report = gradcheck([](auto x) { return relu(x[0]); }, {0.0});
    CHECK_FALSE(report.passed());
    CHECK(report.inputs[0].analytic == 0);
    CHECK(report.inputs[0].numeric == doctest::Approx(0.5));
  }

  TEST_CASE("a gradient that is not a number does not pass") {
    CHECK_FALSE(gradcheck([](auto x) { return log(x[0]); }, {-1.0}).passed());
    CHECK_FALSE(gradcheck([](auto x) { return sqrt(x[0]); }, {0.0}).passed());
  }

  TEST_CASE("a big value does not fail by rounding, and does not hide a wrong gradient") {
    CHECK(gradcheck([](auto x) { return x[0] + 1e9; }, {0.5}).passed());
    CHECK_FALSE(gradcheck([](auto x) { return wrong_square(x[0]) + 1e6; }, {0.5}).passed());
    CHECK(gradcheck([](auto x) { return 1e8 * x[0] * x[0]; }, {1e5}).passed());
  }

  TEST_CASE("inputs are numbered as they come, and f may use them from outside its argument") {
    Graph graph;
    const Value a = graph.value(2), b = graph.parameter(3, "b");
    const Value c = graph.value(4);
    const auto f = [=](std::span<const Value>) { return a * b * c; };
    const GradcheckReport report = gradcheck(f, std::vector{b, a});
    CHECK(report.passed());
    CHECK(report.inputs[0].label == "b");
    CHECK(report.inputs[0].analytic == 8);
    CHECK(report.inputs[1].analytic == 12);
  }

  TEST_CASE("data, grads and size are afterwards what they were before") {
    Graph graph;
    const Value a = graph.value(0.1), b = graph.value(3);
    a.set_grad(5);
    b.set_grad(7);
    CHECK(gradcheck([&](auto x) { return x[0] * b; }, std::vector{a}).passed());
    CHECK(a.data() == 0.1);
    CHECK(a.grad() == 5);
    CHECK(b.grad() == 7);
    CHECK(graph.size() == 2);
  }

  TEST_CASE("the same is true when f throws") {
    Graph graph;
    const Value a = graph.value(0.1);
    a.set_grad(5);
    const auto f = [](std::span<const Value> x) {
      if (x[0].data() > 0.1) fail("f: too large");
      return x[0] * 2;
    };
    CHECK_THROWS_WITH_AS(gradcheck(f, std::vector{a}), "f: too large", Error);
    CHECK(a.data() == 0.1);
    CHECK(a.grad() == 5);
    CHECK(graph.size() == 1);
  }

  TEST_CASE("what cannot be checked is refused with what to give instead") {
    Graph graph;
    const auto f = [](std::span<const Value> x) { return x[0]; };
    const Value x = graph.value(1), y = x * x;
    const char* message =
        "gradcheck: input 1 is a constant or the result of an operation; give leaves made by "
        "graph.value() or graph.parameter()";
    CHECK_THROWS_WITH_AS(gradcheck(f, std::vector{x, y}), message, Error);
    CHECK_THROWS_WITH_AS(gradcheck(f, std::vector{x, graph.constant(1)}), message, Error);
    CHECK_THROWS_WITH_AS(gradcheck(f, std::vector<Value>{}),
                         "gradcheck: got no inputs; give at least one", Error);
    CHECK_THROWS_WITH_AS(gradcheck(f, {1.0}, {.step = 0}),
                         "gradcheck: got step 0 and tolerance 1e-06; give numbers above 0",
                         Error);
  }
}
