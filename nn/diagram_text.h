// The words of a topology's diagram: title, headings, names inside neurons, and what neurons
// and connections tell under the mouse. Plain text, not yet escaped for DOT or HTML.
#pragma once

#include <string>

#include "nn/topology.h"
#include "nn/topology_statistics.h"

namespace sprig {

// Rows as in nn/diagram_layout.h: row 0 are the inputs, row k the neurons of layer k - 1.

// A short name, of which `index` is drawn as a subscript: x and 3; the neuron's name; for
// outputs ŷ and, if there are more than one, 1, 2, ...
struct ShortName {
  std::string text, index;
};
ShortName short_name(const Topology& topology, std::size_t row, std::size_t neuron);

// "2-16-16-1 network, 67 of 304 connections".
std::string default_title(const Topology& topology);

// "hidden 1" and "ReLU, 16 neurons", or "ReLU, 24 of 300 neurons".
std::string heading(const Topology& topology, std::size_t row);
std::string subheading(const Topology& topology, std::size_t row, std::size_t shown);

// "… 276 more", "… 3 dead": neurons of a row that are left out because there are too many, and
// because dead ones are not wanted.
std::string left_out_text(std::size_t more, std::size_t dead);

// What a reader must know: that the network is a constant, and which connections are not shown;
// `only_strongest` says that not even all between the neurons shown are. Empty if there is
// nothing to say.
std::string remark(const Topology& topology, std::size_t shown_connections,
                   bool only_strongest);

// "9 grown, 24 of 190 dropped": how many are shown, of how many.
std::string changes_remark(std::size_t shown_grown, std::size_t grown,
                           std::size_t shown_dropped, std::size_t dropped);

// "neuron 1_3: bias = 0.1, relu, 2 in, 4 out"; "input x1: 9 out".
std::string neuron_details(const Topology& topology, const TopologyStatistics& counts,
                           std::size_t row, std::size_t neuron);

// "w(1_3 <- x1) = -0.123".
std::string connection_details(const Topology& topology, std::size_t layer, std::size_t neuron,
                               const Topology::Connection& connection);

// Four significant digits, in any locale.
std::string rounded(double number);

}  // namespace sprig
