#include "engine/program_rows.h"

#include <algorithm>
#include <utility>

#include "engine/program.h"

namespace sprig {
namespace {

bool can_join(const RowRun& sums, const RowRun& relus, const RecordedNodes& nodes) {
  const Index first = sums.nodes[0];
  if (!nodes.note(first).is_regular || sums.nodes.size() != relus.nodes.size()) return false;
  if (nodes.wants_grad(first) != nodes.wants_grad(relus.nodes[0])) return false;
  for (std::size_t k = 0; k < sums.nodes.size(); ++k) {
    const Index sum = sums.nodes[k];
    if (nodes.operands(relus.nodes[k])[0] != sum || nodes.note(sum).readers != 1) return false;
  }
  return true;
}

// Sums whose only reader is a relu, all of the same run, in the same order.
void join_relus(std::vector<RowRun>& runs, const RecordedNodes& nodes) {
  for (RowRun& relus : runs) {
    if (nodes.op(relus.nodes[0]) != Op::Relu) continue;
    for (RowRun& sums : runs) {
      if (nodes.operands(relus.nodes[0])[0] != sums.nodes[0]) continue;
      if (!can_join(sums, relus, nodes)) continue;
      sums.has_relu = true;
      relus.is_joined = true;
    }
  }
}

bool reads_batch_only(const RowRun& run, const RecordedNodes& nodes) {
  bool reads_any = false;
  for (const Index node : run.nodes) {
    if (!nodes.note(node).is_regular) return false;
    for (const Index operand : nodes.operands(node)) {
      if (!nodes.is_row(operand)) continue;
      if (!nodes.is_input(operand)) return false;
      reads_any = true;
    }
  }
  return reads_any;
}

void copy_inputs(const RecordedSample& sample, RecordedNodes& nodes, std::vector<RowRun>& runs,
                 Plan& plan) {
  const auto copy = [&](Index node) {
    if (!nodes.is_input(node) || nodes.note(node).place != Plan::none) return;
    nodes.note(node).place = static_cast<Index>(plan.copied.size());
    plan.copied.push_back(node - nodes.begin());
  };
  for (RowRun& run : runs) {
    run.reads_batch = reads_batch_only(run, nodes);
    if (run.reads_batch) continue;
    for (const Index node : run.nodes) {
      for (const Index operand : nodes.operands(node)) copy(operand);
    }
  }
  if (!sample.loss.is_empty()) copy(sample.loss.index());
  for (const Value output : sample.outputs) copy(output.index());
  for (const OuterProduct& product : sample.products) {
    if (is_batch_only(product, nodes)) continue;
    for (const Value right : product.right) copy(right.index());
  }
}

}  // namespace

std::vector<RowRun> order_rows(const RecordedNodes& nodes) {
  std::vector<std::pair<std::uint64_t, Index>> order;  // kind of run, node
  for (Index node = nodes.begin(); node < nodes.end(); ++node) {
    const RecordedNodes::Note& here = nodes.note(node);
    if (!here.is_needed || !here.is_row || nodes.is_input(node)) continue;
    const std::uint64_t kind = std::uint64_t{here.depth} << 32 |
                               static_cast<std::uint64_t>(nodes.op(node)) << 2 |
                               std::uint64_t{here.is_regular} << 1 | nodes.wants_grad(node);
    order.emplace_back(kind, node);
  }
  std::ranges::sort(order);
  std::vector<RowRun> runs;
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (k == 0 || order[k].first != order[k - 1].first) runs.emplace_back();
    runs.back().nodes.push_back(order[k].second);
  }
  join_relus(runs, nodes);
  return runs;
}

void number_rows(const RecordedSample& sample, RecordedNodes& nodes, std::vector<RowRun>& runs,
                 Plan& plan) {
  copy_inputs(sample, nodes, runs, plan);
  plan.rows = static_cast<Index>(plan.copied.size());
  for (const RowRun& run : runs) {
    for (const Index node : run.nodes) {
      nodes.note(node).place =
          run.is_joined ? nodes.note(nodes.operands(node)[0]).place : plan.rows++;
    }
  }
}

bool is_batch_only(const OuterProduct& product, const RecordedNodes& nodes) {
  return std::ranges::all_of(product.right,
                             [&](Value right) { return nodes.is_input(right.index()); });
}

}  // namespace sprig
