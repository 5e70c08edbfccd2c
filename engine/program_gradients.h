// Which instruction reaches the gradient of a row first, as backward comes to it: it sets the
// gradient, the others add to it. The last part of planning a Program.
#pragma once

#include <vector>

#include "engine/program_plan.h"

namespace sprig {

// Fills in the fed tiles of the plan's groups, `starts` of its operands, and `cleared`.
// `wants_grad`: by row. `reads_graph`: weights of groups in the graph are read there.
void plan_gradients(Plan& plan, const std::vector<bool>& wants_grad, bool reads_graph);

}  // namespace sprig
