// What the rewiring course leaves behind: curves, connection matrices, films, CSV and the page
// that shows them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "demos/output.h"
#include "demos/rewire/trainer.h"
#include "demos/table.h"

namespace sprig::course {

// One method's network on its way.
struct Course {
  std::string name;  // as --method takes it
  std::string method;
  std::vector<EpochRecord> epochs = {};
  std::vector<TopologyAtStep> series = {};  // before training and after every update
  Topology final = {};
  double cost = 0;  // in dense trainings
};

struct Report {
  const Task& task;
  const Setting& setting;
  std::span<const Course> courses;  // at least one
  std::uint32_t seed;
};

// A row for each method: loss, scores, and what became of its connections.
Table summary(const Report& report);

// Adds all files to the folder; commits nothing.
void add_report(const Report& report, OutputFolder& folder);

}  // namespace sprig::course
