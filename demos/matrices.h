// Connection matrices: which input each neuron of a layer reads, panel by panel while the layer
// is rewired. Drawn by gnuplot; gives the bytes of one picture, which an OutputFolder writes.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "demos/gnuplot.h"
#include "nn/topology.h"

namespace sprig {

struct TopologyAtStep {
  int step = 0;
  Topology topology;
};

// Layer `layer`, an index from 0, of the series: a row for each neuron, a column for each
// input. White: no connection. Grey: a connection, the darker the larger its |weight|. What has
// grown since the panel before is blue, what was dropped since is red; each panel's title
// counts both, the first one's all connections.
//
// Of a long series at most most_panels are shown, evenly chosen, the first and the last among
// them, and the picture says how many are left out. Changes are always those since the panel
// before: a connection that came and went in between leaves no trace. In a layer of more than
// 200 neurons or inputs neighbours share a dot, which shows a change if it has one, blue first,
// and else the largest |weight|; the picture says how many share it.
//
// Throws Error for an empty series, most_panels below 2, a layer that does not exist or has
// neither neurons nor inputs, and topologies that are not valid or not of one shape.
std::string plot_matrices(const std::string& title, std::span<const TopologyAtStep> series,
                          std::size_t layer, PictureFormat format,
                          std::size_t most_panels = 12);

}  // namespace sprig
