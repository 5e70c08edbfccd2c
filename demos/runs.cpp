#include "demos/runs.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <mutex>
#include <string>

#include "demos/parallel.h"
#include "demos/progress.h"
#include "demos/run_file.h"
#include "demos/run_reader.h"

namespace sprig {
namespace {

// All methods with one seed before the next seed: what is finished early can be compared.
std::vector<RunId> planned(const RunPlan& plan) {
  std::vector<RunId> ids;
  for (std::size_t k = 0; k < plan.seeds.size(); ++k) {
    for (const std::size_t method : plan.methods) {
      ids.push_back({method, static_cast<std::uint32_t>(plan.seeds.first + k)});
    }
  }
  return ids;
}

// Says how long the runs that are left will take if they are like those since the start.
// Nothing if none is left.
class Clock {
 public:
  std::string time_left(std::size_t made, std::size_t left) const {
    if (left == 0) return "";
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
    const double seconds =
        passed.count() * static_cast<double>(left) / static_cast<double>(made);
    if (seconds < 60) return fmt::format("{:.0f} s left", std::ceil(seconds));
    const auto minutes = static_cast<long>(std::ceil(seconds / 60));
    if (minutes < 60) return fmt::format("{} min left", minutes);
    return fmt::format("{} h {} min left", minutes / 60, minutes % 60);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void make_missing(RunFile& file, const std::vector<RunId>& missing, const RunPlan& plan,
                  const MakeRun& make_run) {
  const std::size_t total = plan.methods.size() * plan.seeds.size();
  Interrupt interrupt;
  Progress progress("runs", total, plan.progress);
  const Clock clock;
  std::mutex mutex;
  std::size_t made = 0;
  const auto make = [&](const RunId& id) {
    const std::vector<double> numbers = make_run(id, interrupt);
    const std::lock_guard lock(mutex);
    file.append(id, numbers);
    ++made;
    const std::size_t left = missing.size() - made;
    progress.show(total - left, clock.time_left(made, left));
  };
  in_parallel(missing.size(), plan.jobs, [&](std::size_t k) {
    if (interrupt.is_requested()) return;
    try {
      make(missing[k]);
    } catch (const Interrupted&) {
      interrupt.request();
    } catch (...) {
      interrupt.request();  // to the other runs in progress
      throw;
    }
  });
  if (interrupt.is_requested()) {
    throw Interrupted(
        fmt::format("stopped with {} of {} runs done; the same command goes on from there",
                    total - missing.size() + made, total));
  }
}

}  // namespace

RunTable make_runs(const Experiment& experiment, const RunPlan& plan,
                   const std::filesystem::path& folder, const MakeRun& make_run) {
  RunFile file(folder, experiment);
  const std::vector<RunId> wanted = planned(plan);
  std::vector<RunId> missing;
  for (const RunId& id : wanted) {
    if (!file.table().runs.contains(id)) missing.push_back(id);
  }
  if (!missing.empty()) make_missing(file, missing, plan, make_run);
  file.sort();
  RunTable result{experiment, {}};
  for (const RunId& id : wanted) result.runs[id] = file.table().runs.at(id);
  return result;
}

RunTable join_into(const std::filesystem::path& folder,
                   std::span<const std::filesystem::path> files,
                   const std::vector<std::string>& methods) {
  const RunTable joined = join_runs(files, methods);
  RunFile file(folder, joined.experiment);
  file.merge(joined);
  return file.table();
}

}  // namespace sprig
