// Curves and box plots. The oracle is the SVG that gnuplot made of them: what it says and how
// many points it has.

#include "demos/plot.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "engine/error.h"

namespace {

using namespace sprig;

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

bool says(const std::string& svg, const std::string& text) {
  return svg.find(text) != std::string::npos;
}

int count(const std::string& svg, const std::string& text) {
  int times = 0;
  for (auto at = svg.find(text); at != std::string::npos; at = svg.find(text, at + 1)) ++times;
  return times;
}

std::string curves(const std::vector<CurvePanel>& panels) {
  return plot_curves(panels, PictureFormat::svg);
}

std::string boxes(const std::vector<Group>& groups) {
  return plot_boxes("Accuracy", "%", groups, PictureFormat::svg);
}

}  // namespace

TEST_SUITE("plot") {
  TEST_CASE("a picture of curves says every title, label and name") {
    const Curve fixed{"static", {0, 1, 2}, {1, 0.5, 0.4}},
        rigl{"RigL", {0, 1, 2}, {1, 0.3, 0.1}};
    const std::string svg = curves({{"Loss", "step", "hinge", true, {fixed, rigl}},
                                    {"Accuracy", "epoch", "percent", false, {fixed}}});
    for (const char* text : {"Loss", "step", "hinge", "Accuracy", "epoch", "percent", "RigL"}) {
      CAPTURE(text);
      CHECK(says(svg, text));
    }
    CHECK(count(svg, "static") >= 2);
  }

  TEST_CASE("the k-th curve has the same colour in every panel") {
    const Curve a{"a", {0, 1}, {1, 2}}, b{"b", {0, 1}, {2, 1}};
    const std::string one = curves({{"", "", "", false, {a}}});
    const std::string two = curves({{"", "", "", false, {a, b}}});
    CHECK(says(one, "rgb( 37,  99, 235)"));
    CHECK(!says(one, "rgb(234,  88,  12)"));
    CHECK(says(two, "rgb(234,  88,  12)"));
  }

  TEST_CASE(
      "numbers that are not finite, and those below 0 on a logarithmic axis, leave a gap") {
    const Curve diverged{"diverged", {0, 1, 2, 3}, {1, gap, INFINITY, -1}};
    const Curve gone{"gone", {0, 1}, {gap, gap}};
    CHECK(says(curves({{"Loss", "", "", true, {diverged, gone}}}), "diverged"));
  }

  TEST_CASE("curves that are constant, or one point, are drawn") {
    CHECK(says(curves({{"", "", "", false, {{"constant", {0, 1}, {0, 0}}}}}), "constant"));
    CHECK(says(curves({{"", "", "", true, {{"point", {5}, {1}}}}}), "point"));
  }

  TEST_CASE("curves that cannot be drawn are refused by name") {
    CHECK_THROWS_WITH_AS(curves({}), "plot: got no panel; give at least one", Error);
    CHECK_THROWS_WITH_AS(curves({{"Loss", "", "", false, {{"a", {0, 1}, {1}}}}}),
                         "plot: curve \"a\" has 2 x and 1 y; give as many of both", Error);
    CHECK_THROWS_WITH_AS(curves({{"Loss", "", "", true, {{"a", {0, 1}, {-1, gap}}}}}),
                         "plot: \"Loss\" has no number that can be drawn", Error);
  }

  TEST_CASE("a box plot names its groups and shows every value as a point") {
    const std::string svg = boxes({{"dense", {98, 99, 100, 100, 100}}, {"RigL", {90, 95, 97}}});
    CHECK(says(svg, "dense"));
    CHECK(says(svg, "RigL"));
    CHECK(count(svg, "xlink:href='#gpPt6'") == 8);
  }

  TEST_CASE("a box plot of one value, or of equal values, is drawn") {
    CHECK(says(boxes({{"one", {3}}}), "one"));
    CHECK(says(boxes({{"equal", {3, 3, 3, 3, 3, 3}}}), "equal"));
  }

  TEST_CASE("a box plot without any number is refused") {
    CHECK_THROWS_WITH_AS(boxes({}), "plot: \"Accuracy\" has no number that can be drawn",
                         Error);
    CHECK_THROWS_AS(boxes({{"empty", {}}}), Error);
  }
}
