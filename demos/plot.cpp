// Curves; the plots with a row for each group are in plot_rows.cpp.
#include "demos/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "demos/plot_style.h"
#include "engine/error.h"

namespace sprig {
namespace {

constexpr double panel_width = 480;

// Colours that come again come dashed.
std::string line_style(std::size_t k) {
  constexpr std::array dashes{"solid", "(9,4)", "(2,3)", "(12,3,2,3)"};
  return fmt::format("linewidth 2 linecolor '#{:06x}' dashtype {}", colour_of(k),
                     dashes[round_of(k) % dashes.size()]);
}

// Up to so many, each panel has its legend below it. More names would leave it no room there:
// they stand in one list at the right of all panels.
constexpr std::size_t most_below = 4;

struct SharedLegend {
  std::size_t panel = 0;  // the one that has most curves, which names them
  double width = 0;       // 0 if there is no such legend
  double height = 0;
};

SharedLegend legend_for(std::span<const CurvePanel> panels) {
  const auto most = std::ranges::max_element(
      panels, {}, [](const CurvePanel& panel) { return panel.curves.size(); });
  if (most->curves.size() <= most_below) return {};
  std::size_t longest = 0;
  for (const Curve& curve : most->curves) longest = std::max(longest, curve.name.size());
  return {static_cast<std::size_t>(most - panels.begin()),
          70 + 8.0 * static_cast<double>(longest),
          60 + 18.5 * static_cast<double>(most->curves.size())};
}

std::string curve_panel(const CurvePanel& panel) {
  std::string data, plots;
  PlotRange range(panel.log_y);
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
    plots += fmt::format("{}$curve{} using 1:2 with lines {} title {}", k == 0 ? "plot " : ", ",
                         k, line_style(k), gnuplot_quoted(name));
  }
  return fmt::format("{}set title {}\nset xlabel {}\nset ylabel {}\n{} logscale y\n{}{}\n",
                     data, gnuplot_quoted(panel.title), gnuplot_quoted(panel.x_label),
                     gnuplot_quoted(panel.y_label), panel.log_y ? "set" : "unset",
                     range.command("y", panel.title), plots);
}

}  // namespace

std::string plot_curves(std::span<const CurvePanel> panels, PictureFormat format) {
  if (panels.empty()) fail("plot: got no panel; give at least one");
  const SharedLegend legend = legend_for(panels);
  const double panels_width = panel_width * static_cast<double>(panels.size());
  const double width = panels_width + legend.width, height = std::max(400.0, legend.height);
  std::string script = gnuplot_preamble(format, width, height) + "set multiplot\n";
  for (std::size_t k = 0; k < panels.size(); ++k) {
    script += fmt::format("set origin {},0\nset size {},1\n",
                          panel_width * static_cast<double>(k) / width, panel_width / width);
    if (legend.width > 0 && k == legend.panel) {
      script +=
          fmt::format("set key at screen {},0.5 left center horizontal maxcols 1 samplen 3\n",
                      panels_width / width);
    } else if (legend.width > 0) {
      script += "unset key\n";
    }
    script += curve_panel(panels[k]);
  }
  return run_gnuplot(script);
}

}  // namespace sprig
