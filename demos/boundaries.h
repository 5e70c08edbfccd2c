// Decision boundaries: what models answer all over the plane, side by side, with the data on
// top. Drawn by gnuplot; gives the bytes of one picture, which an OutputFolder writes.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "demos/gnuplot.h"

namespace sprig {

struct Rectangle {
  double x_low = 0;
  double x_high = 1;
  double y_low = 0;
  double y_high = 1;
};

// columns * rows points, row by row from the lowest, that fill the rectangle up to its borders.
// Throws Error for fewer than two columns or rows, and for a rectangle without a finite area.
std::vector<std::array<double, 2>> grid_points(const Rectangle& area, std::size_t columns,
                                               std::size_t rows);

// What a model answers on grid_points(area, columns, rows), in the same order.
struct ScoreField {
  std::string title;
  std::size_t columns = 0;
  std::vector<double> scores;
};

// The fields side by side, with the points on each: blue where the score is positive, orange
// where it is negative (the shade is tanh(score)), a black line where it is 0. labels has one
// number for each point; a point is blue if its label is positive. Throws Error for data that
// do not fit together.
std::string plot_boundaries(std::span<const ScoreField> fields, const Rectangle& area,
                            std::span<const std::array<double, 2>> points,
                            std::span<const double> labels, PictureFormat format);

}  // namespace sprig
