#include "engine/graph.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/error.h"

namespace sprig {

std::string_view name_of(Op op) {
  std::string_view name = "leaf";
  const auto take = [&](auto rule) { name = rule.name; };
  with_rule(op, take, take, take);
  return name;
}

Value Graph::value(double data, std::string_view label) { return push_leaf(data, true, label); }

Value Graph::constant(double data, std::string_view label) {
  return push_leaf(data, false, label);
}

Value Graph::push_leaf(double data, bool needs_grad, std::string_view label) {
  Node leaf;
  leaf.data = data;
  leaf.needs_grad = needs_grad;
  const Value value = push(leaf);
  if (!label.empty()) labels_[value.index_] = label;
  return value;
}

Value Graph::parameter(double data, std::string_view label) {
  if (released_.empty()) {
    if (open_scopes_ > 0) {
      fail(
          "Graph: a parameter made inside a StepScope would be gone at its end; make it before "
          "the scope or after it");
    }
    return value(data, label);
  }
  const Index place = released_.back();
  released_.pop_back();
  nodes_[place] = Node{.data = data, .generation = generation_, .needs_grad = true};
  mark_changed(place);
  if (!label.empty()) labels_[place] = label;
  return at(place);
}

void Graph::release(Value parameter) {
  if (checked(parameter).op != Op::leaf) {
    fail("Graph: only a parameter can be released, not the result of ",
         name_of(node(parameter).op));
  }
  released_.push_back(parameter.index_);
  labels_.erase(parameter.index_);
  nodes_[parameter.index_].generation = ++generation_;  // its handles are stale from here on
  ++generation_;                                        // and so is a guess at the next one
  mark_changed(parameter.index_);
}

void Graph::zero_grad() {
  for (Node& node : nodes_) node.grad = 0;
}

std::size_t Graph::bytes() const {
  return nodes_.capacity() * sizeof(Node) + operands_.capacity() * sizeof(Index);
}

Value Graph::at(std::uint32_t index) {
  if (index >= nodes_.size()) {
    fail("Graph: asked for node ", index, " of ", nodes_.size());
  }
  return Value(this, index, nodes_[index].generation);
}

std::vector<Value> Graph::operands(Value value) {
  std::vector<Value> values;
  for (const Index index : operand_indices(checked(value))) values.push_back(at(index));
  return values;
}

std::span<const Graph::Index> Graph::operand_indices(const Node& node) const {
  std::span<const Index> indices;
  with_rule(
      node.op,
      [&](auto) {
        indices = {&node.first, 1};
      },
      [&](auto) {
        indices = {&node.first, 2};
      },
      [&](auto) { indices = std::span(operands_).subspan(node.first, node.second); });
  return indices;
}

const std::string& Graph::label(Value value) const {
  static const std::string empty;
  checked(value);
  const auto found = labels_.find(value.index_);
  return found == labels_.end() ? empty : found->second;
}

Value Graph::push(const Node& node) {
  if (check_finite_ && !std::isfinite(node.data)) throw_not_finite(node);
  const std::size_t index = nodes_.size();
  if (index == std::numeric_limits<Index>::max()) {
    fail("Graph: it holds ", index, " nodes and cannot number more; use a StepScope");
  }
  nodes_.push_back(node);
  nodes_.back().generation = generation_;
  if (node.op != Op::leaf && first_operation_ == none) first_operation_ = index;
  return Value(this, static_cast<Index>(index), generation_);
}

void Graph::set_data(Value leaf, double data) {
  const Op op = checked(leaf).op;
  if (op != Op::leaf) {
    fail("Value: set_data on the result of ", name_of(op),
         "; only a leaf can be set, the rest follows from its operands");
  }
  nodes_[leaf.index_].data = data;
  mark_changed(leaf.index_);
}

// A leaf has no operands; their two fields keep when its data last changed. Backward compares.
void Graph::mark_changed(Index leaf) {
  nodes_[leaf].first = static_cast<Index>(nodes_.size());
  nodes_[leaf].second = generation_;
  made_before_change_ = nodes_.size();
}

void Graph::rewind(std::size_t nodes, std::size_t operands) {
  if (nodes_.size() == nodes) return;
  nodes_.resize(nodes);
  operands_.resize(operands);
  labels_.erase(labels_.lower_bound(static_cast<Index>(nodes)), labels_.end());
  if (first_operation_ >= nodes) first_operation_ = none;
  with_grad_ = std::min(with_grad_, nodes);
  made_before_change_ = std::min(made_before_change_, nodes);
  ++generation_;
}

StepScope::StepScope(Graph& graph)
    : graph_(graph), nodes_(graph.nodes_.size()), operands_(graph.operands_.size()) {
  ++graph_.open_scopes_;
}

StepScope::~StepScope() {
  graph_.rewind(nodes_, operands_);
  --graph_.open_scopes_;
}

// "node 7 'loss' = * (data=-6)"
std::string Graph::describe(Index index) const {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << "node " << index;
  if (const auto label = labels_.find(index); label != labels_.end()) {
    text << " '" << label->second << "'";
  }
  text << " (" << name_of(nodes_[index].op) << ", data=" << nodes_[index].data << ")";
  return text.str();
}

void Graph::throw_other_graph(Value value) {
  if (value.graph_ == nullptr) {
    fail("Value: this handle names no node; make it with graph.value() or graph.constant()");
  }
  fail("Value: the operands are of two graphs; make both with the same Graph");
}

void Graph::throw_stale(Value value) const {
  fail(
      "Value: this handle names node ", value.index_,
      ", which is gone: its StepScope has ended or its parameter was released; keep what is to "
      "last outside the scope, or copy its data() before the end");
}

void Graph::throw_not_finite(const Node& node) const {
  std::string operands;
  for (const Index index : operand_indices(node)) {
    operands += (operands.empty() ? " of " : ", ") + describe(index);
  }
  fail("Graph: ", node.data, " came out of ", name_of(node.op), operands,
       "; it is the first one, look at these operands");
}

}  // namespace sprig
