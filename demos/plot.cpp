#include "demos/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/error.h"

namespace sprig {
namespace {

constexpr std::array colours{"#2563eb", "#ea580c", "#16a34a", "#9333ea", "#64748b", "#db2777"};

const char* colour_of(std::size_t k) { return colours[k % colours.size()]; }

// The range of the numbers that can be drawn, with a little air.
class Range {
 public:
  explicit Range(bool log) : log_(log) {}

  void include(std::span<const double> numbers) {
    for (double y : numbers) {
      if (!std::isfinite(y) || (log_ && y <= 0)) continue;
      low_ = std::min(low_, y);
      high_ = std::max(high_, y);
    }
  }

  // gnuplot's command. Throws Error if there was no number.
  std::string command(const std::string& title) const {
    if (low_ > high_) fail("plot: \"", title, "\" has no number that can be drawn");
    if (log_) return fmt::format("set yrange [{}:{}]\n", low_ / 1.3, high_ * 1.3);
    const double air = 0.05 * (high_ > low_ ? high_ - low_ : std::max(1.0, std::abs(high_)));
    return fmt::format("set yrange [{}:{}]\n", low_ - air, high_ + air);
  }

 private:
  bool log_;
  double low_ = INFINITY;
  double high_ = -INFINITY;
};

std::string curve_panel(const CurvePanel& panel) {
  std::string data, plots;
  Range range(panel.log_y);
  for (std::size_t k = 0; k < panel.curves.size(); ++k) {
    const auto& [name, x, y] = panel.curves[k];
    if (x.size() != y.size()) {
      fail("plot: curve \"", name, "\" has ", x.size(), " x and ", y.size(),
           " y; give as many of both");
    }
    std::string rows;
    for (std::size_t i = 0; i < x.size(); ++i) {
      rows += gnuplot_number(x[i]) + " " + gnuplot_number(y[i]) + "\n";
    }
    range.include(y);
    data += gnuplot_datablock(fmt::format("curve{}", k), rows);
    plots += fmt::format("{}$curve{} using 1:2 with lines linewidth 2 linecolor '{}' title {}",
                         k == 0 ? "plot " : ", ", k, colour_of(k), gnuplot_quoted(name));
  }
  return fmt::format("{}set title {}\nset xlabel {}\nset ylabel {}\n{} logscale y\n{}{}\n",
                     data, gnuplot_quoted(panel.title), gnuplot_quoted(panel.x_label),
                     gnuplot_quoted(panel.y_label), panel.log_y ? "set" : "unset",
                     range.command(panel.title), plots);
}

// Each value with a sideways offset, so that equal ones stand beside each other: close together
// where they are many, within the half width that a group has for its points.
std::vector<std::pair<double, double>> spread_out(std::vector<double> values) {
  constexpr double half_width = 0.16;
  constexpr double widest_step = 0.03;
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  std::ranges::sort(values);
  std::vector<std::pair<double, double>> points;
  for (std::size_t begin = 0; begin < values.size();) {
    std::size_t end = begin + 1;
    while (end < values.size() && values[end] == values[begin]) ++end;
    const auto gaps = static_cast<double>(end - begin - 1);
    const double step = std::min(widest_step, 2 * half_width / std::max(1.0, gaps));
    for (std::size_t k = begin; k < end; ++k) {
      points.emplace_back(values[k], step * (static_cast<double>(k - begin) - gaps / 2));
    }
    begin = end;
  }
  return points;
}

}  // namespace

std::string plot_curves(std::span<const CurvePanel> panels, PictureFormat format) {
  if (panels.empty()) fail("plot: got no panel; give at least one");
  std::string script =
      gnuplot_preamble(format, 480.0 * static_cast<double>(panels.size()), 400) +
      fmt::format("set multiplot layout 1,{}\n", panels.size());
  for (const CurvePanel& panel : panels) script += curve_panel(panel);
  return run_gnuplot(script);
}

std::string plot_boxes(const std::string& title, const std::string& y_label,
                       std::span<const Group> groups, PictureFormat format) {
  std::string data, tics, plots;
  Range range(false);
  for (std::size_t k = 0; k < groups.size(); ++k) {
    const auto& [name, values] = groups[k];
    std::string rows;
    for (const auto& [value, offset] : spread_out(values)) {
      rows += gnuplot_number(value) + " " + gnuplot_number(offset) + "\n";
    }
    range.include(values);
    data += gnuplot_datablock(fmt::format("group{}", k), rows);
    tics += fmt::format("{}{} {}", k == 0 ? "" : ", ", gnuplot_quoted(name), k + 1);
    plots += fmt::format(
        "{0}$group{1} using ({2}):1 with boxplot linecolor '{3}' linewidth 1.2"
        ", $group{1} using ({2}.42 + $2):1 with points pointtype 7 pointsize 0.4 linecolor "
        "'{3}'",
        k == 0 ? "plot " : ", ", k, k + 1, colour_of(k));
  }
  return run_gnuplot(
      gnuplot_preamble(format, 200.0 + 170.0 * static_cast<double>(groups.size()), 480) + data +
      fmt::format(
          "set title {}\nset ylabel {}\nset xrange [0.5:{}.8]\nset xtics scale 0 ({})\n",
          gnuplot_quoted(title), gnuplot_quoted(y_label), groups.size(), tics) +
      range.command(title) +
      R"(set grid noxtics ytics
set style fill solid 0.35 border linecolor '#0f172a'
set style boxplot nooutliers
set boxwidth 0.4
set key off
)" + plots +
      "\n");
}

}  // namespace sprig
