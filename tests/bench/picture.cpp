// The picture of the benchmark: how step time follows the connections.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <sstream>

#include "tests/bench/report.h"

namespace sprig::bench {
namespace {

struct Line {
  const char* row;
  const char* label;
  const char* colour;  // Okabe and Ito's, which colour-blind people tell apart
  int point;           // gnuplot's number for a shape
  bool is_dashed;
};

constexpr std::array lines{
    Line{"sprig, eager", "sprig eager, double", "#e69f00", 9, false},
    Line{"PyTorch", "PyTorch, double", "#cc79a7", 5, true},
    Line{"PyTorch, float", "PyTorch, float", "#cc79a7", 4, false},
    Line{"sprig, Program", "sprig Program, double", "#0072b2", 7, true},
    Line{"sprig, Program, float", "sprig Program, float", "#0072b2", 6, false},
    Line{"hand-written, lanes + CSR", "hand-written, double", "#1f2937", 13, true},
    Line{"hand-written, lanes + CSR, float", "hand-written, float", "#1f2937", 12, false},
};

struct Point {
  double connections, microseconds;
};

std::vector<Point> points_of(std::span<const Measured> all, const std::string& row) {
  std::vector<Point> points;
  for (const Measured& measured : all) {
    if (!measured.name.starts_with("lenet")) continue;
    for (const Result& result : measured.results) {
      if (result.row.name != row || result.row.threads != 1 || !result.skipped.empty())
        continue;
      points.push_back({static_cast<double>(measured.connections), 1e6 * result.seconds});
    }
  }
  std::ranges::sort(points, {}, &Point::connections);
  return points;
}

// Sparser to the right, where the lines lie apart and have room for their names.
constexpr const char* frame =
    R"(set title 'One training step of LeNet-300-100, batch 100, on one core' font ',20'
set xlabel 'connections, and density' font ',17' offset 0,-1
set ylabel 'microseconds' font ',17' offset -0.5,0
set tics font ',15'
set logscale xy
set ytics ("10" 10, "100" 100, "1,000" 1000, "10,000" 10000, "100,000" 100000)
set mytics 10
set xtics ("266,200\n100%%" 266200, "133,100\n50%%" 133100, "53,240\n20%%" 53240, \
"26,620\n10%%" 26620, "13,310\n5%%" 13310, "5,324\n2%%" 5324, "2,662\n1%%" 2662)
set mxtics 1
set xrange [320000:2300]
set lmargin 14
set rmargin 27
set bmargin 6
set tmargin 3.5
set key off
)";

// Where the names of the lines stand: at the line's end, but not upon each other.
// `gap` is the least ratio between two.
std::vector<double> label_heights(const std::vector<double>& ends, double gap) {
  std::vector<std::size_t> order(ends.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t k) { return ends[k]; });
  std::vector<double> heights = ends;
  for (std::size_t place = 1; place < order.size(); ++place) {
    heights[order[place]] = std::max(ends[order[place]], gap * heights[order[place - 1]]);
  }
  return heights;
}

std::string style_of(const Line& line) {
  std::ostringstream style;
  style << " with linespoints linewidth 3 dashtype " << (line.is_dashed ? 2 : 1)
        << " pointtype " << line.point << " pointsize 1.1 linecolor '" << line.colour << "'";
  return style.str();
}

}  // namespace

std::string picture_of(std::span<const Measured> all, PictureFormat format) {
  std::ostringstream data, labels, plots;
  std::vector<double> ends, all_times;
  std::vector<const Line*> drawn;
  for (const Line& line : lines) {
    const std::vector<Point> points = points_of(all, line.row);
    if (points.size() < 2) continue;
    std::ostringstream rows;
    for (const auto& [connections, microseconds] : points) {
      rows << connections << ' ' << microseconds << '\n';
      all_times.push_back(microseconds);
    }
    const std::string block = "line" + std::to_string(drawn.size());
    data << gnuplot_datablock(block, rows.str());
    plots << (drawn.empty() ? "plot $" : ", $") << block << " using 1:2" << style_of(line);
    ends.push_back(points.front().microseconds);
    drawn.push_back(&line);
  }
  if (drawn.empty()) return "";
  const double low = std::ranges::min(all_times) / 1.6;
  const double high = std::ranges::max(all_times) * 1.6;
  const std::vector<double> heights = label_heights(ends, std::pow(high / low, 0.052));
  labels << "set yrange [" << low << ":" << high << "]\n";
  for (std::size_t k = 0; k < drawn.size(); ++k) {
    labels << "set label " << gnuplot_quoted(drawn[k]->label) << " at graph 1.02, first "
           << heights[k] << " left font ',16' textcolor '" << drawn[k]->colour << "'\n";
  }
  return run_gnuplot(gnuplot_preamble(format, 1100, 640) + frame + data.str() + labels.str() +
                     plots.str() + "\n");
}

}  // namespace sprig::bench
