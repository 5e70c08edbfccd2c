#include "demos/two_moons.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <span>

#include "demos/published_random.h"
#include "engine/error.h"

namespace sprig {
namespace {

// First the whole upper moon, then the lower one, without noise.
Moons half_circles(std::size_t samples) {
  Moons moons;
  for (double angle : numpy_linspace(std::numbers::pi, samples / 2)) {
    moons.points.push_back({std::cos(angle), std::sin(angle)});
    moons.labels.push_back(-1);
  }
  for (double angle : numpy_linspace(std::numbers::pi, samples - samples / 2)) {
    moons.points.push_back({1 - std::cos(angle), 1 - std::sin(angle) - 0.5});
    moons.labels.push_back(1);
  }
  return moons;
}

}  // namespace

Moons make_moons(std::size_t samples, double noise, std::uint32_t seed) {
  if (samples == 0 || !(noise >= 0 && std::isfinite(noise))) {
    fail("two moons: got ", samples, " samples and noise ", noise,
         "; give at least 1 sample and a noise of 0 or more");
  }
  const Moons clean = half_circles(samples);
  std::vector<std::size_t> order(samples);
  std::iota(order.begin(), order.end(), std::size_t{0});
  NumpyRandomState random(seed);
  random.shuffle(order);

  Moons moons;
  for (const std::size_t sample : order) {
    auto [x, y] = clean.points[sample];
    x += noise * random.standard_normal();
    y += noise * random.standard_normal();
    moons.points.push_back({x, y});
    moons.labels.push_back(clean.labels[sample]);
  }
  return moons;
}

}  // namespace sprig
