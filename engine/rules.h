// The rule of every operation: its value and its local derivatives, side by side, written once.
//
// A rule is a template over the number type T. Two things flow through it: double (the eager
// graph) and Value (a backward pass that is itself recorded, for gradients of gradients). A
// rule uses only + - * /, <cmath>, and the helpers below, so that another number type fits in
// by defining those.
//
// To add an operation: write its rule, add its name to the list below it, and declare the
// function on Values that records it (value.h). Backward, gradcheck and diagrams then know it.
// Chapter: docs/02-backward.md.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sprig {

// Helpers for rules. On Values they answer from the data, as they are constant between jumps.
inline bool is_zero(double x) { return x == 0; }
inline bool is_negative(double x) { return x < 0; }
inline double sign(double x) { return x > 0 ? 1.0 : (x < 0 ? -1.0 : 0.0); }
inline double compare(double a, double b) { return a > b ? 1.0 : (a < b ? -1.0 : 0.0); }
inline double step(double x) { return x > 0 ? 1.0 : 0.0; }

inline double number_like(double, double constant) { return constant; }

// Only the branch that counts is made: on Values the other one would leave nodes behind.
auto where(bool condition, auto yes, auto no) { return condition ? yes() : no(); }

// Not std::max and std::min: those drop a NaN on one side.
inline double max(double a, double b) { return std::isnan(b) ? b : (a < b ? b : a); }
inline double min(double a, double b) { return std::isnan(b) ? b : (b < a ? b : a); }

inline double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

namespace rule {

using std::abs, std::exp, std::log, std::log1p, std::pow, std::sqrt, std::tanh;

// Unary rules: y = forward(x), dy/dx = derivative(x, y).

struct Negate {
  static constexpr std::string_view name = "-";
  static auto forward(const auto& x) { return -x; }
  static auto derivative(const auto&, const auto&) { return -1.0; }
};

struct Exp {
  static constexpr std::string_view name = "exp";
  static auto forward(const auto& x) { return exp(x); }
  static auto derivative(const auto&, const auto& y) { return y; }
};

struct Log {
  static constexpr std::string_view name = "log";
  static auto forward(const auto& x) { return log(x); }
  static auto derivative(const auto& x, const auto&) { return 1.0 / x; }
};

struct Sqrt {
  static constexpr std::string_view name = "sqrt";
  static auto forward(const auto& x) { return sqrt(x); }
  static auto derivative(const auto&, const auto& y) { return 0.5 / y; }
};

struct Abs {
  static constexpr std::string_view name = "abs";
  static auto forward(const auto& x) { return abs(x); }
  static auto derivative(const auto& x, const auto&) { return sign(x); }
};

struct Relu {
  static constexpr std::string_view name = "relu";
  static auto forward(const auto& x) { return max(x, number_like(x, 0.0)); }
  static auto derivative(const auto&, const auto& y) { return step(y); }
};

struct Tanh {
  static constexpr std::string_view name = "tanh";
  static auto forward(const auto& x) { return tanh(x); }
  static auto derivative(const auto&, const auto& y) { return 1.0 - y * y; }
};

struct Sigmoid {
  static constexpr std::string_view name = "sigmoid";
  static auto forward(const auto& x) { return sigmoid(x); }
  static auto derivative(const auto&, const auto& y) { return y * (1.0 - y); }
};

struct Swish {  // x * sigmoid(x)
  static constexpr std::string_view name = "swish";
  static auto forward(const auto& x) { return x * sigmoid(x); }
  static auto derivative(const auto& x, const auto& y) {
    const auto s = sigmoid(x);
    return s + y * (1.0 - s);
  }
};

struct Softplus {  // log(1 + e^x), written so that e^x cannot overflow
  static constexpr std::string_view name = "softplus";
  static auto forward(const auto& x) {
    return max(x, number_like(x, 0.0)) + log1p(exp(-abs(x)));
  }
  static auto derivative(const auto& x, const auto&) { return sigmoid(x); }
};

// Binary rules: y = forward(a, b), dy/da = derivative_a(a, b, y), dy/db likewise.

struct Add {
  static constexpr std::string_view name = "+";
  static auto forward(const auto& a, const auto& b) { return a + b; }
  static auto derivative_a(const auto&, const auto&, const auto&) { return 1.0; }
  static auto derivative_b(const auto&, const auto&, const auto&) { return 1.0; }
};

struct Subtract {
  static constexpr std::string_view name = "-";
  static auto forward(const auto& a, const auto& b) { return a - b; }
  static auto derivative_a(const auto&, const auto&, const auto&) { return 1.0; }
  static auto derivative_b(const auto&, const auto&, const auto&) { return -1.0; }
};

struct Multiply {
  static constexpr std::string_view name = "*";
  static auto forward(const auto& a, const auto& b) { return a * b; }
  static auto derivative_a(const auto&, const auto& b, const auto&) { return b; }
  static auto derivative_b(const auto& a, const auto&, const auto&) { return a; }
};

struct Divide {
  static constexpr std::string_view name = "/";
  static auto forward(const auto& a, const auto& b) { return a / b; }
  static auto derivative_a(const auto&, const auto& b, const auto&) { return 1.0 / b; }
  static auto derivative_b(const auto&, const auto& b, const auto& y) { return -y / b; }
};

struct Pow {  // a^b; both conventions at 0 are those of PyTorch
  static constexpr std::string_view name = "pow";
  static auto forward(const auto& a, const auto& b) { return pow(a, b); }
  static auto derivative_a(const auto& a, const auto& b, const auto&) {
    return where(
        is_zero(b), [&] { return number_like(b, 0.0); }, [&] { return b * pow(a, b - 1.0); });
  }
  static auto derivative_b(const auto& a, const auto& b, const auto& y) {
    return where(
        is_zero(a) && !is_negative(b), [&] { return number_like(a, 0.0); },
        [&] { return y * log(a); });
  }
};

struct LeakyRelu {  // a where a > 0, else b * a; b is the slope
  static constexpr std::string_view name = "leaky_relu";
  static auto forward(const auto& a, const auto& b) {
    return where(
        is_negative(a), [&] { return a * b; }, [&] { return a; });
  }
  static auto derivative_a(const auto& a, const auto& b, const auto&) {
    return step(a) + (1.0 - step(a)) * b;
  }
  static auto derivative_b(const auto& a, const auto&, const auto&) {
    return (1.0 - step(a)) * a;
  }
};

struct Max {  // a tie gives each side one half, as PyTorch and central differences do
  static constexpr std::string_view name = "max";
  static auto forward(const auto& a, const auto& b) { return max(a, b); }
  static auto derivative_a(const auto& a, const auto& b, const auto&) {
    return 0.5 + 0.5 * compare(a, b);
  }
  static auto derivative_b(const auto& a, const auto& b, const auto&) {
    return 0.5 + 0.5 * compare(b, a);
  }
};

struct Min {
  static constexpr std::string_view name = "min";
  static auto forward(const auto& a, const auto& b) { return min(a, b); }
  static auto derivative_a(const auto& a, const auto& b, const auto&) {
    return 0.5 + 0.5 * compare(b, a);
  }
  static auto derivative_b(const auto& a, const auto& b, const auto&) {
    return 0.5 + 0.5 * compare(a, b);
  }
};

// N-ary rules read operand k as at(k), 0 <= k < n, and hand dy/d(operand k) to visit(k,
// derivative), last operand first: the order in which the same thing written out in + and *
// would be visited. What is handed over in two parts adds up.

struct Sum {
  static constexpr std::string_view name = "sum";
  static auto forward(std::size_t n, auto at) {
    auto y = at(0);
    for (std::size_t k = 1; k < n; ++k) y = y + at(k);
    return y;
  }
  static void derivatives(std::size_t n, auto, const auto&, auto visit) {
    for (std::size_t k = n; k-- > 0;) visit(k, 1.0);
  }
};

struct SumOfSquares {  // x0*x0 + x1*x1 + ...
  static constexpr std::string_view name = "sum_of_squares";
  static auto forward(std::size_t n, auto at) {
    auto y = at(0) * at(0);
    for (std::size_t k = 1; k < n; ++k) y = y + at(k) * at(k);
    return y;
  }
  static void derivatives(std::size_t n, auto at, const auto&, auto visit) {
    for (std::size_t k = n; k-- > 0;) {  // each is both factors of its square
      visit(k, at(k));
      visit(k, at(k));
    }
  }
};

struct LogSumExp {  // log(e^x0 + e^x1 + ...), shifted by the largest so that nothing overflows
  static constexpr std::string_view name = "log_sum_exp";
  static auto forward(std::size_t n, auto at) {
    const auto largest = largest_of(n, at);
    return largest + log(shifted_sum(n, at, largest));
  }
  static void derivatives(std::size_t n, auto at, const auto&, auto visit) {
    const auto largest = largest_of(n, at);
    const auto total = shifted_sum(n, at, largest);
    for (std::size_t k = n; k-- > 0;) visit(k, exp(at(k) - largest) / total);
  }
  static auto largest_of(std::size_t n, auto at) {
    auto largest = at(0);
    for (std::size_t k = 1; k < n; ++k)
      largest = where(
          compare(at(k), largest) > 0, [&] { return at(k); }, [&] { return largest; });
    return largest;
  }
  static auto shifted_sum(std::size_t n, auto at, const auto& shift) {
    auto total = exp(at(0) - shift);
    for (std::size_t k = 1; k < n; ++k) total = total + exp(at(k) - shift);
    return total;
  }
};

// The affine rule has operands of three kinds: a bias, and as many weights as inputs. Its local
// derivatives stand one by one; who walks over them goes from the last term to the first, with
// the bias just before the first term, as the same thing written out would be visited.

struct Affine {  // bias + w0*x0 + w1*x1 + ...
  static constexpr std::string_view name = "affine";
  static auto forward(std::size_t n, const auto& bias, auto weight, auto input) {
    auto y = bias;
    for (std::size_t k = 0; k < n; ++k) y = add_term(y, weight(k), input(k));
    return y;
  }
  static auto add_term(auto sum, auto weight, auto input) { return sum + weight * input; }
  static auto derivative_bias() { return 1.0; }
  static auto derivative_weight(const auto&, const auto& input) { return input; }
  static auto derivative_input(const auto& weight, const auto&) { return weight; }
};

}  // namespace rule

// Every rule, by number of operands. Op has one name for each, and leaf, which has no rule.
#define SPRIG_UNARY_RULES(X) \
  X(Negate) X(Exp) X(Log) X(Sqrt) X(Abs) X(Relu) X(Tanh) X(Sigmoid) X(Swish) X(Softplus)
#define SPRIG_BINARY_RULES(X) \
  X(Add) X(Subtract) X(Multiply) X(Divide) X(Pow) X(LeakyRelu) X(Max) X(Min)
#define SPRIG_NARY_RULES(X) X(Sum) X(SumOfSquares) X(LogSumExp)
#define SPRIG_AFFINE_RULES(X) X(Affine)

enum class Op : std::uint8_t {
  leaf,
#define SPRIG_OP(Rule) Rule,
  SPRIG_UNARY_RULES(SPRIG_OP) SPRIG_BINARY_RULES(SPRIG_OP) SPRIG_NARY_RULES(SPRIG_OP)
      SPRIG_AFFINE_RULES(SPRIG_OP)
#undef SPRIG_OP
};

// Calls unary(rule), binary(rule), nary(rule) or affine(rule) with the rule of `op`; nothing for
// a leaf.
// clang-format off
void with_rule(Op op, auto&& unary, auto&& binary, auto&& nary, auto&& affine) {
  switch (op) {
    case Op::leaf: return;
#define SPRIG_CASE(Rule) case Op::Rule: return unary(rule::Rule{});
    SPRIG_UNARY_RULES(SPRIG_CASE)
#undef SPRIG_CASE
#define SPRIG_CASE(Rule) case Op::Rule: return binary(rule::Rule{});
    SPRIG_BINARY_RULES(SPRIG_CASE)
#undef SPRIG_CASE
#define SPRIG_CASE(Rule) case Op::Rule: return nary(rule::Rule{});
    SPRIG_NARY_RULES(SPRIG_CASE)
#undef SPRIG_CASE
#define SPRIG_CASE(Rule) case Op::Rule: return affine(rule::Rule{});
    SPRIG_AFFINE_RULES(SPRIG_CASE)
#undef SPRIG_CASE
  }
}
// clang-format on

#define SPRIG_OP_OF(Rule) \
  constexpr Op op_of(rule::Rule) { return Op::Rule; }
SPRIG_UNARY_RULES(SPRIG_OP_OF)
SPRIG_BINARY_RULES(SPRIG_OP_OF)
SPRIG_NARY_RULES(SPRIG_OP_OF)
SPRIG_AFFINE_RULES(SPRIG_OP_OF)
#undef SPRIG_OP_OF

// "+", "exp", "affine", ...; "leaf" for a leaf.
std::string_view name_of(Op op);

}  // namespace sprig
