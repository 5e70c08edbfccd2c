// Box plots and differences: a row for each group, so that its name has room at the left.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "demos/plot.h"
#include "demos/plot_style.h"
#include "engine/error.h"

namespace sprig {
namespace {

// The names at the left, from the top, and how both plots look.
template <class Row>
std::string row_frame(const std::string& title, const std::string& x_label,
                      std::span<const Row> rows, const PlotRange& range, PictureFormat format) {
  std::string tics;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    tics += fmt::format("{}{} {}", k == 0 ? "" : ", ", gnuplot_quoted(rows[k].name), k);
  }
  const auto count = static_cast<double>(rows.size());
  const double height = 110 + count * std::clamp(400 / count, 34.0, 70.0);
  return gnuplot_preamble(format, 960, height) + range.command("x", title) +
         fmt::format(
             "set title {}\nset xlabel {}\nset yrange [{}.5:-0.5]\nset ytics scale 0 "
             "({})\n",
             gnuplot_quoted(title), gnuplot_quoted(x_label), rows.size() - 1, tics) +
         R"(set grid xtics noytics
set rmargin 3
set key off
set errorbars 0.7
)";
}

// Each value with an offset across, so that equal ones stand beside each other: close together
// where they are many, within the half width that a row has for its points.
std::vector<std::pair<double, double>> spread_out(std::span<const double> sorted) {
  constexpr double half_width = 0.16;
  constexpr double widest_step = 0.06;
  std::vector<std::pair<double, double>> points;
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t end = begin + 1;
    while (end < sorted.size() && sorted[end] == sorted[begin]) ++end;
    const auto gaps = static_cast<double>(end - begin - 1);
    const double step = std::min(widest_step, 2 * half_width / std::max(1.0, gaps));
    for (std::size_t k = begin; k < end; ++k) {
      points.emplace_back(sorted[k], step * (static_cast<double>(k - begin) - gaps / 2));
    }
    begin = end;
  }
  return points;
}

// Between the two nearest values in proportion, as NumPy and most others do it.
double quantile(std::span<const double> sorted, double fraction) {
  const double at = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], at - static_cast<double>(below));
}

// "whisker quartile median quartile whisker" of at least one value.
std::string box_of(std::span<const double> sorted) {
  const double low = quantile(sorted, 0.25), high = quantile(sorted, 0.75);
  const double reach = 1.5 * (high - low);
  const auto first = std::ranges::lower_bound(sorted, low - reach);
  const auto last = std::ranges::upper_bound(sorted, high + reach) - 1;
  return fmt::format("{} {} {} {} {}", *first, low, quantile(sorted, 0.5), high, *last);
}

std::vector<double> finite_in_order(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  std::ranges::sort(values);
  return values;
}

}  // namespace

std::string plot_boxes(const std::string& title, const std::string& x_label,
                       std::span<const Group> groups, PictureFormat format) {
  std::string boxes, points;
  PlotRange range;
  for (std::size_t k = 0; k < groups.size(); ++k) {
    const std::vector<double> sorted = finite_in_order(groups[k].values);
    if (sorted.empty()) continue;
    range.include(sorted);
    boxes += fmt::format("{} {} {}\n", k, box_of(sorted), colour_of(k));
    for (const auto& [value, offset] : spread_out(sorted)) {
      points += fmt::format("{} {} {}\n", value, static_cast<double>(k) + offset, colour_of(k));
    }
  }
  return run_gnuplot(row_frame(title, x_label, groups, range, format) +
                     gnuplot_datablock("boxes", boxes) + gnuplot_datablock("points", points) +
                     R"(above = 0.14
half = 0.17
plot $boxes using 4:($1 - above):2:6 with xerrorbars pointtype 0 linecolor '#0f172a', \
  $boxes using 4:($1 - above):3:5:($1 - above - half):($1 - above + half):7 with boxxyerror \
    fillstyle solid 0.35 border linecolor '#0f172a' linecolor rgb variable, \
  $boxes using 4:($1 - above - half):(0):(2 * half) with vectors nohead linewidth 2 \
    linecolor '#0f172a', \
  $points using 1:($2 + 0.27):3 with points pointtype 7 pointsize 0.4 linecolor rgb variable
)");
}

std::string plot_differences(const std::string& title, const std::string& x_label,
                             std::span<const Difference> differences, PictureFormat format) {
  constexpr std::uint32_t above = 0x2563eb, below = 0xea580c, undecided = 0x64748b;
  std::string rows;
  PlotRange range;
  for (std::size_t k = 0; k < differences.size(); ++k) {
    const auto& [name, mean, low, high] = differences[k];
    if (low > mean || mean > high) {
      fail("plot: the interval of \"", name, "\" is ", low, " to ", high, " around ", mean,
           "; give one that holds it");
    }
    range.include(std::vector{mean, low, high});
    rows += fmt::format("{} {} {} {} {}\n", k, gnuplot_number(mean), gnuplot_number(low),
                        gnuplot_number(high),
                        low > 0    ? above
                        : high < 0 ? below
                                   : undecided);
  }
  range.check(title);
  range.include(std::vector{0.0});
  return run_gnuplot(
      row_frame(title, x_label, differences, range, format) + gnuplot_datablock("rows", rows) +
      R"(set arrow from first 0, graph 0 to first 0, graph 1 nohead back linewidth 1.5 linecolor '#0f172a'
plot $rows using 2:1:3:4:5 with xerrorbars pointtype 0 linewidth 2.5 linecolor rgb variable, \
  $rows using 2:1:5 with points pointtype 7 pointsize 1.1 linecolor rgb variable
)");
}

}  // namespace sprig
