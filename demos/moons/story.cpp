#include "demos/moons/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "demos/moons/report.h"
#include "demos/say.h"
#include "nn/strip.h"
#include "nn/topology_statistics.h"

namespace sprig {
namespace {

std::string cell(const StepRecord& record) {
  return fmt::format("{:>10.4f} {:>7.1f}%", record.loss, 100 * record.accuracy);
}

void say_header(std::span<const Run> runs) {
  std::string names = fmt::format("{:>5}", "");
  std::string columns = fmt::format("{:>5}", "step");
  for (const Run& run : runs) {
    names += fmt::format("  {:>19}", name_of(run.method));
    columns += fmt::format("  {:>10} {:>8}", "loss", "accuracy");
  }
  say(names);
  const bool rewires = std::ranges::count(runs, Method::rigl, &Run::method) > 0;
  say(columns + (rewires ? "  rewired" : ""));
}

void say_row(int step, std::span<const Run> runs, std::size_t rewired) {
  std::string row = fmt::format("{:>5}", step);
  for (const Run& run : runs) row += "  " + cell(run.steps.back());
  if (rewired > 0) row += fmt::format("  {:>7}", rewired);
  say(row);
}

// One step of every method at a time, so that the table grows side by side.
void train(std::deque<Trainer>& trainers, std::vector<Run>& runs, int steps) {
  say_header(runs);
  const int every = std::max(1, steps / 20);
  std::size_t rewired = 0;  // connections since the last row
  for (int step = 0; step < steps; ++step) {
    for (std::size_t index = 0; index < runs.size(); ++index) {
      const StepRecord record = trainers[index].step();
      runs[index].steps.push_back(record);
      rewired += record.grown;
      if (record.grown > 0) runs[index].film.push_back({step, trainers[index].topology()});
    }
    if (step % every != 0) continue;
    say_row(step, runs, rewired);
    rewired = 0;
  }
  for (std::size_t index = 0; index < runs.size(); ++index) {
    runs[index].steps.push_back(trainers[index].measure());
    runs[index].final = trainers[index].topology();
    runs[index].stripped = strip(runs[index].final);
  }
  say_row(steps, runs, rewired);
}

std::string sentence_on(const Run& run) {
  const TopologyStatistics before = statistics(run.final);
  const TopologyStatistics after = statistics(run.stripped);
  return fmt::format(
      "{}: {} accuracy; {} of {} connections are effective; strip removes {} dead "
      "neurons: "
      "{} with {} parameters.",
      name_of(run.method), percent(run.steps.back().accuracy), before.effective_connections,
      before.connections, before.dead_neurons, shape_of(run.stripped), after.parameters);
}

}  // namespace

void run_story(const StoryOptions& options, OutputFolder& folder) {
  const Moons moons = make_moons(options.samples, options.noise, options.training.seed);
  std::deque<Trainer> trainers;
  std::vector<Run> runs;
  for (const Method method : options.methods) {
    trainers.emplace_back(method, options.training, moons);
    runs.push_back({.method = method, .initial = trainers.back().topology()});
  }
  const std::size_t parameters = trainers.front().parameter_count();
  say(fmt::format("two moons: {} samples, noise {}; {} with {} parameters; {} steps; seed {}",
                  options.samples, options.noise, shape_of(runs.front().initial), parameters,
                  options.training.steps, options.training.seed));
  train(trainers, runs, options.training.steps);
  say("");
  for (const Run& run : runs) say(sentence_on(run));

  add_report(
      {.moons = moons, .runs = runs, .options = options.training, .formats = options.formats},
      folder);
  folder.commit();
  say(fmt::format("Open {}", (folder.path() / "index.html").string()));
}

}  // namespace sprig
