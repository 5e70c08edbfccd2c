#include "engine/program_gradients.h"

#include <algorithm>
#include <span>

#include "engine/program_nodes.h"

namespace sprig {
namespace {

struct Feed {
  Index row;
  Index neuron;
  Index weight;
};

// The connections from rows that want a gradient, by row; of one row from the last neuron to
// the first, as backward comes to them.
std::vector<Feed> feeds(const AffineGroup& group, const std::vector<bool>& wants_grad,
                        bool reads_graph) {
  std::vector<Feed> feeds;
  for (std::size_t t = group.tiles.size(); t-- > 0;) {
    const Tile& tile = group.tiles[t];
    for (Index n = tile.count; n-- > 0;) {
      const Index first = reads_graph && group.in_graph
                              ? group.leaves[tile.leaves + n]
                              : group.first_weight + tile.connection + n * tile.size;
      for (Index k = 0; k < tile.size; ++k) {
        const Index row = group.rows[tile.begin + k];
        if (!wants_grad[row]) continue;
        feeds.push_back({row, group.first_row + tile.first + n, first + k});
      }
    }
  }
  std::ranges::stable_sort(feeds, {}, &Feed::row);
  return feeds;
}

// Fills in the group's fed tiles, for the rows that want a gradient. `reached`: rows whose
// gradient has begun; those of this group are added. `reads_graph`: where the group is in the
// graph, its weights are read there.
void plan_fed_tiles(AffineGroup& group, const std::vector<bool>& wants_grad, bool reads_graph,
                    std::vector<bool>& reached) {
  if (group.reads_batch) return;
  const std::vector<Feed> all = feeds(group, wants_grad, reads_graph);
  std::span<const Feed> last;  // the feeds of the last tile's first row
  for (auto begin = all.begin(); begin != all.end();) {
    const Index row = begin->row;
    const auto end = std::ranges::find_if(begin, all.end(),
                                          [&](const Feed& feed) { return feed.row != row; });
    const std::span<const Feed> here(begin, end);
    const bool joins = !group.fed_tiles.empty() &&
                       group.fed_tiles.back().starts != reached[row] &&
                       std::ranges::equal(last, here, {}, &Feed::neuron, &Feed::neuron);
    if (joins) {
      ++group.fed_tiles.back().count;
    } else {
      group.fed_tiles.push_back({.first = static_cast<Index>(group.fed_rows.size()),
                                 .count = 1,
                                 .begin = static_cast<Index>(group.fed_neurons.size()),
                                 .size = static_cast<Index>(here.size()),
                                 .weights = static_cast<Index>(group.fed_weights.size()),
                                 .starts = !reached[row]});
      for (const Feed& feed : here) group.fed_neurons.push_back(feed.neuron);
      last = here;
    }
    group.fed_rows.push_back(row);
    for (const Feed& feed : here) group.fed_weights.push_back(feed.weight);
    reached[row] = true;
    begin = end;
  }
}

// An operation of many operands may give one of them several shares: they all add.
void reach_operands(Plan& plan, const Instruction& instruction, Index n,
                    std::vector<bool>& reached) {
  const std::span<RowOperand> all =
      std::span(plan.operands)
          .subspan(instruction.first_operand + n * instruction.operands, instruction.operands);
  for (RowOperand& operand : all) {
    if (!operand.is_row || !operand.wants_grad || reached[operand.place]) continue;
    const auto is_same = [&](const RowOperand& other) {
      return other.is_row && other.place == operand.place;
    };
    operand.starts =
        is_unary_or_binary(instruction.op) && std::ranges::count_if(all, is_same) == 1;
    if (!operand.starts) plan.cleared.push_back(operand.place);
    reached[operand.place] = true;
  }
}

}  // namespace

void plan_gradients(Plan& plan, const std::vector<bool>& wants_grad, bool reads_graph) {
  std::vector<bool> reached(plan.rows);
  reached[plan.loss.place] = true;
  for (std::size_t i = plan.instructions.size(); i-- > 0;) {
    const Instruction& instruction = plan.instructions[i];
    if (!instruction.wants_grad) continue;
    if (instruction.operands == 0) {
      plan_fed_tiles(plan.groups[instruction.first_operand], wants_grad, reads_graph, reached);
    } else {
      for (Index n = instruction.count; n-- > 0;) reach_operands(plan, instruction, n, reached);
    }
  }
}

}  // namespace sprig
