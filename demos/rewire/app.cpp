// build/rewire: how methods of sparse training rewire a network, on one seed or on many.
#include "demos/rewire/app.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "demos/cli.h"
#include "demos/csv_task.h"
#include "demos/rewire/as_published.h"
#include "demos/rewire/compare.h"
#include "demos/rewire/lesson.h"
#include "demos/rewire/methods.h"
#include "demos/rewire/recovery_seeds.h"
#include "demos/rewire/regression.h"
#include "engine/error.h"

namespace sprig::course {
namespace {

// What was said on the command line; what was not stays as the task's setting has it.
struct Flags {
  std::string task = "halfspace";
  bool regression = false;
  std::vector<std::string> methods{"static", "set", "deep-r", "soft", "rigl"};
  std::optional<std::string> loss, distribution;
  std::vector<std::uint32_t> hidden;
  std::vector<double> sparsity;
  std::optional<double> density, learning_rate, l2, fraction, end;
  std::optional<double> deep_r_rate, deep_r_alpha, deep_r_temperature;
  std::optional<int> epochs, interval;
  std::optional<std::size_t> batch;
  bool eager = false;
  std::uint32_t seed = 1;
  std::string seeds;
  std::size_t jobs = 0;
  std::vector<std::filesystem::path> join;
  bool as_published = false;
  std::optional<std::string> out;
};

void add_list(CLI::App& app, const std::string& flag, auto& list, const std::string& help) {
  app.add_option(flag, list, help)->delimiter(',')->allow_extra_args(false);
}

void add_what(CLI::App& app, Flags& flags) {
  app.add_option(
      "--task", flags.task,
      "halfspace, moons, xor, circles, spirals, sparse, noise, a CSV file whose last "
      "column is the class, or regression: the lesson on sparse and noise");
  app.add_flag("--regression", flags.regression,
               "the last column of the CSV file is a number to hit; default: no");
  add_list(app, "--method", flags.methods,
           "which to train, with commas between, or all: " +
               CLI::detail::join(method_names(), ", "));
  app.add_option("--seed", flags.seed, "of samples, wiring, weights, batches and rewiring");
}

void add_setting(CLI::App& app, Flags& flags) {
  add_list(app, "--hidden", flags.hidden, "neurons of each hidden layer");
  app.add_option("--density", flags.density, "share of possible connections, in all")
      ->check(CLI::Range(1e-6, 1.0));
  app.add_option("--distribution", flags.distribution, "of them over the layers: uniform, er")
      ->check(CLI::IsMember({"uniform", "er"}));
  add_list(app, "--sparsity", flags.sparsity, "instead of a density: of each layer");
  app.add_option("--loss", flags.loss, "cross-entropy, hinge, squared")
      ->check(CLI::IsMember({"cross-entropy", "hinge", "squared"}));
  app.add_option("--l2", flags.l2, "strength of the penalty on squares")
      ->check(CLI::Range(0.0, 100.0));
  app.add_option("--epochs", flags.epochs, "passes over the samples")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--batch", flags.batch, "samples in a step; 0: all");
  app.add_option("--lr", flags.learning_rate, "Adam's learning rate, all the way")
      ->check(CLI::Range(0.0, 100.0));
  app.add_option("--interval", flags.interval, "steps between updates")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--end", flags.end, "share of the steps after which the wiring stays")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--fraction", flags.fraction, "of the connections dropped by an update")
      ->check(CLI::Range(0.0, 1.0));
  const CLI::Range not_negative(0.0, 1e6);
  app.add_option("--deep-r-rate", flags.deep_r_rate,
                 "DEEP R's learning rate, in multiples of Adam's")
      ->check(not_negative);
  app.add_option("--deep-r-alpha", flags.deep_r_alpha, "strength of its L1 penalty")
      ->check(not_negative);
  app.add_option("--deep-r-temperature", flags.deep_r_temperature, "of its noise")
      ->check(not_negative);
  app.add_flag("--eager", flags.eager,
               "run the eager graph, the reference, instead of the recorded Program; default: "
               "no");
}

void add_ways(CLI::App& app, Flags& flags) {
  app.add_option(
      "--out", flags.out,
      "folder for everything that is made; default: one below out/rewire named after "
      "what is run, such as moons-seeds");
  CLI::Option* seeds = app.add_option(
      "--seeds", flags.seeds, "compare over many seeds instead, such as 1..100; default: no");
  app.add_option("--jobs", flags.jobs, "runs at the same time; 0: one for each core")
      ->needs(seeds);
  app.add_option("--join", flags.join, "join runs.csv files of --seeds into one, and show it")
      ->excludes(seeds);
}

// Takes only the flags that it does not have to ignore.
void add_as_published(CLI::App& app, Flags& flags) {
  const std::vector<CLI::Option*> others = app.get_options([](const CLI::Option* option) {
    const std::string name = option->get_name();
    return name != "--help" && name != "--seed" && name != "--out";
  });
  CLI::Option* published = app.add_flag(
      "--as-published", flags.as_published,
      "show a course's notebook by its own rules instead, flaws and all; default: no");
  for (CLI::Option* option : others) published->excludes(option);
}

Task task_of(const Flags& flags, std::uint32_t seed) {
  const std::vector<std::string> known = task_names();
  if (std::ranges::count(known, flags.task) > 0) return make_task(flags.task, {.seed = seed});
  if (!std::filesystem::exists(flags.task)) {
    fail("--task: '", flags.task, "' is neither a task nor a file; give one of ",
         CLI::detail::join(known, ", "), ", regression, or the path of a CSV file");
  }
  return load_csv_task(flags.task, {.regression = flags.regression, .seed = seed});
}

template <class T>
void take(const std::optional<T>& said, T& into) {
  if (said) into = *said;
}

Loss loss_named(const std::string& name) {
  if (name == "squared") return Loss::squared_error;
  return name == "hinge" ? Loss::hinge : Loss::cross_entropy;
}

Setting setting_of(const Flags& flags, const Task& task) {
  Setting setting = setting_for(task);
  if (!flags.hidden.empty()) setting.hidden = flags.hidden;
  if (!flags.sparsity.empty()) setting.sparsity = flags.sparsity;
  if (flags.density || flags.distribution) setting.sparsity.clear();
  take(flags.density, setting.density);
  if (flags.distribution) {
    setting.distribution =
        *flags.distribution == "er" ? Distribution::erdos_renyi : Distribution::uniform;
  }
  if (flags.loss) setting.loss = loss_named(*flags.loss);
  take(flags.l2, setting.l2);
  take(flags.epochs, setting.epochs);
  take(flags.batch, setting.batch_size);
  take(flags.learning_rate, setting.learning_rate);
  take(flags.learning_rate, setting.final_learning_rate);
  take(flags.interval, setting.interval);
  take(flags.end, setting.end);
  take(flags.fraction, setting.fraction);
  take(flags.deep_r_rate, setting.deep_r_rate);
  take(flags.deep_r_alpha, setting.deep_r_alpha);
  take(flags.deep_r_temperature, setting.deep_r_temperature);
  setting.eager = flags.eager;
  return setting;
}

std::vector<std::string> methods_of(const Flags& flags) {
  if (flags.methods == std::vector<std::string>{"all"}) return method_names();
  for (const std::string& method : flags.methods) {
    (void)display_name(method);  // there is such a method
    if (std::ranges::count(flags.methods, method) > 1) {
      fail("--method: '", method, "' is there twice; give each method once");
    }
  }
  return flags.methods;
}

void run_regression_course(const Flags& flags, OutputFolder& folder) {
  if (!flags.join.empty()) return join_recovery(flags.join, folder);
  if (!flags.hidden.empty()) {
    fail(
        "--hidden: the lesson on regression has one neuron and looks at its inputs; leave it "
        "out");
  }
  const Setting setting = setting_of(flags, make_task("sparse", {.seed = flags.seed}));
  const std::vector<std::string> methods = methods_of(flags);
  if (flags.seeds.empty()) {
    return run_regression({.setting = setting, .methods = methods, .seed = flags.seed}, folder);
  }
  run_recovery({setting, methods, parse_seeds(flags.seeds), flags.jobs}, folder);
}

// Runs of other settings are refused in a folder of runs, so each way has a folder of its own.
std::filesystem::path folder_of(const Flags& flags) {
  if (flags.out) return *flags.out;
  const std::string task = std::filesystem::path(flags.task).stem().string();
  return "out/rewire/" + (flags.as_published   ? "as-published"
                          : flags.join.empty() ? task + (flags.seeds.empty() ? "" : "-seeds")
                                               : "joined");
}

void run(const Flags& flags) {
  OutputFolder folder(folder_of(flags));
  if (flags.as_published) return run_as_published(flags.seed, folder);
  if (flags.task == "regression") return run_regression_course(flags, folder);
  if (!flags.join.empty()) return join_comparisons(flags.join, folder);
  const std::vector<std::string> methods = methods_of(flags);
  if (flags.seeds.empty()) {
    const Task task = task_of(flags, flags.seed);
    return run_lesson(
        task, {.setting = setting_of(flags, task), .methods = methods, .seed = flags.seed},
        folder);
  }
  const SeedRange seeds = parse_seeds(flags.seeds);
  run_comparison({.task = [&](std::uint32_t seed) { return task_of(flags, seed); },
                  .setting = setting_of(flags, task_of(flags, seeds.first)),
                  .methods = methods,
                  .seeds = seeds,
                  .jobs = flags.jobs},
                 folder);
}

}  // namespace

int rewire_main(int argc, const char* const* argv) {
  DemoApp app("rewire", "How sparse networks rewire themselves, by many methods.");
  Flags flags;
  add_what(app, flags);
  add_setting(app, flags);
  add_ways(app, flags);
  add_as_published(app, flags);
  return run_demo(app, argc, argv, [&] { run(flags); });
}

}  // namespace sprig::course
