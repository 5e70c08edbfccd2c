// A Graph owns every node of a computation; a Value (value.h) names one.
//
// 1. Nodes stand in one array and are only appended: an operand is always older than what is
//    made of it. So creation order is a topological order, and backward is one loop from back
//    to front.
// 2. A node keeps its data, its grad, its operation and the indices of its operands. All data
//    stand in one array and all grads in another, side by side for the loops over many nodes.
//    Local derivatives are not kept: a rule (rules.h) reads them off the operands when needed.
// 3. A StepScope takes back all that was made inside it, in one go, when it ends.
// 4. A handle carries the generation of its node; a handle to a node that is gone is an Error.
// 5. There is no global graph, and one thread at a time uses a Graph; two threads use two.
//
// Chapter: docs/02-backward.md.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operand_lists.h"
#include "engine/rules.h"
#include "engine/value.h"

namespace sprig {

// What a node shows.
struct Node {
  double data;
  double grad;
  Op op;
  bool needs_grad;  // false for constants and for all that is made of constants only
};

class Graph {
 public:
  Graph() = default;
  Graph(const Graph&) = delete;  // Values point to it
  Graph& operator=(const Graph&) = delete;

  // A leaf with a gradient.
  Value value(double data, std::string_view label = {});

  // A leaf without: data, targets, numbers in a formula.
  Value constant(double data, std::string_view label = {});

  // A leaf with a gradient that is to outlive steps: a weight, a bias. It takes the place of a
  // released parameter if there is one. Throws Error inside a StepScope if there is none, as it
  // would be gone with the scope.
  Value parameter(double data, std::string_view label = {});

  // Throws the Error that one of `count` calls of parameter() would throw now.
  void check_room_for_parameters(std::size_t count) const;

  // Gives up a parameter, as when a connection is dropped. Its handles are stale from now on.
  // Throws Error if it is not a leaf with a gradient.
  void release(Value parameter);

  // How many parameters were made and released: while it stays, so do a model's parameters.
  std::uint32_t parameter_changes() const { return parameter_changes_; }

  // Sets every grad to 0.
  void zero_grad();

  // From now on the first NaN or infinity is an Error at the node that makes it: which
  // operation, which operands, which label; also a gradient in backward, after which the grads
  // of leaves are of no use: zero them. Costs a comparison a node.
  void check_finite(bool on) { check_finite_ = on; }

  std::size_t size() const { return size_; }
  std::size_t bytes() const;  // reserved by nodes and operands

  // To read a graph: diagrams, debuggers, tests.
  Value at(std::uint32_t index);
  Node node(Value value) const {
    const Record& record = checked(value);
    return {data_[value.index()], grad_[value.index()], record.op, record.needs_grad};
  }
  std::vector<Value> operands(Value value);
  std::vector<double> local_derivatives(Value value) const;  // d(value)/d(operand), in order
  const std::string& label(Value value) const;               // empty if it has none

 private:
  friend class Value;
  friend class StepScope;
  friend class WeightedSum;
  friend class ParameterList;
  friend struct Recorder;      // recorder.h: makes nodes of operations
  friend struct Backward;      // backward.cpp: runs them back
  friend class RecordedNodes;  // program_nodes.h: reads them
  friend class Uniforms;       // program_uniforms.h: reads data, adds to grads
  template <class T>
  friend class Replay;  // program_replay.h: reads data, adds to grads
  friend class Program;
  friend class ProgramCheck;

  using Index = std::uint32_t;
  static constexpr std::size_t none = -1;
  static constexpr std::size_t limit = std::numeric_limits<Index>::max();  // of nodes

  // How a node was made. Its two fields for operands hold
  //   leaf:   when its data last changed (mark_changed)
  //   unary:  an operand
  //   binary: both operands
  //   n-ary:  the place of a list of operands
  //   affine: the places of a row and of a list of inputs
  struct Record {
    Index first;
    Index second;
    Index generation;
    Op op;
    bool needs_grad;
  };

  const Record& checked(Value value) const {
    if (value.graph_ != this) throw_other_graph(value);
    const Index index = value.index();
    if (index >= size_ || records_[index].generation != value.generation()) throw_stale(value);
    return records_[index];
  }

  Value push(Op op, double data, Index first, Index second, bool needs_grad) {
    const std::size_t index = size_;
    if (index == records_.size()) [[unlikely]]
      grow();
    data_[index] = data;
    grad_[index] = 0;
    records_[index] = {first, second, generation_, op, needs_grad};
    if (check_finite_ && !std::isfinite(data)) [[unlikely]]
      throw_not_finite(records_[index], data);
    if (op != Op::leaf && first_operation_ == none) first_operation_ = index;
    ++size_;  // from here on it counts
    return Value(this, static_cast<Index>(index), generation_);
  }

  // Calls visit(index) for every operand, in order; of an affine node bias, w0, x0, w1, x1, ...
  void for_each_operand(const Record& record, auto visit) const;

  Value push_leaf(double data, bool needs_grad, std::string_view label);
  void set_data(Value leaf, double data);
  void mark_changed(Index leaf);
  void rewind(std::size_t nodes, std::size_t operands);
  // True for a node that no scope takes back: only a release can end it.
  bool is_lasting(Index index) const { return index < (open_scopes_ == 0 ? size_ : lasting_); }
  void make_room(std::size_t nodes) {
    while (size_ + nodes > room_) grow();
  }
  void grow();
  std::string describe(Index index) const;

  [[noreturn]] static void throw_other_graph(Value value);
  [[noreturn]] void throw_stale(Value value) const;
  [[noreturn]] void throw_not_finite(const Record& record, double data) const;

  std::vector<double> data_;  // of these three the first size_ of room_ are in use
  std::vector<double> grad_;
  std::vector<Record> records_;
  std::size_t size_ = 0;
  std::size_t room_ = 0;
  OperandLists operands_;
  std::vector<Index> released_;          // places of released parameters
  std::map<Index, std::string> labels_;  // of the nodes that have one
  Index generation_ = 1;                 // of the nodes made now; grows with every rewind
  Index parameter_changes_ = 0;
  int open_scopes_ = 0;
  std::size_t lasting_ = 0;             // where the outermost open scope began
  std::size_t first_operation_ = none;  // all nodes below it are leaves
  std::size_t with_grad_ = 0;  // operations below it may hold grads of an earlier backward
  std::size_t made_before_change_ = 0;  // operations below it may be made of data since changed
  bool check_finite_ = false;
};

void Graph::for_each_operand(const Record& record, auto visit) const {
  const auto unary = [&](auto) { visit(record.first); };
  const auto binary = [&](auto) {
    visit(record.first);
    visit(record.second);
  };
  const auto nary = [&](auto) {
    const IndexList list = operands_.list(record.first);
    for (std::size_t k = 0; k < list.size; ++k) visit(list[k]);
  };
  const auto affine = [&](auto) {
    const AffineOperands operands = operands_.affine(record.first, record.second);
    visit(operands.bias);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      visit(operands.weight(k));
      visit(operands.input(k));
    }
  };
  with_rule(record.op, unary, binary, nary, affine);
}

// Replaces each value by the result of a unary operation on it, as a layer's activations are
// made. Throws Error if the operation is not unary.
void apply(Op operation, std::span<Value> values);

// One training step: what is made after it is taken back at its closing brace; what was there
// before stays, with its grads. Scopes nest.
class StepScope {
 public:
  explicit StepScope(Graph& graph);
  ~StepScope();
  StepScope(const StepScope&) = delete;
  StepScope& operator=(const StepScope&) = delete;

 private:
  Graph& graph_;
  std::size_t nodes_;
  std::size_t operands_;
};

}  // namespace sprig
