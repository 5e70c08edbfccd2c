#include "nn/rewire.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "engine/error.h"

namespace sprig {
namespace {

using Group =
    std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // (layer, neuron) that compete

std::vector<Group> groups_of(const Mlp& mlp, Scope scope) {
  std::vector<Group> groups;
  if (scope == Scope::model) groups.emplace_back();
  for (std::uint32_t layer = 0; layer < mlp.layers().size(); ++layer) {
    if (scope == Scope::layer) groups.emplace_back();
    for (std::uint32_t neuron = 0; neuron < mlp.layers()[layer].neurons().size(); ++neuron) {
      if (scope == Scope::neuron) groups.emplace_back();
      groups.back().emplace_back(layer, neuron);
    }
  }
  return groups;
}

Change scored(const Score& score, std::string_view name, const Position& position) {
  const double value = score(position);
  if (std::isnan(value)) {
    fail("rewire: the ", name, " score of layer ", position.layer, ", neuron ", position.neuron,
         ", input ", position.input, " is nan; nothing was changed");
  }
  return {position, value};
}

std::vector<Change> existing(const Mlp& mlp, const Group& group, const Score& keep) {
  std::vector<Change> changes;
  for (const auto& [layer, neuron] : group) {
    for (const Connection& connection : mlp.layers()[layer].neurons()[neuron].connections()) {
      changes.push_back(scored(keep, "keep", {layer, neuron, connection.input}));
    }
  }
  return changes;
}

std::vector<Change> absent(const Mlp& mlp, const Group& group, const Score& grow) {
  std::vector<Change> changes;
  for (const auto& [layer, neuron] : group) {
    std::vector<bool> exists(mlp.layers()[layer].input_count());
    for (const Connection& connection : mlp.layers()[layer].neurons()[neuron].connections()) {
      exists[connection.input] = true;
    }
    for (std::uint32_t input = 0; input < exists.size(); ++input) {
      if (!exists[input]) changes.push_back(scored(grow, "grow", {layer, neuron, input}));
    }
  }
  return changes;
}

// The dropped places join the absent ones, in order of layer, neuron and input.
void join(std::vector<Change>& candidates, std::span<const Change> dropped, const Score& grow) {
  for (const Change& change : dropped) {
    candidates.push_back(scored(grow, "grow", change.position));
  }
  std::ranges::sort(candidates, {}, &Change::position);
}

// What is in both lists stays as it is: out of both.
std::size_t cancel(std::vector<Change>& dropped, std::vector<Change>& grown) {
  const auto in = [](std::span<const Change> changes) {
    std::vector<Position> places;
    for (const Change& change : changes) places.push_back(change.position);
    std::ranges::sort(places);
    return [places = std::move(places)](const Change& change) {
      return std::ranges::binary_search(places, change.position);
    };
  };
  const auto was_dropped = in(dropped);
  const auto is_grown = in(grown);
  std::erase_if(grown, was_dropped);
  return std::erase_if(dropped, is_grown);
}

// Appends what is to change in one group; changes nothing yet.
void plan(const Mlp& mlp, const Group& group, const Score& keep, const Score& grow,
          const RewireOptions& options, Rewiring& rewiring) {
  std::vector<Change> dropped = existing(mlp, group, keep);
  std::vector<Change> grown = absent(mlp, group, grow);
  auto count = static_cast<std::size_t>(options.fraction * static_cast<double>(dropped.size()));
  if (!options.just_dropped_eligible) count = std::min(count, grown.size());

  std::ranges::stable_sort(dropped, std::ranges::less{}, &Change::score);
  dropped.resize(count);
  if (options.just_dropped_eligible) join(grown, dropped, grow);
  std::ranges::stable_sort(grown, std::ranges::greater{}, &Change::score);
  grown.resize(count);

  rewiring.stayed += cancel(dropped, grown);
  rewiring.dropped.insert(rewiring.dropped.end(), dropped.begin(), dropped.end());
  rewiring.grown.insert(rewiring.grown.end(), grown.begin(), grown.end());
}

Neuron& neuron_at(Mlp& mlp, const Position& position) {
  return mlp.layers()[position.layer].neurons()[position.neuron];
}

}  // namespace

Score weight_magnitude(const Mlp& mlp) {
  return [&mlp](const Position& position) {
    const Neuron& neuron = mlp.layers()[position.layer].neurons()[position.neuron];
    return std::abs(neuron.weight_from(position.input).data());
  };
}

Rewiring rewire(Mlp& mlp, const Score& keep, const Score& grow, const RewireOptions& options) {
  if (!(options.fraction >= 0 && options.fraction <= 1)) {
    fail("rewire: the fraction is ", options.fraction, "; give one in [0, 1]");
  }
  Rewiring rewiring;
  for (const Group& group : groups_of(mlp, options.scope)) {
    plan(mlp, group, keep, grow, options, rewiring);
  }
  for (const Change& change : rewiring.dropped) {
    neuron_at(mlp, change.position).drop(change.position.input);
  }
  for (const Change& change : rewiring.grown) {
    neuron_at(mlp, change.position).grow(change.position.input, 0.0);
  }
  return rewiring;
}

}  // namespace sprig
