// A Graph owns every node of a computation; a Value (value.h) names one.
//
// 1. Nodes stand in one array and are only appended: an operand is always older than what is
//    made of it. So creation order is a topological order, and backward is one loop from back
//    to front.
// 2. A node keeps its data, its grad, its operation and the indices of its operands. Local
//    derivatives are not kept: a rule (rules.h) reads them off the operands when needed.
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

#include "engine/rules.h"
#include "engine/value.h"

namespace sprig {

struct Node {
  Node(Op its_op, double its_data, std::uint32_t its_first, std::uint32_t its_second,
       std::uint32_t its_generation, bool gets_grad)
      : data(its_data),
        first(its_first),
        second(its_second),
        generation(its_generation),
        op(its_op),
        needs_grad(gets_grad) {}

  double data;
  double grad = 0;
  std::uint32_t first;   // unary, binary: an operand; n-ary: where its operands begin
  std::uint32_t second;  // binary: an operand; n-ary: how many; leaf: both say when it was set
  std::uint32_t generation;
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

  // Sets every grad to 0.
  void zero_grad();

  // From now on the first NaN or infinity is an Error at the node that makes it: which
  // operation, which operands, which label; also a gradient in backward, after which the grads
  // of leaves are of no use: zero them. Costs a comparison a node.
  void check_finite(bool on) { check_finite_ = on; }

  std::size_t size() const { return nodes_.size(); }
  std::size_t bytes() const;  // reserved by nodes and operands

  // To read a graph: diagrams, debuggers, tests.
  Value at(std::uint32_t index);
  const Node& node(Value value) const { return checked(value); }
  std::vector<Value> operands(Value value);
  std::vector<double> local_derivatives(Value value) const;  // d(value)/d(operand), in order
  const std::string& label(Value value) const;               // empty if it has none

 private:
  friend class Value;
  friend class StepScope;
  friend struct Recorder;  // value.cpp: makes nodes of operations
  friend class OperandList;
  friend struct Backward;  // backward.cpp: runs them back
  friend class Planner;    // program_plan.cpp: reads them
  template <class T>
  friend class Replay;  // program_replay.h: reads data, adds to grads
  friend class Program;
  friend class ProgramCheck;

  using Index = std::uint32_t;
  static constexpr std::size_t none = -1;
  static constexpr std::size_t limit = std::numeric_limits<Index>::max();  // nodes, operands

  const Node& checked(Value value) const {
    if (value.graph_ != this) throw_other_graph(value);
    if (value.index() >= nodes_.size() ||
        nodes_[value.index()].generation != value.generation()) {
      throw_stale(value);
    }
    return nodes_[value.index()];
  }

  Value push(Op op, double data, Index first, Index second, bool needs_grad) {
    const std::size_t index = nodes_.size();
    if (index == limit) throw_full();
    if (check_finite_ && !std::isfinite(data)) throw_not_finite(op, data, first, second);
    if (op != Op::leaf && first_operation_ == none) first_operation_ = index;
    nodes_.emplace_back(op, data, first, second, generation_, needs_grad);
    return Value(this, static_cast<Index>(index), generation_);
  }

  Index* room_for_operands(std::size_t count) {
    if (operand_count_ + count > operands_.size()) grow_operands(count);
    return operands_.data() + operand_count_;
  }

  double data_of(Index index) const { return nodes_[index].data; }
  double& grad_of(Index index) { return nodes_[index].grad; }

  Value push_leaf(double data, bool needs_grad, std::string_view label);
  void set_data(Value leaf, double data);
  void mark_changed(Index leaf);
  void rewind(std::size_t nodes, std::size_t operands);
  std::span<const Index> operand_indices(const Node& node) const;
  std::string describe(Index index) const;

  void grow_operands(std::size_t count);

  [[noreturn]] static void throw_full();
  [[noreturn]] static void throw_other_graph(Value value);
  [[noreturn]] void throw_stale(Value value) const;
  [[noreturn]] void throw_not_finite(Op op, double data, Index first, Index second) const;

  std::vector<Node> nodes_;
  std::vector<Index> operands_;  // of n-ary nodes: the first operand_count_ are in use
  std::size_t operand_count_ = 0;
  std::vector<Index> released_;          // places of released parameters
  std::map<Index, std::string> labels_;  // of the nodes that have one
  Index generation_ = 1;                 // of the nodes made now; grows with every rewind
  std::uint64_t parameter_changes_ = 0;  // calls of parameter() and release()
  int open_scopes_ = 0;
  std::size_t lasting_ = 0;             // where the outermost open scope began
  std::size_t first_operation_ = none;  // all nodes below it are leaves
  std::size_t with_grad_ = 0;  // operations below it may hold grads of an earlier backward
  std::size_t made_before_change_ = 0;  // operations below it may be made of data since changed
  bool check_finite_ = false;
};

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
