#include "engine/program_plan.h"

#include <algorithm>
#include <utility>

#include "engine/error.h"
#include "engine/graph.h"
#include "engine/program.h"
#include "engine/program_group.h"

namespace sprig {

// Makes a Plan in four walks over the recorded nodes: what is needed (from behind), what
// depends on the sample and how deep it lies (from the front), the instructions in order of
// depth, and who reaches each gradient first (from behind).
class Planner {
 public:
  explicit Planner(const RecordedSample& sample)
      : sample_(sample),
        graph_(sample.graph),
        notes_(sample.end - sample.begin),
        is_in_group_(sample.begin) {}

  Plan plan() {
    mark_needed();
    find_depths();
    plan_uniforms();
    order_rows();
    join_relus();
    number_rows();
    for (const Run& run : runs_) {
      if (!run.is_joined) plan_run(run);
    }
    plan_results();
    list_nodes();
    if (sample_.wants_grad && plan_.loss.is_row) plan_gradients();
    return std::move(plan_);
  }

 private:
  // What is known of one recorded node.
  struct Note {
    bool is_needed = false;
    bool is_row = false;
    bool in_loss = false;      // the loss is made of it
    bool is_regular = false;   // a weighted sum of rows with uniform weights
    Index depth = 0;           // of a row: more than that of the rows it reads
    Index readers = 0;         // how often it is an operand
    Index place = Plan::none;  // its row or uniform
  };

  // Rows with the same operation, of the same depth: one instruction.
  struct Run {
    std::vector<Index> nodes;  // in the order they were recorded
    bool reads_batch = false;
    bool has_relu = false;   // these sums are read by relus only, which take their rows
    bool is_joined = false;  // the relus of such sums
  };

  // ---- the recorded nodes

  bool is_recorded(Index node) const { return node >= sample_.begin; }
  bool is_input(Index node) const {
    return is_recorded(node) && node - sample_.begin < sample_.inputs;
  }
  Op op(Index node) const { return graph_.records_[node].op; }
  // Of an affine node: bias, w0, x0, w1, x1, ... Good until it is asked for another node's.
  std::span<const Index> operands(Index node) const {
    operands_.clear();
    graph_.for_each_operand(graph_.records_[node],
                            [&](Index operand) { operands_.push_back(operand); });
    return operands_;
  }
  Note& note(Index node) { return notes_[node - sample_.begin]; }
  const Note& note(Index node) const { return notes_[node - sample_.begin]; }
  bool is_row(Index node) const { return is_recorded(node) && note(node).is_row; }

  // Whether the gradient of this node is part of some parameter's gradient. A leaf made while
  // recording is gone afterwards: nobody can read its gradient.
  bool wants_grad(Index node) const {
    if (!sample_.wants_grad || !graph_.records_[node].needs_grad) return false;
    return !is_recorded(node) || (note(node).in_loss && op(node) != Op::leaf);
  }

  // ---- needed, depth

  void mark_needed() {
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
    for (Index node = sample_.end; node-- > sample_.begin;) {
      if (note(node).is_needed) mark_operands(node);
    }
  }

  void mark_operands(Index node) {
    for (const Index operand : operands(node)) {
      if (is_recorded(operand)) {
        note(operand).is_needed = true;
        ++note(operand).readers;
        note(operand).in_loss |= note(node).in_loss;
      } else if (op(operand) != Op::leaf && graph_.records_[operand].needs_grad) {
        fail("Program: the recorded code reads ", graph_.describe(operand),
             ", which was made before it; make it inside, so that its gradient can flow on");
      }
    }
  }

  void find_depths() {
    for (Index node = sample_.begin; node < sample_.end; ++node) {
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

  bool is_regular(std::span<const Index> all) const {
    if (is_row(all[0])) return false;
    for (std::size_t k = 1; k < all.size(); k += 2) {
      if (is_row(all[k]) || !is_row(all[k + 1])) return false;
    }
    return true;
  }

  // ---- uniforms

  void plan_uniforms() {
    for (Index node = sample_.begin; node < sample_.end; ++node) {
      if (!note(node).is_needed || note(node).is_row) continue;
      note(node).place = static_cast<Index>(plan_.uniforms.size());
      Uniform uniform{.op = op(node),
                      .data = graph_.data_[node],
                      .first_operand = static_cast<Index>(plan_.uniform_operands.size()),
                      .wants_grad = wants_grad(node)};
      for (const Index operand : operands(node)) {
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
    const bool is_leaf = !is_recorded(node);
    return {is_leaf ? node : note(node).place, is_leaf, wants_grad(node)};
  }

  Index new_value(Index node) {
    const UniformOperand from = source(node);
    plan_.values.push_back({from.place, from.is_leaf, from.wants_grad});
    return static_cast<Index>(plan_.values.size() - 1);
  }

  // ---- rows

  void order_rows() {
    std::vector<std::pair<std::uint64_t, Index>> order;  // kind of run, node
    for (Index node = sample_.begin; node < sample_.end; ++node) {
      const Note& here = note(node);
      if (!here.is_needed || !here.is_row || is_input(node)) continue;
      const std::uint64_t kind = std::uint64_t{here.depth} << 32 |
                                 static_cast<std::uint64_t>(op(node)) << 2 |
                                 std::uint64_t{here.is_regular} << 1 | wants_grad(node);
      order.emplace_back(kind, node);
    }
    std::ranges::sort(order);
    for (std::size_t k = 0; k < order.size(); ++k) {
      if (k == 0 || order[k].first != order[k - 1].first) runs_.emplace_back();
      runs_.back().nodes.push_back(order[k].second);
    }
  }

  // Sums whose only reader is a relu, all of the same run, in the same order.
  void join_relus() {
    for (Run& relu : runs_) {
      if (op(relu.nodes[0]) != Op::Relu) continue;
      for (Run& sums : runs_) {
        if (operands(relu.nodes[0])[0] != sums.nodes[0] || !can_join(sums, relu)) continue;
        sums.has_relu = true;
        relu.is_joined = true;
      }
    }
  }

  bool can_join(const Run& sums, const Run& relu) const {
    if (!note(sums.nodes[0]).is_regular || sums.nodes.size() != relu.nodes.size()) return false;
    if (wants_grad(sums.nodes[0]) != wants_grad(relu.nodes[0])) return false;
    for (std::size_t k = 0; k < sums.nodes.size(); ++k) {
      const Index sum = sums.nodes[k];
      if (operands(relu.nodes[k])[0] != sum || note(sum).readers != 1) return false;
    }
    return true;
  }

  // The inputs that are read together with rows of the workspace are copied there; a group of
  // sums that reads nothing else takes them from the batch.
  void number_rows() {
    input_rows_.assign(sample_.inputs, Plan::none);
    for (Run& run : runs_) {
      run.reads_batch = reads_batch_only(run);
      if (run.reads_batch) continue;
      for (const Index node : run.nodes) {
        for (const Index operand : operands(node)) copy_input(operand);
      }
    }
    if (!sample_.loss.is_empty()) copy_input(sample_.loss.index());
    for (const Value output : sample_.outputs) copy_input(output.index());
    for (const OuterProduct& product : sample_.products) {
      if (is_batch_only(product)) continue;
      for (const Value right : product.right) copy_input(right.index());
    }
    plan_.rows = static_cast<Index>(plan_.copied.size());
    for (const Run& run : runs_) {
      for (const Index node : run.nodes) {
        note(node).place = run.is_joined ? note(operands(node)[0]).place : plan_.rows++;
      }
    }
  }

  bool reads_batch_only(const Run& run) const {
    bool reads_any = false;
    for (const Index node : run.nodes) {
      if (!note(node).is_regular) return false;
      for (const Index operand : operands(node)) {
        if (!is_row(operand)) continue;
        if (!is_input(operand)) return false;
        reads_any = true;
      }
    }
    return reads_any;
  }

  bool is_batch_only(const OuterProduct& product) const {
    return std::ranges::all_of(product.right,
                               [&](Value right) { return is_input(right.index()); });
  }

  void copy_input(Index node) {
    if (!is_input(node)) return;
    Index& row = input_rows_[node - sample_.begin];
    if (row != Plan::none) return;
    row = static_cast<Index>(plan_.copied.size());
    plan_.copied.push_back(node - sample_.begin);
  }

  Index workspace_row(Index node) const {
    return is_input(node) ? input_rows_[node - sample_.begin] : note(node).place;
  }
  Index row_read(Index node, bool from_batch) const {
    return from_batch ? node - sample_.begin : workspace_row(node);
  }

  // ---- instructions

  void plan_run(const Run& run) {
    const Index first = run.nodes.front();
    Instruction instruction{.op = op(first),
                            .first_row = note(first).place,
                            .count = static_cast<Index>(run.nodes.size()),
                            .wants_grad = wants_grad(first)};
    if (note(first).is_regular) {
      instruction.first_operand = static_cast<Index>(plan_.groups.size());
      plan_group(run);
      plan_.instructions.push_back(instruction);
    } else if (operands(first).size() <= 2 && is_binary_or_unary(op(first))) {
      plan_rows(instruction, run.nodes);
    } else {
      for (const Index node : run.nodes) {
        instruction.first_row = note(node).place;
        instruction.count = 1;
        plan_rows(instruction, {&node, 1});
      }
    }
  }

  static bool is_binary_or_unary(Op op) {
    bool found = false;
    const auto yes = [&](auto) { found = true; };
    const auto no = [](auto) {};
    with_rule(op, yes, yes, no, no);
    return found;
  }

  void plan_rows(Instruction instruction, std::span<const Index> nodes) {
    instruction.first_operand = static_cast<Index>(plan_.operands.size());
    instruction.operands = static_cast<Index>(operands(nodes[0]).size());
    for (const Index node : nodes) {
      for (const Index operand : operands(node)) plan_.operands.push_back(row_operand(operand));
    }
    plan_.instructions.push_back(instruction);
  }

  RowOperand row_operand(Index node) {
    if (is_row(node)) {
      return {.place = workspace_row(node), .is_row = true, .wants_grad = wants_grad(node)};
    }
    return {.place = new_value(node), .wants_grad = wants_grad(node)};
  }

  void plan_group(const Run& run) {
    AffineGroup& group = plan_.groups.emplace_back();
    group.first_row = note(run.nodes[0]).place;
    group.neurons = static_cast<Index>(run.nodes.size());
    group.reads_batch = run.reads_batch;
    group.has_relu = run.has_relu;
    group.first_bias = static_cast<Index>(plan_.values.size());
    for (const Index node : run.nodes) new_value(operands(node)[0]);
    std::vector<Index> ends;
    std::vector<PlannedConnection> connections;
    for (const Index node : run.nodes) {
      const std::span<const Index> all = operands(node);
      for (std::size_t k = 1; k < all.size(); k += 2) {
        connections.push_back({row_read(all[k + 1], run.reads_batch), all[k]});
      }
      ends.push_back(static_cast<Index>(connections.size()));
    }
    group.first_weight = static_cast<Index>(plan_.values.size());
    const std::vector<Index> weights = plan_tiles(group, ends, connections);
    for (const Index weight : weights) new_value(weight);
    for (UniformUse& use : std::span(plan_.values).subspan(group.first_bias)) {
      use.is_set = wants_grad(run.nodes[0]);
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
                           .right_is_batch = is_batch_only(product),
                           .first = static_cast<Index>(plan_.product_values)};
    for (const Value left : product.left) {
      const Index node = left.index();
      const bool has_grad = is_row(node) && note(node).is_needed && wants_grad(node);
      planned.left.push_back(has_grad ? workspace_row(node) : Plan::none);
    }
    for (const Value right : product.right) {
      if (!is_row(right.index())) {
        fail("Program: an outer product reads ", graph_.describe(right.index()),
             ", which is the same for every sample; give what depends on the sample");
      }
      planned.right.push_back(row_read(right.index(), planned.right_is_batch));
    }
    plan_.product_values += planned.left.size() * planned.right.size();
    plan_.products.push_back(std::move(planned));
  }

  void list_nodes() {
    for (Index node = sample_.begin; node < sample_.end; ++node) {
      NodePlace& place = plan_.nodes.emplace_back();
      place.op = op(node);
      if (!note(node).is_needed || is_input(node)) continue;
      place.is_row = note(node).is_row;
      place.has_data = true;
      place.has_grad = place.is_row && wants_grad(node);
      place.place = note(node).place;
    }
    for (const Run& run : runs_) {  // joined: the data of the relus, the gradients of the sums
      for (const Index node : run.nodes) {
        NodePlace& place = plan_.nodes[node - sample_.begin];
        place.has_data &= !run.has_relu;
        place.has_grad &= !run.is_joined;
      }
    }
  }

  // ---- who reaches a gradient first: it sets, the others add

  void plan_gradients() {
    std::vector<bool> wants(plan_.rows);
    for (const Run& run : runs_) {
      for (const Index node : run.nodes) wants[note(node).place] = wants_grad(node);
    }
    std::vector<bool> reached(plan_.rows);
    reached[plan_.loss.place] = true;
    for (std::size_t i = plan_.instructions.size(); i-- > 0;) {
      const Instruction& instruction = plan_.instructions[i];
      if (!instruction.wants_grad) continue;
      if (instruction.operands == 0) {
        plan_fed_tiles(plan_.groups[instruction.first_operand], wants, sample_.is_double,
                       reached);
      } else {
        for (Index n = instruction.count; n-- > 0;) reach_operands(instruction, n, reached);
      }
    }
  }

  // An operation of many operands may give one of them several shares: they all add.
  void reach_operands(const Instruction& instruction, Index n, std::vector<bool>& reached) {
    const std::span<RowOperand> all =
        std::span(plan_.operands)
            .subspan(instruction.first_operand + n * instruction.operands,
                     instruction.operands);
    for (RowOperand& operand : all) {
      if (!operand.is_row || !operand.wants_grad || reached[operand.place]) continue;
      const auto is_same = [&](const RowOperand& other) {
        return other.is_row && other.place == operand.place;
      };
      operand.starts =
          is_binary_or_unary(instruction.op) && std::ranges::count_if(all, is_same) == 1;
      if (!operand.starts) plan_.cleared.push_back(operand.place);
      reached[operand.place] = true;
    }
  }

  RecordedSample sample_;
  const Graph& graph_;
  std::vector<Note> notes_;
  mutable std::vector<Index> operands_;
  std::vector<Index> input_rows_;
  std::vector<bool> is_in_group_;  // by leaf
  std::vector<Run> runs_;
  Plan plan_;
};

Plan plan_program(const RecordedSample& sample) { return Planner(sample).plan(); }

}  // namespace sprig
