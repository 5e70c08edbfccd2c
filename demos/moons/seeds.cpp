#include "demos/moons/seeds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "demos/moons/published.h"
#include "demos/plot.h"
#include "demos/progress.h"
#include "demos/say.h"
#include "demos/table.h"
#include "engine/error.h"

namespace sprig {
namespace {

constexpr std::uint32_t most_seeds = 100000;

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

// Runs work(0), ..., work(count - 1) on all cores; the first exception stops them and is thrown
// here.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex mutex;
  const auto worker = [&] {
    for (std::size_t item; (item = next++) < count;) {
      try {
        work(item);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  {
    std::vector<std::jthread> threads(std::max(1u, std::thread::hardware_concurrency()));
    for (std::jthread& thread : threads) thread = std::jthread(worker);
  }
  if (failure) std::rethrow_exception(failure);
}

// Accuracies by contender, then by seed; the same for any number of threads.
std::vector<std::vector<double>> measure_all(std::span<const Contender> entrants,
                                             const SeedRange& seeds, const SeedsData& data) {
  const std::size_t count = std::size_t{seeds.last} - seeds.first + 1;
  std::vector<std::vector<double>> accuracies(entrants.size(), std::vector<double>(count));
  Progress progress("seeds", count);
  std::mutex mutex;
  std::size_t done = 0;
  in_parallel(count, [&](std::size_t index) {
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
  const auto count = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value / count;
  double variance = 0;
  for (const double value : values) variance += (value - mean) * (value - mean);
  const double deviation = count > 1 ? std::sqrt(variance / (count - 1)) : 0;
  const auto reach = [&](double least) {
    const auto n = std::ranges::count_if(values, [=](double value) { return value >= least; });
    return fmt::format("{} of {}", n, values.size());
  };
  return {name,
          fmt::format("{:.2f}", 100 * mean),
          fmt::format("{:.2f}", 100 * deviation),
          fmt::format("{:.0f}", 100 * std::ranges::min(values)),
          reach(0.99),
          reach(1.0)};
}

}  // namespace

SeedRange parse_seeds(std::string_view text) {
  const std::size_t dots = text.find("..");
  const std::string_view first = text.substr(0, dots);
  const std::string_view last = dots == std::string_view::npos ? first : text.substr(dots + 2);
  const auto read = [](std::string_view digits, std::uint32_t& number) {
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  SeedRange seeds;
  if (!read(first, seeds.first) || !read(last, seeds.last) || seeds.last < seeds.first) {
    fail("--seeds: '", text,
         "' is no range of seeds; give the first and the last, as in 1..100");
  }
  if (seeds.last - seeds.first >= most_seeds) {
    fail("--seeds: '", text, "' are more than ", most_seeds, " seeds; split the range");
  }
  return seeds;
}

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
