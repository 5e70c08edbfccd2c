#include "tests/bench/measure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <thread>

#include "demos/progress.h"
#include "tests/bench/process.h"

namespace sprig::bench {
namespace {

constexpr int steps = 20;

double median(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  return numbers[numbers.size() / 2];
}

double loss_after_steps(RowProcess& process) { return process.losses(steps + 1).back(); }

}  // namespace

bool Result::is_same_work() const { return difference <= (row.is_float ? 1e-4 : 1e-12); }

std::vector<Result> measure(const Workload& workload, std::span<const Row> rows,
                            const MeasureOptions& options) {
  RowProcess reference(hand_sample_rows()[0], workload);
  const double loss = loss_after_steps(reference);
  std::vector<Result> results;
  std::vector<std::unique_ptr<RowProcess>> processes;
  Progress progress(workload.name, (options.rounds + 1) * rows.size(), stderr);
  std::size_t done = 0;
  for (const Row& row : rows) {
    progress.show(++done, "starting " + row.name);
    if (row.fits && !row.fits(workload)) continue;
    Result result{.row = row};
    if (result.row.skipped.empty() &&
        connection_samples(workload) > row.most_connection_samples) {
      result.row.skipped = "a tape of so many connections and samples takes gigabytes";
    }
    auto process = std::make_unique<RowProcess>(result.row, workload);
    result.skipped = process->skipped();
    result.note = process->note();
    if (result.skipped.empty()) {
      result.difference = std::abs(loss_after_steps(*process) / loss - 1);
    }
    results.push_back(result);
    processes.push_back(std::move(process));
  }

  std::vector<std::vector<double>> times(results.size());
  for (int round = 0; round < options.rounds; ++round) {
    for (std::size_t k = 0; k < results.size(); ++k) {
      if (!results[k].skipped.empty()) continue;
      progress.show(std::min(++done, (options.rounds + 1) * rows.size()), results[k].row.name);
      // Threads of the row before may still be looking for work.
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      times[k].push_back(processes[k]->time(options.seconds));
    }
  }
  for (std::size_t k = 0; k < results.size(); ++k) {
    if (!results[k].skipped.empty()) continue;
    results[k].seconds = median(times[k]);
    results[k].megabytes = processes[k]->megabytes();
  }
  return results;
}

}  // namespace sprig::bench
