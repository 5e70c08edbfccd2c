#include "demos/matrix_dots.h"

#include <fmt/format.h>

#include <algorithm>

namespace sprig {
namespace {

constexpr double empty = -1;

std::size_t quotient_rounded_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

}  // namespace

MatrixDots::MatrixDots(std::size_t neurons, std::size_t inputs)
    : neurons_per_dot_(quotient_rounded_up(neurons, 200)),
      inputs_per_dot_(quotient_rounded_up(inputs, 200)),
      rows_(quotient_rounded_up(neurons, neurons_per_dot_)),
      columns_(quotient_rounded_up(inputs, inputs_per_dot_)),
      dots_(rows_ * columns_, empty) {}

void MatrixDots::show(std::size_t neuron, std::size_t input, double what) {
  double& dot = dots_[neuron / neurons_per_dot_ * columns_ + input / inputs_per_dot_];
  dot = std::max(dot, what);
}

std::string MatrixDots::plot(PictureFormat format) const {
  // gnuplot draws no image of a single row or column: it is given twice.
  const std::size_t rows = std::max<std::size_t>(2, rows_);
  const std::size_t columns = std::max<std::size_t>(2, columns_);
  std::string numbers;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      const double dot =
          dots_[std::min(row, rows_ - 1) * columns_ + std::min(column, columns_ - 1)];
      numbers += dot == empty ? "NaN " : fmt::format("{:.3f} ", dot);
    }
    numbers += '\n';
  }
  const char* style = format == PictureFormat::svg ? "image pixels" : "image";  // stay sharp
  return gnuplot_datablock("dots", numbers) +
         fmt::format(
             "set xrange [-0.5:{}.5]\nset yrange [{}.5:-0.5]\nplot $dots matrix with {}\n",
             columns - 1, rows - 1, style);
}

}  // namespace sprig
