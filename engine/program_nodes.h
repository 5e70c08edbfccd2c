// What planning a Program has to know of each recorded node: whether anything is made of it,
// whether it depends on the sample, and how deep it then lies. Worked out in two walks, from
// behind and from the front; program_rows.h and program_plan.cpp build on it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/graph.h"
#include "engine/program_plan.h"

namespace sprig {

class RecordedNodes {
 public:
  struct Note {
    bool is_needed = false;
    bool is_row = false;
    bool in_loss = false;      // the loss is made of it
    bool is_regular = false;   // a weighted sum of rows with uniform weights
    Index depth = 0;           // of a row: more than that of the rows it reads
    Index readers = 0;         // how often it is an operand
    Index place = Plan::none;  // its row or uniform, once it has one
  };

  // Throws Error if one reads the result of an operation made before them.
  explicit RecordedNodes(const RecordedSample& sample);

  Index begin() const { return sample_.begin; }
  Index end() const { return sample_.end; }
  bool is_recorded(Index node) const { return node >= sample_.begin; }
  bool is_input(Index node) const {
    return is_recorded(node) && node - sample_.begin < sample_.inputs;
  }
  Note& note(Index node) { return notes_[node - sample_.begin]; }
  const Note& note(Index node) const { return notes_[node - sample_.begin]; }
  bool is_row(Index node) const { return is_recorded(node) && note(node).is_row; }

  // Of any node of the graph.
  Op op(Index node) const { return graph_.records_[node].op; }
  double data(Index node) const { return graph_.data_[node]; }
  std::string describe(Index node) const { return graph_.describe(node); }

  // Of an affine node: bias, w0, x0, w1, x1, ... Good until it is asked for another node's.
  std::span<const Index> operands(Index node) const;

  // Whether the gradient of this node is part of some parameter's gradient. A leaf made while
  // recording is gone afterwards: nobody can read its gradient.
  bool wants_grad(Index node) const {
    if (!sample_.wants_grad || !graph_.records_[node].needs_grad) return false;
    return !is_recorded(node) || (note(node).in_loss && op(node) != Op::leaf);
  }

 private:
  void mark_needed();
  void mark_operands(Index node);
  void find_depths();
  bool is_regular(std::span<const Index> operands) const;

  const RecordedSample& sample_;
  const Graph& graph_;
  std::vector<Note> notes_;
  mutable std::vector<Index> operands_;
};

// True for an operation of one operand or of two.
bool is_unary_or_binary(Op op);

}  // namespace sprig
