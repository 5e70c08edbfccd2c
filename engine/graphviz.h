// The one door to Graphviz: a DotGraph is written to and read from DOT through cgraph, and
// drawn through gvc. Graphviz is not thread-safe, so one mutex guards every call; its messages
// never reach stderr but become the text of an Error.
#pragma once

#include <string>
#include <string_view>

#include "engine/dot_graph.h"

namespace sprig {

// The graph as DOT text in UTF-8. Throws Error if some text cannot be written (check_writable).
std::string to_dot(const DotGraph& graph);

// The graph in `text`: nodes and edges in the order of their first mention, also those in
// subgraphs; defaults are spelled out in every node and edge that has them. `source` names the
// text in errors. Throws Error with source and line of a syntax error, and for an undirected or
// a second graph.
DotGraph parse_dot(std::string_view text, std::string_view source);

enum class ImageFormat { svg, png, pdf };

enum class NodePlacement {
  dot,       // Graphviz's `dot` ranks the nodes and routes the edges
  as_given,  // every node has pos="x,y" in points; straight edges; fast (`neato -n`)
};

struct RenderOptions {
  ImageFormat format = ImageFormat::svg;
  NodePlacement placement = NodePlacement::dot;
  int png_dpi = 144;  // dots per inch of a PNG; Graphviz's point is 1/72 inch
};

// The bytes of the picture. Throws Error with Graphviz's own words if it cannot be drawn, and
// with the remedy if this Graphviz lacks the layout or the format.
std::string render(const DotGraph& graph, const RenderOptions& options);

}  // namespace sprig
