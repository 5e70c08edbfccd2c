// The moons demo: what it promises about seeds, and what its command line answers.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "demos/moons/app.h"
#include "demos/moons/seeds.h"
#include "demos/moons/training.h"
#include "engine/error.h"
#include "nn/topology_file.h"
#include "tests/child.h"
#include "tests/temporary_folder.h"

namespace {

using namespace sprig;
namespace fs = std::filesystem;

Outcome moons(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "moons");
  std::vector<const char*> words;
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  return in_child([&] { return moons_main(static_cast<int>(words.size()), words.data()); });
}

double final_accuracy(Method method, std::uint32_t seed) {
  const Moons data = make_moons(100, 0.1, seed);
  TrainingOptions options;
  options.seed = seed;
  Trainer trainer(method, options, data);
  while (!trainer.is_done()) (void)trainer.step();
  return trainer.measure().accuracy;
}

// Which neuron reads what, whatever the weights.
Topology wiring_of(Topology topology) {
  for (Topology::Layer& layer : topology.layers) {
    for (Topology::Neuron& neuron : layer.neurons) {
      neuron.bias = 0;
      for (Topology::Connection& connection : neuron.connections) connection.weight = 0;
    }
  }
  return topology;
}

// Not the accuracy: a score that is exactly 0 in the one may be a little more in the other.
void check_agreement(const StepRecord& replayed, const StepRecord& eager) {
  CAPTURE(eager.step);
  CHECK(replayed.step == eager.step);
  CHECK(replayed.loss == doctest::Approx(eager.loss).epsilon(1e-9));
  CHECK(replayed.dropped == eager.dropped);
  CHECK(replayed.grown == eager.grown);
}

}  // namespace

TEST_SUITE("moons") {
  TEST_CASE("RigL reaches 99% on at least 95 of 100 seeds with 101 parameters and 400 steps") {
    int reached = 0;
    for (std::uint32_t seed = 101; seed <= 200; ++seed) {
      if (final_accuracy(Method::rigl, seed) >= 0.99) ++reached;
    }
    CHECK(reached >= 95);
  }

  TEST_CASE("the story's seed shows static stuck below 90% and RigL at 100%") {
    const std::uint32_t seed = TrainingOptions{}.seed;
    CHECK(final_accuracy(Method::static_wiring, seed) < 0.9);
    CHECK(final_accuracy(Method::rigl, seed) == 1.0);
  }

  TEST_CASE("static and RigL start from the same network and RigL keeps its budget") {
    const Moons data = make_moons(100, 0.1, 40);
    Trainer fixed(Method::static_wiring, {}, data);
    Trainer rewired(Method::rigl, {}, data);
    CHECK(fixed.topology() == rewired.topology());
    CHECK(rewired.parameter_count() == 101);
    std::size_t grown = 0;
    while (!rewired.is_done()) {
      const StepRecord record = rewired.step();
      CHECK(record.dropped == record.grown);
      CHECK(rewired.parameter_count() == 101);
      grown += record.grown;
    }
    CHECK(grown > 0);
  }

  TEST_CASE("on the story's seed the Program trains and rewires as the eager graph does") {
    const Moons data = make_moons(100, 0.1, TrainingOptions{}.seed);
    for (const Method method : {Method::static_wiring, Method::rigl}) {
      Trainer replayed(method, {}, data);
      Trainer eager(method, {.eager = true}, data);
      while (!eager.is_done()) {
        check_agreement(replayed.step(), eager.step());
        REQUIRE(wiring_of(replayed.topology()) == wiring_of(eager.topology()));
      }
      check_agreement(replayed.measure(), eager.measure());
    }
  }

  TEST_CASE("on any seed the first steps, rewirings too, are those of the eager graph") {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
      CAPTURE(seed);
      const Moons data = make_moons(60, 0.2, seed);
      TrainingOptions options{.seed = seed, .interval = 2, .start = 0};
      Trainer replayed(Method::rigl, options, data);
      options.eager = true;
      Trainer eager(Method::rigl, options, data);
      for (int step = 0; step < 3; ++step) check_agreement(replayed.step(), eager.step());
      check_agreement(replayed.measure(), eager.measure());
      CHECK(wiring_of(replayed.topology()) == wiring_of(eager.topology()));
    }
  }

  TEST_CASE("--eager prints what the Program prints, and differs in last digits only") {
    TemporaryFolder folder;
    const std::string out = (folder / "out").string();
    std::vector<std::string> arguments{"--steps", "60", "--method", "static", "--out", out};
    const Outcome replayed = moons(arguments);
    const std::string replayed_steps = text_of_file(folder / "out" / "steps.csv");
    arguments.push_back("--eager");
    const Outcome eager = moons(arguments);
    CHECK(eager.status == 0);
    CHECK(eager.err == "");
    CHECK(eager.out == replayed.out);
    CHECK(text_of_file(folder / "out" / "steps.csv") != replayed_steps);
  }

  TEST_CASE("many seeds give the same numbers for one thread at a time and for all cores") {
    TemporaryFolder folder;
    const std::string out = (folder / "out").string();
    REQUIRE(moons({"--seeds", "3..6", "--steps", "60", "--out", out}).status == 0);
    const std::string together = text_of_file(folder / "out" / "seeds.csv");
    REQUIRE(moons({"--seeds", "4", "--steps", "60", "--out", out}).status == 0);
    std::istringstream alone(text_of_file(folder / "out" / "seeds.csv"));
    std::string line;
    std::getline(alone, line);
    int lines = 0;
    while (std::getline(alone, line)) {
      CHECK(together.find(line + "\n") != std::string::npos);
      ++lines;
    }
    CHECK(lines == 4);
  }

  TEST_CASE("the story writes topologies that read back, pictures, a CSV and the page") {
    TemporaryFolder folder;
    const fs::path out = folder / "deep" / "out";
    const Outcome outcome = moons({"--steps", "30", "--out", out.string()});
    CHECK(outcome.err == "");
    REQUIRE(outcome.status == 0);
    for (const char* name : {"initial", "static_final", "rigl_final", "rigl_stripped"}) {
      CAPTURE(name);
      CHECK(shape_of(load(out / (std::string(name) + ".dot"))).starts_with("2-"));
      CHECK(text_of_file(out / (std::string(name) + ".svg")).find("<svg") != std::string::npos);
      CHECK(text_of_file(out / (std::string(name) + ".png")).starts_with("\x89PNG"));
    }
    CHECK(text_of_file(out / "boundaries.png").starts_with("\x89PNG"));
    CHECK(text_of_file(out / "curves.png").starts_with("\x89PNG"));
    const std::string steps = text_of_file(out / "steps.csv");
    CHECK(std::ranges::count(steps, '\n') == 1 + 2 * 31);
    CHECK(text_of_file(out / "index.html").find("boundaries.png") != std::string::npos);
  }

  TEST_CASE("a bad flag gets one line and status 2") {
    const auto complaint = [](const std::vector<std::string>& arguments) {
      const Outcome outcome = moons(arguments);
      CHECK(outcome.status == 2);
      CHECK(std::ranges::count(outcome.err, '\n') == 1);
      CHECK(outcome.out == "");
      return outcome.err;
    };
    CHECK(complaint({"--layers", "16,16,1", "--sparsity", "0,0.9"}) ==
          "moons: 3 layers but 2 sparsities; give one for each layer\n");
    CHECK(complaint({"--layers", "16,2", "--sparsity", "0,0"}) ==
          "moons: the last layer must have 1 neuron, whose sign is the class\n");
    CHECK(complaint({"--sparsity", "0,1,0"}) ==
          "moons: random_topology: layer 2 has sparsity 1; give one in [0, 1)\n");
    CHECK(complaint({"--seeds", "9..3"}) ==
          "moons: --seeds: '9..3' is no range of seeds; give the first and the last, as in "
          "1..100\n");
    CHECK(complaint({"--as-published", "--seeds", "1..2"}) ==
          "moons: --seeds excludes --as-published; see moons --help\n");
    CHECK(complaint({"--steps", "3", "--as-published"}) ==
          "moons: --steps excludes --as-published; see moons --help\n");
    CHECK(complaint({"--eager", "--as-published"}) ==
          "moons: --eager excludes --as-published; see moons --help\n");
    CHECK(complaint({"--seeds", "1..2", "--method", "rigl"}) ==
          "moons: --method excludes --seeds; see moons --help\n");
    CHECK(complaint({"--seeds", "1..4294967295"}) ==
          "moons: --seeds: '1..4294967295' are more than 100000 seeds; split the range\n");
    CHECK(complaint({"--method", "rigl,rigl"}) ==
          "moons: --method: 'rigl' is there twice; give each method once\n");
    for (const char* flag : {"--method", "--scope", "--format", "--steps", "--noise", "--lr",
                             "--samples", "--interval", "--fraction", "--nonsense"}) {
      CAPTURE(flag);
      CHECK(complaint({flag, "nonsense"}).find("--help") != std::string::npos);
    }
  }

  TEST_CASE("a folder that cannot be made is said before training, in one line") {
    TemporaryFolder folder;
    const fs::path file = folder / "a_file";
    std::ofstream(file) << "kept";
    const Outcome outcome = moons({"--out", (file / "out").string()});
    CHECK(outcome.status == 2);
    CHECK(outcome.out == "");
    CHECK(std::ranges::count(outcome.err, '\n') == 1);
    CHECK(text_of_file(file) == "kept");
  }
}
