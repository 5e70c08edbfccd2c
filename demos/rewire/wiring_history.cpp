#include "demos/rewire/wiring_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace sprig::course {
namespace {

// Sizes in units.
constexpr double panel_width = 270, panel_height = 330, gap = 70, title_height = 44;
constexpr double top = 70, bottom = 110, side = 80;
constexpr std::size_t most_in_a_row = 4;

// Of the only neuron, by input: 0 to 1 for a connection, 1 to 2 for one from a marked input, NaN
// for none.
std::string row_of(const Topology& topology, std::span<const std::size_t> marked,
                   double largest) {
  std::vector<std::string> dots(topology.inputs, "NaN");
  for (const auto& [input, weight] : topology.layers[0].neurons[0].connections) {
    // Even the smallest weight can be told from white, and the ranges do not touch.
    const double share = 0.1 + 0.85 * std::abs(weight) / largest;
    const bool is_marked = std::ranges::count(marked, input) > 0;
    dots[input] = fmt::format("{:.3f}", is_marked ? 1 + share : share);
  }
  return fmt::format("{}\n", fmt::join(dots, " "));
}

double largest_weight(std::span<const Course> courses) {
  double largest = 1e-300;
  for (const Course& course : courses) {
    for (const auto& connection : course.final.layers[0].neurons[0].connections) {
      largest = std::max(largest, std::abs(connection.weight));
    }
    for (const auto& [step, topology] : course.series) {
      for (const auto& connection : topology.layers[0].neurons[0].connections) {
        largest = std::max(largest, std::abs(connection.weight));
      }
    }
  }
  return largest;
}

std::string panel(const Course& course, std::size_t rows, std::span<const std::size_t> marked,
                  double largest) {
  std::string dots;
  for (std::size_t row = 0; row < rows; ++row) {
    const bool is_over = row >= course.series.size();
    dots += row_of(is_over ? course.final : course.series[row].topology, marked, largest);
  }
  return gnuplot_datablock("dots", dots) +
         fmt::format(
             "set title {}\nset xrange [-0.5:{}.5]\nset yrange [{}.5:-0.5]\n"
             "plot $dots matrix with image\n",
             gnuplot_quoted(course.method), course.final.inputs - 1, rows - 1);
}

std::string legend(double width, double height) {
  const char* entry =
      "set label '{}' at screen {},{} point pointtype 5 pointsize 1.6 linecolor '{}' offset "
      "1.4,0 textcolor '#334155'\n";
  const double y = 30 / height;
  return fmt::format(fmt::runtime(entry), "an input that decides the target", 0.5 - 330 / width,
                     y, "#1d4ed8") +
         fmt::format(fmt::runtime(entry), "any other; darker: larger |weight|",
                     0.5 + 20 / width, y, "#7c8aa0");
}

}  // namespace

std::string plot_wiring_history(const std::string& title, std::span<const Course> courses,
                                std::span<const std::size_t> marked, PictureFormat format) {
  std::size_t rows = 2;  // gnuplot draws no image of a single row
  for (const Course& course : courses) rows = std::max(rows, course.series.size());
  const std::size_t columns = std::min(courses.size(), most_in_a_row);
  const std::size_t lines = (courses.size() + columns - 1) / columns;
  const auto across = static_cast<double>(columns), down = static_cast<double>(lines);
  const double content = across * (panel_width + gap) - gap;
  const double width = std::max(content + 2 * side, 760.0);
  const double height = top + title_height + down * (panel_height + gap) - gap + bottom;
  const double left = (1 - content / width) / 2;
  std::string script =
      gnuplot_preamble(format, width, height) +
      fmt::format("set label {} at screen 0.5,{} center font ',18' textcolor '#0f172a'\n",
                  gnuplot_quoted(title), 1 - 30 / height) +
      legend(width, height) +
      "set palette defined (0 '#e2e7ef', 1 '#64748b', 1 '#cfdcfb', 2 '#1d4ed8')\n"
      "set cbrange [0:2]\nunset colorbox\nunset key\nunset grid\nset border 15 linewidth 0.7\n"
      "set xtics 0,1 scale 0\nset ytics scale 0\nset xlabel 'input'\nset ylabel 'update'\n" +
      fmt::format(
          "set multiplot layout {},{} margins screen {},{},{},{} spacing screen {},{}\n", lines,
          columns, left, 1 - left, bottom / height, 1 - (top + title_height) / height,
          gap / width, (gap + 30) / height);
  const double largest = largest_weight(courses);
  for (const Course& course : courses) {
    script += panel(course, rows, marked, largest) + "unset label\n";
  }
  return run_gnuplot(script);
}

}  // namespace sprig::course
