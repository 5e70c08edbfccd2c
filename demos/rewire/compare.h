// build/rewire --seeds: every method on many seeds, with confidence intervals and a paired
// comparison against static wiring.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "demos/output.h"
#include "demos/rewire/setting.h"
#include "demos/run_table.h"
#include "demos/seed_range.h"

namespace sprig::course {

struct ComparisonOptions {
  std::function<Task(std::uint32_t seed)> task;  // its samples follow from the seed, too
  Setting setting;
  std::vector<std::string> methods;
  SeedRange seeds;
  std::size_t jobs = 0;  // runs at a time; 0: as many as there are hardware threads
};

// Makes the runs that runs.csv of the folder does not have yet, then shows all as
// show_comparison. Throws Interrupted after Ctrl-C; the same call goes on from there.
void run_comparison(const ComparisonOptions& options, OutputFolder& folder);

// Puts the runs of other files into runs.csv of the folder, and shows all.
void join_comparisons(std::span<const std::filesystem::path> files, OutputFolder& folder);

}  // namespace sprig::course
