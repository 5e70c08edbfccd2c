#include "demos/rewire/compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "demos/plot.h"
#include "demos/rewire/methods.h"
#include "demos/rewire/seeds.h"
#include "demos/rewire/trainer.h"
#include "demos/say.h"
#include "demos/statistics.h"
#include "demos/table.h"
#include "engine/error.h"
#include "nn/topology_series.h"
#include "nn/topology_statistics.h"

namespace sprig::course {
namespace {

const std::vector<std::string> columns{"train",     "test", "loss",     "connections",
                                       "effective", "dead", "explored", "cost"};

std::vector<double> numbers_of(Trainer& trainer, const Interrupt& interrupt) {
  EpochRecord last;
  while (!trainer.is_done()) {
    interrupt.poll();
    last = trainer.epoch();
  }
  const TopologyStatistics counts = statistics(trainer.topology());
  std::vector<Topology> series;
  for (const auto& [step, topology] : trainer.series()) series.push_back(topology);
  return {last.train_score,
          last.test_score,
          last.loss,
          static_cast<double>(counts.connections),
          static_cast<double>(counts.effective_connections),
          static_cast<double>(counts.dead_neurons),
          exploration(series).back(),
          trainer.cost()};
}

// The names of methods of which there are runs.
std::vector<std::string> methods_in(const RunTable& table) {
  std::vector<std::string> names;
  for (const auto& [id, numbers] : table.runs) {
    const std::string& name = table.experiment.methods[id.method];
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  return names;
}

std::string percent(double fraction) { return fmt::format("{:.2f}", 100 * fraction); }

double mean_of(const RunTable& table, const std::string& method, const std::string& column) {
  return mean(table.numbers(method, column));
}

Table scores(const RunTable& table) {
  Table rows({"method", "runs", "train %", "test %", "95% interval", "perfect", "effective",
              "dead", "explored %", "cost %"});
  for (const std::string& method : methods_in(table)) {
    const std::vector<double> train = table.numbers(method, "train");
    const std::vector<double> test = table.numbers(method, "test");
    const auto [low, high] = mean_interval(test);
    rows.add(
        {display_name(method), std::to_string(test.size()), percent(mean(train)),
         percent(mean(test)),
         fmt::format("{} .. {}", percent(low), percent(std::min(high, 1.0))),  // no score above
         std::to_string(std::ranges::count(train, 1.0)),
         fmt::format("{:.1f}", mean_of(table, method, "effective")),
         fmt::format("{:.1f}", mean_of(table, method, "dead")),
         fmt::format("{:.1f}", 100 * mean_of(table, method, "explored")),
         fmt::format("{:.0f}", 100 * mean_of(table, method, "cost"))});
  }
  return rows;
}

// Every other method against static wiring, on the seeds that both have.
std::vector<std::pair<std::string, Comparison>> against_static(const RunTable& table) {
  std::vector<std::pair<std::string, Comparison>> result;
  const std::vector<std::string> methods = methods_in(table);
  if (std::ranges::count(methods, "static") == 0) return result;
  for (const std::string& method : methods) {
    if (method == "static") continue;
    const auto [values, others] = table.paired_numbers(method, "static", "test");
    if (!values.empty()) result.emplace_back(display_name(method), compare(values, others));
  }
  return result;
}

Table differences(std::span<const std::pair<std::string, Comparison>> comparisons) {
  Table rows({"against static", "test points", "95% interval", "better", "equal", "worse",
              "p (sign test)", "p (Holm)"});
  std::vector<double> p;
  for (const auto& [name, comparison] : comparisons) p.push_back(comparison.p);
  const std::vector<double> adjusted = holm(p);
  for (const auto& [name, comparison] : comparisons) {
    const auto& [low, high] = comparison.interval;
    rows.add({name, fmt::format("{:+.2f}", 100 * comparison.mean_difference),
              fmt::format("{:+.2f} .. {:+.2f}", 100 * low, 100 * high),
              std::to_string(comparison.better), std::to_string(comparison.equal),
              std::to_string(comparison.worse), fmt::format("{:.2g}", comparison.p),
              fmt::format("{:.2g}", adjusted[rows.rows().size()])});
  }
  return rows;
}

void add_pictures(const RunTable& table,
                  std::span<const std::pair<std::string, Comparison>> comparisons,
                  OutputFolder& folder) {
  std::vector<Group> groups;
  for (const std::string& method : methods_in(table)) {
    groups.push_back({display_name(method), table.numbers(method, "test")});
  }
  folder.add("boxes.png", plot_boxes("Test score by method", "score on samples never seen",
                                     groups, PictureFormat::png));
  std::vector<Difference> rows;
  for (const auto& [name, comparison] : comparisons) {
    rows.push_back(
        {name, comparison.mean_difference, comparison.interval.low, comparison.interval.high});
  }
  if (rows.empty()) return;
  folder.add("differences.png",
             plot_differences("Against static wiring, on the same seeds",
                              "difference of the test score, with its 95% interval", rows,
                              PictureFormat::png));
}

void show(const RunTable& table, OutputFolder& folder) {
  const auto comparisons = against_static(table);
  const Table means = scores(table);
  const Table paired = differences(comparisons);
  say(aligned(means));
  if (!comparisons.empty()) say("\n" + aligned(paired));
  add_pictures(table, comparisons, folder);

  Page page("Rewiring: the methods on many seeds",
            table.experiment.settings + ". Made by `build/rewire --seeds`.");
  page.table(means, "Means over the runs. Perfect: runs with a training score of 1.");
  page.picture({"boxes.png", "box plot of the test score for each method",
                "Every dot is a run; the box holds the middle half of them."});
  if (!comparisons.empty()) {
    page.heading("Against static wiring");
    page.table(
        paired,
        "The same seed for both: the same samples and, but for methods that start dense, "
        "the same first wiring. Holm: p for so many comparisons at once.");
    page.picture({"differences.png", "mean difference to static for each method",
                  "Where the interval holds 0, this many seeds do not tell the two apart."});
  }
  finish_page(page, folder);
}

}  // namespace

void run_comparison(const ComparisonOptions& options, OutputFolder& folder) {
  const Task first = options.task(options.seeds.first);
  const Experiment experiment{description(options.setting, first), method_names(), columns};
  const RunPlan plan = plan_of_runs(options.methods, options.seeds, options.jobs);
  say(experiment.settings);
  show(make_runs(experiment, plan, folder.path(),
                 [&](const RunId& id, const Interrupt& interrupt) {
                   const Task task = options.task(id.seed);
                   Trainer trainer(task, options.setting, method_names()[id.method], id.seed);
                   return numbers_of(trainer, interrupt);
                 }),
       folder);
}

void join_comparisons(std::span<const std::filesystem::path> files, OutputFolder& folder) {
  const RunTable table = join_into(folder.path(), files, method_names());
  say(table.experiment.settings);
  show(table, folder);
}

}  // namespace sprig::course
