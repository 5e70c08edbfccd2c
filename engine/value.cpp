#include "engine/value.h"

#include <ostream>

#include "engine/error.h"
#include "engine/graph.h"

namespace sprig {

// How an operation becomes a node: operands checked, the rule's forward on their data.
struct Recorder {
  template <class Rule>
  static Value unary(Rule rule, Value x) {
    Graph& graph = x.graph();
    const Node& operand = graph.checked(x);
    return graph.push(op_of(rule), Rule::forward(operand.data), x.index(), 0,
                      operand.needs_grad);
  }

  template <class Rule>
  static Value binary(Rule rule, Value a, Value b) {
    Graph& graph = a.graph();
    const Node& first = graph.checked(a);
    const Node& second = graph.checked(b);
    return graph.push(op_of(rule), Rule::forward(first.data, second.data), a.index(), b.index(),
                      first.needs_grad || second.needs_grad);
  }

  template <class Rule>
  static Value binary(Rule rule, Value a, double b) {
    return with_constant(a.graph(), b, [&](Value number) { return binary(rule, a, number); });
  }

  template <class Rule>
  static Value binary(Rule rule, double a, Value b) {
    return with_constant(b.graph(), a, [&](Value number) { return binary(rule, number, b); });
  }

  // A number beside a Value becomes a constant, which is taken back if the operation throws.
  static Value with_constant(Graph& graph, double number, auto operation) {
    const std::size_t nodes = graph.nodes_.size();
    try {
      return operation(graph.constant(number));
    } catch (...) {
      graph.rewind(nodes, graph.operand_count_);
      throw;
    }
  }
};

// The operands of an n-ary node, written behind those in use; they count once the node is
// pushed.
class OperandList {
 public:
  OperandList(Graph& graph, std::size_t count)
      : graph_(graph), begin_(graph.room_for_operands(count)), end_(begin_) {}

  void add(Value value) {
    needs_grad_ |= graph_.checked(value).needs_grad;
    *end_++ = value.index();
  }

  template <class Rule>
  Value record(Rule rule) const {
    const auto count = static_cast<std::uint32_t>(end_ - begin_);
    const auto at = [nodes = graph_.nodes_.data(), operands = begin_](std::size_t k) {
      return nodes[operands[k]].data;
    };
    const Value value =
        graph_.push(op_of(rule), Rule::forward(count, at),
                    static_cast<std::uint32_t>(graph_.operand_count_), count, needs_grad_);
    graph_.operand_count_ += count;
    return value;
  }

 private:
  Graph& graph_;
  std::uint32_t* begin_;
  std::uint32_t* end_;
  bool needs_grad_ = false;
};

namespace {

template <class Rule>
Value record_all(Rule rule, std::span<const Value> values) {
  if (values.empty()) fail(Rule::name, ": got no values; give at least one");
  OperandList operands(values[0].graph(), values.size());
  for (const Value value : values) operands.add(value);
  return operands.record(rule);
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
  const Op op = graph().checked(*this).op;
  if (op != Op::leaf) {
    fail("Value: set_grad on the result of ", name_of(op),
         "; only a leaf can be set, backward gives the rest");
  }
  graph_->nodes_[index()].grad = grad;
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

Value sum(std::span<const Value> values) { return record_all(rule::Sum{}, values); }
Value sum(std::initializer_list<Value> values) { return sum(std::span(values)); }
Value log_sum_exp(std::span<const Value> values) {
  return record_all(rule::LogSumExp{}, values);
}
Value log_sum_exp(std::initializer_list<Value> values) {
  return log_sum_exp(std::span(values));
}

Value affine(Value bias, std::span<const Value> weights, std::span<const Value> inputs) {
  if (weights.size() != inputs.size()) {
    fail("affine: got ", weights.size(), " weights for ", inputs.size(),
         " inputs; give as many of both");
  }
  OperandList operands(bias.graph(), 1 + 2 * weights.size());
  operands.add(bias);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    operands.add(weights[k]);
    operands.add(inputs[k]);
  }
  return operands.record(rule::Affine{});
}

Value affine(Value bias, std::span<const Term> terms, std::span<const Value> inputs) {
  OperandList operands(bias.graph(), 1 + 2 * terms.size());
  operands.add(bias);
  for (const auto& [input, weight] : terms) {
    if (input >= inputs.size()) {
      fail("affine: got ", inputs.size(), " inputs but a term reads input ", input,
           "; give at least ", input + 1);
    }
    operands.add(weight);
    operands.add(inputs[input]);
  }
  return operands.record(rule::Affine{});
}

double sign(Value x) { return sign(x.data()); }
double step(Value x) { return step(x.data()); }
double compare(Value a, Value b) { return compare(a.data(), b.data()); }
bool is_zero(Value x) { return is_zero(x.data()); }
bool is_negative(Value x) { return is_negative(x.data()); }
Value number_like(Value like, double constant) { return like.graph().constant(constant); }

}  // namespace sprig
