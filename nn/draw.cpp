// Paints a topology's graph: what is shown comes from diagram_layout, the looks from
// diagram_style, the words from diagram_text, and Graphviz only draws the lines.
#include "nn/draw.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/graphviz.h"
#include "nn/diagram_style.h"
#include "nn/diagram_text.h"
#include "nn/topology_diff.h"
#include "nn/topology_dot.h"

namespace sprig {
namespace {

std::string position(Point point) {
  return std::to_string(std::lround(point.x)) + "," + std::to_string(std::lround(point.y)) +
         "!";
}

std::size_t letters(std::string_view utf8) {
  const auto starts_letter = [](char c) { return (c & 0xc0) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(utf8, starts_letter));
}

// Row 0: the inputs, dead if no neuron on a path to an output reads them.
RowFlags dead_rows(const Topology& topology) {
  RowFlags rows = dead_neurons(topology);
  rows.insert(rows.begin(), std::vector<bool>(topology.inputs, true));
  const auto& first = topology.layers.front().neurons;
  for (std::size_t neuron = 0; neuron < first.size(); ++neuron) {
    if (rows[1][neuron]) continue;
    for (const auto& connection : first[neuron].connections) rows[0][connection.input] = false;
  }
  return rows;
}

// Calls visit(layer, neuron, connection) in the order of dot_graph_of's edges.
template <class Visit>
void for_each_connection(const Topology& topology, const Visit& visit) {
  for (std::uint32_t layer = 0; layer < topology.layers.size(); ++layer) {
    const auto& neurons = topology.layers[layer].neurons;
    for (std::uint32_t neuron = 0; neuron < neurons.size(); ++neuron) {
      for (const auto& connection : neurons[neuron].connections) {
        visit(layer, neuron, connection);
      }
    }
  }
}

// Adds the looks to the graph of a topology, whose nodes and edges stay in their order.
class Painter {
 public:
  Painter(const Topology& topology, const DrawOptions& options)
      : topology_(topology),
        options_(options),
        graph_(dot_graph_of(topology)),
        outputs_(topology.layers.size()),
        dead_(dead_rows(topology)) {
    if (options.compare_with) changes_ = diff(*options.compare_with, topology);
    choose_shown();
    layout_ = lay_out(shown_, options_.direction);
  }

  DotGraph paint() {
    graph_.attributes.merge(canvas_looks(options_.direction));
    graph_.node_defaults = circle_defaults();
    graph_.edge_defaults = line_defaults();
    paint_neurons();
    paint_connections();
    paint_dropped();
    for (std::size_t row = 0; row <= outputs_; ++row) paint_heading(row);
    paint_title();
    if (options_.legend) paint_legend();
    return std::move(graph_);
  }

 private:
  bool hides_dead(std::size_t row) const {
    return !options_.show_dead && row != 0 && row != outputs_;
  }

  void choose_shown() {
    RowFlags candidates = dead_;
    for (std::size_t row = 0; row <= outputs_; ++row) {
      if (hides_dead(row)) {
        candidates[row].flip();
      } else {
        candidates[row].assign(dead_[row].size(), true);
      }
    }
    shown_ =
        shown_neurons(topology_, candidates, options_.most_neurons, options_.strongest_neurons);
    drawn_ = shown_connections(topology_, shown_, options_.most_connections);
    std::size_t edge = 0;
    for_each_connection(topology_, [&](auto, auto, const Topology::Connection& connection) {
      if (drawn_[edge++]) strongest_ = std::max(strongest_, std::abs(connection.weight));
    });
  }

  void paint_neurons() {
    const TopologyStatistics counts = statistics(topology_);
    auto node = graph_.nodes.begin();
    for (std::size_t row = 0; row <= outputs_; ++row) {
      const double font_size = name_size(row);
      for (std::size_t neuron = 0; neuron < shown_[row].size(); ++neuron, ++node) {
        DotAttributes& looks = node->attributes;
        looks.merge(looks_of(row, neuron));
        const std::string state = dead_[row][neuron] ? "; dead: on no path to an output" : "";
        looks["tooltip"] = dot_escape(neuron_details(topology_, counts, row, neuron) + state);
        if (font_size == 0) continue;
        looks["fontsize"] = rounded(font_size);
        looks["label"] = label(short_name(topology_, row, neuron));
      }
    }
  }

  DotAttributes looks_of(std::size_t row, std::size_t neuron) {
    const DiagramRow& placed = layout_.rows[row];
    const bool dead = dead_[row][neuron], shown = shown_[row][neuron];
    const Circle circle = row == 0          ? Circle::input
                          : row == outputs_ ? Circle::output
                                            : Circle::hidden;
    if (dead && shown) lines_.insert(Line::dead);
    DotAttributes looks = circle_looks(circle, dead, placed.diameter, shown);
    looks["pos"] = position(placed.centers[neuron]);
    return looks;
  }

  // Points, so that the longest name of the row fits into its circle; 0 if none is readable
  // then.
  double name_size(std::size_t row) const {
    std::size_t longest = 1;
    for (std::size_t neuron = 0; neuron < shown_[row].size(); ++neuron) {
      if (!shown_[row][neuron]) continue;
      const auto [text, index] = short_name(topology_, row, neuron);
      longest = std::max(longest, letters(text) + letters(index));
    }
    const double room = 0.84 * layout_.rows[row].diameter;
    const double size = std::min(14.0, room / (0.6 * static_cast<double>(longest)));
    return size < 5.5 ? 0 : size;
  }

  static DotValue label(const ShortName& name) {
    if (name.index.empty()) return dot_escape(name.text);
    return dot_html(name.text + "<sub>" + name.index + "</sub>");
  }

  void paint_connections() {
    const std::set<Position> grown(changes_.grown.begin(), changes_.grown.end());
    auto edge = graph_.edges.begin();
    auto drawn = drawn_.begin();
    for_each_connection(topology_, [&](std::uint32_t layer, std::uint32_t neuron,
                                       const Topology::Connection& connection) {
      DotAttributes& looks = (edge++)->attributes;
      if (!*drawn++) {
        looks.merge(hidden_line_looks());
        return;
      }
      const auto& [input, weight] = connection;
      const bool is_dead = dead_[layer][input] || dead_[layer + 1][neuron];
      const bool is_grown = grown.contains({layer, neuron, input});
      const Line line = is_grown      ? Line::grown
                        : is_dead     ? Line::dead
                        : weight == 0 ? Line::zero
                        : weight > 0  ? Line::positive
                                      : Line::negative;
      looks.merge(line_looks(line, strongest_ > 0 ? std::abs(weight) / strongest_ : 0));
      looks["tooltip"] = dot_escape(connection_details(topology_, layer, neuron, connection));
      lines_.insert(line);
    });
  }

  void paint_dropped() {
    for (const auto& [layer, neuron, input] : changes_.dropped) {
      if (!shown_[layer][input] || !shown_[layer + 1][neuron]) continue;
      graph_.edges.push_back({node_name(layer, input), node_name(layer + 1, neuron),
                              line_looks(Line::dropped, 0)});
      graph_.edges.back().attributes["tooltip"] = "dropped";
      lines_.insert(Line::dropped);
    }
  }

  const std::string& node_name(std::size_t row, std::size_t neuron) const {
    for (std::size_t below = 0; below < row; ++below) neuron += shown_[below].size();
    return graph_.nodes[neuron].name;
  }

  void add_note(std::string name, Point point, double font_size, DotValue text) {
    const auto is_taken = [&](const DotNode& node) { return node.name == name; };
    while (std::ranges::any_of(graph_.nodes, is_taken)) name += '\'';
    DotAttributes looks = note_looks(font_size);
    looks["pos"] = position(point);
    looks["label"] = std::move(text);
    graph_.nodes.push_back({std::move(name), std::move(looks)});
  }

  void paint_heading(std::size_t row) {
    const DiagramRow& placed = layout_.rows[row];
    const std::size_t shown = shown_[row].size() - placed.left_out;
    add_note("heading " + std::to_string(row), placed.heading, 14,
             dot_html("<b>" + heading(topology_, row) + "</b><br/>" +
                      subheading(topology_, row, shown)));
    if (placed.left_out == 0) return;
    const auto dead = hides_dead(row) ? std::ranges::count(dead_[row], true) : 0;
    const auto hidden_dead = static_cast<std::size_t>(dead);
    add_note("more " + std::to_string(row), placed.more, 12,
             left_out_text(placed.left_out - hidden_dead, hidden_dead));
  }

  void paint_title() {
    const std::string title =
        options_.title.empty() ? default_title(topology_) : options_.title;
    const auto drawn = static_cast<std::size_t>(std::ranges::count(drawn_, true));
    const std::string below = remark(topology_, drawn, options_.most_connections);
    add_note("title", layout_.title, 13, dot_html(titled(title, below)));
  }

  void paint_legend() {
    const std::string text = legend(lines_, strongest_);
    if (!text.empty()) add_note("legend", layout_.legend, 13, dot_html(text));
  }

  const Topology& topology_;
  const DrawOptions& options_;
  DotGraph graph_;
  std::size_t outputs_;  // the last row
  RowFlags dead_, shown_;
  std::vector<bool> drawn_;  // a flag a connection, in the order of graph_.edges
  double strongest_ = 0;     // |weight| of the drawn connections
  TopologyDiff changes_;
  DiagramLayout layout_;
  std::set<Line> lines_;  // that are in the picture
};

ImageFormat image_format(DiagramFormat format) {
  if (format == DiagramFormat::png) return ImageFormat::png;
  return format == DiagramFormat::pdf ? ImageFormat::pdf : ImageFormat::svg;
}

}  // namespace

DotGraph diagram(const Topology& topology, const DrawOptions& options) {
  return Painter(topology, options).paint();
}

std::string draw(const Topology& topology, DiagramFormat format, const DrawOptions& options) {
  DotGraph graph = diagram(topology, options);
  if (format == DiagramFormat::dot) return to_dot(graph);
  const auto is_hidden = [](const auto& item) { return !is_shown(item.attributes); };
  std::erase_if(graph.edges, is_hidden);
  std::erase_if(graph.nodes, is_hidden);
  return render(graph, {.format = image_format(format), .placement = NodePlacement::as_given});
}

}  // namespace sprig
