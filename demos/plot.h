// Curves, box plots and differences, drawn by gnuplot. Each function gives the bytes of one picture, which
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

// Panels side by side; the k-th curve has the same colour and dashes in every panel. Each panel
// has its legend below it; with more than four curves in one of them, there is one legend for
// all, at the right, with the names of the panel that has most.
std::string plot_curves(std::span<const CurvePanel> panels, PictureFormat format);

struct Group {
  std::string name;
  std::vector<double> values;
};

// A row for each group, the first on top: a box from quartile to quartile with a line at the
// median, whiskers to the last value within 1.5 box lengths, and below it every single value as
// a point.
std::string plot_boxes(const std::string& title, const std::string& x_label,
                       std::span<const Group> groups, PictureFormat format);

struct Difference {
  std::string name;
  double mean = 0;
  double low = 0;  // the interval, such as that of 95% confidence
  double high = 0;
};

// A row for each difference, the first on top: its mean with its interval as a whisker, and a
// line at 0. Blue if all of the interval is above 0, orange if it is below, grey if 0 is in it.
std::string plot_differences(const std::string& title, const std::string& x_label,
                             std::span<const Difference> differences, PictureFormat format);

}  // namespace sprig
