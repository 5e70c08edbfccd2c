// What of a network is shown and where it stands; the contracts are in diagram_layout.h.
#include "nn/diagram_layout.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "nn/topology_statistics.h"

namespace sprig {
namespace {

// The flags of the `most` largest values that are not below 0; of equal ones the first.
std::vector<bool> largest(const std::vector<double>& values, std::size_t most) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  const std::size_t kept = std::min(most, values.size());
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return values[i]; });
  std::vector<bool> flags(values.size());
  for (std::size_t i = 0; i < kept; ++i) flags[order[i]] = values[order[i]] >= 0;
  return flags;
}

constexpr double not_a_candidate = -1;  // as a strength, which is never below 0

// The sum of |weight| over the connections of the `shown` neurons of a layer, for each of the
// `inputs` that it reads.
std::vector<double> strength_of_read(const Topology::Layer& layer,
                                     const std::vector<bool>& shown, std::size_t inputs) {
  std::vector<double> strength(inputs);
  for (std::size_t neuron = 0; neuron < shown.size(); ++neuron) {
    if (!shown[neuron]) continue;
    for (const auto& [input, weight] : layer.neurons[neuron].connections) {
      strength[input] += std::abs(weight);
    }
  }
  return strength;
}

// The sum of |weight| over the connections of each neuron of a layer.
std::vector<double> strength_of_readers(const Topology::Layer& layer) {
  std::vector<double> strength;
  for (const auto& neuron : layer.neurons) {
    double& sum = strength.emplace_back(0);
    for (const auto& connection : neuron.connections) sum += std::abs(connection.weight);
  }
  return strength;
}

struct Candidate {
  Position position;
  double strength = 0;
};

// A layer's connections between shown neurons, only those in `among` if it is given.
std::vector<Candidate> candidates_of(const Topology& topology, const RowFlags& shown,
                                     std::uint32_t layer, const std::vector<Position>* among) {
  std::vector<Candidate> candidates;
  const auto& neurons = topology.layers[layer].neurons;
  for (std::uint32_t neuron = 0; neuron < neurons.size(); ++neuron) {
    if (!shown[layer + 1][neuron]) continue;
    for (const auto& [input, weight] : neurons[neuron].connections) {
      const Position position{layer, neuron, input};
      const bool is_among = among == nullptr || std::ranges::binary_search(*among, position);
      if (shown[layer][input] && is_among) candidates.push_back({position, std::abs(weight)});
    }
  }
  return candidates;
}

constexpr double column_distance = 225, row_distance = 150;  // of rows, across or down

// Places in a row: one a neuron, and some for the text that says how many more there are.
std::size_t slots(const std::vector<bool>& shown, bool across) {
  const auto count = static_cast<std::size_t>(std::ranges::count(shown, true));
  const std::size_t for_text = across ? 2 : 4;
  return count + (count < shown.size() ? for_text : 0);
}

struct RowFrame {
  double depth = 0;    // from the inputs
  double extent = 0;   // room for the row
  bool outer = false;  // inputs or outputs: larger circles
  bool across = true;
};

DiagramRow lay_out_row(const std::vector<bool>& shown, const RowFrame& frame) {
  const auto used = static_cast<double>(slots(shown, frame.across));
  const double pitch = std::min(frame.extent / std::max(1.0, used), 120.0);
  const double end = pitch * (used - 1) / 2;
  const auto point = [&](double along) {
    return frame.across ? Point{frame.depth, -along} : Point{along, -frame.depth};
  };
  DiagramRow row;
  row.diameter = std::min(0.82 * pitch, frame.outer ? 40.0 : 31.0);
  row.more = point(end - (frame.across ? 0.5 : 1) * pitch);
  double along = -end;
  for (const bool is_shown : shown) {
    row.centers.push_back(is_shown ? point(along) : row.more);
    along += is_shown ? pitch : 0;
    row.left_out += !is_shown;
  }
  return row;
}

}  // namespace

RowFlags dead_rows(const Topology& topology) {
  RowFlags rows = dead_neurons(topology);
  rows.insert(rows.begin(), std::vector<bool>(topology.inputs, true));
  const auto& first = topology.layers.front().neurons;
  for (std::size_t neuron = 0; neuron < first.size(); ++neuron) {
    if (rows[1][neuron]) continue;
    for (const auto& connection : first[neuron].connections) rows[0][connection.input] = false;
  }
  return rows;
}

RowFlags shown_neurons(const Topology& topology, const RowFlags& candidates,
                       std::size_t most_neurons, std::size_t strongest_neurons) {
  RowFlags shown = candidates;
  for (std::size_t row = shown.size(); row-- > 0;) {
    const auto count = static_cast<std::size_t>(std::ranges::count(candidates[row], true));
    if (count <= most_neurons) continue;
    std::vector<double> strength =
        row + 1 < shown.size()
            ? strength_of_read(topology.layers[row], shown[row + 1], shown[row].size())
            : strength_of_readers(topology.layers[row - 1]);
    for (std::size_t i = 0; i < strength.size(); ++i) {
      if (!candidates[row][i]) strength[i] = not_a_candidate;
    }
    shown[row] = largest(strength, strongest_neurons);
  }
  return shown;
}

std::set<Position> shown_connections(const Topology& topology, const RowFlags& neurons,
                                     std::size_t most, const std::vector<Position>* among) {
  std::vector<std::vector<Candidate>> layers;
  for (std::uint32_t layer = 0; layer < topology.layers.size(); ++layer) {
    layers.push_back(candidates_of(topology, neurons, layer, among));
  }
  // The smallest comes first, so that the others can share what it leaves.
  std::ranges::stable_sort(layers, std::less(), std::ranges::size);
  std::set<Position> chosen;
  std::size_t waiting = layers.size();
  for (auto& candidates : layers) {
    const std::size_t share = std::min((most - chosen.size()) / waiting--, candidates.size());
    std::ranges::stable_sort(candidates, std::greater(), &Candidate::strength);
    for (std::size_t i = 0; i < share; ++i) chosen.insert(candidates[i].position);
  }
  return chosen;
}

DiagramLayout lay_out(const RowFlags& shown, Direction direction) {
  const bool across = direction == Direction::left_to_right;
  std::size_t longest = 1;
  for (const auto& row : shown) longest = std::max(longest, slots(row, across));
  const double base = std::clamp(700.0 / static_cast<double>(longest), 11.0, 60.0);
  const double extent = std::max(base * static_cast<double>(longest - 1), 160.0);
  const double distance = across ? column_distance : row_distance;
  const double last = distance * static_cast<double>(shown.size() - 1);
  DiagramLayout layout;
  for (std::size_t row = 0; row < shown.size(); ++row) {
    const bool outer = row == 0 || row + 1 == shown.size();
    const double depth = distance * static_cast<double>(row);
    layout.rows.push_back(lay_out_row(shown[row], {depth, extent + base, outer, across}));
    layout.rows.back().heading =
        across ? Point{depth, extent / 2 + 56} : Point{-extent / 2 - 105, -depth};
  }
  layout.title = across ? Point{last / 2, extent / 2 + 112} : Point{0, 76};
  layout.legend = across ? Point{last / 2, -extent / 2 - 58} : Point{0, -last - 66};
  return layout;
}

}  // namespace sprig
