// Curves and box plots, drawn by gnuplot. Each function gives the bytes of one picture, which
// an OutputFolder writes. Numbers that are not finite leave a gap; a plot without any number to
// draw, and data that do not fit together, throw Error.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "demos/gnuplot.h"

namespace sprig {

struct Curve {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;  // as many as x
};

struct CurvePanel {
  std::string title;
  std::string x_label;
  std::string y_label;
  bool log_y = false;  // a number that is 0 or less then leaves a gap
  std::vector<Curve> curves;
};

// Panels side by side, each with its legend; the k-th curve has the same colour in every panel.
std::string plot_curves(std::span<const CurvePanel> panels, PictureFormat format);

struct Group {
  std::string name;
  std::vector<double> values;
};

// For each group a box from quartile to quartile with a line at the median, whiskers to the
// last value within 1.5 box heights, and every single value as a point beside it.
std::string plot_boxes(const std::string& title, const std::string& y_label,
                       std::span<const Group> groups, PictureFormat format);

}  // namespace sprig
