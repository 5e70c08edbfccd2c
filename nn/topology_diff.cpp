// Both topologies become sorted lists of positions; the diff is two set differences.
#include "nn/topology_diff.h"

#include <algorithm>
#include <iterator>

#include "engine/error.h"

namespace sprig {

namespace {

std::vector<Position> only_in(const std::vector<Position>& these,
                              const std::vector<Position>& not_those) {
  std::vector<Position> result;
  std::set_difference(these.begin(), these.end(), not_those.begin(), not_those.end(),
                      std::back_inserter(result));
  return result;
}

}  // namespace

std::vector<Position> positions_of(const Topology& topology) {
  std::vector<Position> positions;
  for (std::uint32_t layer = 0; layer < topology.layers.size(); ++layer) {
    const auto& neurons = topology.layers[layer].neurons;
    for (std::uint32_t neuron = 0; neuron < neurons.size(); ++neuron) {
      for (const auto& connection : neurons[neuron].connections) {
        positions.push_back({layer, neuron, connection.input});
      }
    }
  }
  std::sort(positions.begin(), positions.end());
  return positions;
}

TopologyDiff diff(const Topology& before, const Topology& after) {
  validate(before);
  validate(after);
  if (shape_of(before) != shape_of(after)) {
    fail("diff: the shapes are ", shape_of(before), " and ", shape_of(after),
         "; give two topologies of one shape, such as two snapshots before strip");
  }
  const auto old_positions = positions_of(before);
  const auto new_positions = positions_of(after);
  return {.dropped = only_in(old_positions, new_positions),
          .grown = only_in(new_positions, old_positions)};
}

}  // namespace sprig
