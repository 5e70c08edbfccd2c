// build/rewire --task regression --seeds: how often, and how fast, a method finds the three
// inputs that decide the target of the task `sparse`; and that none learns `noise`.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "demos/output.h"
#include "demos/rewire/setting.h"
#include "demos/seed_range.h"

namespace sprig::course {

struct RecoveryOptions {
  Setting setting;  // of both tasks
  std::vector<std::string> methods;
  SeedRange seeds;
  std::size_t jobs = 0;  // as RunPlan
};

// Makes the runs that runs.csv of the folder does not have yet, then shows all: a table, a box
// plot and index.html. Throws Interrupted after Ctrl-C; the same call goes on from there.
void run_recovery(const RecoveryOptions& options, OutputFolder& folder);

// Puts the runs of other files into runs.csv of the folder, and shows all.
void join_recovery(std::span<const std::filesystem::path> files, OutputFolder& folder);

}  // namespace sprig::course
