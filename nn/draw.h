// Diagrams of a topology: neurons as circles, connections as lines as wide as their |weight|,
// blue above 0 and orange below. A big network shows its strongest part and says what it leaves
// out; the DOT text still holds every neuron and connection, so it is also the file of
// nn/topology_file.h.
#pragma once

#include <cstddef>
#include <string>

#include "engine/dot_graph.h"
#include "nn/diagram_layout.h"
#include "nn/topology.h"

namespace sprig {

struct DrawOptions {
  Direction direction = Direction::left_to_right;
  std::string title = {};                  // empty: "2-16-16-1 network, 67 of 304 connections"
  const Topology* compare_with = nullptr;  // show what was dropped and grown since this one
  bool show_dead = true;                   // dead neurons grey and dashed, or not at all
  bool legend = true;
  std::size_t most_neurons = 64;       // a layer that has more shows only its strongest
  std::size_t strongest_neurons = 24;  // that a big layer shows
  // The strongest are shown, in equal shares of the layers; of the grown and of the dropped as
  // many again.
  std::size_t most_connections = 400;
};

enum class DiagramFormat { dot, svg, png, pdf };

// The diagram as a graph that holds all of `topology` (nn/topology_dot.h); what a big picture
// leaves out is there with style=invis. Throws Error if the topology is not valid, or its shape
// is not that of compare_with.
DotGraph diagram(const Topology& topology, const DrawOptions& options = {});

// The diagram as DOT text, or the bytes of a picture. In SVG, neurons and connections tell
// their numbers under the mouse.
std::string draw(const Topology& topology, DiagramFormat format,
                 const DrawOptions& options = {});

}  // namespace sprig
