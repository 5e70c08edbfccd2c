#include "nn/sparse/rewire.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

#include "engine/error.h"
#include "nn/apportion.h"

namespace sprig {
namespace {

std::vector<Position> sorted_places(std::span<const Change> changes) {
  std::vector<Position> places;
  for (const Change& change : changes) places.push_back(change.position);
  std::ranges::sort(places);
  return places;
}

auto is_one_of(const std::vector<Position>& sorted) {
  return [&sorted](const Position& place) { return std::ranges::binary_search(sorted, place); };
}

// What one scope keeps, drops, and where it may grow.
struct Exchange {
  std::vector<Position> had;
  std::vector<Position> kept;
  std::vector<Change> dropped;
  std::vector<Position> eligible;
};

Exchange exchange_in(Places here, const DropRule& drop, const RewireOptions& options = {}) {
  Exchange exchange{.had = here.existing,
                    .kept = std::move(here.existing),
                    .dropped = {},
                    .eligible = std::move(here.absent)};
  exchange.dropped = drop(exchange.had, options.fraction);
  const std::vector<Position> places = sorted_places(exchange.dropped);
  std::erase_if(exchange.kept, is_one_of(places));
  if (options.just_dropped_eligible) {
    std::ranges::copy(places, std::back_inserter(exchange.eligible));
    std::ranges::sort(exchange.eligible);
  }
  return exchange;
}

// Takes back the last `count` drops of a scope, or as many as there are; returns how many.
std::size_t spare(std::size_t count, Exchange& exchange) {
  count = std::min(count, exchange.dropped.size());
  exchange.dropped.resize(exchange.dropped.size() - count);
  return count;
}

// How many each scope grows, if each grows what it drops. Spares what has no place to go.
std::vector<std::size_t> counts_of_own(std::span<Exchange> exchanges) {
  std::vector<std::size_t> counts;
  for (Exchange& exchange : exchanges) {
    const std::size_t room = exchange.eligible.size();
    const std::size_t wanted = exchange.dropped.size();
    counts.push_back(wanted - spare(wanted - std::min(wanted, room), exchange));
  }
  return counts;
}

// The same, if all that is dropped is shared.
std::vector<std::size_t> shared_counts(std::span<Exchange> exchanges, const Share& share) {
  std::vector<double> shares;
  std::vector<std::size_t> room;
  std::size_t total = 0, total_room = 0;
  for (const Exchange& exchange : exchanges) {
    shares.push_back(share(exchange.had, exchange.kept));
    room.push_back(exchange.eligible.size());
    total += exchange.dropped.size();
    total_room += room.back();
  }
  for (Exchange& exchange : exchanges) {
    total -= spare(total - std::min(total, total_room), exchange);
  }
  return apportion(total, shares, room);
}

// What is in both lists stays as it is: out of both.
std::size_t cancel(Rewiring& rewiring) {
  const std::vector<Position> dropped = sorted_places(rewiring.dropped);
  const std::vector<Position> grown = sorted_places(rewiring.grown);
  const auto erase = [](std::vector<Change>& changes, const std::vector<Position>& places) {
    return std::erase_if(changes, [is_there = is_one_of(places)](const Change& change) {
      return is_there(change.position);
    });
  };
  erase(rewiring.grown, dropped);
  return erase(rewiring.dropped, grown);
}

Neuron& neuron_at(Mlp& mlp, const Position& position) {
  return mlp.layers()[position.layer].neurons()[position.neuron];
}

void append(std::vector<Change>& all, const std::vector<Change>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

// What is dropped to keep `count`.
std::vector<Change> surplus(std::size_t count, std::span<const Position> existing,
                            const Score& keep) {
  return lowest(existing.size() - std::min(count, existing.size()), existing, keep);
}

void check_counts(std::string_view where, std::span<const std::size_t> counts,
                  std::span<const Places> layers) {
  if (counts.size() == layers.size()) return;
  fail(where, ": got ", counts.size(), " counts for ", layers.size(),
       " layers; give one for each");
}

}  // namespace

Rewiring carry_out(Mlp& mlp, Rewiring rewiring, const NewWeight& new_weight) {
  rewiring.stayed = cancel(rewiring);
  std::vector<double> weights;
  for (const auto& [place, score] : rewiring.grown) {
    weights.push_back(new_weight ? new_weight(place) : 0.0);
    if (std::isfinite(weights.back())) continue;
    fail("rewire: the new weight of layer ", place.layer, ", neuron ", place.neuron, ", input ",
         place.input, " is ", weights.back(), "; nothing was changed");
  }
  const std::size_t reused = std::min(weights.size(), rewiring.dropped.size());
  mlp.graph().check_room_for_parameters(weights.size() - reused);
  for (const auto& [place, score] : rewiring.dropped) neuron_at(mlp, place).drop(place.input);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const Position& place = rewiring.grown[k].position;
    neuron_at(mlp, place).grow(place.input, weights[k]);
  }
  return rewiring;
}

Rewiring rewire(Mlp& mlp, const DropRule& drop, const Score& grow,
                const RewireOptions& options) {
  if (!(options.fraction >= 0 && options.fraction <= 1)) {
    fail("rewire: the fraction is ", options.fraction, "; give one in [0, 1]");
  }
  std::vector<Exchange> exchanges;
  for (Places& here : places(mlp, options.scope)) {
    exchanges.push_back(exchange_in(std::move(here), drop, options));
  }
  const std::vector<std::size_t> counts =
      options.share ? shared_counts(exchanges, options.share) : counts_of_own(exchanges);
  Rewiring rewiring;
  for (std::size_t scope = 0; scope < exchanges.size(); ++scope) {
    append(rewiring.dropped, exchanges[scope].dropped);
    append(rewiring.grown, highest(counts[scope], exchanges[scope].eligible, grow));
  }
  return carry_out(mlp, std::move(rewiring), options.new_weight);
}

Rewiring drop_to(Mlp& mlp, std::size_t count, const Score& keep) {
  const std::vector<Position> existing = places(mlp, Scope::model)[0].existing;
  return carry_out(mlp, {.dropped = surplus(count, existing, keep), .grown = {}});
}

Rewiring drop_to(Mlp& mlp, std::span<const std::size_t> counts, const Score& keep) {
  const std::vector<Places> layers = places(mlp, Scope::layer);
  check_counts("drop_to", counts, layers);
  Rewiring rewiring;
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    append(rewiring.dropped, surplus(counts[layer], layers[layer].existing, keep));
  }
  return carry_out(mlp, std::move(rewiring));
}

Rewiring rewire_to(Mlp& mlp, std::span<const std::size_t> kept,
                   std::span<const std::size_t> total, const Score& keep, const Score& grow) {
  std::vector<Places> layers = places(mlp, Scope::layer);
  check_counts("rewire_to", kept, layers);
  check_counts("rewire_to", total, layers);
  Rewiring rewiring;
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    const auto drop = [&](std::span<const Position> existing, double) {
      return surplus(kept[layer], existing, keep);
    };
    const Exchange here = exchange_in(std::move(layers[layer]), drop);
    const std::size_t wanted = total[layer] - std::min(total[layer], here.kept.size());
    append(rewiring.dropped, here.dropped);
    append(rewiring.grown,
           highest(std::min(wanted, here.eligible.size()), here.eligible, grow));
  }
  return carry_out(mlp, std::move(rewiring));
}

}  // namespace sprig
