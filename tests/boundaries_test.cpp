// Decision boundaries. The oracle is the SVG that gnuplot made: its points, and its black line,
// whose place is known for a score that is linear.

#include "demos/boundaries.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/error.h"

namespace {

using namespace sprig;

constexpr Rectangle square{-1, 1, -1, 1};
const std::vector<std::array<double, 2>> two_points{{0.5, 0.5}, {-0.5, -0.5}};
const std::vector<double> two_labels{1, -1};

int count(const std::string& svg, const std::string& text) {
  int times = 0;
  for (auto at = svg.find(text); at != std::string::npos; at = svg.find(text, at + 1)) ++times;
  return times;
}

// The field of score(x, y) = a x + b y + c on a grid of 5 x 5.
ScoreField linear_field(const std::string& title, double a, double b, double c) {
  ScoreField field{title, 5, {}};
  for (auto [x, y] : grid_points(square, 5, 5)) field.scores.push_back(a * x + b * y + c);
  return field;
}

std::string drawn(const std::vector<ScoreField>& fields) {
  return plot_boundaries(fields, square, two_points, two_labels, PictureFormat::svg);
}

const std::string line = "<path stroke='rgb( 15,  23,  42)'";

}  // namespace

TEST_SUITE("boundaries") {
  TEST_CASE("grid points go row by row from the lowest, up to the borders") {
    const auto points = grid_points({0, 2, 10, 11}, 3, 2);
    const std::vector<std::array<double, 2>> expected{{0, 10}, {1, 10}, {2, 10},
                                                      {0, 11}, {1, 11}, {2, 11}};
    CHECK(points == expected);
  }

  TEST_CASE("each field has its title and every point, once with its white rim") {
    const std::string svg = drawn({linear_field("left", 1, 0, 0), linear_field("up", 0, 1, 0)});
    CHECK(count(svg, ">left<") == 1);
    CHECK(count(svg, ">up<") == 1);
    CHECK(count(svg, "xlink:href='#gpPt6'") == 2 * 2 * 2);
  }

  TEST_CASE("the black line stands where the score is 0") {
    const std::string svg = drawn({linear_field("x = 0", 1, 0, 0)});
    const auto at = svg.find(line);
    REQUIRE(at != std::string::npos);
    CHECK(svg.substr(at, 80).find("d='M245.00,") != std::string::npos);  // 80 + 330 / 2
  }

  TEST_CASE("a field without a boundary is drawn without a line") {
    CHECK(count(drawn({linear_field("all blue", 0, 0, 1)}), line) == 0);
    CHECK(count(drawn({linear_field("all 0", 0, 0, 0)}), ">all 0<") == 1);
  }

  TEST_CASE("points of one class, and no points, are drawn") {
    const std::vector<ScoreField> fields{linear_field("f", 1, 0, 0)};
    const std::vector<double> positive{1, 1};
    const auto png = PictureFormat::png;
    CHECK_NOTHROW(plot_boundaries(fields, square, two_points, positive, png));
    CHECK_NOTHROW(plot_boundaries(fields, square, {}, {}, png));
  }

  TEST_CASE("what does not fit together is refused with its numbers") {
    const std::vector<ScoreField> fields{linear_field("f", 1, 0, 0)};
    const auto svg = PictureFormat::svg;
    CHECK_THROWS_WITH_AS(drawn({}), "boundaries: got no field; give at least one", Error);
    CHECK_THROWS_WITH_AS(plot_boundaries(fields, square, two_points, {}, svg),
                         "boundaries: got 2 points and 0 labels; give as many of both", Error);
    CHECK_THROWS_WITH_AS(drawn({{"f", 3, {1, 2, 3, 4}}}),
                         "boundaries: field \"f\" has 4 scores in 3 columns; give two or more "
                         "full rows of two or more columns",
                         Error);
    CHECK_THROWS_WITH_AS(plot_boundaries(fields, {0, 0, 0, 1}, two_points, two_labels, svg),
                         "boundaries: got an area 0 wide and 1 high; give finite sizes above 0",
                         Error);
    CHECK_THROWS_AS(grid_points(square, 1, 5), Error);
  }
}
