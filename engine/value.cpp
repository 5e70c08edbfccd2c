#include "engine/value.h"

#include <ostream>

#include "engine/error.h"
#include "engine/graph.h"
#include "engine/recorder.h"

namespace sprig {

void Value::throw_empty() {
  fail("Value: this handle names no node; make it with graph.value() or graph.constant()");
}

double Value::data() const { return graph().node(*this).data; }
double Value::grad() const { return graph().node(*this).grad; }
void Value::set_data(double data) const { graph().set_data(*this, data); }

void Value::set_grad(double grad) const {
  const Op op = graph().checked(*this).op;
  if (op != Op::leaf) {
    fail("Value: set_grad on the result of ", name_of(op),
         "; only a leaf can be set, backward gives the rest");
  }
  graph_->grad_[index()] = grad;
}

const Value& Value::label(std::string_view text) const {
  graph().checked(*this);
  graph_->labels_[index()] = text;
  return *this;
}

std::string Value::label() const { return graph().label(*this); }

bool Value::same_node(Value other) const {
  return graph_ == other.graph_ && place_ == other.place_;
}

std::ostream& operator<<(std::ostream& out, Value value) {
  const Node node = value.graph().node(value);
  return out << "Value(data=" << node.data << ", grad=" << node.grad << ")";
}

Value operator-(Value x) { return Recorder::unary(rule::Negate{}, x); }
Value exp(Value x) { return Recorder::unary(rule::Exp{}, x); }
Value log(Value x) { return Recorder::unary(rule::Log{}, x); }
Value sqrt(Value x) { return Recorder::unary(rule::Sqrt{}, x); }
Value abs(Value x) { return Recorder::unary(rule::Abs{}, x); }
Value relu(Value x) { return Recorder::unary(rule::Relu{}, x); }
Value tanh(Value x) { return Recorder::unary(rule::Tanh{}, x); }
Value sigmoid(Value x) { return Recorder::unary(rule::Sigmoid{}, x); }
Value swish(Value x) { return Recorder::unary(rule::Swish{}, x); }
Value softplus(Value x) { return Recorder::unary(rule::Softplus{}, x); }

void apply(Op operation, std::span<Value> values) {
  const auto unary = [&](auto rule) {
    for (Value& value : values) value = Recorder::unary(rule, value);
  };
  const auto refuse = [&](auto rule) { fail("apply: ", rule.name, " is not unary"); };
  with_rule(operation, unary, refuse, refuse, refuse);
}

Value operator+(Value a, Value b) { return Recorder::binary(rule::Add{}, a, b); }
Value operator+(Value a, double b) { return Recorder::binary(rule::Add{}, a, b); }
Value operator+(double a, Value b) { return Recorder::binary(rule::Add{}, a, b); }

Value operator-(Value a, Value b) { return Recorder::binary(rule::Subtract{}, a, b); }
Value operator-(Value a, double b) { return Recorder::binary(rule::Subtract{}, a, b); }
Value operator-(double a, Value b) { return Recorder::binary(rule::Subtract{}, a, b); }

Value operator*(Value a, Value b) { return Recorder::binary(rule::Multiply{}, a, b); }
Value operator*(Value a, double b) { return Recorder::binary(rule::Multiply{}, a, b); }
Value operator*(double a, Value b) { return Recorder::binary(rule::Multiply{}, a, b); }

Value operator/(Value a, Value b) { return Recorder::binary(rule::Divide{}, a, b); }
Value operator/(Value a, double b) { return Recorder::binary(rule::Divide{}, a, b); }
Value operator/(double a, Value b) { return Recorder::binary(rule::Divide{}, a, b); }

Value pow(Value a, Value b) { return Recorder::binary(rule::Pow{}, a, b); }
Value pow(Value a, double b) { return Recorder::binary(rule::Pow{}, a, b); }
Value pow(double a, Value b) { return Recorder::binary(rule::Pow{}, a, b); }

Value max(Value a, Value b) { return Recorder::binary(rule::Max{}, a, b); }
Value max(Value a, double b) { return Recorder::binary(rule::Max{}, a, b); }
Value max(double a, Value b) { return Recorder::binary(rule::Max{}, a, b); }

Value min(Value a, Value b) { return Recorder::binary(rule::Min{}, a, b); }
Value min(Value a, double b) { return Recorder::binary(rule::Min{}, a, b); }
Value min(double a, Value b) { return Recorder::binary(rule::Min{}, a, b); }

Value leaky_relu(Value x, Value slope) { return Recorder::binary(rule::LeakyRelu{}, x, slope); }
Value leaky_relu(Value x, double slope) {
  return Recorder::binary(rule::LeakyRelu{}, x, slope);
}

Value sum(std::span<const Value> values) { return Recorder::nary(rule::Sum{}, values); }
Value sum(std::initializer_list<Value> values) { return sum(std::span(values)); }
Value sum_of_squares(std::span<const Value> values) {
  return Recorder::nary(rule::SumOfSquares{}, values);
}
Value sum_of_squares(std::initializer_list<Value> values) {
  return sum_of_squares(std::span(values));
}
Value log_sum_exp(std::span<const Value> values) {
  return Recorder::nary(rule::LogSumExp{}, values);
}
Value log_sum_exp(std::initializer_list<Value> values) {
  return log_sum_exp(std::span(values));
}

Value affine(Value bias, std::span<const Value> weights, std::span<const Value> inputs) {
  if (weights.size() != inputs.size()) {
    fail("affine: got ", weights.size(), " weights for ", inputs.size(),
         " inputs; give as many of both");
  }
  return Recorder::affine(
      bias, weights.size(), [&](std::size_t k) { return weights[k]; },
      [&](std::size_t k) { return inputs[k]; });
}

Value affine(Value bias, std::span<const Term> terms, std::span<const Value> inputs) {
  for (const Term& term : terms) {
    if (term.input < inputs.size()) continue;
    fail("affine: got ", inputs.size(), " inputs but a term reads input ", term.input,
         "; give at least ", term.input + 1);
  }
  return Recorder::affine(
      bias, terms.size(), [&](std::size_t k) { return terms[k].weight; },
      [&](std::size_t k) { return inputs[terms[k].input]; });
}

double sign(Value x) { return sign(x.data()); }
double step(Value x) { return step(x.data()); }
double compare(Value a, Value b) { return compare(a.data(), b.data()); }
bool is_zero(Value x) { return is_zero(x.data()); }
bool is_negative(Value x) { return is_negative(x.data()); }
Value number_like(Value like, double constant) { return like.graph().constant(constant); }

}  // namespace sprig
