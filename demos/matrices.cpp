#include "demos/matrices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "demos/matrix_dots.h"
#include "engine/error.h"
#include "nn/topology_diff.h"

namespace sprig {
namespace {

// What a dot shows, as a place on the palette; 0 to 1 is |weight| as a fraction of the largest.
// Where connections share a dot, a change hides what stayed.
constexpr double dropped = 1.5, grown = 2.5;
constexpr const char* grey = "#7c8aa0";
constexpr const char* red = "#f04438";
constexpr const char* blue = "#1d4ed8";

// Sizes in units.
struct Frame {
  double panel_width;
  double panel_height;
  std::size_t columns;  // of panels
  std::size_t rows;

  static constexpr double top = 100, bottom = 72, gap = 20, title = 48, least_width = 720;

  double content() const { return static_cast<double>(columns) * (panel_width + gap) - gap; }
  double width() const { return std::max(content() + 2 * gap, least_width); }
  double height() const {
    return top + static_cast<double>(rows) * (panel_height + title) - title + bottom;
  }
};

// Square dots where the layer is not too far from square; as many panels side by side as make
// the picture about as wide as a slide without many gaps in the last row.
Frame frame_for(const MatrixDots& dots, std::size_t panels) {
  constexpr double slide = 1.7, area = 230 * 230;
  const double ratio = std::clamp(
      static_cast<double>(dots.rows()) / static_cast<double>(dots.columns()), 0.5, 1.4);
  const double width = std::sqrt(area / ratio), height = width * ratio;
  Frame best{width, height, panels, 1};
  const auto misfit = [&](const Frame& frame) {
    const auto gaps = static_cast<double>(frame.columns * frame.rows - panels);
    return std::abs(std::log(frame.width() / frame.height() / slide)) + 0.05 * gaps;
  };
  for (std::size_t columns = 1; columns < panels; ++columns) {
    const Frame frame{width, height, columns, (panels + columns - 1) / columns};
    if (misfit(frame) < misfit(best)) best = frame;
  }
  return best;
}

// Which `shown` of 0, ..., count - 1: the first, the last, and evenly between them.
std::vector<std::size_t> evenly(std::size_t count, std::size_t shown) {
  std::vector<std::size_t> chosen;
  for (std::size_t k = 0; k < std::min(count, shown); ++k) {
    chosen.push_back(count <= shown ? k : k * (count - 1) / (shown - 1));
  }
  return chosen;
}

// Throws Error for what plot_matrices refuses.
void check(std::span<const TopologyAtStep> series, std::size_t layer, std::size_t most_panels) {
  if (series.empty()) fail("matrices: got no topology; give at least one");
  if (most_panels < 2) fail("matrices: got at most ", most_panels, " panels; give at least 2");
  const Topology& first = series[0].topology;
  validate(first);
  if (layer >= first.layers.size()) {
    fail("matrices: got layer ", layer, " of a network of ", first.layers.size(),
         " layers; give a smaller index");
  }
  if (first.layers[layer].neurons.empty() || input_count(first, layer) == 0) {
    fail("matrices: layer ", layer, " has ", first.layers[layer].neurons.size(),
         " neurons and ", input_count(first, layer), " inputs; give one that has both");
  }
}

double largest_weight(const Topology& topology, std::size_t layer) {
  double largest = 0;
  for (const auto& neuron : topology.layers[layer].neurons) {
    for (const auto& connection : neuron.connections) {
      largest = std::max(largest, std::abs(connection.weight));
    }
  }
  return largest;
}

// Shows `what` at the positions in this layer; gives how many they are.
std::size_t show(std::span<const Position> positions, std::size_t layer, double what,
                 MatrixDots& dots) {
  std::size_t count = 0;
  for (const Position& position : positions) {
    if (position.layer != layer) continue;
    dots.show(position.neuron, position.input, what);
    ++count;
  }
  return count;
}

// The title and the dots of one panel, and what has changed unless there is nothing before it.
std::string panel(const TopologyAtStep& now, const TopologyAtStep* before, std::size_t layer,
                  double largest, PictureFormat format) {
  const auto& neurons = now.topology.layers[layer].neurons;
  MatrixDots dots(neurons.size(), input_count(now.topology, layer));
  std::size_t connections = 0;
  for (std::size_t neuron = 0; neuron < neurons.size(); ++neuron) {
    for (const auto& [input, weight] : neurons[neuron].connections) {
      dots.show(neuron, input, largest > 0 ? std::abs(weight) / largest : 0);
      ++connections;
    }
  }
  std::string title = fmt::format("step {}: {} in all", now.step, connections);
  if (before != nullptr) {
    const TopologyDiff changes = diff(before->topology, now.topology);
    const std::size_t more = show(changes.grown, layer, grown, dots);
    const std::size_t less = show(changes.dropped, layer, dropped, dots);
    title = fmt::format("step {}: +{} −{}", now.step, more, less);
  }
  return "set title " + gnuplot_quoted(title) + "\n" + dots.plot(format);
}

std::string legend(const Frame& frame) {
  struct Entry {
    const char* colour;
    const char* text;
    double from_middle;  // in units
  };
  std::string labels;
  for (const auto& [colour, text, from_middle] :
       {Entry{grey, "connection, darker: larger |weight|", -330}, Entry{blue, "grown", -14},
        Entry{red, "dropped since the panel before", 80}}) {
    labels += fmt::format(
        "set label '{}' at screen {},{} point pointtype 5 pointsize 1.6 linecolor '{}' offset "
        "1.4,0 textcolor '#334155'\n",
        text, 0.5 + from_middle / frame.width(), 32 / frame.height(), colour);
  }
  return labels;
}

// What all panels share.
std::string beginning(const Frame& frame, const std::string& title, const std::string& remark,
                      PictureFormat format) {
  const double width = frame.width(), height = frame.height();
  const double side = (1 - frame.content() / width) / 2;
  return gnuplot_preamble(format, width, height) +
         fmt::format(
             "set label {} at screen 0.5,{} center font ',18' textcolor '#0f172a'\n"
             "set label {} at screen 0.5,{} center textcolor '#475569'\n",
             gnuplot_quoted(title), 1 - 26 / height, gnuplot_quoted(remark), 1 - 55 / height) +
         legend(frame) +
         fmt::format(
             "set palette defined (0 '#d8dee8', 1 '{0}', 1 '{1}', 2 '{1}', 2 '{2}', "
             "3 '{2}')\n",
             grey, red, blue) +
         R"(set cbrange [0:3]
unset colorbox
unset tics
unset grid
unset key
set border 15 linewidth 0.7
set title font ',14' offset 0,-0.5
)" +
         fmt::format(
             "set multiplot layout {},{} margins screen {},{},{},{} spacing screen {},{}\n",
             frame.rows, frame.columns, side, 1 - side, Frame::bottom / height,
             1 - Frame::top / height, Frame::gap / width, Frame::title / height);
}

}  // namespace

std::string plot_matrices(const std::string& title, std::span<const TopologyAtStep> series,
                          std::size_t layer, PictureFormat format, std::size_t most_panels) {
  check(series, layer, most_panels);
  const std::vector<std::size_t> shown = evenly(series.size(), most_panels);
  const Topology& first = series[0].topology;
  const std::size_t neurons = first.layers[layer].neurons.size();
  const std::size_t inputs = input_count(first, layer);
  const MatrixDots dots(neurons, inputs);
  std::string remark = fmt::format("rows: neurons ({}), columns: inputs ({})", neurons, inputs);
  if (dots.neurons_per_dot() * dots.inputs_per_dot() > 1) {
    remark += fmt::format(", {} × {} in a dot", dots.neurons_per_dot(), dots.inputs_per_dot());
  }
  if (shown.size() < series.size()) {
    remark += fmt::format("; {} of {} topologies are left out", series.size() - shown.size(),
                          series.size());
  }
  double largest = 0;
  for (const std::size_t k : shown) {
    largest = std::max(largest, largest_weight(series[k].topology, layer));
  }
  const Frame frame = frame_for(dots, shown.size());
  std::string script = beginning(frame, title, remark, format);
  for (std::size_t k = 0; k < shown.size(); ++k) {
    const TopologyAtStep* before = k == 0 ? nullptr : &series[shown[k - 1]];
    script += panel(series[shown[k]], before, layer, largest, format) + "unset label\n";
  }
  return run_gnuplot(script);
}

}  // namespace sprig
