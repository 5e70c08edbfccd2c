// What a Program does, worked out once from the recorded graph of one sample. Only numbers and
// lists: the kernels (program_kernels.h) run it, plan_program() makes it.
//
// 1. A row holds one node's numbers for every sample of a part of the batch, side by side. What
//    depends on no sample is not a row: it is a uniform, one number for the whole batch. (A
//    weighted sum is always a row.)
// 2. A value is one use of a uniform by a row: a weight, a bias, a number in a formula. Each
//    use has a place of its own, so that its gradient has one contribution per part, and the
//    weights of a group stand in the order in which they are read.
// 3. Rows are ordered by depth, and like operations of one depth are one instruction, so that
//    neurons which do not read each other run together. Backward is the same list from behind.
// 4. What the loss, the outputs and the outer products are not made of is not in the plan; nor
//    is the gradient of what no parameter went into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engine/rules.h"
#include "engine/value.h"

namespace sprig {

class Graph;
struct OuterProduct;

using Index = std::uint32_t;

// Neurons that read the same rows, and so can share the loads of them.
struct Tile {
  Index first = 0;  // neuron of the group; `count` from there on
  Index count = 0;
  Index begin = 0;       // of the rows they read, in the group's list
  Index size = 0;        // how many
  Index connection = 0;  // the first one; they go neuron by neuron
  Index leaves = 0;      // of the first neuron, in the group's list
  bool starts = true;    // from the bias; else it adds to what an earlier tile has left
  bool ends = true;      // no later tile adds to what it leaves
  bool is_run = false;   // they read rows that follow each other
};

// Rows that feed the same neurons: what tiles are in the other direction.
struct FedTile {
  Index first = 0;  // in the group's list of fed rows; `count` from there on
  Index count = 0;
  Index begin = 0;     // of the neurons they feed, in the group's list
  Index size = 0;      // how many
  Index weights = 0;   // the first one in the group's list; they go row by row
  bool starts = true;  // nothing else has reached the gradients of these rows before
};

// Weighted sums that do not read each other: that of neuron n is row first_row + n.
struct AffineGroup {
  Index first_row = 0;
  Index neurons = 0;
  Index first_bias = 0;      // value of the first neuron's bias; the others follow
  Index first_weight = 0;    // value of connection 0; the others follow
  bool reads_batch = false;  // rows of the batch, else of the workspace
  // Each sum is read by a relu and by nothing else: the rows hold the relus, taken while the
  // sums are in registers. Their gradient rows become those of the sums.
  bool has_relu = false;
  // Each neuron's weights in each tile are leaves that follow each other in the graph: gradients
  // go there directly, and in double precision weights are read there.
  bool in_graph = false;
  std::vector<Index> leaves;  // by tile and neuron: the first one
  std::vector<Tile> tiles;
  std::vector<Index> rows;  // that tiles read

  // Backward to the rows read that want a gradient, each once.
  std::vector<FedTile> fed_tiles;
  std::vector<Index> fed_rows;
  std::vector<Index> fed_neurons;  // as rows of their sums
  std::vector<Index> fed_weights;  // that the gradient comes through: values, or leaves
};

struct RowOperand {
  Index place = 0;  // row or value
  bool is_row = false;
  bool wants_grad = false;
  bool starts = false;  // its gradient is the first to reach the row
};

// The same operation on `count` nodes: results in consecutive rows, operands side by side.
struct Instruction {
  Op op = Op::leaf;
  Index first_row = 0;
  Index count = 0;
  Index first_operand = 0;  // in Plan::operands; of Affine groups: place in Plan::groups
  Index operands = 0;       // of each node; 0 for a group
  bool wants_grad = false;
};

// Sums over the batch of gradient of one row times data of another, for all pairs.
struct PlannedProduct {
  std::vector<Index> left;   // workspace rows; none for a node without gradient
  std::vector<Index> right;  // rows
  bool right_is_batch = false;
  Index first = 0;  // place of the results, left by left
};

// What a value is a use of.
struct UniformUse {
  Index place = 0;       // a node of the graph, or a uniform of the plan
  bool is_leaf = false;  // of the graph
  bool wants_grad = false;
  bool in_graph = false;  // see AffineGroup
  bool is_set = false;    // its gradient, by its group; else it is added to
};

struct UniformOperand {
  Index place = 0;       // a node of the graph, or a uniform of the plan
  bool is_leaf = false;  // of the graph
  bool wants_grad = false;
};

// A node that is the same for every sample: run as in the eager graph, on plain doubles.
struct Uniform {
  Op op = Op::leaf;  // a leaf: a number in a formula
  double data = 0;   // of a leaf
  Index first_operand = 0;
  Index operands = 0;
  bool wants_grad = false;
  bool reads_run = false;  // leaves that follow each other, all with a gradient or all without
};

// What has become of a recorded node, so that it can be compared with the eager graph's.
struct NodePlace {
  Op op = Op::leaf;
  bool is_row = false;    // else a uniform
  bool has_data = false;  // in that place
  bool has_grad = false;
  Index place = 0;
};

struct Plan {
  static constexpr Index none = std::numeric_limits<Index>::max();

  Index rows = 0;
  std::vector<Index> copied;  // rows of the batch that are copied to workspace rows 0, 1, ...
  std::vector<Instruction> instructions;
  std::vector<AffineGroup> groups;
  std::vector<RowOperand> operands;

  std::vector<UniformUse> values;
  std::vector<Uniform> uniforms;
  std::vector<UniformOperand> uniform_operands;

  std::vector<Index> cleared;  // rows whose gradient begins at 0: read twice by one node
  bool has_loss = false;
  RowOperand loss;
  std::vector<RowOperand> outputs;
  std::vector<PlannedProduct> products;
  std::size_t product_values = 0;

  std::vector<NodePlace> nodes;  // as recorded, to compare with the eager graph
};

// What was recorded: nodes `begin` to `end` of the graph, of which the first `inputs` are the
// sample's numbers, inputs and targets.
struct RecordedSample {
  const Graph& graph;
  Index begin = 0;
  Index end = 0;
  Index inputs = 0;
  Value loss;  // empty if there is none
  std::span<const Value> outputs;
  std::span<const OuterProduct> products;
  bool wants_grad = true;
  bool is_double = true;  // and so can read the graph's own numbers
};

// Throws Error if the recorded code reads the result of an operation made outside of it, whose
// gradient would be lost.
Plan plan_program(const RecordedSample& sample);

}  // namespace sprig
