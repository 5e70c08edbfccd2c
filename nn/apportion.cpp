#include "nn/apportion.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/error.h"

namespace sprig {
namespace {

void check(std::size_t total, std::span<const double> weights,
           std::span<const std::size_t> limits) {
  if (weights.size() != limits.size()) {
    fail("apportion: ", weights.size(), " weights but ", limits.size(),
         " limits; give one of each for every part");
  }
  for (std::size_t part = 0; part < weights.size(); ++part) {
    if (!(weights[part] >= 0 && std::isfinite(weights[part]))) {
      fail("apportion: weight ", part, " is ", weights[part],
           "; give finite ones of at least 0");
    }
  }
  const std::size_t room = std::accumulate(limits.begin(), limits.end(), std::size_t{0});
  if (total > room) {
    fail("apportion: cannot split ", total, " into parts that have room for ", room);
  }
}

// What each part that has room would get if it could be split; even if all their weights are 0.
std::vector<double> shares_of(std::size_t total, std::span<const double> weights,
                              std::span<const std::size_t> room) {
  std::vector<double> shares;
  for (std::size_t part = 0; part < room.size(); ++part) {
    shares.push_back(room[part] > 0 ? weights[part] : 0);
  }
  const double largest = std::ranges::max(shares);
  double sum = 0;
  for (std::size_t part = 0; part < room.size(); ++part) {
    shares[part] = largest > 0 ? shares[part] / largest : room[part] > 0;
    sum += shares[part];
  }
  for (double& share : shares) share *= static_cast<double>(total) / sum;
  return shares;
}

// Every share without its fraction, then one more for the largest fractions.
std::vector<std::size_t> rounded(std::size_t total, std::span<const double> shares) {
  std::vector<std::size_t> counts;
  for (const double share : shares) counts.push_back(static_cast<std::size_t>(share));
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t part) {
    return shares[part] - std::floor(shares[part]);
  });
  const std::size_t given = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  for (std::size_t rank = 0; rank < total - given; ++rank) ++counts[order[rank]];
  return counts;
}

}  // namespace

std::vector<std::size_t> apportion(std::size_t total, std::span<const double> weights,
                                   std::span<const std::size_t> limits) {
  check(total, weights, limits);
  std::vector<std::size_t> counts(weights.size());
  std::vector<std::size_t> room(limits.begin(), limits.end());
  while (total > 0) {
    const std::vector<std::size_t> more = rounded(total, shares_of(total, weights, room));
    const bool all_fit = std::ranges::equal(more, room, std::ranges::less_equal{});
    for (std::size_t part = 0; part < more.size(); ++part) {
      if (!all_fit && more[part] <= room[part]) continue;  // asked again when others are full
      const std::size_t taken = std::min(more[part], room[part]);
      counts[part] += taken;
      room[part] -= taken;
      total -= taken;
    }
  }
  return counts;
}

}  // namespace sprig
