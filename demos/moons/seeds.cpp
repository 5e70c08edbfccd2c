#include "demos/moons/seeds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <mutex>

#include "demos/moons/published.h"
#include "demos/parallel.h"
#include "demos/plot.h"
#include "demos/progress.h"
#include "demos/say.h"
#include "demos/statistics.h"
#include "demos/table.h"

namespace sprig {
namespace {

struct Contender {
  std::string name;
  std::function<double(std::uint32_t seed, const Moons& moons)> accuracy_of;
};

double trained(Method method, TrainingOptions options, std::uint32_t seed, const Moons& moons) {
  options.seed = seed;
  Trainer trainer(method, options, moons);
  while (!trainer.is_done()) (void)trainer.step();
  return trainer.measure().accuracy;
}

std::vector<Contender> contenders(const TrainingOptions& options) {
  const auto published = [](bool rigl) {
    return [rigl](std::uint32_t seed, const Moons& moons) {
      return run_published(moons, seed, rigl).final_accuracy;
    };
  };
  const auto own = [options](Method method) {
    return [options, method](std::uint32_t seed, const Moons& moons) {
      return trained(method, options, seed, moons);
    };
  };
  return {{"static, as published", published(false)},
          {"RigL, as published", published(true)},
          {"static", own(Method::static_wiring)},
          {"RigL", own(Method::rigl)}};
}

// Accuracies by contender, then by seed; the same for any number of threads.
std::vector<std::vector<double>> measure_all(std::span<const Contender> entrants,
                                             const SeedRange& seeds, const SeedsData& data) {
  const std::size_t count = seeds.size();
  std::vector<std::vector<double>> accuracies(entrants.size(), std::vector<double>(count));
  Progress progress("seeds", count);
  std::mutex mutex;
  std::size_t done = 0;
  in_parallel(count, 0, [&](std::size_t index) {
    const auto seed = static_cast<std::uint32_t>(seeds.first + index);
    const Moons moons = make_moons(data.samples, data.noise, seed);
    for (std::size_t entrant = 0; entrant < entrants.size(); ++entrant) {
      accuracies[entrant][index] = entrants[entrant].accuracy_of(seed, moons);
    }
    const std::lock_guard lock(mutex);
    progress.show(++done);
  });
  return accuracies;
}

std::vector<std::string> summary_row(const std::string& name, std::span<const double> values) {
  const double deviation = values.size() > 1 ? standard_deviation(values) : 0;
  const auto reach = [&](double least) {
    const auto n = std::ranges::count_if(values, [=](double value) { return value >= least; });
    return fmt::format("{} of {}", n, values.size());
  };
  return {name,
          fmt::format("{:.2f}", 100 * mean(values)),
          fmt::format("{:.2f}", 100 * deviation),
          fmt::format("{:.0f}", 100 * std::ranges::min(values)),
          reach(0.99),
          reach(1.0)};
}

}  // namespace

void run_seeds(const SeedRange& seeds, const TrainingOptions& options, const SeedsData& data,
               OutputFolder& folder) {
  const std::vector<Contender> entrants = contenders(options);
  const std::vector<std::vector<double>> accuracies = measure_all(entrants, seeds, data);

  Table summary({"method", "mean %", "std", "worst %", "reach 99%", "reach 100%"});
  Table raw({"seed", "method", "accuracy"});
  std::vector<Group> groups;
  for (std::size_t entrant = 0; entrant < entrants.size(); ++entrant) {
    const std::string& name = entrants[entrant].name;
    summary.add(summary_row(name, accuracies[entrant]));
    groups.push_back({name, accuracies[entrant]});
    for (std::size_t index = 0; index < accuracies[entrant].size(); ++index) {
      raw.add({std::to_string(seeds.first + index), name, exact(accuracies[entrant][index])});
    }
  }
  say(fmt::format("as published: 2-16-16-1, 400 steps; else: {} neurons per layer, {} steps",
                  fmt::join(options.layers, "-"), options.steps));
  say(aligned(summary));
  folder.add("seeds.csv", csv(raw));
  const std::string title =
      fmt::format("Two moons, final accuracy over {} seeds", accuracies.front().size());
  folder.add("seeds.png", plot_boxes(title, "accuracy", groups, PictureFormat::png));
  folder.commit();
  say(fmt::format("Every run: {}, a box plot: {}", (folder.path() / "seeds.csv").string(),
                  (folder.path() / "seeds.png").string()));
}

}  // namespace sprig
