#include "engine/program_nodes.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/program.h"

namespace sprig {

RecordedNodes::RecordedNodes(const RecordedSample& sample)
    : sample_(sample), graph_(sample.graph), notes_(sample.end - sample.begin) {
  mark_needed();
  find_depths();
}

std::span<const Index> RecordedNodes::operands(Index node) const {
  operands_.clear();
  graph_.for_each_operand(graph_.records_[node],
                          [&](Index operand) { operands_.push_back(operand); });
  return operands_;
}

void RecordedNodes::mark_needed() {
  const auto need = [&](Value value) {
    if (!is_recorded(value.index())) return;
    note(value.index()).is_needed = true;
    ++note(value.index()).readers;
  };
  if (!sample_.loss.is_empty()) {
    need(sample_.loss);
    if (is_recorded(sample_.loss.index())) note(sample_.loss.index()).in_loss = true;
  }
  for (const Value output : sample_.outputs) need(output);
  for (const OuterProduct& product : sample_.products) {
    for (const Value right : product.right) need(right);
  }
  for (Index node = end(); node-- > begin();) {
    if (note(node).is_needed) mark_operands(node);
  }
}

void RecordedNodes::mark_operands(Index node) {
  for (const Index operand : operands(node)) {
    if (is_recorded(operand)) {
      note(operand).is_needed = true;
      ++note(operand).readers;
      note(operand).in_loss |= note(node).in_loss;
    } else if (op(operand) != Op::leaf && graph_.records_[operand].needs_grad) {
      fail("Program: the recorded code reads ", describe(operand),
           ", which was made before it; make it inside, so that its gradient can flow on");
    }
  }
}

void RecordedNodes::find_depths() {
  for (Index node = begin(); node < end(); ++node) {
    Note& here = note(node);
    if (!here.is_needed) continue;
    here.is_row = is_input(node) || op(node) == Op::Affine;
    for (const Index operand : operands(node)) {
      if (!is_row(operand)) continue;
      here.is_row = true;
      here.depth = std::max(here.depth, note(operand).depth + 1);
    }
    here.is_regular = op(node) == Op::Affine && is_regular(operands(node));
  }
}

bool RecordedNodes::is_regular(std::span<const Index> operands) const {
  if (is_row(operands[0])) return false;
  for (std::size_t k = 1; k < operands.size(); k += 2) {
    if (is_row(operands[k]) || !is_row(operands[k + 1])) return false;
  }
  return true;
}

bool is_unary_or_binary(Op op) {
  bool found = false;
  const auto yes = [&](auto) { found = true; };
  const auto no = [](auto) {};
  with_rule(op, yes, yes, no, no);
  return found;
}

}  // namespace sprig
