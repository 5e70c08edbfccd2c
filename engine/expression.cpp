#include "engine/expression.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <locale>
#include <set>
#include <sstream>

#include "engine/dot_text.h"
#include "engine/error.h"
#include "engine/graph.h"

namespace sprig {
namespace {

struct Look {
  const char* border;
  const char* fill;
};
constexpr Look leaf_look = {"#a16207", "#fef3c7"};
constexpr Look constant_look = {"#94a3b8", "#f8fafc"};
constexpr Look operation_look = {"#334e7d", "#e6edf8"};
constexpr Look root_look = {"#15803d", "#dcf3e3"};
constexpr const char* highlight_color = "#ea580c";
constexpr const char* derivative_color = "#2563eb";
constexpr const char* text_color = "#1e293b";
constexpr const char* quiet_color = "#64748b";

// Four significant digits, with a minus sign as wide as a plus.
std::string rounded(double number) {
  if (std::isnan(number)) return "nan";
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(4);
  text << number;
  std::string digits = text.str();
  if (const auto minus = digits.find('-'); minus == 0) digits.replace(0, 1, "−");
  return digits;
}

std::string node_name(Value value) { return "n" + std::to_string(value.index()); }

std::string colored(const char* color, const std::string& markup) {
  return std::string("<font color=\"") + color + "\">" + markup + "</font>";
}

// root and all that it was made of, the oldest first.
std::vector<Value> made_of(Value root) {
  Graph& graph = root.graph();
  std::vector<bool> reached(std::size_t{root.index()} + 1);
  reached[root.index()] = true;
  std::vector<Value> values;
  for (std::uint32_t i = root.index() + 1; i-- > 0;) {
    if (!reached[i]) continue;
    values.push_back(graph.at(i));
    for (const Value operand : graph.operands(values.back())) reached[operand.index()] = true;
  }
  std::ranges::reverse(values);
  return values;
}

std::string row(const std::string& name, const std::string& number) {
  return "<tr><td align=\"left\">" + colored(quiet_color, name) + "</td><td align=\"right\">" +
         number + "</td></tr>";
}

// What stands above the numbers: the label of a leaf, the operation, or both.
std::string heading(const Node& node, const std::string& label) {
  const std::string name = "<b>" + html_escape(label) + "</b>";
  if (node.op == Op::leaf) return name;
  const std::string operation =
      "<font point-size=\"17\"><b>" + html_escape(name_of(node.op)) + "</b></font>";
  return label.empty() ? operation : name + "  =  " + operation;
}

DotValue node_label(const Node& node, const std::string& label) {
  std::string rows;
  if (node.op != Op::leaf || !label.empty()) {
    rows = "<tr><td colspan=\"2\">" + heading(node, label) + "</td></tr>";
  }
  rows += row("data", rounded(node.data));
  if (node.needs_grad) rows += row("grad", rounded(node.grad));
  return dot_html("<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"2\">" +
                  rows + "</table>");
}

const Look& look_of(Value value, Value root) {
  const Node node = value.graph().node(value);
  if (value.same_node(root)) return root_look;
  if (node.op != Op::leaf) return operation_look;
  return node.needs_grad ? leaf_look : constant_look;
}

DotNode draw_node(Value value, Value root, bool highlighted) {
  const Node node = value.graph().node(value);
  const Look& look = look_of(value, root);
  const bool leaf = node.op == Op::leaf;
  DotAttributes attributes = {{"label", node_label(node, value.label())},
                              {"color", highlighted ? highlight_color : look.border},
                              {"fillcolor", look.fill},
                              {"style", leaf ? "filled" : "filled,rounded"}};
  if (highlighted) attributes["penwidth"] = "3";
  return {node_name(value), attributes};
}

DotEdge draw_arrow(Value operand, Value result, double derivative, bool highlighted) {
  DotAttributes attributes;
  const bool carries_grad = operand.graph().node(operand).needs_grad;
  if (carries_grad) {
    attributes["label"] = " " + rounded(derivative) + " ";
  } else {
    attributes["color"] = constant_look.border;
  }
  if (highlighted) {
    attributes["color"] = highlight_color;
    attributes["fontcolor"] = highlight_color;
    attributes["penwidth"] = "3";
  }
  return {node_name(operand), node_name(result), attributes};
}

// Above the diagram: the title, and below it what the numbers on the arrows are.
DotValue caption(const ExpressionOptions& options) {
  std::string lines;
  if (!options.title.empty()) {
    lines += "<font point-size=\"20\">" + html_escape(options.title) + "</font><br/>";
  }
  if (options.legend) {
    lines += colored(quiet_color, "grad of an operand = sum over its arrows: ") +
             colored(derivative_color, "local derivative") +
             colored(quiet_color, " × grad of the result") + "<br/>";
  }
  return lines.empty() ? DotValue() : dot_html(lines + " ");
}

DotGraph blank(const ExpressionOptions& options) {
  const char* font = "DejaVu Sans";
  DotGraph diagram;
  diagram.name = "expression";
  diagram.attributes = {{"rankdir", "LR"},  {"fontname", font}, {"fontsize", "13"},
                        {"nodesep", "0.3"}, {"ranksep", "0.6"}, {"pad", "0.3"},
                        {"labelloc", "t"},  {"ordering", "in"}, {"fontcolor", text_color}};
  diagram.attributes["label"] = caption(options);
  diagram.node_defaults = {{"shape", "box"},    {"fontname", font},
                           {"fontsize", "14"},  {"fontcolor", text_color},
                           {"penwidth", "1.5"}, {"margin", "0.08,0.04"}};
  diagram.edge_defaults = {{"fontname", font},     {"fontsize", "13"},
                           {"color", quiet_color}, {"fontcolor", derivative_color},
                           {"penwidth", "1.5"},    {"arrowsize", "0.8"}};
  return diagram;
}

}  // namespace

DotGraph expression(Value root, const ExpressionOptions& options) {
  Graph& graph = root.graph();
  graph.node(root);
  std::set<std::uint32_t> highlighted;
  for (const Value value : options.highlight) {
    graph.node(value);
    highlighted.insert(value.index());
  }
  const std::vector<Value> values = made_of(root);
  if (values.size() > options.most_nodes) {
    fail("expression: the value is made of ", values.size(), " nodes, but most_nodes is ",
         options.most_nodes, "; pass a larger one, or draw a part");
  }
  DotGraph diagram = blank(options);
  for (const Value value : values) {
    const bool marked = highlighted.contains(value.index());
    diagram.nodes.push_back(draw_node(value, root, marked));
    const std::vector<Value> operands = graph.operands(value);
    const std::vector<double> derivatives = graph.local_derivatives(value);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      diagram.edges.push_back(draw_arrow(operands[k], value, derivatives[k],
                                         marked && highlighted.contains(operands[k].index())));
    }
  }
  return diagram;
}

std::string expression_dot(Value root, const ExpressionOptions& options) {
  return to_dot(expression(root, options));
}

}  // namespace sprig
