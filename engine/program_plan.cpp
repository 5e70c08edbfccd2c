#include "engine/program_plan.h"

#include <algorithm>
#include <utility>

#include "engine/error.h"
#include "engine/program.h"
#include "engine/program_gradients.h"
#include "engine/program_group.h"
#include "engine/program_rows.h"

namespace sprig {
namespace {

// Makes a Plan of what is known of the nodes: first what is the same for every sample, then the
// rows and their instructions, then what is read after a run.
class Planner {
 public:
  explicit Planner(const RecordedSample& sample)
      : sample_(sample), nodes_(sample), is_in_group_(sample.begin) {}

  Plan plan() {
    plan_uniforms();
    runs_ = order_rows(nodes_);
    number_rows(sample_, nodes_, runs_, plan_);
    for (const RowRun& run : runs_) {
      if (!run.is_joined) plan_run(run);
    }
    plan_results();
    list_nodes();
    if (sample_.wants_grad && plan_.loss.is_row) {
      plan_gradients(plan_, rows_with_grad(), sample_.is_double);
    }
    return std::move(plan_);
  }

 private:
  // ---- uniforms

  void plan_uniforms() {
    for (Index node = nodes_.begin(); node < nodes_.end(); ++node) {
      if (!nodes_.note(node).is_needed || nodes_.note(node).is_row) continue;
      nodes_.note(node).place = static_cast<Index>(plan_.uniforms.size());
      Uniform uniform{.op = nodes_.op(node),
                      .data = nodes_.data(node),
                      .first_operand = static_cast<Index>(plan_.uniform_operands.size()),
                      .wants_grad = nodes_.wants_grad(node)};
      for (const Index operand : nodes_.operands(node)) {
        plan_.uniform_operands.push_back(source(operand));
        ++uniform.operands;
      }
      uniform.reads_run = is_run(std::span(plan_.uniform_operands).last(uniform.operands));
      plan_.uniforms.push_back(uniform);
    }
  }

  static bool is_run(std::span<const UniformOperand> all) {
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (!all[k].is_leaf || all[k].place != all[0].place + k) return false;
      if (all[k].wants_grad != all[0].wants_grad) return false;
    }
    return !all.empty();
  }

  UniformOperand source(Index node) const {
    const bool is_leaf = !nodes_.is_recorded(node);
    return {is_leaf ? node : nodes_.note(node).place, is_leaf, nodes_.wants_grad(node)};
  }

  Index new_value(Index node) {
    const UniformOperand from = source(node);
    plan_.values.push_back({from.place, from.is_leaf, from.wants_grad});
    return static_cast<Index>(plan_.values.size() - 1);
  }

  // ---- instructions

  Index row_read(Index node, bool from_batch) const {
    return from_batch ? node - nodes_.begin() : nodes_.note(node).place;
  }

  void plan_run(const RowRun& run) {
    const Index first = run.nodes.front();
    Instruction instruction{.op = nodes_.op(first),
                            .first_row = nodes_.note(first).place,
                            .count = static_cast<Index>(run.nodes.size()),
                            .wants_grad = nodes_.wants_grad(first)};
    if (nodes_.note(first).is_regular) {
      instruction.first_operand = static_cast<Index>(plan_.groups.size());
      plan_group(run);
      plan_.instructions.push_back(instruction);
    } else if (nodes_.operands(first).size() <= 2 && is_unary_or_binary(nodes_.op(first))) {
      plan_rows(instruction, run.nodes);
    } else {
      for (const Index node : run.nodes) {
        instruction.first_row = nodes_.note(node).place;
        instruction.count = 1;
        plan_rows(instruction, {&node, 1});
      }
    }
  }

  void plan_rows(Instruction instruction, std::span<const Index> nodes) {
    instruction.first_operand = static_cast<Index>(plan_.operands.size());
    instruction.operands = static_cast<Index>(nodes_.operands(nodes[0]).size());
    for (const Index node : nodes) {
      for (const Index operand : nodes_.operands(node)) {
        plan_.operands.push_back(row_operand(operand));
      }
    }
    plan_.instructions.push_back(instruction);
  }

  RowOperand row_operand(Index node) {
    if (nodes_.is_row(node)) {
      return {.place = nodes_.note(node).place,
              .is_row = true,
              .wants_grad = nodes_.wants_grad(node)};
    }
    return {.place = new_value(node), .wants_grad = nodes_.wants_grad(node)};
  }

  void plan_group(const RowRun& run) {
    AffineGroup& group = plan_.groups.emplace_back();
    group.first_row = nodes_.note(run.nodes[0]).place;
    group.neurons = static_cast<Index>(run.nodes.size());
    group.reads_batch = run.reads_batch;
    group.has_relu = run.has_relu;
    group.first_bias = static_cast<Index>(plan_.values.size());
    for (const Index node : run.nodes) new_value(nodes_.operands(node)[0]);
    std::vector<Index> ends;
    std::vector<PlannedConnection> connections;
    for (const Index node : run.nodes) {
      const std::span<const Index> all = nodes_.operands(node);
      for (std::size_t k = 1; k < all.size(); k += 2) {
        connections.push_back({row_read(all[k + 1], run.reads_batch), all[k]});
      }
      ends.push_back(static_cast<Index>(connections.size()));
    }
    group.first_weight = static_cast<Index>(plan_.values.size());
    const std::vector<Index> weights = plan_tiles(group, ends, connections);
    for (const Index weight : weights) new_value(weight);
    for (UniformUse& use : std::span(plan_.values).subspan(group.first_bias)) {
      use.is_set = nodes_.wants_grad(run.nodes[0]);
    }
    plan_group_leaves(group, weights);
  }

  // Where all weights are parameters; of a leaf without gradient, none may be added to. A leaf
  // has one such use only, so that it is not the order of neurons that decides in which order its
  // gradients add up.
  void plan_group_leaves(AffineGroup& group, std::span<const Index> weights) {
    const auto uses = std::span(plan_.values).subspan(group.first_weight);
    for (const UniformUse& use : uses) {
      if (!use.is_leaf || use.wants_grad != sample_.wants_grad) return;
      if (is_in_group_[use.place]) return;
      is_in_group_[use.place] = true;
    }
    plan_leaves(group, weights);
    for (UniformUse& use : uses) use.in_graph = group.in_graph;
  }

  // ---- what is read after a run

  void plan_results() {
    plan_.has_loss = !sample_.loss.is_empty();
    if (plan_.has_loss) plan_.loss = row_operand(sample_.loss.index());
    for (const Value output : sample_.outputs) {
      plan_.outputs.push_back(row_operand(output.index()));
    }
    for (const OuterProduct& product : sample_.products) plan_product(product);
  }

  void plan_product(const OuterProduct& product) {
    PlannedProduct planned{.left = {},
                           .right = {},
                           .right_is_batch = is_batch_only(product, nodes_),
                           .first = static_cast<Index>(plan_.product_values)};
    for (const Value left : product.left) {
      const Index node = left.index();
      const bool has_grad =
          nodes_.is_row(node) && nodes_.note(node).is_needed && nodes_.wants_grad(node);
      planned.left.push_back(has_grad ? nodes_.note(node).place : Plan::none);
    }
    for (const Value right : product.right) {
      if (!nodes_.is_row(right.index())) {
        fail("Program: an outer product reads ", nodes_.describe(right.index()),
             ", which is the same for every sample; give what depends on the sample");
      }
      planned.right.push_back(row_read(right.index(), planned.right_is_batch));
    }
    plan_.product_values += planned.left.size() * planned.right.size();
    plan_.products.push_back(std::move(planned));
  }

  void list_nodes() {
    for (Index node = nodes_.begin(); node < nodes_.end(); ++node) {
      NodePlace& place = plan_.nodes.emplace_back();
      place.op = nodes_.op(node);
      if (!nodes_.note(node).is_needed || nodes_.is_input(node)) continue;
      place.is_row = nodes_.note(node).is_row;
      place.has_data = true;
      place.has_grad = place.is_row && nodes_.wants_grad(node);
      place.place = nodes_.note(node).place;
    }
    // Of joined nodes there are the data of the relus and the gradients of the sums.
    for (const RowRun& run : runs_) {
      for (const Index node : run.nodes) {
        NodePlace& place = plan_.nodes[node - nodes_.begin()];
        place.has_data &= !run.has_relu;
        place.has_grad &= !run.is_joined;
      }
    }
  }

  std::vector<bool> rows_with_grad() const {
    std::vector<bool> wants_grad(plan_.rows);
    for (const RowRun& run : runs_) {
      for (const Index node : run.nodes) {
        wants_grad[nodes_.note(node).place] = nodes_.wants_grad(node);
      }
    }
    return wants_grad;
  }

  const RecordedSample& sample_;
  RecordedNodes nodes_;
  std::vector<bool> is_in_group_;  // by leaf
  std::vector<RowRun> runs_;
  Plan plan_;
};

}  // namespace

Plan plan_program(const RecordedSample& sample) { return Planner(sample).plan(); }

}  // namespace sprig
