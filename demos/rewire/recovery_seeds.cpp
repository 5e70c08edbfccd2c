#include "demos/rewire/recovery_seeds.h"

#include <fmt/format.h>

#include <algorithm>

#include "demos/plot.h"
#include "demos/rewire/methods.h"
#include "demos/rewire/recovery.h"
#include "demos/rewire/seeds.h"
#include "demos/rewire/trainer.h"
#include "demos/say.h"
#include "demos/statistics.h"
#include "demos/table.h"

namespace sprig::course {
namespace {

// found: how many of the true inputs are read in the end. update: the one after which all of
// them are, for good; -1 if they are not.
const std::vector<std::string> columns{"found", "update", "test", "noise_test"};

double test_score(Trainer& trainer, const Interrupt& interrupt) {
  double score = 0;
  while (!trainer.is_done()) {
    interrupt.poll();
    score = trainer.epoch().test_score;
  }
  return score;
}

std::vector<double> numbers_of(const Setting& setting, const std::string& method,
                               std::uint32_t seed, const Interrupt& interrupt) {
  const Task sparse = make_task("sparse", {.seed = seed});
  const Task noise = make_task("noise", {.seed = seed});
  Trainer trainer(sparse, setting, method, seed);
  Trainer on_noise(noise, setting, method, seed);
  const double test = test_score(trainer, interrupt);
  const auto found = std::ranges::count_if(sparse.true_inputs, [&](std::size_t input) {
    return found_after(trainer.series(), input).has_value();
  });
  const auto update = all_found_after(trainer.series(), sparse.true_inputs);
  return {static_cast<double>(found), update ? static_cast<double>(*update) : -1, test,
          test_score(on_noise, interrupt)};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

struct Row {
  std::string method;
  std::vector<double> updates;  // of the runs that found all
  std::vector<double> tests;
  std::vector<double> noise_tests;
};

std::vector<Row> rows_of(const RunTable& table) {
  std::vector<Row> rows;
  for (const std::string& method : table.experiment.methods) {
    Row row{display_name(method), table.numbers(method, "update"),
            table.numbers(method, "test"), table.numbers(method, "noise_test")};
    if (row.updates.empty()) continue;
    std::erase(row.updates, -1.0);
    rows.push_back(row);
  }
  return rows;
}

Table summary(std::span<const Row> rows) {
  Table table({"method", "all found", "median update", "latest", "test R²", "worst",
               "R² on noise", "largest"});
  for (const Row& row : rows) {
    const bool any = !row.updates.empty();
    table.add({row.method, fmt::format("{} of {}", row.updates.size(), row.tests.size()),
               any ? fmt::format("{:g}", median(row.updates)) : "",
               any ? fmt::format("{:g}", std::ranges::max(row.updates)) : "",
               fmt::format("{:.3f}", mean(row.tests)),
               fmt::format("{:.3f}", std::ranges::min(row.tests)),
               fmt::format("{:.4f}", mean(row.noise_tests)),
               fmt::format("{:.4f}", std::ranges::max(row.noise_tests))});
  }
  return table;
}

constexpr const char* meaning =
    "All found: runs that read inputs 2, 5 and 7 in the end; of these, the update after which "
    "they did for good (0: from the start). R²: of samples never seen, mean and extreme of all "
    "runs.";

void show(const RunTable& runs, OutputFolder& folder) {
  const std::vector<Row> rows = rows_of(runs);
  const Table table = summary(rows);
  say(aligned(table));
  std::vector<Group> groups;
  for (const Row& row : rows) groups.push_back({row.method, row.tests});
  folder.add("boxes.png", plot_boxes("The target with three true inputs",
                                     "R² on samples never seen", groups, PictureFormat::png));
  Page page("Regression: which inputs matter, on many seeds",
            runs.experiment.settings + ". Made by `build/rewire --task regression --seeds`.");
  page.table(table, meaning);
  page.picture({"boxes.png", "box plot of the test score for each method",
                "Every dot is a run; those at the right found all three inputs."});
  finish_page(page, folder);
}

}  // namespace

void run_recovery(const RecoveryOptions& options, OutputFolder& folder) {
  const Task sparse = make_task("sparse", {.seed = options.seeds.first});
  const Experiment experiment{"inputs found, " + description(options.setting, sparse),
                              method_names(), columns};
  const RunPlan plan = plan_of_runs(options.methods, options.seeds, options.jobs);
  say(experiment.settings);
  const auto make = [&](const RunId& id, const Interrupt& interrupt) {
    return numbers_of(options.setting, method_names()[id.method], id.seed, interrupt);
  };
  show(make_runs(experiment, plan, folder.path(), make), folder);
}

void join_recovery(std::span<const std::filesystem::path> files, OutputFolder& folder) {
  const RunTable table = join_into(folder.path(), files, method_names());
  say(table.experiment.settings);
  show(table, folder);
}

}  // namespace sprig::course
