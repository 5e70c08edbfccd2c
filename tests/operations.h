// Every operation of the engine, for tests that must not forget one: the list comes from the
// rules, and operate() does not compile (-Werror=switch) while an operation is missing from it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/error.h"
#include "engine/graph.h"

namespace sprig {

inline constexpr Op every_operation[] = {
#define SPRIG_OP(Rule) Op::Rule,
    SPRIG_UNARY_RULES(SPRIG_OP) SPRIG_BINARY_RULES(SPRIG_OP) SPRIG_NARY_RULES(SPRIG_OP)
        SPRIG_AFFINE_RULES(SPRIG_OP)
#undef SPRIG_OP
};

// x holds bias, weight, input, weight, input, ...: the operands of an affine node.
inline Value apply_affine(std::span<const Value> x) {
  std::vector<Value> weights, inputs;
  for (std::size_t k = 1; k + 1 < x.size(); k += 2) {
    weights.push_back(x[k]);
    inputs.push_back(x[k + 1]);
  }
  return affine(x[0], weights, inputs);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wswitch"
inline Value operate(Op op, std::span<const Value> x) {
  switch (op) {
    case Op::leaf:
      break;
    case Op::Negate:
      return -x[0];
    case Op::Exp:
      return exp(x[0]);
    case Op::Log:
      return log(x[0]);
    case Op::Sqrt:
      return sqrt(x[0]);
    case Op::Abs:
      return abs(x[0]);
    case Op::Relu:
      return relu(x[0]);
    case Op::Tanh:
      return tanh(x[0]);
    case Op::Sigmoid:
      return sigmoid(x[0]);
    case Op::Swish:
      return swish(x[0]);
    case Op::Softplus:
      return softplus(x[0]);
    case Op::Add:
      return x[0] + x[1];
    case Op::Subtract:
      return x[0] - x[1];
    case Op::Multiply:
      return x[0] * x[1];
    case Op::Divide:
      return x[0] / x[1];
    case Op::Pow:
      return pow(x[0], x[1]);
    case Op::LeakyRelu:
      return leaky_relu(x[0], x[1]);
    case Op::Max:
      return max(x[0], x[1]);
    case Op::Min:
      return min(x[0], x[1]);
    case Op::Sum:
      return sum(x);
    case Op::SumOfSquares:
      return sum_of_squares(x);
    case Op::Affine:
      return apply_affine(x);
    case Op::LogSumExp:
      return log_sum_exp(x);
  }
  fail("operate: a leaf is no operation");
}
#pragma GCC diagnostic pop

// Points at which every operation is smooth, with all its operands.
inline std::vector<std::vector<double>> smooth_points(Op op) {
  switch (op) {
    case Op::Log:
    case Op::Sqrt:
      return {{0.02}, {0.5}, {1}, {7.5}, {1e6}};
    case Op::Pow:
      return {{0.3, 2.5}, {1.5, -2}, {40, 3}, {3, 1}, {1, 5}, {2, 0.25}};
    case Op::Divide:
      return {{1, 2}, {-3, 0.5}, {0, -4}, {1e6, 1e3}, {-7, -0.1}};
    case Op::LeakyRelu:
      return {{1.5, 0.01}, {-2, 0.2}, {-0.3, -1}, {40, 0}, {-40, 0.01}};
    case Op::Add:
    case Op::Subtract:
    case Op::Multiply:
    case Op::Max:
    case Op::Min:
      return {{1, 2}, {-3, 0.5}, {0, -4}, {1e6, 3}, {-7, -7.5}};
    case Op::Sum:
    case Op::SumOfSquares:
    case Op::LogSumExp:
      return {{0.5}, {1, 2, 3}, {-5, 5, 0, 0}, {30, 29, -30}};
    case Op::Affine:
      return {{0.5}, {1, 2, 3}, {-0.5, 3, 0, 0, -2}, {1, 2, 3, 4, 5, -6, 7}};
    default:
      return {{-20}, {-1.5}, {-0.01}, {0.02}, {0.7}, {3}, {12}};
  }
}

// For doctest's messages: "pow at 0.3, 2.5".
inline std::string at_point(Op op, const std::vector<double>& point) {
  std::string text(name_of(op));
  for (std::size_t k = 0; k < point.size(); ++k) {
    text += (k == 0 ? " at " : ", ") + std::to_string(point[k]);
  }
  return text;
}

}  // namespace sprig
