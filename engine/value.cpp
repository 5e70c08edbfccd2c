#include "engine/value.h"

#include <limits>
#include <ostream>

#include "engine/error.h"
#include "engine/graph.h"

namespace sprig {

// How an operation becomes a node: operands checked, the rule's forward on their data.
struct Recorder {
  // Operands of an n-ary node, written to the end of the graph's list; taken back if not kept.
  struct OperandList {
    OperandList(Graph& owner, std::size_t count) : graph(owner), begin(owner.operands_.size()) {
      if (begin + count > std::numeric_limits<std::uint32_t>::max()) {
        fail("Graph: it holds ", begin, " operands and cannot number more; use a StepScope");
      }
      graph.operands_.resize(begin + count);
    }
    ~OperandList() {
      if (!kept) graph.operands_.resize(begin);
    }
    void set(std::size_t k, Value value) {
      needs_grad |= graph.checked(value).needs_grad;
      indices()[k] = value.index();
    }
    std::uint32_t* indices() const { return graph.operands_.data() + begin; }
    std::size_t size() const { return graph.operands_.size() - begin; }

    Graph& graph;
    std::size_t begin;
    bool needs_grad = false;
    bool kept = false;
  };

  template <class Rule>
  static Value unary(Rule rule, Value x) {
    Graph& graph = x.graph();
    const Node& operand = graph.checked(x);
    return graph.push({.data = Rule::forward(operand.data),
                       .first = x.index(),
                       .op = op_of(rule),
                       .needs_grad = operand.needs_grad});
  }

  template <class Rule>
  static Value binary(Rule rule, Value a, Value b) {
    Graph& graph = a.graph();
    const Node& first = graph.checked(a);
    const Node& second = graph.checked(b);
    return graph.push({.data = Rule::forward(first.data, second.data),
                       .first = a.index(),
                       .second = b.index(),
                       .op = op_of(rule),
                       .needs_grad = first.needs_grad || second.needs_grad});
  }

  template <class Rule>
  static Value nary(Rule rule, OperandList& list) {
    const auto at = [&](std::size_t k) { return list.graph.nodes_[list.indices()[k]].data; };
    const Value value = list.graph.push({.data = Rule::forward(list.size(), at),
                                         .first = static_cast<std::uint32_t>(list.begin),
                                         .second = static_cast<std::uint32_t>(list.size()),
                                         .op = op_of(rule),
                                         .needs_grad = list.needs_grad});
    list.kept = true;
    return value;
  }
};

namespace {

template <class Rule>
Value of_list(Rule rule, std::span<const Value> values) {
  if (values.empty()) fail(Rule::name, ": got no values; give at least one");
  Recorder::OperandList list(values[0].graph(), values.size());
  for (std::size_t k = 0; k < values.size(); ++k) list.set(k, values[k]);
  return Recorder::nary(rule, list);
}

}  // namespace

Graph& Value::graph() const {
  if (graph_ == nullptr) Graph::throw_other_graph(*this);
  return *graph_;
}

double Value::data() const { return graph().checked(*this).data; }
double Value::grad() const { return graph().checked(*this).grad; }
void Value::set_data(double data) const { graph().set_data(*this, data); }

void Value::set_grad(double grad) const {
  graph().checked(*this);
  graph_->nodes_[index_].grad = grad;
}

Value Value::label(std::string_view text) const {
  graph().checked(*this);
  graph_->labels_[index_] = text;
  return *this;
}

std::string Value::label() const { return graph().label(*this); }

bool Value::same_node(Value other) const {
  return graph_ == other.graph_ && index_ == other.index_ && generation_ == other.generation_;
}

std::ostream& operator<<(std::ostream& out, Value value) {
  const Node& node = value.graph().node(value);
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

Value operator+(Value a, Value b) { return Recorder::binary(rule::Add{}, a, b); }
Value operator+(Value a, double b) { return a + a.graph().constant(b); }
Value operator+(double a, Value b) { return b.graph().constant(a) + b; }

Value operator-(Value a, Value b) { return Recorder::binary(rule::Subtract{}, a, b); }
Value operator-(Value a, double b) { return a - a.graph().constant(b); }
Value operator-(double a, Value b) { return b.graph().constant(a) - b; }

Value operator*(Value a, Value b) { return Recorder::binary(rule::Multiply{}, a, b); }
Value operator*(Value a, double b) { return a * a.graph().constant(b); }
Value operator*(double a, Value b) { return b.graph().constant(a) * b; }

Value operator/(Value a, Value b) { return Recorder::binary(rule::Divide{}, a, b); }
Value operator/(Value a, double b) { return a / a.graph().constant(b); }
Value operator/(double a, Value b) { return b.graph().constant(a) / b; }

Value pow(Value a, Value b) { return Recorder::binary(rule::Pow{}, a, b); }
Value pow(Value a, double b) { return pow(a, a.graph().constant(b)); }
Value pow(double a, Value b) { return pow(b.graph().constant(a), b); }

Value max(Value a, Value b) { return Recorder::binary(rule::Max{}, a, b); }
Value max(Value a, double b) { return max(a, a.graph().constant(b)); }
Value max(double a, Value b) { return max(b.graph().constant(a), b); }

Value min(Value a, Value b) { return Recorder::binary(rule::Min{}, a, b); }
Value min(Value a, double b) { return min(a, a.graph().constant(b)); }
Value min(double a, Value b) { return min(b.graph().constant(a), b); }

Value leaky_relu(Value x, Value slope) { return Recorder::binary(rule::LeakyRelu{}, x, slope); }
Value leaky_relu(Value x, double slope) { return leaky_relu(x, x.graph().constant(slope)); }

Value sum(std::span<const Value> values) { return of_list(rule::Sum{}, values); }
Value sum(std::initializer_list<Value> values) { return sum(std::span(values)); }
Value log_sum_exp(std::span<const Value> values) { return of_list(rule::LogSumExp{}, values); }
Value log_sum_exp(std::initializer_list<Value> values) {
  return log_sum_exp(std::span(values));
}

Value affine(Value bias, std::span<const Value> weights, std::span<const Value> inputs) {
  if (weights.size() != inputs.size()) {
    fail("affine: got ", weights.size(), " weights for ", inputs.size(),
         " inputs; give as many of both");
  }
  Recorder::OperandList list(bias.graph(), 1 + 2 * weights.size());
  list.set(0, bias);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    list.set(1 + 2 * k, weights[k]);
    list.set(2 + 2 * k, inputs[k]);
  }
  return Recorder::nary(rule::Affine{}, list);
}

Value affine(Value bias, std::span<const Term> terms, std::span<const Value> inputs) {
  Recorder::OperandList list(bias.graph(), 1 + 2 * terms.size());
  list.set(0, bias);
  for (std::size_t k = 0; k < terms.size(); ++k) {
    const std::uint32_t input = terms[k].input;
    if (input >= inputs.size()) {
      fail("affine: got ", inputs.size(), " inputs but a term reads input ", input,
           "; give at least ", input + 1);
    }
    list.set(1 + 2 * k, terms[k].weight);
    list.set(2 + 2 * k, inputs[input]);
  }
  return Recorder::nary(rule::Affine{}, list);
}

double sign(Value x) { return sign(x.data()); }
double step(Value x) { return step(x.data()); }
double compare(Value a, Value b) { return compare(a.data(), b.data()); }
bool is_zero(Value x) { return is_zero(x.data()); }
bool is_negative(Value x) { return is_negative(x.data()); }
Value number_like(Value like, double constant) { return like.graph().constant(constant); }

}  // namespace sprig
