// Progress on a terminal (a pseudo-terminal here) and elsewhere.

#include "demos/progress.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "engine/error.h"

using namespace sprig;

TEST_SUITE("progress") {
  TEST_CASE("in a file there is a plain line for each tenth of the way") {
    std::FILE* file = std::tmpfile();
    {
      Progress progress("seed", 40, file);
      for (std::size_t k = 1; k <= 40; ++k) progress.show(k, k == 40 ? "all" : "");
    }
    std::rewind(file);
    std::string text;
    for (int c; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
    std::fclose(file);
    CHECK(text.starts_with("seed 4 of 40\nseed 8 of 40\n"));
    CHECK(text.ends_with("seed 36 of 40\nseed 40 of 40, all\n"));
    CHECK(std::count(text.begin(), text.end(), '\n') == 10);
  }

  TEST_CASE("on a terminal one line is rewritten, and taken away at the end") {
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0) {
      MESSAGE("skipped: this machine has no pseudo-terminals");
      return;
    }
    REQUIRE((grantpt(terminal) == 0 && unlockpt(terminal) == 0));
    std::FILE* screen = std::fopen(ptsname(terminal), "w");
    REQUIRE(screen != nullptr);
    {
      Progress progress("seed", 1000, screen);
      progress.show(1);
      progress.show(2);
    }
    const std::string expected = "\r\x1b[Kseed 1 of 1000\r\x1b[Kseed 2 of 1000\r\x1b[K";
    std::string text(expected.size(), ' ');
    for (std::size_t got = 0; got < text.size();) {  // it may arrive in pieces
      const ssize_t count = read(terminal, text.data() + got, text.size() - got);
      REQUIRE(count > 0);
      got += static_cast<std::size_t>(count);
    }
    CHECK(text == expected);
    std::fclose(screen);
    close(terminal);
  }

  TEST_CASE("progress without steps is refused") {
    CHECK_THROWS_WITH_AS(Progress("seed", 0), "Progress: got 0 steps; give at least 1", Error);
  }
}
