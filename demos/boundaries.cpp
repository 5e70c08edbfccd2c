#include "demos/boundaries.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/error.h"

namespace sprig {
namespace {

void check(const Rectangle& area) {
  const double x_width = area.x_high - area.x_low, y_width = area.y_high - area.y_low;
  if (x_width > 0 && y_width > 0 && std::isfinite(x_width) && std::isfinite(y_width)) return;
  fail("boundaries: got an area ", x_width, " wide and ", y_width,
       " high; give finite sizes above 0");
}

// A step of 1, 2 or 5 times a power of ten that gives a few tics over the width.
double tic_step(double width) {
  double step = std::pow(10, std::floor(std::log10(width / 5)));
  for (double factor : {2.0, 2.5, 2.0}) {
    if (width / step <= 5) break;
    step *= factor;
  }
  return step;
}

// The panels' sizes and margins, in units, and what all of them share.
std::string boundary_frame(std::size_t panels, const Rectangle& area, PictureFormat format) {
  const double x_width = area.x_high - area.x_low, y_width = area.y_high - area.y_low;
  const double panel_width = 330, gap = 24, left = 80, right = 24, top = 56, bottom = 70;
  const double panel_height = panel_width * std::clamp(y_width / x_width, 0.5, 1.5);
  const double count = static_cast<double>(panels);
  const double width = left + count * panel_width + (count - 1) * gap + right;
  const double height = top + panel_height + bottom;
  return gnuplot_preamble(format, width, height) +
         fmt::format("set xrange [{}:{}]\nset yrange [{}:{}]\nset xtics {}\nset ytics {}\n",
                     area.x_low, area.x_high, area.y_low, area.y_high, tic_step(x_width),
                     tic_step(y_width)) +
         R"(set palette defined (-1 '#f08354', 0 '#ffffff', 1 '#5b92f7')
set cbrange [-1:1]
unset colorbox
unset grid
unset key
set contour base
set cntrparam levels discrete 0
unset surface
set xlabel 'x₁'
set ylabel 'x₂'
)" +
         fmt::format("set multiplot layout 1,{} margins screen {},{},{},{} spacing screen {}\n",
                     panels, left / width, 1 - right / width, bottom / height, 1 - top / height,
                     gap / width);
}

// The scores as datablock $scores<k>, on the grid that they belong to.
std::string grid_of(const ScoreField& field, std::size_t k, const Rectangle& area) {
  const double last_column = static_cast<double>(field.columns - 1);
  const double last_row = static_cast<double>(field.scores.size() / field.columns - 1);
  return fmt::format("$scores{} matrix using ({}+$1*{}):({}+$2*{}):", k, area.x_low,
                     (area.x_high - area.x_low) / last_column, area.y_low,
                     (area.y_high - area.y_low) / last_row);
}

// Datablocks $scores<k> and $zero<k>, the line where they are 0; it may have no points.
std::string field_data(const ScoreField& field, std::size_t k, const Rectangle& area) {
  const auto& [title, columns, scores] = field;
  if (columns < 2 || scores.size() < 2 * columns || scores.size() % columns != 0) {
    fail("boundaries: field \"", title, "\" has ", scores.size(), " scores in ", columns,
         " columns; give two or more full rows of two or more columns");
  }
  std::string rows;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    rows += gnuplot_number(scores[i]) + ((i + 1) % columns == 0 ? "\n" : " ");
  }
  return gnuplot_datablock(fmt::format("scores{}", k), rows) +
         fmt::format("set table $zero{}\nsplot {}3\nunset table\n", k, grid_of(field, k, area));
}

std::string boundary_panel(const ScoreField& field, std::size_t k, const Rectangle& area) {
  std::string plot = fmt::format(
      "set title {}\nplot {}(tanh($3)) with image"
      ", $zero{} using 1:2 with lines linewidth 2.5 linecolor '#0f172a'",
      gnuplot_quoted(field.title), grid_of(field, k, area), k);
  for (auto [points, colour] : {std::pair{"negative", "#c2410c"}, {"positive", "#1d4ed8"}}) {
    plot += fmt::format(
        ", ${0} using 1:2 with points pointtype 7 pointsize 1.05 linecolor '#ffffff'"
        ", ${0} using 1:2 with points pointtype 7 pointsize 0.8 linecolor '{1}'",
        points, colour);
  }
  return plot + "\n";
}

}  // namespace

std::vector<std::array<double, 2>> grid_points(const Rectangle& area, std::size_t columns,
                                               std::size_t rows) {
  check(area);
  if (columns < 2 || rows < 2) {
    fail("boundaries: got a grid of ", columns, " columns and ", rows,
         " rows; give two or more");
  }
  const double x_step = (area.x_high - area.x_low) / static_cast<double>(columns - 1);
  const double y_step = (area.y_high - area.y_low) / static_cast<double>(rows - 1);
  std::vector<std::array<double, 2>> points;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      points.push_back({area.x_low + x_step * static_cast<double>(column),
                        area.y_low + y_step * static_cast<double>(row)});
    }
  }
  return points;
}

std::string plot_boundaries(std::span<const ScoreField> fields, const Rectangle& area,
                            std::span<const std::array<double, 2>> points,
                            std::span<const double> labels, PictureFormat format) {
  if (fields.empty()) fail("boundaries: got no field; give at least one");
  if (points.size() != labels.size()) {
    fail("boundaries: got ", points.size(), " points and ", labels.size(),
         " labels; give as many of both");
  }
  check(area);
  std::string negative, positive;
  for (std::size_t k = 0; k < points.size(); ++k) {
    (labels[k] > 0 ? positive : negative) +=
        gnuplot_number(points[k][0]) + " " + gnuplot_number(points[k][1]) + "\n";
  }
  std::string script = boundary_frame(fields.size(), area, format) +
                       gnuplot_datablock("negative", negative) +
                       gnuplot_datablock("positive", positive);
  for (std::size_t k = 0; k < fields.size(); ++k) script += field_data(fields[k], k, area);
  for (std::size_t k = 0; k < fields.size(); ++k) {
    script += boundary_panel(fields[k], k, area);
    script += "unset ylabel\nset format y ''\n";  // the first panel's numbers hold for all
  }
  return run_gnuplot(script);
}

}  // namespace sprig
