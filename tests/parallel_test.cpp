// Work on several threads: all of it, once, and what becomes of an exception.

#include "demos/parallel.h"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "demos/seed_range.h"
#include "engine/error.h"

using namespace sprig;

TEST_SUITE("parallel in threads") {
  TEST_CASE("every piece of work is done once, for any number of jobs") {
    for (const std::size_t jobs : {0, 1, 3, 50}) {
      std::vector<int> times(20);
      in_parallel(times.size(), jobs, [&](std::size_t k) { ++times[k]; });
      CHECK(times == std::vector<int>(20, 1));
    }
    in_parallel(0, 4, [](std::size_t) { throw std::runtime_error("no work"); });
  }

  TEST_CASE("one job does the work in order, in the caller's thread") {
    const std::thread::id caller = std::this_thread::get_id();
    std::vector<std::size_t> order;
    in_parallel(4, 1, [&](std::size_t k) {
      order.push_back(k);
      CHECK(std::this_thread::get_id() == caller);
    });
    CHECK(order == std::vector<std::size_t>{0, 1, 2, 3});
  }

  TEST_CASE("two jobs are in progress at the same time") {
    std::atomic<int> begun = 0;
    in_parallel(2, 2, [&](std::size_t) {
      ++begun;
      while (begun < 2) std::this_thread::yield();
    });
    CHECK(begun == 2);
  }

  TEST_CASE("the first exception is thrown, and nothing begins after it") {
    std::atomic<std::size_t> done = 0;
    const auto work = [&](std::size_t k) {
      if (k == 3) throw Error("the fourth");
      ++done;
    };
    CHECK_THROWS_WITH_AS(in_parallel(100, 1, work), "the fourth", Error);
    CHECK(done == 3);
    CHECK_THROWS_WITH_AS(in_parallel(100, 4, work), "the fourth", Error);
  }
}

TEST_SUITE("seed range") {
  TEST_CASE("a range has both its ends, and one seed is a range") {
    CHECK(parse_seeds("3..6").size() == 4);
    CHECK(parse_seeds("7").first == 7);
    CHECK(parse_seeds("7").last == 7);
    CHECK(parse_seeds("4294967294..4294967295").size() == 2);
  }

  TEST_CASE("what is no range is refused with what it should be") {
    for (const char* text : {"", "..", "1..", "..3", "3..1", "-1..3", "1...3", "1..3 ", "a"}) {
      CAPTURE(text);
      CHECK_THROWS_WITH_AS(parse_seeds(text),
                           ("--seeds: '" + std::string(text) +
                            "' is no range of seeds; give the first and the last, as in 1..100")
                               .c_str(),
                           Error);
    }
  }
}
