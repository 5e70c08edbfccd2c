// The checks that keep a DotGraph writable; the contracts are in dot_graph.h.
#include "engine/dot_graph.h"

#include "engine/error.h"

namespace sprig {
namespace {

constexpr std::string_view text_source = "text for DOT";

void check_attributes(const DotAttributes& attributes) {
  for (const auto& [name, value] : attributes) {
    check_dot_text(name, false);
    check_dot_text(value.text, value.html);
  }
}

void check_name(const std::string& name) {
  check_dot_text(name, false);
  check_node_name(name, text_source);
}

}  // namespace

DotValue dot_html(std::string markup) {
  DotValue value(std::move(markup));
  value.html = true;
  return value;
}

std::string_view text_of(const DotAttributes& attributes, std::string_view attribute) {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? std::string_view() : std::string_view(found->second.text);
}

void check_node_name(std::string_view name, std::string_view source) {
  if (!name.starts_with('%')) return;
  fail(source, ": the name of a node starts with %, which Graphviz would change; change it");
}

void check_writable(const DotGraph& graph) {
  check_dot_text(graph.name, false);
  check_attributes(graph.attributes);
  check_attributes(graph.node_defaults);
  check_attributes(graph.edge_defaults);
  for (const DotNode& node : graph.nodes) {
    check_name(node.name);
    check_attributes(node.attributes);
  }
  for (const DotEdge& edge : graph.edges) {
    check_name(edge.tail);
    check_name(edge.head);
    check_attributes(edge.attributes);
  }
}

}  // namespace sprig
