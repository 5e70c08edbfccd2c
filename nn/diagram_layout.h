// Where everything stands in a topology's diagram, and what of a big network is shown. Plain
// geometry in points (1/72 inch, y up); colours and texts are nn/draw.cpp's.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "nn/topology.h"

namespace sprig {

enum class Direction { left_to_right, top_to_bottom };

// Row 0 are the inputs, row k the neurons of layer k - 1; one flag a neuron.
using RowFlags = std::vector<std::vector<bool>>;

// The dead neurons; in row 0 the inputs that no neuron on a path to an output reads.
RowFlags dead_rows(const Topology& topology);

// Of every row with more than `most_neurons` candidates, the `strongest_neurons` with the
// largest sum of |weight| over what the shown neurons of the next row read from them, so that
// what is shown is connected; outputs by what they read. Of every other row all candidates.
RowFlags shown_neurons(const Topology& topology, const RowFlags& candidates,
                       std::size_t most_neurons, std::size_t strongest_neurons);

// The `most` strongest connections between shown neurons: as many of every layer, but that what
// a small one leaves goes to the others. With `among`, which is in order, only of those.
std::set<Position> shown_connections(const Topology& topology, const RowFlags& neurons,
                                     std::size_t most,
                                     const std::vector<Position>* among = nullptr);

struct Point {
  double x = 0, y = 0;
};

struct DiagramRow {
  std::vector<Point> centers;  // of every neuron; one that is not shown lies where `more` is
  double diameter = 0;
  std::size_t left_out = 0;  // neurons that are not shown
  Point more;                // of the text that says so
  Point heading;
};

struct DiagramLayout {
  std::vector<DiagramRow> rows;
  Point title, legend;
};

DiagramLayout lay_out(const RowFlags& shown, Direction direction);

}  // namespace sprig
