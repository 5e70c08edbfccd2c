// Tables of runs: the file as a person would write it by hand, files that are refused, and
// joining, whose oracle is the file of all runs together.

#include "demos/run_reader.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "engine/error.h"
#include "tests/temporary_folder.h"

namespace {

using namespace sprig;
namespace fs = std::filesystem;

const Experiment experiment{
    "samples 100, steps 400", {"static, as published", "RigL", "SET"}, {"accuracy", "loss"}};

const std::string head = "# settings: samples 100, steps 400\nmethod,seed,accuracy,loss\n";

RunTable read(const std::string& bytes) {
  RunTable table{experiment, {}};
  RunReader(table, "give the old ones").read("runs.csv", bytes);
  return table;
}

void check_refused(const std::string& bytes, const std::string& message) {
  CAPTURE(bytes);
  CHECK_THROWS_WITH_AS(read(bytes), message.c_str(), Error);
}

// Files with these bytes, joined.
RunTable join(const TemporaryFolder& folder, const std::vector<std::string>& texts) {
  std::vector<fs::path> files;
  for (const std::string& text : texts) {
    files.push_back(folder / (std::string(1, static_cast<char>('a' + files.size())) + ".csv"));
    std::ofstream(files.back(), std::ios::binary) << text;
  }
  return join_runs(files, experiment.methods);
}

}  // namespace

TEST_SUITE("run table") {
  TEST_CASE("the file has settings, names, and the runs by method and seed") {
    RunTable table{experiment, {}};
    table.runs[{1, 10}] = {1, 0.1 + 0.2};
    table.runs[{1, 9}] = {0.99, -1e-5};
    table.runs[{0, 12}] = {std::numeric_limits<double>::infinity(), 0};
    CHECK(csv(table) == head +
                            "\"static, as published\",12,inf,0\n"
                            "RigL,9,0.99,-1e-05\n"
                            "RigL,10,1,0.30000000000000004\n");
  }

  TEST_CASE("what was written is read back bit for bit, whatever its numbers") {
    RunTable table{experiment, {}};
    table.runs[{0, 0}] = {1.0 / 3, 5e-324};
    table.runs[{1, 4294967295}] = {NAN, -INFINITY};
    table.runs[{2, 7}] = {-0.0, 1.7976931348623157e308};
    const std::string bytes = csv(table);
    RunTable back{experiment, {}};
    CHECK(RunReader(back, "").read("runs.csv", bytes) == bytes.size());
    CHECK(csv(back) == bytes);
    CHECK(back.runs.at({0, 0}) == table.runs.at({0, 0}));
  }

  TEST_CASE("a last line without its newline is left out, even if it looks whole") {
    RunTable table{experiment, {}};
    const std::string whole = head + "RigL,1,1,0.5\n";
    CHECK(RunReader(table, "").read("runs.csv", whole + "RigL,2,1,0.25") == whole.size());
    CHECK(table.runs.size() == 1);
  }

  TEST_CASE("numbers of a method come by seed, those of two methods by common seed") {
    const RunTable table =
        read(head + "RigL,3,0.3,0\nRigL,1,0.1,0\nSET,2,0.5,0\nSET,3,0.6,0\nSET,1,0.4,9\n");
    using Numbers = std::vector<double>;
    CHECK(table.numbers("RigL", "accuracy") == Numbers{0.1, 0.3});
    CHECK(table.numbers("SET", "loss") == Numbers{9, 0, 0});
    CHECK(table.paired_numbers("SET", "RigL", "accuracy") ==
          std::pair(Numbers{0.4, 0.6}, Numbers{0.1, 0.3}));
    CHECK_THROWS_WITH_AS(table.numbers("rigl", "loss"),
                         "runs: there is no 'rigl'; give a name of the table", Error);
    CHECK_THROWS_AS(table.numbers("RigL", "Loss"), Error);
  }
}

TEST_SUITE("run reader") {
  TEST_CASE("what is no table of runs is refused by name") {
    const std::string message = "runs.csv: is no table of runs; move it away, or give another";
    check_refused("", message);
    check_refused("# settings: a", message);
    check_refused("step,loss\n1,2\n", message);
    check_refused("# settings: samples 100, steps 400\nmethod,seedling\n", message);
    check_refused(std::string("\x89PNG\r\n\x1a\n\0\0\n\n", 12), message);
  }

  TEST_CASE("other settings are refused with the first part that differs") {
    const auto with = [](const std::string& settings) {
      return "# settings: " + settings + "\nmethod,seed,accuracy,loss\nRigL,1,1,0\n";
    };
    check_refused(with("samples 100, steps 40"),
                  "runs.csv: its runs have 'steps 40', not 'steps 400'; give the old ones");
    check_refused(with("samples 100"),
                  "runs.csv: its runs have '', not 'steps 400'; give the old ones");
    check_refused(with("samples 100, steps 400, noise 1"),
                  "runs.csv: its runs have 'noise 1', not ''; give the old ones");
    check_refused("# settings: samples 100, steps 400\nmethod,seed,accuracy\n",
                  "runs.csv: its runs have 'accuracy', not 'accuracy,loss'; give the old ones");
  }

  TEST_CASE("a line that is no run is refused with file and line") {
    const std::string one = head + "RigL,1,1,0\n";
    check_refused(one + "RigL,2,1\n",
                  "runs.csv:4: got 3 cells for 4 columns; take out the line");
    check_refused(one + "\n", "runs.csv:4: got 1 cells for 4 columns; take out the line");
    check_refused(one + "RigL,-2,1,0\n", "runs.csv:4: '-2' is no seed; take out the line");
    check_refused(one + "RigL,4294967296,1,0\n",
                  "runs.csv:4: '4294967296' is no seed; take out the line");
    check_refused(one + "RigL,2,1,0x\n", "runs.csv:4: '0x' is no number; take out the line");
    check_refused(one + "RigL,2,,0\n", "runs.csv:4: '' is no number; take out the line");
    check_refused(one + "Rigl,2,1,0\n",
                  "runs.csv:4: there is no method 'Rigl'; take out the line");
  }

  TEST_CASE("a run that is there twice must have the same numbers") {
    CHECK(read(head + "RigL,1,nan,0\nRigL,1,nan,0\n").runs.size() == 1);
    check_refused(head + "RigL,1,1,0\nRigL,2,1,0\nRigL,1,1,0.5\n",
                  "runs.csv:5: RigL with seed 1 has other numbers than in runs.csv:3; take out "
                  "the line that is wrong");
  }

  TEST_CASE("joined files are the file of all runs, whatever their order and overlap") {
    const TemporaryFolder folder;
    const std::string first = "RigL,1,1,0.5\nRigL,2,0.25,0\n";
    const std::string second = "SET,1,0.125,1\n";
    const std::string all = head + first + second;
    CHECK(csv(join(folder, {head + first, head + second})) == all);
    CHECK(csv(join(folder, {head + second, head + first})) == all);
    CHECK(csv(join(folder, {all, head, head + second + "RigL,2,0.2"})) == all);
    CHECK(csv(join(folder, {all})) == all);
  }

  TEST_CASE("files that do not belong together are not joined") {
    const TemporaryFolder folder;
    const auto complaint = [&](const std::vector<std::string>& texts) -> std::string {
      try {
        join(folder, texts);
      } catch (const Error& error) {
        return error.what();
      }
      return "";
    };
    const std::string a = (folder / "a.csv").string();
    const std::string b = (folder / "b.csv").string();
    CHECK(complaint({head, "# settings: samples 9, steps 400\nmethod,seed,accuracy,loss\n"}) ==
          b + ": its runs have 'samples 9', not 'samples 100'; join only runs of the same "
              "settings");
    CHECK(complaint({head + "SET,1,1,1\n", head + "RigL,1,1,1\nSET,1,1,2\n"}) ==
          b + ":4: SET with seed 1 has other numbers than in " + a +
              ":3; take out the line that is wrong");
    CHECK(complaint({}) == "join: got no file; give tables of runs");
    CHECK(complaint({"other"}) == a + ": is no table of runs; move it away, or give another");
    for (const fs::path& path : {folder / "none.csv", folder.path()}) {
      CHECK_THROWS_WITH_AS(join_runs(std::vector{path}, {}),
                           (path.string() + ": cannot be read; give a table of runs").c_str(),
                           Error);
    }
  }
}
