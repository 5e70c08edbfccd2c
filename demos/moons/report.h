// What the moons demo leaves behind: diagrams, boundaries, curves, a CSV and the page that
// shows them.
#pragma once

#include <span>
#include <vector>

#include "demos/matrices.h"
#include "demos/moons/training.h"
#include "demos/output.h"
#include "nn/draw.h"

namespace sprig {

struct Run {
  Method method = Method::rigl;
  Topology initial;
  Topology final = {};
  Topology stripped = {};
  std::vector<StepRecord> steps = {};     // one per step, then one for the end
  std::vector<TopologyAtStep> film = {};  // right after each rewiring
};

// "88%", or "99.6%" where rounding would hide something.
std::string percent(double fraction);

struct Report {
  const Moons& moons;
  std::span<const Run> runs;  // of the same options; at least one
  const TrainingOptions& options;
  std::span<const DiagramFormat> formats;
};

// Adds all files to the folder; commits nothing.
void add_report(const Report& report, OutputFolder& folder);

}  // namespace sprig
