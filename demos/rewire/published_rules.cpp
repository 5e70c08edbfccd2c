#include "demos/rewire/published_rules.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "nn/sparse/rules.h"

namespace sprig::course {
namespace {

constexpr double regrow_rate = 0.3, temperature = 1;

// Flaw 1: all weights up to the k-th smallest go, so of those that tie with it all go, too.
std::vector<std::size_t> drop_up_to(std::size_t k, const SwitchedLayer& layer) {
  std::vector<std::size_t> places = places_that_are(true, layer.is_on);
  const auto magnitude = [&](std::size_t place) { return std::abs(layer.weights[place]); };
  std::vector<double> magnitudes(places.size());
  std::ranges::transform(places, magnitudes.begin(), magnitude);
  const auto kth = magnitudes.begin() + static_cast<std::ptrdiff_t>(k) - 1;
  std::ranges::nth_element(magnitudes, kth);
  const double threshold = *kth;
  std::erase_if(places, [&](std::size_t place) { return magnitude(place) > threshold; });
  return places;
}

// Flaw 2: absent * regrow_rate * (dropped / absent) is regrow_rate * dropped. With the
// notebook's 0.2 and 0.3, an update leaves 1 - 0.2 + 0.3 * 0.2 = 86% of the connections.
std::size_t growth(std::size_t absent, std::size_t dropped) {
  const auto all = static_cast<double>(absent);
  const auto wanted =
      static_cast<std::size_t>(all * regrow_rate * (static_cast<double>(dropped) / all));
  return std::min({wanted, dropped, absent});
}

// torch.multinomial(softmax(|gradient| / temperature)) without replacement. Flaw 3 is in what
// it is given: the gradient of every place that was absent is 0 (SwitchedLayer), so all of them
// are equally likely, and what was dropped just now, which has a gradient, a little more.
std::vector<std::size_t> grow_by_gradient(std::size_t count, const SwitchedLayer& layer,
                                          std::span<const std::size_t> absent, Rng& rng) {
  std::vector<Position> positions;
  for (const std::size_t place : absent) {
    positions.push_back({.input = static_cast<std::uint32_t>(place)});
  }
  const Score gradient = [&](const Position& at) {
    return std::abs(layer.gradients[at.input]);
  };
  std::vector<std::size_t> grown;
  for (const Change& change : highest(count, positions, soft(gradient, temperature, rng))) {
    grown.push_back(change.position.input);
  }
  return grown;
}

}  // namespace

std::vector<std::size_t> places_that_are(bool on, const std::vector<bool>& is_on) {
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < is_on.size(); ++place) {
    if (is_on[place] == on) places.push_back(place);
  }
  return places;
}

Exchange published_exchange(PublishedRule rule, const SwitchedLayer& layer, double fraction,
                            Rng& rng) {
  const auto connections = std::ranges::count(layer.is_on, true);
  const auto count = static_cast<std::size_t>(static_cast<double>(connections) * fraction);
  if (count == 0) return {};
  Exchange exchange{.dropped = drop_up_to(count, layer), .grown = {}};
  std::vector<bool> is_on = layer.is_on;
  for (const std::size_t place : exchange.dropped) is_on[place] = false;
  const std::vector<std::size_t> absent = places_that_are(false, is_on);
  if (rule == PublishedRule::deep_r) {
    exchange.grown = grow_by_gradient(std::min(count, absent.size()), layer, absent, rng);
    return exchange;
  }
  for (const std::size_t chosen : rng.sample(absent.size(), growth(absent.size(), count))) {
    exchange.grown.push_back(absent[chosen]);
  }
  return exchange;
}

}  // namespace sprig::course
