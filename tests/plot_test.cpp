// Curves, box plots and differences. The oracle is the SVG that gnuplot made of them: what it says and how
// many points it has.

#include "demos/plot.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>
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

// What stands behind the k-th `text`.
double number_behind(const std::string& svg, const std::string& text, int k) {
  auto at = svg.find(text);
  while (k-- > 0) at = svg.find(text, at + 1);
  REQUIRE(at != std::string::npos);
  return std::stod(svg.substr(at + text.size()));
}

std::string curves(const std::vector<CurvePanel>& panels) {
  return plot_curves(panels, PictureFormat::svg);
}

// Curves c0, c1, ...
CurvePanel many_curves(int count) {
  CurvePanel panel{"Many", "", "", false, {}};
  for (int k = 0; k < count; ++k) {
    panel.curves.push_back({"c" + std::to_string(k), {0, 1}, {0, k + 1.0}});
  }
  return panel;
}

std::string differences(const std::vector<Difference>& rows) {
  return plot_differences("Accuracy", "difference", rows, PictureFormat::svg);
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

  TEST_CASE("up to four curves are named in each panel, more in one list of all") {
    const std::string few = curves({many_curves(4), many_curves(4)});
    const std::string many = curves({many_curves(3), many_curves(20), many_curves(5)});
    for (int k = 0; k < 4; ++k) CHECK(count(few, ">c" + std::to_string(k) + "<") == 2);
    for (int k = 0; k < 20; ++k) CHECK(count(many, ">c" + std::to_string(k) + "<") == 1);
  }

  TEST_CASE("no two of twenty curves look the same") {
    const std::string svg = curves({many_curves(20)});
    std::set<std::string> looks;
    for (int k = 0; k < 20; ++k) {
      const auto name = svg.find(">c" + std::to_string(k) + "<");
      const auto line = svg.find("<path", name), end = svg.find(" d=", line);
      REQUIRE(end != std::string::npos);
      looks.insert(svg.substr(line, end - line));
    }
    CHECK(looks.size() == 20);
  }

  TEST_CASE("a logarithmic axis has numbers, however short it is") {
    const auto axis = [](double low, double high) {
      return curves({{"", "", "", true, {{"a", {0, 1}, {low, high}}}}});
    };
    for (const char* number : {"> 0.02<", "> 0.05<", "> 0.1<", "> 0.2<", "> 0.5<"}) {
      CHECK(says(axis(0.02, 0.6), number));
    }
    CHECK(says(axis(7, 7), "> 8<"));
    CHECK(says(axis(1e-9, 1e5), "10"));
  }

  TEST_CASE("a box plot names its groups and shows every value as a point") {
    const std::string svg = boxes({{"dense", {98, 99, 100, 100, 100}}, {"RigL", {90, 95, 97}}});
    CHECK(says(svg, "dense"));
    CHECK(says(svg, "RigL"));
    CHECK(count(svg, "xlink:href='#gpPt6'") == 8);
  }

  TEST_CASE("boxes and whiskers end where they should") {
    // numpy.quantile([1, 2, 3, 4, 9, 30], [.25, .5, .75]) is 2.25, 3.5, 7.75, and 30 lies more
    // than 1.5 * 5.5 above. The points 1 and 30 tell where a number is in the picture.
    const std::string svg = boxes({{"six", {30, 1, 2, 9, 4, 3}}});
    const std::string point = "'#gpPt6' transform='translate(", dark = "'rgb( 15,  23,  42)'";
    const double one = number_behind(svg, point, 0), thirty = number_behind(svg, point, 5);
    const auto number_at = [&](double x) { return 1 + 29 * (x - one) / (thirty - one); };
    const std::string box = "fill-opacity = '0.350000' points = '";
    CHECK(number_at(number_behind(svg, box, 0)) == doctest::Approx(2.25).epsilon(0.01));
    const std::string right = svg.substr(svg.find(box) + box.size());
    CHECK(number_at(number_behind(right, " ", 0)) == doctest::Approx(7.75).epsilon(0.01));
    const std::string whisker = svg.substr(svg.find(dark));
    CHECK(number_at(number_behind(whisker, "d='M", 0)) == doctest::Approx(1).epsilon(0.01));
    CHECK(number_at(number_behind(whisker, " L", 0)) == doctest::Approx(9).epsilon(0.01));
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

  TEST_CASE("differences are named, blue above 0, orange below, grey around it") {
    const std::string svg =
        differences({{"better", 2, 1, 3}, {"worse", -2, -3, -1}, {"no", 1, -1, 3}});
    for (const char* name : {">better<", ">worse<", ">no<"}) CHECK(count(svg, name) == 1);
    for (const char* colour :
         {"rgb( 37,  99, 235)", "rgb(234,  88,  12)", "rgb(100, 116, 139)"}) {
      CHECK(count(svg, std::string("'#gpPt6'")) == 3);
      CHECK(says(svg, colour));
    }
    CHECK(!says(differences({{"better", 2, 1, 3}}), "rgb(234,  88,  12)"));
  }

  TEST_CASE("the line at 0 is in the picture, however far the differences are from it") {
    CHECK(says(differences({{"far", 100, 99, 101}}), "> 0<"));
    CHECK(says(differences({{"far", -100, -101, -99}}), "> 0<"));
  }

  TEST_CASE("a difference without a finite interval has no whisker, one without a mean a gap") {
    const std::string svg =
        differences({{"one seed", 2, -INFINITY, INFINITY}, {"none", gap, gap, gap}});
    CHECK(count(svg, "xlink:href='#gpPt6'") == 1);
    CHECK(says(svg, ">none<"));
  }

  TEST_CASE("differences that cannot be drawn are refused") {
    CHECK_THROWS_WITH_AS(differences({}), "plot: \"Accuracy\" has no number that can be drawn",
                         Error);
    CHECK_THROWS_WITH_AS(
        differences({{"a", 2, 3, 4}}),
        "plot: the interval of \"a\" is 3 to 4 around 2; give one that holds it", Error);
  }
}
