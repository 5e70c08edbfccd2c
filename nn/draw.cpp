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
    choose_neurons();
    choose_connections();
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

  void choose_neurons() {
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
  }

  // A grown connection starts at 0, so it would never be among the strongest.
  void choose_connections() {
    const std::size_t most = options_.most_connections;
    drawn_ = shown_connections(topology_, shown_, most);
    only_strongest_ = drawn_.size() == most;
    if (const Topology* before = options_.compare_with) {
      changes_ = diff(*before, topology_);
      drawn_.merge(shown_connections(topology_, shown_, most, &changes_.grown));
      dropped_ = shown_connections(*before, shown_, most, &changes_.dropped);
      lines_ = {Line::grown, Line::dropped};
    }
    for_each_connection(topology_, [&](auto layer, auto neuron, const auto& connection) {
      if (!drawn_.contains({layer, neuron, connection.input})) return;
      strongest_ = std::max(strongest_, std::abs(connection.weight));
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
    auto edge = graph_.edges.begin();
    for_each_connection(topology_, [&](std::uint32_t layer, std::uint32_t neuron,
                                       const Topology::Connection& connection) {
      DotAttributes& looks = (edge++)->attributes;
      const auto& [input, weight] = connection;
      const Position at{layer, neuron, input};
      if (!drawn_.contains(at)) {
        looks.merge(hidden_line_looks());
        return;
      }
      const bool is_dead = dead_[layer][input] || dead_[layer + 1][neuron];
      const bool is_grown = std::ranges::binary_search(changes_.grown, at);
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
    for (const auto& [layer, neuron, input] : dropped_) {
      graph_.edges.push_back({node_name(layer, input), node_name(layer + 1, neuron),
                              line_looks(Line::dropped, 0)});
      graph_.edges.back().attributes["tooltip"] = "dropped";
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
    std::string below = remark(topology_, drawn_.size(), only_strongest_);
    if (options_.compare_with) below += (below.empty() ? "" : "; ") + remark_on_changes();
    add_note("title", layout_.title, 13, dot_html(titled(title, below)));
  }

  std::string remark_on_changes() const {
    const auto is_drawn = [&](const Position& at) { return drawn_.contains(at); };
    const auto grown = std::ranges::count_if(changes_.grown, is_drawn);
    return changes_remark(static_cast<std::size_t>(grown), changes_.grown.size(),
                          dropped_.size(), changes_.dropped.size());
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
  TopologyDiff changes_;
  std::set<Position> drawn_, dropped_;
  bool only_strongest_ = false;  // of all between the neurons shown
  double strongest_ = 0;         // |weight| of the drawn connections
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
