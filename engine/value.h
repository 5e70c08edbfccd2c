// A Value is what a student writes formulas with: a small handle that names one node of a
// Graph.
//
//   Graph graph;
//   Value a = graph.value(-4.0, "a"), b = graph.value(2.0, "b");
//   Value y = relu(a * b + pow(b, 3));
//   y.backward();                      // a.grad() is now dy/da
//
// Copies name the same node, so constness is shallow: a const Value still reaches set_data().
// A Value must not be used after its Graph is gone. Chapter: docs/01-values.md.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sprig {

class Graph;

class [[nodiscard]] Value {
 public:
  Value() = default;  // names nothing; using it throws Error

  double data() const;
  double grad() const;

  // Only a leaf can be set; the data of an operation follows from its operands. Throws Error
  // else. Nodes made from the old data can no longer be run backward: backward says so.
  void set_data(double data) const;
  void set_grad(double grad) const;

  // Adds d(this)/d(node) to the grad of every leaf that this value was made of. The grads of
  // the operations between are those of this call alone. Leaves accumulate over calls, as in
  // micrograd and PyTorch: zero them before the next step.
  void backward() const;

  // A name for diagrams and messages; returns the same handle.
  const Value& label(std::string_view text) const;
  std::string label() const;

  Graph& graph() const {
    if (graph_ == nullptr) throw_empty();
    return *graph_;
  }
  std::uint32_t index() const { return static_cast<std::uint32_t>(place_); }
  std::uint32_t generation() const {
    return static_cast<std::uint32_t>(place_ >> 32);
  }  // tells nodes in one place apart
  bool is_empty() const { return graph_ == nullptr; }
  bool same_node(Value other) const;

 private:
  friend class Graph;
  [[noreturn]] static void throw_empty();
  Value(Graph* graph, std::uint32_t index, std::uint32_t generation)
      : graph_(graph), place_(std::uint64_t{generation} << 32 | index) {}

  Graph* graph_ = nullptr;
  std::uint64_t place_ = 0;  // generation and index in one word, which copies in one go
};

// Prints "Value(data=24.7041, grad=1)".
std::ostream& operator<<(std::ostream& out, Value value);

// The operators of the blackboard, mixed with plain numbers on either side. A number becomes a
// constant, a leaf without gradient. Both sides must be of one graph, else Error.
Value operator-(Value x);
Value operator+(Value a, Value b);
Value operator+(Value a, double b);
Value operator+(double a, Value b);
Value operator-(Value a, Value b);
Value operator-(Value a, double b);
Value operator-(double a, Value b);
Value operator*(Value a, Value b);
Value operator*(Value a, double b);
Value operator*(double a, Value b);
Value operator/(Value a, Value b);
Value operator/(Value a, double b);
Value operator/(double a, Value b);

// a += b makes `a` name the new node a + b; other copies of the old `a` keep naming the old
// node.
inline Value& operator+=(Value& a, Value b) { return a = a + b; }
inline Value& operator+=(Value& a, double b) { return a = a + b; }
inline Value& operator-=(Value& a, Value b) { return a = a - b; }
inline Value& operator-=(Value& a, double b) { return a = a - b; }
inline Value& operator*=(Value& a, Value b) { return a = a * b; }
inline Value& operator*=(Value& a, double b) { return a = a * b; }
inline Value& operator/=(Value& a, Value b) { return a = a / b; }
inline Value& operator/=(Value& a, double b) { return a = a / b; }

Value pow(Value base, double exponent);
Value pow(Value base, Value exponent);  // no gradient for the exponent of a negative base: NaN
Value pow(double base, Value exponent);
Value exp(Value x);
Value log(Value x);
Value sqrt(Value x);
Value abs(Value x);                              // derivative 0 at 0
Value relu(Value x);                             // derivative 0 at 0
Value leaky_relu(Value x, double slope = 0.01);  // derivative slope at 0
Value leaky_relu(Value x, Value slope);
Value tanh(Value x);
Value sigmoid(Value x);
Value swish(Value x);  // x * sigmoid(x)
Value softplus(Value x);
Value max(Value a, Value b);  // at a tie each side gets half the gradient
Value max(Value a, double b);
Value max(double a, Value b);
Value min(Value a, Value b);
Value min(Value a, double b);
Value min(double a, Value b);

// One node for many operands, added up in order. Throw Error if there is none.
Value sum(std::span<const Value> values);
Value sum(std::initializer_list<Value> values);
Value sum_of_squares(std::span<const Value> values);  // x0*x0 + x1*x1 + ...
Value sum_of_squares(std::initializer_list<Value> values);
Value log_sum_exp(std::span<const Value> values);  // log(e^x0 + e^x1 + ...), never overflows
Value log_sum_exp(std::initializer_list<Value> values);

// bias + weights[0]*inputs[0] + weights[1]*inputs[1] + ... as one node, added up in that order:
// the same bits as written out. Throws Error with both sizes if they differ.
Value affine(Value bias, std::span<const Value> weights, std::span<const Value> inputs);

// The same for a neuron that reads some of its inputs: bias + sum of weight * inputs[input].
struct Term {
  std::uint32_t input = 0;
  Value weight;
};
Value affine(Value bias, std::span<const Term> terms, std::span<const Value> inputs);

// dy/dx for every x as Values of the same graph, which can be differentiated again: gradients
// of gradients. 0 for an x that y does not depend on. Leaves every grad as it was. Throws Error
// if y and an x are of two graphs.
std::vector<Value> gradient(Value y, std::span<const Value> xs);
Value gradient(Value y, Value x);

// What rules ask of a number type (rules.h).
double sign(Value x);
double step(Value x);
double compare(Value a, Value b);
bool is_zero(Value x);
bool is_negative(Value x);
Value number_like(Value like, double constant);

}  // namespace sprig
