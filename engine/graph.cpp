#include "engine/graph.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"

namespace sprig {

std::string_view name_of(Op op) {
  std::string_view name = "leaf";
  const auto take = [&](auto rule) { name = rule.name; };
  with_rule(op, take, take, take, take);
  return name;
}

Value Graph::value(double data, std::string_view label) { return push_leaf(data, true, label); }

Value Graph::constant(double data, std::string_view label) {
  return push_leaf(data, false, label);
}

Value Graph::push_leaf(double data, bool needs_grad, std::string_view label) {
  const Value value = push(Op::leaf, data, 0, 0, needs_grad);
  if (!label.empty()) labels_[value.index()] = label;
  return value;
}

void Graph::check_room_for_parameters(std::size_t count) const {
  if (open_scopes_ == 0 || count <= released_.size()) return;
  fail(
      "Graph: a parameter made inside a StepScope would be gone at its end; make it before "
      "the ",
      "scope or after it");
}

Value Graph::parameter(double data, std::string_view label) {
  check_room_for_parameters(1);
  ++parameter_changes_;
  if (released_.empty()) return value(data, label);
  const Record leaf = {0, 0, generation_, Op::leaf, true};
  if (check_finite_ && !std::isfinite(data)) throw_not_finite(leaf, data);
  const Index place = released_.back();
  released_.pop_back();
  data_[place] = data;
  grad_[place] = 0;
  records_[place] = leaf;
  mark_changed(place);
  if (!label.empty()) labels_[place] = label;
  return at(place);
}

void Graph::release(Value parameter) {
  const Record& leaf = checked(parameter);
  if (leaf.op != Op::leaf) {
    fail("Graph: only a parameter can be released, not the result of ", name_of(leaf.op));
  }
  if (!leaf.needs_grad) fail("Graph: only a parameter can be released, not a constant");
  const Index place = parameter.index();
  ++parameter_changes_;
  // A place made in an open scope is gone at its end anyway.
  if (open_scopes_ == 0 || place < lasting_) released_.push_back(place);
  labels_.erase(place);
  records_[place].generation = ++generation_;  // its handles are stale from here on
  ++generation_;                               // and so is a guess at the next one
  records_[place].needs_grad = false;          // nobody's parameter until it is used again
  mark_changed(place);
}

void Graph::zero_grad() { std::fill_n(grad_.begin(), size_, 0.0); }

std::size_t Graph::bytes() const {
  return records_.size() * (sizeof(Record) + 2 * sizeof(double)) + operands_.bytes();
}

// All three together, so that push() has one size to look at.
void Graph::grow() {
  if (room_ == limit) {
    fail("Graph: it cannot number more than ", limit, " nodes; use a StepScope");
  }
  const std::size_t room = std::min(std::max<std::size_t>(64, 2 * room_), limit);
  data_.resize(room);
  grad_.resize(room);
  records_.resize(room);
  room_ = room;
}

Value Graph::at(std::uint32_t index) {
  if (index >= size_) {
    fail("Graph: asked for node ", index, " of ", size_);
  }
  return Value(this, index, records_[index].generation);
}

std::vector<Value> Graph::operands(Value value) {
  std::vector<Value> values;
  for_each_operand(checked(value), [&](Index index) { values.push_back(at(index)); });
  return values;
}

const std::string& Graph::label(Value value) const {
  static const std::string empty;
  checked(value);
  const auto found = labels_.find(value.index());
  return found == labels_.end() ? empty : found->second;
}

void Graph::set_data(Value leaf, double data) {
  const Op op = checked(leaf).op;
  if (op != Op::leaf) {
    fail("Value: set_data on the result of ", name_of(op),
         "; only a leaf can be set, the rest follows from its operands");
  }
  if (check_finite_ && !std::isfinite(data)) throw_not_finite(records_[leaf.index()], data);
  data_[leaf.index()] = data;
  mark_changed(leaf.index());
}

// A leaf has no operands; their two fields keep when its data last changed. Backward compares.
void Graph::mark_changed(Index leaf) {
  records_[leaf].first = static_cast<Index>(size_);
  records_[leaf].second = generation_;
  made_before_change_ = size_;
}

void Graph::rewind(std::size_t nodes, std::size_t operands) {
  operands_.take_back_to(operands);
  ++generation_;               // of lists taken back, too, none is found again
  if (size_ <= nodes) return;  // less: an outer scope ended before an inner one
  size_ = nodes;
  labels_.erase(labels_.lower_bound(static_cast<Index>(nodes)), labels_.end());
  if (first_operation_ >= nodes) first_operation_ = none;
  with_grad_ = std::min(with_grad_, nodes);
  made_before_change_ = std::min(made_before_change_, nodes);
}

StepScope::StepScope(Graph& graph)
    : graph_(graph), nodes_(graph.size_), operands_(graph.operands_.size()) {
  if (graph_.open_scopes_++ == 0) graph_.lasting_ = nodes_;
}

StepScope::~StepScope() {
  graph_.rewind(nodes_, operands_);
  --graph_.open_scopes_;
}

// "node 7 'loss' (*, data=-6)"
std::string Graph::describe(Index index) const {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << "node " << index;
  if (const auto label = labels_.find(index); label != labels_.end()) {
    text << " '" << label->second << "'";
  }
  text << " (" << name_of(records_[index].op) << ", data=" << data_[index] << ")";
  return text.str();
}

void Graph::throw_other_graph(Value value) {
  if (value.is_empty()) Value::throw_empty();
  fail("Value: the operands are of two graphs; make both with the same Graph");
}

void Graph::throw_stale(Value value) const {
  fail(
      "Value: this handle names node ", value.index(),
      ", which is gone: its StepScope has ended or its parameter was released; keep what is to "
      "last outside the scope, or copy its data() before the end");
}

void Graph::throw_not_finite(const Record& record, double data) const {
  if (record.op == Op::leaf) fail("Graph: a leaf was given ", data, "; give a finite number");
  std::string operands;
  for_each_operand(record, [&](Index index) {
    operands += (operands.empty() ? " of " : ", ") + describe(index);
  });
  fail("Graph: ", data, " came out of ", name_of(record.op), operands,
       "; it is the first one, look at these operands");
}

}  // namespace sprig
