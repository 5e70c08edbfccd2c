// build/rewire: one network per method on one task and seed; what each did to its wiring, and
// what it came to.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "demos/output.h"
#include "demos/rewire/report.h"
#include "demos/rewire/setting.h"

namespace sprig::course {

struct LessonOptions {
  Setting setting;
  std::vector<std::string> methods{"static", "set", "soft"};
  std::uint32_t seed = 1;  // of wiring, weights, batches and rewiring
};

// The whole training of each method, one after the other, with a line that tells how far it is.
std::vector<Course> train(const Task& task, const Setting& setting,
                          const std::vector<std::string>& methods, std::uint32_t seed);

// Prints a line for each method and a table of all; writes curves, connection matrices, a film
// of the topology, a CSV of every epoch and index.html into the folder.
void run_lesson(const Task& task, const LessonOptions& options, OutputFolder& folder);

}  // namespace sprig::course
