// 200 random expressions against values and gradients from PyTorch. The script and the command
// that saved them, and what their lines mean, stand in tests/oracles/expressions.py.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "engine/graph.h"
#include "tests/operations.h"

namespace {

using namespace sprig;

// Two libraries round exp, tanh and so on differently in the last bit (1.1e-16), and order sums
// differently; some 60 operations in a row make it a few hundred times that. A wrong rule is
// off by far more.
constexpr double tolerance = 1e-12;

struct Expression {
  std::vector<double> leaves;
  std::vector<std::string> steps;  // "affine 3 0 1"
  double value = 0;
  std::vector<double> grads;
};

std::vector<double> numbers(std::istream& words) {
  std::vector<double> numbers;
  for (std::string word; words >> word;) numbers.push_back(std::stod(word));
  return numbers;
}

std::vector<Expression> saved_expressions() {
  const auto path =
      std::filesystem::path(__FILE__).parent_path() / "oracles" / "expressions.txt";
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), "cannot read oracle " << path);
  std::vector<Expression> expressions;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "#") continue;
    if (word == "expression") {
      expressions.emplace_back();
    } else if (word == "leaves") {
      expressions.back().leaves = numbers(words);
    } else if (word == "value") {
      words >> expressions.back().value;
    } else if (word == "grads") {
      expressions.back().grads = numbers(words);
    } else {
      expressions.back().steps.push_back(line);
    }
  }
  return expressions;
}

// A minus sign is two operations; the number of operands tells which.
Op operation(const std::string& name, std::size_t operands) {
  if (name == "-") return operands == 1 ? Op::Negate : Op::Subtract;
  const auto found =
      std::ranges::find_if(every_operation, [&](Op op) { return name_of(op) == name; });
  REQUIRE_MESSAGE(found != std::end(every_operation), "no operation is called " << name);
  return *found;
}

Value step(const std::string& line, const std::vector<Value>& values) {
  std::istringstream words(line);
  std::string name;
  words >> name;
  std::vector<Value> operands;
  for (std::size_t k = 0; words >> k;) operands.push_back(values.at(k));
  return operate(operation(name, operands.size()), operands);
}

double relative_error(double ours, double theirs) {
  return std::abs(ours - theirs) / std::max(1.0, std::abs(theirs));
}

}  // namespace

TEST_SUITE("pytorch") {
  TEST_CASE("200 random expressions have PyTorch's values and gradients") {
    const std::vector<Expression> expressions = saved_expressions();
    CHECK(expressions.size() == 200);
    for (std::size_t number = 0; number < expressions.size(); ++number) {
      const Expression& expression = expressions[number];
      CAPTURE(number);
      Graph graph;
      std::vector<Value> values;
      for (const double leaf : expression.leaves) values.push_back(graph.value(leaf));
      for (const auto& line : expression.steps) values.push_back(step(line, values));
      values.back().backward();
      CHECK(relative_error(values.back().data(), expression.value) < tolerance);
      REQUIRE(expression.grads.size() == expression.leaves.size());
      for (std::size_t k = 0; k < expression.grads.size(); ++k) {
        CHECK(relative_error(values[k].grad(), expression.grads[k]) < tolerance);
      }
    }
  }

  TEST_CASE("the saved expressions have 5 to 60 operations, and every one of sprig's") {
    std::map<Op, int> count;
    for (const Expression& expression : saved_expressions()) {
      CHECK(expression.steps.size() >= 5);
      CHECK(expression.steps.size() <= 60);
      for (const auto& line : expression.steps) {
        const auto operands = static_cast<std::size_t>(std::ranges::count(line, ' '));
        ++count[operation(line.substr(0, line.find(' ')), operands)];
      }
    }
    for (const Op op : every_operation) {
      CHECK_MESSAGE(count[op] >= 100, name_of(op), " comes too seldom");
    }
  }
}
