// Many independent runs on all cores: every method with every seed. Ctrl-C loses nothing that
// is finished: the same command goes on from there, and in the end the file runs.csv has the
// same bytes as without a break. Seeds can be spread over machines and their files joined.
#pragma once

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "demos/interrupt.h"
#include "demos/run_table.h"
#include "demos/seed_range.h"

namespace sprig {

struct RunPlan {
  std::vector<std::size_t> methods;  // places in Experiment::methods, each once
  SeedRange seeds;
  std::size_t jobs = 0;  // runs at the same time; 0: as many as there are hardware threads
  std::FILE* progress = stdout;
};

// Makes one run: gives a number for each column, in one thread, by nothing but its method and
// seed. A long one calls interrupt.poll() now and then. Several threads call it at the same
// time.
using MakeRun = std::function<std::vector<double>(const RunId& id, const Interrupt& interrupt)>;

// Makes the runs of the plan that are not yet in the file runs.csv of the folder, and gives all
// runs of the plan; others in the file stay there. Tells how far it is, and the time left.
//
// Throws Interrupted on SIGINT or SIGTERM, once the runs in progress are at their end or next
// poll(). Throws Error for what RunFile does not read or write, and what a run throws, once the
// others in progress have ended. What was finished is kept in each case.
RunTable make_runs(const Experiment& experiment, const RunPlan& plan,
                   const std::filesystem::path& folder, const MakeRun& make_run);

// Puts the runs of several files, joined as by join_runs (run_reader.h), into the file runs.csv
// of the folder, beside those that are there, and gives all. Throws Error as join_runs and
// RunFile, and if the folder has one with other numbers; its runs are then as they were.
RunTable join_into(const std::filesystem::path& folder,
                   std::span<const std::filesystem::path> files,
                   const std::vector<std::string>& methods);

}  // namespace sprig
