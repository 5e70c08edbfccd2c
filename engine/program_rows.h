// Which recorded nodes run together, and which row each of them gets. Part of planning a
// Program.
#pragma once

#include <vector>

#include "engine/program_nodes.h"

namespace sprig {

// Rows with the same operation, of the same depth: one instruction.
struct RowRun {
  std::vector<Index> nodes;  // in the order they were recorded
  bool reads_batch = false;
  bool has_relu = false;   // these sums are read by relus only, which take their rows
  bool is_joined = false;  // the relus of such sums
};

// In order of depth.
std::vector<RowRun> order_rows(const RecordedNodes& nodes);

// Gives every node of the runs its row, and says which runs read the batch. Inputs that are read
// together with rows of the workspace are copied there, and get a row, too; a group of sums that
// reads nothing else takes them from the batch. Fills in the plan's `rows` and `copied`.
void number_rows(const RecordedSample& sample, RecordedNodes& nodes, std::vector<RowRun>& runs,
                 Plan& plan);

// Whether the rights of the product are all taken from the batch.
bool is_batch_only(const OuterProduct& product, const RecordedNodes& nodes);

}  // namespace sprig
