// run_demo as a shell sees it: exit status, standard output and standard error of a child
// process.

#include "demos/cli.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "demos/say.h"
#include "engine/error.h"
#include "tests/child.h"

namespace {

using namespace sprig;

// A demo with the option --steps, run in a child process whose standard output is `out`, or
// caught if that is negative.
Outcome run(std::vector<const char*> arguments, const std::function<void(int)>& body,
            int out = -1) {
  arguments.insert(arguments.begin(), "some/path/moons");
  return in_child(
      [&] {
        DemoApp app("moons", "Trains on two moons.");
        int steps = 400;
        app.add_option("--steps", steps, "training steps")->check(at_least(1));
        return run_demo(app, static_cast<int>(arguments.size()), arguments.data(),
                        [&] { body(steps); });
      },
      out);
}

void say_steps(int steps) { say("steps " + std::to_string(steps)); }

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("a demo that goes well says what it has to say and ends with 0") {
    const Outcome outcome = run({"--steps", "7"}, say_steps);
    CHECK(outcome.status == 0);
    CHECK(outcome.out == "steps 7\n");
    CHECK(outcome.err.empty());
  }

  TEST_CASE("--help shows options with their defaults, does not run the body and ends with 0") {
    const Outcome outcome = run({"--help"}, say_steps);
    CHECK(outcome.status == 0);
    CHECK(outcome.out.find("Trains on two moons.") != std::string::npos);
    CHECK(outcome.out.find("=400") != std::string::npos);
    CHECK(outcome.out.find("steps 400") == std::string::npos);
  }

  TEST_CASE("a bad command line gives one line and ends with 2") {
    CHECK(run({"--step", "7"}, say_steps).status == 2);
    CHECK(run({"--steps", "0"}, say_steps).err ==
          "moons: --steps: got 0; give a number of at least 1; see moons --help\n");
    CHECK(run({"--steps", "many"}, say_steps).err ==
          "moons: --steps: got many; give a number of at least 1; see moons --help\n");
    CHECK(run({"stray"}, say_steps).err ==
          "moons: The following argument was not expected: stray; see moons --help\n");
  }

  TEST_CASE("an Error becomes one line, whatever is in it, and status 2") {
    const Outcome outcome = run({}, [](int) { throw Error("first\nsecond"); });
    CHECK(outcome.status == 2);
    CHECK(outcome.err == "moons: first second\n");
    CHECK(outcome.out.empty());
  }

  TEST_CASE("any other exception becomes one line and status 2") {
    const Outcome outcome = run({}, [](int) { throw std::out_of_range("too far"); });
    CHECK(outcome.status == 2);
    CHECK(outcome.err == "moons: too far\n");
  }

  TEST_CASE("standard output that is full ends a demo with status 2, --help too") {
    const int full = open("/dev/full", O_WRONLY);
    REQUIRE(full >= 0);
    for (const char* argument : {"--steps=1", "--help"}) {
      const Outcome outcome = run({argument}, say_steps, full);
      CHECK(outcome.status == 2);
      CHECK(outcome.err ==
            "moons: standard output cannot be written (No space left on device); "
            "send it elsewhere\n");
    }
    close(full);
  }

  TEST_CASE("a reader that goes away does not keep a demo from its work") {
    int pipe_ends[2];
    REQUIRE(pipe(pipe_ends) == 0);
    close(pipe_ends[0]);
    const Outcome outcome = run(
        {},
        [](int steps) {
          for (int k = 0; k < 3; ++k) say_steps(steps);
          throw Error("the work went on");
        },
        pipe_ends[1]);
    close(pipe_ends[1]);
    CHECK(outcome.err == "moons: the work went on\n");
  }

  TEST_CASE("with standard output closed, what is said cannot end up in another file") {
    const Outcome outcome = run({"--steps", "1"}, [](int) {
      close(STDOUT_FILENO);
      DemoApp app("inner", "");
      const char* arguments[] = {"inner"};
      std::FILE* file = nullptr;
      run_demo(app, 1, arguments, [&] {
        file = std::tmpfile();
        say("said");
      });
      if (!contents_and_close(file).empty()) throw Error("it did");
    });
    CHECK(outcome.err.empty());
  }
}
