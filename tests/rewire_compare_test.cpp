// build/rewire as it is called: the lesson's files, many seeds, their files joined, and what the
// command line refuses.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/rewire_command.h"
#include "tests/temporary_folder.h"

namespace {

Outcome compare(const std::string& seeds, const std::filesystem::path& out,
                const std::string& methods = "static,set,rigl") {
  return rewire_command({"--task", "moons", "--epochs", "60", "--interval", "10", "--method",
                         methods, "--seeds", seeds, "--out", out.string()});
}

}  // namespace

TEST_SUITE("rewire, the command") {
  TEST_CASE("seeds in two halves, joined, have the bytes of one run over all of them") {
    const TemporaryFolder folder;
    REQUIRE(compare("1..6", folder / "all").status == 0);
    REQUIRE(compare("4..6", folder / "second").status == 0);
    REQUIRE(compare("1..3", folder / "first").status == 0);
    const Outcome joined = rewire_command({"--join", (folder / "second" / "runs.csv").string(),
                                           (folder / "first" / "runs.csv").string(), "--out",
                                           (folder / "joined").string()});
    CHECK(joined.status == 0);
    const std::string all = text_of_file(folder / "all" / "runs.csv");
    CHECK(all.size() > 500);
    CHECK(text_of_file(folder / "joined" / "runs.csv") == all);
    CHECK(joined.out.find("against static") != std::string::npos);
  }

  TEST_CASE("what was run before is not run again, and other settings are refused") {
    const TemporaryFolder folder;
    REQUIRE(compare("1..2", folder / "runs", "static").status == 0);
    const std::string before = text_of_file(folder / "runs" / "runs.csv");
    REQUIRE(compare("1..2", folder / "runs", "static").status == 0);
    CHECK(text_of_file(folder / "runs" / "runs.csv") == before);
    const Outcome other = rewire_command({"--task", "moons", "--method", "static", "--seeds",
                                          "1..2", "--out", (folder / "runs").string()});
    CHECK(other.status == 2);
    CHECK(other.err.find("60 epochs") != std::string::npos);
    CHECK(text_of_file(folder / "runs" / "runs.csv") == before);
  }

  TEST_CASE("a lesson on a CSV file leaves a page, curves, matrices, a film and its numbers") {
    const TemporaryFolder folder;
    std::ofstream csv(folder / "points.csv");
    for (int k = 0; k < 60; ++k) csv << k % 7 << "," << k % 5 << "," << (k % 7 > 3) << "\n";
    csv.close();
    const Outcome lesson = rewire_command({"--task", (folder / "points.csv").string(),
                                           "--epochs", "40", "--interval", "20", "--method",
                                           "static,set", "--out", (folder / "out").string()});
    CHECK(lesson.err == "");
    CHECK(lesson.status == 0);
    for (const std::string name :
         {"index.html", "curves.png", "epochs.csv", "set_matrices_1.png", "exploration.png"}) {
      CAPTURE(name);
      CHECK(std::filesystem::exists(folder / "out" / name));
    }
  }

  TEST_CASE("what it does not know is refused in one line with what there is") {
    const TemporaryFolder folder;
    const std::string out = (folder / "out").string();
    CHECK(
        rewire_command({"--task", "mooons", "--out", out}).err ==
        "rewire: --task: 'mooons' is neither a task nor a file; give one of moons, xor, "
        "circles, spirals, halfspace, sparse, noise, regression, or the path of a CSV file\n");
    CHECK(rewire_command({"--method", "rigel", "--out", out}).err.find("there is no 'rigel'") !=
          std::string::npos);
    CHECK(rewire_command({"--method", "set,set", "--out", out}).err ==
          "rewire: --method: 'set' is there twice; give each method once\n");
    CHECK(!std::filesystem::exists(out));
  }
}
