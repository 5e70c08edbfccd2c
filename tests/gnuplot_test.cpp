// The gnuplot process: pictures come back whole, and everything that can go wrong is an Error.
// The oracle is the picture itself: a PNG's header, the text of an SVG.

#include "demos/gnuplot.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "engine/error.h"
#include "tests/full_disk.h"

namespace {

using namespace sprig;

const std::string small_svg = gnuplot_preamble(PictureFormat::svg, 300, 200);

// Changes PATH for as long as it lives.
class OtherPath {
 public:
  explicit OtherPath(const char* path) : before_(std::getenv("PATH")) {
    setenv("PATH", path, 1);
  }
  ~OtherPath() { setenv("PATH", before_.c_str(), 1); }

 private:
  std::string before_;
};

}  // namespace

TEST_SUITE("gnuplot") {
  TEST_CASE("run_gnuplot gives a whole PNG of twice the size asked for") {
    const std::string png =
        run_gnuplot(gnuplot_preamble(PictureFormat::png, 300, 200) + "plot [0:1] x\n");
    REQUIRE(png.size() > 24);
    CHECK(png.substr(1, 3) == "PNG");
    CHECK(png.substr(16, 8) == std::string("\0\0\x02\x58\0\0\x01\x90", 8));  // 600 x 400
    CHECK(png.find("IEND") == png.size() - 8);
  }

  TEST_CASE("run_gnuplot gives an SVG of the size asked for") {
    const std::string svg = run_gnuplot(small_svg + "plot [0:1] x\n");
    CHECK(svg.find("width=\"300\" height=\"200\"") != std::string::npos);
    CHECK(svg.find("</svg>") != std::string::npos);
  }

  TEST_CASE("run_gnuplot tells gnuplot's own words when a script is wrong") {
    CHECK_THROWS_WITH_AS(run_gnuplot(small_svg + "plot nothing_like_this\n"),
                         doctest::Contains("undefined variable: nothing_like_this"), Error);
  }

  TEST_CASE("a script that draws nothing is an Error, not an empty picture") {
    CHECK_THROWS_WITH_AS(run_gnuplot("x = 1\n"),
                         "gnuplot: the picture is not complete (0 bytes); free some space for "
                         "temporary files",
                         Error);
  }

  TEST_CASE("without gnuplot the Error says how to install it") {
    const OtherPath path("/nowhere");
    CHECK_THROWS_WITH_AS(
        run_gnuplot(small_svg + "plot x\n"),
        "gnuplot: not found; install it (apt install gnuplot-nox, brew install gnuplot)",
        Error);
  }

  TEST_CASE("no space for the script is an Error") {
    const FullDisk disk(1000);
    CHECK_THROWS_WITH_AS(run_gnuplot(small_svg + std::string(100000, '#') + "\nplot x\n"),
                         doctest::Contains("gnuplot: cannot write a temporary file"), Error);
  }

  TEST_CASE("no space for the picture is an Error") {
    const FullDisk disk(4000);
    CHECK_THROWS_AS(run_gnuplot(small_svg + "set samples 5000\nplot [0:1] x\n"), Error);
  }

  TEST_CASE("a script that gnuplot leaves unread does not end this process") {
    const std::string unread(1 << 20, '#');
    CHECK_THROWS_AS(run_gnuplot("exit\n" + unread), Error);
  }

  TEST_CASE("quoted text is shown as it is, whatever gnuplot would make of it") {
    const std::string text = "it's 100% of \"x_1\" ^{2} \\n @ $a `date` ₁";
    const std::string svg =
        run_gnuplot(small_svg + "set title " + gnuplot_quoted(text) + "\nplot [0:1] x\n");
    CHECK(svg.find("it's 100% of \"x_1\" ^{2} \\n @ $a `date` ₁") != std::string::npos);
  }

  TEST_CASE("a line break in quoted text cannot start a command") {
    CHECK(gnuplot_quoted("a\nexit\t\x7f") == "'a exit  '");
  }

  TEST_CASE("gnuplot_number keeps every bit, and what is not finite becomes a gap") {
    CHECK(std::stod(gnuplot_number(0.1 + 0.2)) == 0.1 + 0.2);
    CHECK(gnuplot_number(std::nan("")) == "NaN");
    CHECK(gnuplot_number(-std::numeric_limits<double>::infinity()) == "NaN");
  }
}
