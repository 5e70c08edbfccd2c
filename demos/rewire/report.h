// What the rewiring course leaves behind: curves, connection matrices, films, CSV and the page
// that shows them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "demos/output.h"
#include "demos/page.h"
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

// Pieces of the page, for other pages: curves.png with loss, test score and sparsity by epoch, and
// the connection matrices of one layer, an index from 0.
void add_curves(const Report& report, OutputFolder& folder);
Picture add_matrices(const Course& course, std::size_t layer, OutputFolder& folder);

// Adds all files to the folder; commits nothing.
void add_report(const Report& report, OutputFolder& folder);

}  // namespace sprig::course
