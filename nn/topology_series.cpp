// Every measure is counting in the diffs between topologies.
#include "nn/topology_series.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "engine/error.h"
#include "nn/topology_diff.h"

namespace sprig {
namespace {

double ratio(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::size_t shared_count(const std::set<Position>& these, const std::set<Position>& those) {
  return static_cast<std::size_t>(
      std::ranges::count_if(these, [&](const Position& p) { return those.contains(p); }));
}

std::vector<Position> connections_at_start(std::span<const Topology> series) {
  if (series.empty()) fail("topology series: it is empty; give at least one topology");
  validate(series.front());
  return positions_of(series.front());
}

}  // namespace

double overlap(const Topology& before, const Topology& after) {
  const TopologyDiff change = diff(before, after);
  const std::size_t either = connection_count(before) + change.grown.size();
  const std::size_t both = connection_count(before) - change.dropped.size();
  return either == 0 ? 1 : ratio(both, either);
}

double overlap(std::span<const Position> these, std::span<const Position> those) {
  const std::set<Position> first(these.begin(), these.end());
  const std::set<Position> second(those.begin(), those.end());
  const std::size_t both = shared_count(first, second);
  const std::size_t either = first.size() + second.size() - both;
  return either == 0 ? 1 : ratio(both, either);
}

double share_grown_back(std::span<const Position> dropped, std::span<const Position> grown) {
  const std::set<Position> before(dropped.begin(), dropped.end());
  const std::set<Position> after(grown.begin(), grown.end());
  return after.empty() ? 0 : ratio(shared_count(before, after), after.size());
}

double turnover(const Topology& before, const Topology& after) {
  const TopologyDiff change = diff(before, after);
  const std::size_t all = connection_count(before) + connection_count(after);
  return all == 0 ? 0 : ratio(change.dropped.size() + change.grown.size(), all);
}

std::vector<double> exploration(std::span<const Topology> series) {
  const std::vector<Position> start = connections_at_start(series);
  const std::size_t possible = possible_connection_count(series.front());
  std::set<Position> explored(start.begin(), start.end());
  std::vector<double> rates;
  for (std::size_t t = 0; t < series.size(); ++t) {
    if (t > 0) {
      const TopologyDiff change = diff(series[t - 1], series[t]);
      explored.insert(change.grown.begin(), change.grown.end());
    }
    rates.push_back(possible == 0 ? 0 : ratio(explored.size(), possible));
  }
  return rates;
}

std::vector<std::size_t> connection_ages(std::span<const Topology> series) {
  std::map<Position, std::size_t> born;
  for (const Position& position : connections_at_start(series)) born[position] = 0;
  for (std::size_t t = 1; t < series.size(); ++t) {
    const TopologyDiff change = diff(series[t - 1], series[t]);
    for (const Position& position : change.dropped) born.erase(position);
    for (const Position& position : change.grown) born[position] = t;
  }
  std::vector<std::size_t> ages;
  for (const auto& [position, since] : born) ages.push_back(series.size() - 1 - since);
  return ages;
}

}  // namespace sprig
