// The lesson on regression: the notebook's rules on noise, and who finds the inputs that count.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "demos/rewire/published_regression.h"
#include "demos/rewire/recovery.h"
#include "demos/rewire/trainer.h"
#include "engine/error.h"
#include "tests/rewire_command.h"
#include "tests/temporary_folder.h"

namespace {

using namespace sprig;
using namespace sprig::course;

// One neuron of 10 inputs that reads these, after every update.
std::vector<TopologyAtStep> series_of(const std::vector<std::vector<std::uint32_t>>& wirings) {
  std::vector<TopologyAtStep> series;
  for (const auto& inputs : wirings) {
    Topology::Neuron neuron{.name = "1_0", .connections = {}};
    for (const std::uint32_t input : inputs) neuron.connections.push_back({input, 1.0});
    series.push_back({static_cast<int>(series.size()), {10, {{{neuron}}}}});
  }
  return series;
}

std::optional<std::size_t> found(const std::string& method, std::uint32_t seed,
                                 double density = 0.5) {
  const Task task = make_task("sparse", {.seed = seed});
  Setting setting = setting_for(task);
  setting.density = density;
  Trainer trainer(task, setting, method, seed);
  while (!trainer.is_done()) (void)trainer.epoch();
  return all_found_after(trainer.series(), task.true_inputs);
}

int seeds_that_find(const std::string& method, double density = 0.5) {
  int count = 0;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    if (found(method, seed, density)) ++count;
  }
  return count;
}

}  // namespace

TEST_SUITE("rewiring a regression") {
  TEST_CASE("as published the dropped connection is the grown one in every epoch") {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
      const Task noise = make_task("noise", {.seed = seed});
      for (const PublishedEpoch& now : run_published_regression(noise, seed)) {
        CAPTURE(now.epoch);
        REQUIRE(now.dropped.size() == 1);
        REQUIRE(now.grown.size() == 1);
        CHECK(now.grown[0].input == now.dropped[0].input);
        CHECK(now.grown[0].weight != now.dropped[0].weight);
      }
    }
  }

  TEST_CASE("as published the layer is dense after each step and each update") {
    const auto epochs = run_published_regression(make_task("noise", {.seed = 1}), 1);
    CHECK(epochs.size() == 10);
    for (const PublishedEpoch& now : epochs) {
      CHECK(now.after_step == 10);
      CHECK(now.after_growing == 10);
    }
  }

  TEST_CASE("as published the loss starts at the mean square of the targets and rises") {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
      CAPTURE(seed);
      const Task noise = make_task("noise", {.seed = seed});
      const auto epochs = run_published_regression(noise, seed);
      double square = 0;
      for (const double target : noise.train.targets) square += target * target;
      CHECK(epochs.front().loss == doctest::Approx(square / 1000));
      CHECK(epochs.back().loss > epochs.front().loss);
    }
  }

  TEST_CASE("Adam's first step moves every weight by the learning rate") {
    const auto epochs = run_published_regression(make_task("noise", {.seed = 1}), 1);
    CHECK(std::abs(epochs[0].dropped[0].weight) == doctest::Approx(0.001).epsilon(1e-4));
  }

  TEST_CASE("an input is found after the first update from which on it is always read") {
    const auto series = series_of({{2, 5}, {2, 7}, {2, 5, 7}, {5, 2}, {2, 5, 7}});
    CHECK(found_after(series, 2) == 0);
    CHECK(found_after(series, 5) == 2);
    CHECK(found_after(series, 7) == 4);  // it was dropped once more
    CHECK(found_after(series, 9) == std::nullopt);
    CHECK(all_found_after(series, std::vector<std::size_t>{2, 5}) == 2);
    CHECK(all_found_after(series, std::vector<std::size_t>{2, 5, 7}) == 4);
  }

  TEST_CASE("an input that is dropped by the last update is not found") {
    const auto series = series_of({{2, 5, 7}, {2, 5, 7}, {2, 5}});
    CHECK(found_after(series, 7) == std::nullopt);
    CHECK(all_found_after(series, std::vector<std::size_t>{2, 5, 7}) == std::nullopt);
  }

  TEST_CASE("to find no inputs, or in no topology, is an Error that says so") {
    const auto message = [](const auto& series, const std::vector<std::size_t>& inputs) {
      try {
        (void)all_found_after(series, inputs);
      } catch (const Error& error) {
        return std::string(error.what());
      }
      return std::string();
    };
    CHECK(message(series_of({{1}}), {}) ==
          "all_found_after: got 1 topologies and 0 inputs; give at least one of each");
    CHECK(message(series_of({}), {1, 2}) ==
          "all_found_after: got 0 topologies and 2 inputs; give at least one of each");
  }

  TEST_CASE("methods that look at gradients find the three inputs on all of 20 seeds") {
    CHECK(seeds_that_find("rigl") == 20);
    CHECK(seeds_that_find("soft") == 20);
  }

  TEST_CASE("SET finds them on most of 20 seeds, static wiring on few") {
    CHECK(seeds_that_find("set") >= 17);
    CHECK(seeds_that_find("static") <= 5);
  }

  TEST_CASE("with three connections, none to spare, SET and soft gradient do not keep them") {
    CHECK(seeds_that_find("set", 0.3) <= 5);
    CHECK(seeds_that_find("soft", 0.3) <= 17);
  }

  TEST_CASE("no method learns noise") {
    for (const std::string method : {"static", "set", "soft", "rigl"}) {
      for (std::uint32_t seed = 1; seed <= 5; ++seed) {
        const Task noise = make_task("noise", {.seed = seed});
        Trainer trainer(noise, setting_for(noise), method, seed);
        double score = 0;
        while (!trainer.is_done()) score = trainer.epoch().test_score;
        CHECK(score < 0.01);
      }
    }
  }

  TEST_CASE("many seeds give the same bytes for one thread and for all") {
    TemporaryFolder folder;
    std::vector<std::string> texts;
    for (const std::string jobs : {"1", "0"}) {
      const std::string out = (folder / ("jobs" + jobs)).string();
      const Outcome outcome = rewire_command({"--task", "regression", "--seeds", "1..4",
                                              "--epochs", "40", "--jobs", jobs, "--out", out});
      CHECK(outcome.err == "");
      REQUIRE(outcome.status == 0);
      CHECK(outcome.out.find("median update") != std::string::npos);
      texts.push_back(text_of_file(std::filesystem::path(out) / "runs.csv"));
    }
    CHECK(texts[0] == texts[1]);
    CHECK(std::ranges::count(texts[0], '\n') == 2 + 5 * 4);
  }

  TEST_CASE("files of many seeds are joined") {
    TemporaryFolder folder;
    const auto run = [&](std::vector<std::string> arguments, const std::string& out) {
      for (const std::string word : {"--task", "regression", "--out"})
        arguments.push_back(word);
      arguments.push_back((folder / out).string());
      const Outcome outcome = rewire_command(arguments);
      CHECK(outcome.err == "");
      REQUIRE(outcome.status == 0);
      return text_of_file(folder / out / "runs.csv");
    };
    const auto seeds = [&](const std::string& range, const std::string& out) {
      return run({"--seeds", range, "--epochs", "20", "--method", "static,rigl"}, out);
    };
    seeds("1..2", "a");
    seeds("3..4", "b");
    const std::string together = seeds("1..4", "c");
    const std::string a = (folder / "a" / "runs.csv").string();
    CHECK(run({"--join", a, (folder / "b" / "runs.csv").string()}, "d") == together);
  }

  TEST_CASE("the lesson leaves pictures and the page, whatever the methods") {
    TemporaryFolder folder;
    const Outcome outcome =
        rewire_command({"--task", "regression", "--method", "static,rigl", "--epochs", "20",
                        "--out", (folder / "out").string()});
    CHECK(outcome.err == "");
    REQUIRE(outcome.status == 0);
    CHECK(outcome.out.find("After 10 of 10 epochs the dropped") != std::string::npos);
    CHECK(outcome.out.find("1 of 12 draws") != std::string::npos);
    for (const char* name : {"wiring.png", "curves.png", "published_loss.png"}) {
      CHECK(text_of_file(folder / "out" / name).starts_with("\x89PNG"));
    }
    const std::string page = text_of_file(folder / "out" / "index.html");
    CHECK(page.find("wiring.png") != std::string::npos);
    const Outcome alone =
        rewire_command({"--task", "regression", "--method", "static", "--epochs", "2",
                        "--density", "0.2", "--out", (folder / "alone").string()});
    CHECK(alone.err == "");
    CHECK(alone.out.find("2 connections cannot read all 3 inputs") != std::string::npos);
  }

  TEST_CASE("hidden neurons and a loss for classes get one line and status 2") {
    TemporaryFolder folder;
    const auto complaint = [&](const std::string& flag, const std::string& value) {
      const Outcome outcome = rewire_command(
          {"--task", "regression", flag, value, "--out", (folder / "out").string()});
      CHECK(outcome.status == 2);
      CHECK(outcome.out == "");
      return outcome.err;
    };
    CHECK(complaint("--hidden", "4") ==
          "rewire: --hidden: the lesson on regression has one neuron and looks at its inputs; "
          "leave it out\n");
    CHECK(complaint("--loss", "hinge") ==
          "rewire: --loss: noise is a regression; give squared\n");
  }
}
