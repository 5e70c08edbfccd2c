// build/moons: the story of the blog post on sprig's own defaults. Trains, strips, draws,
// explains.
#pragma once

#include <vector>

#include "demos/moons/training.h"
#include "demos/output.h"
#include "nn/draw.h"

namespace sprig {

struct StoryOptions {
  std::vector<Method> methods{Method::static_wiring, Method::rigl};
  TrainingOptions training;
  std::size_t samples = 100;
  double noise = 0.1;
  std::vector<DiagramFormat> formats{DiagramFormat::dot, DiagramFormat::svg,
                                     DiagramFormat::png};
};

// Prints the methods side by side every twentieth of the way, then what strip leaves; writes
// topologies, decision boundaries, curves, a CSV of every step and index.html into the folder.
void run_story(const StoryOptions& options, OutputFolder& folder);

}  // namespace sprig
