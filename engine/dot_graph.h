// A directed graph as a plain value, as Graphviz draws it and its DOT files hold it. It knows
// nothing of networks or gradients; "node" and "edge" are Graphviz's words here. What writes,
// reads and draws it is engine/graphviz.h.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/dot_text.h"

namespace sprig {

// The text of an attribute, as Graphviz holds it: backslashes start escapes (see dot_escape).
struct DotValue {
  std::string text;
  bool html = false;  // an HTML-like label, written <...> instead of "..."

  DotValue() = default;
  DotValue(std::string plain) : text(std::move(plain)) {}
  DotValue(const char* plain) : text(plain) {}
  bool operator==(const DotValue&) const = default;
};

DotValue dot_html(std::string markup);

// Sorted by name, as Graphviz writes them. An empty text is the same as no attribute.
using DotAttributes = std::map<std::string, DotValue, std::less<>>;

// The text of `attribute`, or an empty one.
std::string_view text_of(const DotAttributes& attributes, std::string_view attribute);

struct DotNode {
  std::string name;  // unique in its graph; no % at the start
  DotAttributes attributes;
  bool operator==(const DotNode&) const = default;
};

struct DotEdge {
  std::string tail,
      head;  // names of nodes; one that is not listed is a node without attributes
  DotAttributes attributes;
  bool operator==(const DotEdge&) const = default;
};

// Edges may repeat. The order of nodes and edges is what parse_dot found in a text, but
// whatever writes a text groups edges by tail and names a node where it is first needed.
struct DotGraph {
  std::string name = {};
  DotAttributes attributes = {};
  DotAttributes node_defaults = {};  // of every node that does not say otherwise; never HTML
  DotAttributes edge_defaults = {};
  std::vector<DotNode> nodes = {};
  std::vector<DotEdge> edges = {};
  bool operator==(const DotGraph&) const = default;
};

// Throws Error unless a DOT file can hold every text of `graph` (check_dot_text), and every
// name of a node is one.
void check_writable(const DotGraph& graph);

// Throws Error that names `source` if Graphviz would change the name of a node: it takes % at
// the start for the mark of one that has no name.
void check_node_name(std::string_view name, std::string_view source);

}  // namespace sprig
