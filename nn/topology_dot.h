// What a topology is in DOT, and nothing about how it looks: the names of the attributes and
// their meaning, written and read. The diagram adds positions and colours (nn/draw.h), the file
// adds the path (nn/topology_file.h).
//
//   digraph topology {
//     graph [sprig="topology 1", inputs=2, layer_count=3];
//     x1 [input=1];
//     "1_3" [layer=1, order=3, bias=0.1, activation=relu];
//     x1 -> "1_3" [order=0, weight=-0.25];
//   }
//
// Programs that rewrite a DOT file change the order of statements, so neurons (in their layer)
// and connections (in their neuron) carry `order`; what has none comes last, in the order of
// the file.
#pragma once

#include <string>
#include <string_view>

#include "engine/dot_graph.h"
#include "nn/topology.h"

namespace sprig {

inline constexpr std::string_view topology_file_mark = "topology 1";
inline constexpr std::uint32_t most_file_inputs = 100000;  // more are taken for a broken file
inline constexpr std::uint32_t most_file_layers = 1000;

// The inputs, then the neurons layer by layer, and the connections in order of layer, neuron
// and sum. Numbers have the fewest digits (at most 17) that read back to the same bits, in any
// locale. Throws Error if the topology is not valid or has more inputs or layers than a file
// may.
DotGraph dot_graph_of(const Topology& topology);

// The inverse. Nodes with class=note and edges with class=dropped only belong to the picture;
// other attributes are ignored. Throws Error that names `source`, the node or edge, the
// attribute, what it says and what is expected.
Topology topology_of(const DotGraph& graph, std::string_view source);

// The fewest digits that read back to the same double.
std::string exact_text(double number);

}  // namespace sprig
