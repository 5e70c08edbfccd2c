// A Value as a student uses it: operators, handles, labels, and what it says when misused.

#include "engine/value.h"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "engine/error.h"
#include "engine/graph.h"

namespace {

using namespace sprig;

std::string printed(Value value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

}  // namespace

TEST_SUITE("value") {
  TEST_CASE("micrograd's README example gives its three printed numbers") {
    Graph graph;
    const Value a = graph.value(-4.0), b = graph.value(2.0);
    Value c = a + b;
    Value d = a * b + pow(b, 3);
    c += c + 1;
    c += 1 + c + (-a);
    d += d * 2 + relu(b + a);
    d += 3 * d + relu(b - a);
    const Value e = c - d;
    const Value f = pow(e, 2);
    Value g = f / 2.0;
    g += 10.0 / f;
    g.backward();
    CHECK(printed(g) == "Value(data=24.7041, grad=1)");
    CHECK(a.grad() == doctest::Approx(138.8338).epsilon(5e-7));
    CHECK(b.grad() == doctest::Approx(645.5773).epsilon(1e-7));
  }

  TEST_CASE("numbers mix with Values on either side of every operator") {
    Graph graph;
    const Value x = graph.value(4);
    CHECK((x + 2).data() == 6);
    CHECK((2 + x).data() == 6);
    CHECK((x - 2).data() == 2);
    CHECK((2 - x).data() == -2);
    CHECK((x * 2).data() == 8);
    CHECK((2 * x).data() == 8);
    CHECK((x / 2).data() == 2);
    CHECK((2 / x).data() == 0.5);
    CHECK((-x).data() == -4);
    CHECK(pow(x, 0.5).data() == 2);
    CHECK(pow(2, x).data() == 16);
    CHECK(max(x, 5).data() == 5);
    CHECK(max(3, x).data() == 4);
    CHECK(min(x, 5).data() == 4);
    CHECK(min(3, x).data() == 3);
  }

  TEST_CASE("a number on either side leaves the derivative of the other side right") {
    const auto derivative = [](auto f) {
      Graph graph;
      const Value x = graph.value(4);
      f(x).backward();
      return x.grad();
    };
    CHECK(derivative([](Value x) { return 2 - x; }) == -1);
    CHECK(derivative([](Value x) { return x - 2; }) == 1);
    CHECK(derivative([](Value x) { return 1 / x; }) == -1.0 / 16);
    CHECK(derivative([](Value x) { return x / 2; }) == 0.5);
    CHECK(derivative([](Value x) { return pow(2, x); }) == 16 * std::log(2.0));
    CHECK(derivative([](Value x) { return pow(x, 3); }) == 48);
    CHECK(derivative([](Value x) { return max(3, x); }) == 1);
    CHECK(derivative([](Value x) { return min(x, 3); }) == 0);
    CHECK(derivative([](Value x) { return leaky_relu(-x); }) == -0.01);
  }

  TEST_CASE("a += b makes a new node, and old copies of a keep naming the old one") {
    Graph graph;
    Value a = graph.value(2);
    const Value old = a;
    a += graph.value(3);
    CHECK(a.data() == 5);
    CHECK(old.data() == 2);
    CHECK_FALSE(a.same_node(old));
    a.backward();
    CHECK(old.grad() == 1);
  }

  TEST_CASE("each compound assignment is its operator") {
    Graph graph;
    Value a = graph.value(7);
    a -= 1;
    CHECK(a.data() == 6);
    a *= 2;
    CHECK(a.data() == 12);
    a /= 4;
    CHECK(a.data() == 3);
    a += 1;
    CHECK(a.data() == 4);
    a += a;
    a *= a;
    CHECK(a.data() == 64);
    const Value copy = a;
    a -= copy;
    CHECK(a.data() == 0);
  }

  TEST_CASE("copies name the same node, so setting data through one shows in the other") {
    Graph graph;
    const Value a = graph.value(1);
    const Value copy = a;
    copy.set_data(5);
    CHECK(a.data() == 5);
    CHECK(a.same_node(copy));
    CHECK_FALSE(a.same_node(graph.value(5)));
    CHECK_FALSE(a.same_node(Value()));
    CHECK(Value().is_empty());
  }

  TEST_CASE("a label stays with its node and names no other") {
    Graph graph;
    const Value a = graph.value(1, "a");
    const Value b = (a + a).label("b");
    CHECK(a.label() == "a");
    CHECK(b.label() == "b");
    CHECK((a + b).label().empty());
  }

  TEST_CASE("a handle that names nothing says what to do, whatever is done with it") {
    Graph graph;
    const Value empty, x = graph.value(1);
    const char* message =
        "Value: this handle names no node; make it with graph.value() or graph.constant()";
    CHECK_THROWS_WITH_AS(empty.data(), message, Error);
    CHECK_THROWS_WITH_AS(empty.grad(), message, Error);
    CHECK_THROWS_WITH_AS(empty.backward(), message, Error);
    CHECK_THROWS_WITH_AS(empty.set_data(1), message, Error);
    CHECK_THROWS_WITH_AS(empty.set_grad(1), message, Error);
    CHECK_THROWS_WITH_AS(empty.label(), message, Error);
    CHECK_THROWS_WITH_AS((empty + 1).data(), message, Error);
    CHECK_THROWS_WITH_AS((x + empty).data(), message, Error);
    CHECK_THROWS_WITH_AS((empty + x).data(), message, Error);
    CHECK_THROWS_WITH_AS(sum({x, empty}).data(), message, Error);
    CHECK_THROWS_WITH_AS(gradient(empty, x).data(), message, Error);
    CHECK_THROWS_WITH_AS(gradient(x, empty).data(), message, Error);
    CHECK(graph.size() == 1);
  }

  TEST_CASE("Values of two graphs do not mix, and neither graph has grown after the attempt") {
    Graph here, there;
    const Value a = here.value(1), b = there.value(2);
    const char* message =
        "Value: the operands are of two graphs; make both with the same Graph";
    CHECK_THROWS_WITH_AS((a + b).data(), message, Error);
    CHECK_THROWS_WITH_AS(sum({a, b}).data(), message, Error);
    CHECK_THROWS_WITH_AS(affine(a, std::vector{b}, std::vector{a}).data(), message, Error);
    CHECK_THROWS_WITH_AS(log_sum_exp({a, a, b}).data(), message, Error);
    CHECK_THROWS_WITH_AS(gradient(a, b).data(), message, Error);
    CHECK(here.size() == 1);
    CHECK(there.size() == 1);
    CHECK((a + a).data() == 2);
  }

  TEST_CASE("only a leaf can be set") {
    Graph graph;
    const Value x = graph.value(1);
    const Value y = x * x;
    CHECK_THROWS_WITH_AS(y.set_data(3),
                         "Value: set_data on the result of *; only a leaf can be set, the rest "
                         "follows from its operands",
                         Error);
    CHECK_THROWS_WITH_AS(y.set_grad(3),
                         "Value: set_grad on the result of *; only a leaf can be set, backward "
                         "gives the rest",
                         Error);
    CHECK(y.data() == 1);
    x.set_data(3);
    CHECK(x.data() == 3);
  }

  TEST_CASE("an n-ary operation without operands or with uneven ones names the sizes") {
    Graph graph;
    const Value x = graph.value(1);
    const std::vector<Value> none;
    const std::vector two = {x, x};
    const std::vector<Term> terms = {{.input = 0, .weight = x}, {.input = 7, .weight = x}};
    CHECK_THROWS_WITH_AS(sum(none).data(), "sum: got no values; give at least one", Error);
    CHECK_THROWS_WITH_AS(log_sum_exp(none).data(),
                         "log_sum_exp: got no values; give at least one", Error);
    CHECK_THROWS_WITH_AS(affine(x, two, none).data(),
                         "affine: got 2 weights for 0 inputs; give as many of both", Error);
    CHECK_THROWS_WITH_AS(affine(x, terms, two).data(),
                         "affine: got 2 inputs but a term reads input 7; give at least 8",
                         Error);
    CHECK(graph.size() == 1);
    CHECK(sum(two).data() == 2);
  }
}
