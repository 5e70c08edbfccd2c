// Runs in a folder of their own. The oracle is the file of the same runs without a break: it
// must have the same bytes after Ctrl-C, a torn line, a full disk, for any number of jobs.

#include "demos/runs.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "demos/cli.h"
#include "demos/run_reader.h"
#include "engine/error.h"
#include "tests/child.h"
#include "tests/full_disk.h"
#include "tests/temporary_folder.h"

namespace {

using namespace sprig;
namespace fs = std::filesystem;

const Experiment experiment{"steps 400", {"static", "SET", "RigL"}, {"accuracy", "loss"}};
const std::string head = "# settings: steps 400\nmethod,seed,accuracy,loss\n";

// RigL and static, written in the order of Experiment::methods. Progress goes nowhere.
const RunPlan plan{
    .methods = {2, 0}, .seeds = {1, 4}, .jobs = 1, .progress = std::fopen("/dev/null", "w")};

RunPlan with(std::vector<std::size_t> methods, SeedRange seeds) {
  return {std::move(methods), seeds, 1, plan.progress};
}

RunPlan with_jobs(std::size_t jobs) { return {plan.methods, plan.seeds, jobs, plan.progress}; }

std::vector<double> numbers_of(const RunId& id) {
  return {std::sin(id.seed + 0.5), static_cast<double>(id.method) / 3};
}

// How many runs were made.
std::size_t make(const fs::path& folder, const MakeRun& run, const RunPlan& which = plan) {
  std::atomic<std::size_t> made = 0;
  make_runs(experiment, which, folder, [&](const RunId& id, const Interrupt& interrupt) {
    ++made;
    return run(id, interrupt);
  });
  return made;
}

std::vector<double> plainly(const RunId& id, const Interrupt&) { return numbers_of(id); }

std::string whole_file(const RunPlan& which = plan) {
  const TemporaryFolder folder;
  make(folder.path(), plainly, which);
  return text_of_file(folder / "runs.csv");
}

void put(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_SUITE("runs") {
  TEST_CASE("every run is made once, and the table and the file have them in order") {
    const TemporaryFolder folder;
    const RunTable table = make_runs(experiment, plan, folder / "new/out", plainly);
    CHECK(table.runs.size() == 8);
    CHECK(table.runs.at({2, 3}) == numbers_of({2, 3}));
    const std::string text = text_of_file(folder / "new/out/runs.csv");
    CHECK(text == csv(table));
    CHECK(text.starts_with(head + "static,1,0.9974949866040544,0\nstatic,2,"));
    CHECK(files_in(folder / "new/out") == 1);
  }

  TEST_CASE("what is finished is not made again, and the file is not changed") {
    const TemporaryFolder folder;
    CHECK(make(folder.path(), plainly) == 8);
    CHECK(make(folder.path(), plainly) == 0);
    CHECK(text_of_file(folder / "runs.csv") == whole_file());
  }

  TEST_CASE("more seeds and methods add to the file, and fewer leave it and get their part") {
    const TemporaryFolder folder;
    make(folder.path(), plainly);
    const RunPlan more = with({0, 1, 2}, {1, 6});
    CHECK(make(folder.path(), plainly, more) == 18 - 8);
    CHECK(text_of_file(folder / "runs.csv") == whole_file(more));
    CHECK(make_runs(experiment, plan, folder.path(), plainly).runs.size() == 8);
    CHECK(text_of_file(folder / "runs.csv") == whole_file(more));
  }

  // As `kill -9` leaves it, at some moment or other.
  TEST_CASE("a file that was cut off somewhere is completed to the same bytes") {
    const TemporaryFolder folder;
    make(folder.path(), plainly);
    const std::string whole = text_of_file(folder / "runs.csv");
    for (std::size_t size = 0; size < whole.size(); size += 7) {
      CAPTURE(size);
      put(folder / "runs.csv", whole.substr(0, size));
      make(folder.path(), plainly);
      REQUIRE(text_of_file(folder / "runs.csv") == whole);
    }
  }

  TEST_CASE("a file with other settings, or that is no table, is refused and stays as it is") {
    const TemporaryFolder folder;
    const std::string path = (folder / "runs.csv").string();
    const std::string other = "# settings: steps 40\nmethod,seed,accuracy,loss\nSET,1,";
    put(path, other);
    CHECK_THROWS_WITH_AS(make(folder.path(), plainly),
                         (path + ": its runs have 'steps 40', not 'steps 400'; give the old "
                                 "ones again, or another folder")
                             .c_str(),
                         Error);
    CHECK(text_of_file(path) == other);
    put(path, "mine");
    CHECK_THROWS_WITH_AS(
        make(folder.path(), plainly),
        (path + ": is no table of runs; move it away, or give another").c_str(), Error);
    CHECK(text_of_file(path) == "mine");
  }

  TEST_CASE("a run that throws stops the others with its message and keeps what is finished") {
    const TemporaryFolder folder;
    const auto fails = [](const RunId& id, const Interrupt&) {
      if (id == RunId{0, 2}) throw Error("the loss is nan");
      return numbers_of(id);
    };
    CHECK_THROWS_WITH_AS(make(folder.path(), fails), "the loss is nan", Error);
    CHECK(make(folder.path(), plainly) == 8 - 3);
    CHECK(text_of_file(folder / "runs.csv") == whole_file());
  }

  TEST_CASE("a run with too few numbers is refused and not written") {
    const TemporaryFolder folder;
    const auto short_run = [](const RunId&, const Interrupt&) { return std::vector{1.0}; };
    CHECK_THROWS_WITH_AS(
        make(folder.path(), short_run),
        "runs: RigL with seed 1 gave 1 numbers for 2 columns; give one for each", Error);
    CHECK(text_of_file(folder / "runs.csv") == head);
  }

  TEST_CASE("names that would not read back are refused before anything is made") {
    const TemporaryFolder folder;
    for (const Experiment& bad :
         {Experiment{"two\nlines", {"a"}, {}}, Experiment{"", {"a\n"}, {}},
          Experiment{"", {"a"}, {"b\n"}}, Experiment{"", {"a", "a"}, {}}}) {
      CHECK_THROWS_AS(make_runs(bad, {{0}, {1, 1}, 1}, folder / "out", plainly), Error);
      CHECK(!fs::exists(folder / "out"));
    }
  }

  TEST_CASE("a second process on the folder is refused, and the first goes on") {
    const TemporaryFolder folder;
    const std::string path = (folder / "runs.csv").string();
    const auto with_another = [&](const RunId& id, const Interrupt&) {
      CHECK_THROWS_WITH_AS(
          make(folder.path(), plainly),
          (path + ": in use by another process; wait for it, or give another folder").c_str(),
          Error);
      return numbers_of(id);
    };
    CHECK(make(folder.path(), with_another) == 8);
    CHECK(text_of_file(path) == whole_file());
  }

  TEST_CASE("on a full disk a run is written whole or not at all, and the rest comes later") {
    const std::string whole = whole_file();
    for (std::size_t room = 0; room < whole.size(); room += 13) {
      CAPTURE(room);
      const TemporaryFolder folder;
      {
        const FullDisk disk(room);
        CHECK_THROWS_WITH_AS(make(folder.path(), plainly), doctest::Contains("File too large"),
                             Error);
      }
      const std::string text = text_of_file(folder / "runs.csv");
      CHECK((text.empty() || text.ends_with('\n')));
      CHECK(text.size() <= room);
      make(folder.path(), plainly);
      CHECK(text_of_file(folder / "runs.csv") == whole);
    }
  }

  TEST_CASE("two halves, joined, are the file of all runs") {
    const TemporaryFolder low;
    const TemporaryFolder high;
    const TemporaryFolder all;
    make(low.path(), plainly, with({2, 0}, {1, 3}));
    make(high.path(), plainly, with({0, 2}, {3, 4}));
    const std::vector<fs::path> halves{high / "runs.csv", low / "runs.csv"};
    const RunTable table = join_into(all / "out", halves, experiment.methods);
    CHECK(table.runs.size() == 8);
    CHECK(text_of_file(all / "out/runs.csv") == whole_file());
    CHECK(make(all / "out", plainly) == 0);
  }

  TEST_CASE("joining into a folder keeps its runs, and refuses other numbers for them") {
    const TemporaryFolder low;
    const TemporaryFolder high;
    make(low.path(), plainly, with({2, 0}, {1, 3}));
    make(high.path(), plainly, with({2, 0}, {3, 4}));
    const std::vector<fs::path> file{low / "runs.csv"};
    join_into(high.path(), file, experiment.methods);
    CHECK(text_of_file(high / "runs.csv") == whole_file());
    put(file[0], head + "RigL,9,1,1\nRigL,4,1,1\n");
    CHECK_THROWS_WITH_AS(join_into(high.path(), file, experiment.methods),
                         ((high / "runs.csv").string() +
                          ": RigL with seed 4 is there with other numbers; give another folder")
                             .c_str(),
                         Error);
    CHECK(text_of_file(high / "runs.csv") == whole_file());
  }
}

TEST_SUITE("interrupted runs") {
  TEST_CASE("Ctrl-C ends with status 130 and one line, and the same command goes on") {
    const TemporaryFolder folder;
    const auto command = [&](const MakeRun& run) {
      return in_child([&] {
        RunPlan loud = plan;
        loud.progress = stdout;
        DemoApp app("rewire", "");
        const char* arguments[] = {"rewire"};
        return run_demo(app, 1, arguments, [&] { make(folder.path(), run, loud); });
      });
    };
    const Outcome stopped = command([](const RunId& id, const Interrupt&) {
      const int times = id == RunId{0, 2} ? 2 : 0;  // an impatient user
      for (int time = 0; time < times; ++time) kill(getpid(), SIGINT);
      return numbers_of(id);
    });
    CHECK(stopped.status == 130);
    CHECK(stopped.err ==
          "rewire: stopped with 4 of 8 runs done; the same command goes on from there\n");
    const Outcome completed = command(plainly);
    CHECK(completed.status == 0);
    CHECK(completed.err == "");
    CHECK(completed.out.starts_with("runs 5 of 8, "));
    CHECK(completed.out.ends_with("runs 8 of 8\n"));
    CHECK(text_of_file(folder / "runs.csv") == whole_file());
  }

  TEST_CASE("SIGTERM asks for the same, and a run that polls ends at once") {
    const TemporaryFolder folder;
    const auto polls = [](const RunId& id, const Interrupt& interrupt) {
      if (id == RunId{0, 2}) std::raise(SIGTERM);
      interrupt.poll();
      return numbers_of(id);
    };
    CHECK_THROWS_WITH_AS(make(folder.path(), polls),
                         "stopped with 3 of 8 runs done; the same command goes on from there",
                         Interrupted);
    CHECK(make(folder.path(), plainly) == 5);
    CHECK(text_of_file(folder / "runs.csv") == whole_file());
  }

  TEST_CASE("after kill -9 all that was finished is there") {
    const TemporaryFolder folder;
    const pid_t child = fork();
    if (child == 0) {
      make(folder.path(), [](const RunId& id, const Interrupt&) {
        if (id == RunId{0, 2}) std::raise(SIGKILL);
        return numbers_of(id);
      });
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
    CHECK(make(folder.path(), plainly) == 5);
    CHECK(text_of_file(folder / "runs.csv") == whole_file());
  }

  TEST_CASE("signals go back to whoever handled them, and ignored ones stay ignored") {
    void (*const mine)(int) = [](int) {};
    const auto before = std::signal(SIGINT, mine);
    const auto before_term = std::signal(SIGTERM, SIG_IGN);
    {
      const Interrupt interrupt;
      std::raise(SIGTERM);
      CHECK(!interrupt.is_requested());
      std::raise(SIGINT);
      CHECK(interrupt.is_requested());
      CHECK_THROWS_AS(interrupt.poll(), Interrupted);
    }
    CHECK(!Interrupt().is_requested());
    const bool mine_again = std::signal(SIGINT, before) == mine;
    const bool ignored_again = std::signal(SIGTERM, before_term) == SIG_IGN;
    CHECK(mine_again);
    CHECK(ignored_again);
  }
}

TEST_SUITE("runs in threads") {
  TEST_CASE("the file has the same bytes for any number of jobs") {
    for (const std::size_t jobs : {0, 2, 5, 40}) {
      const TemporaryFolder folder;
      make(folder.path(), plainly, with_jobs(jobs));
      CHECK(text_of_file(folder / "runs.csv") == whole_file());
    }
  }

  TEST_CASE("Ctrl-C reaches runs that poll in all threads") {
    const TemporaryFolder folder;
    const RunPlan three = with_jobs(3);
    std::atomic<int> begun = 0;
    const auto waits = [&](const RunId& id, const Interrupt& interrupt) {
      if (++begun == 3) std::raise(SIGINT);
      while (true) {
        interrupt.poll();
        std::this_thread::yield();
      }
      return numbers_of(id);
    };
    CHECK_THROWS_AS(make(folder.path(), waits, three), Interrupted);
    CHECK(text_of_file(folder / "runs.csv") == head);
    CHECK(make(folder.path(), plainly, three) == 8);
    CHECK(text_of_file(folder / "runs.csv") == whole_file());
  }

  TEST_CASE("the message of a failing run is not lost to those that it stops") {
    const TemporaryFolder folder;
    const RunPlan three = with_jobs(3);
    const auto fails = [](const RunId& id, const Interrupt& interrupt) {
      if (id == RunId{0, 1}) throw Error("no such data");
      while (true) {
        interrupt.poll();
        std::this_thread::yield();
      }
      return numbers_of(id);
    };
    CHECK_THROWS_WITH_AS(make(folder.path(), fails, three), "no such data", Error);
  }
}
