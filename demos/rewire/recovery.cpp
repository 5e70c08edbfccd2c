#include "demos/rewire/recovery.h"

#include <algorithm>

#include "engine/error.h"

namespace sprig::course {
namespace {

bool reads(const Topology& topology, std::size_t input) {
  return std::ranges::any_of(topology.layers[0].neurons, [=](const Topology::Neuron& neuron) {
    return std::ranges::count(neuron.connections, input, &Topology::Connection::input) > 0;
  });
}

}  // namespace

std::optional<std::size_t> found_after(std::span<const TopologyAtStep> series,
                                       std::size_t input) {
  std::size_t update = series.size();
  while (update > 0 && reads(series[update - 1].topology, input)) --update;
  if (update == series.size()) return std::nullopt;
  return update;
}

std::optional<std::size_t> all_found_after(std::span<const TopologyAtStep> series,
                                           std::span<const std::size_t> inputs) {
  if (series.empty() || inputs.empty()) {
    fail("all_found_after: got ", series.size(), " topologies and ", inputs.size(),
         " inputs; give at least one of each");
  }
  std::size_t latest = 0;
  for (const std::size_t input : inputs) {
    const auto update = found_after(series, input);
    if (!update) return std::nullopt;
    latest = std::max(latest, *update);
  }
  return latest;
}

}  // namespace sprig::course
