// Two moons: two interleaving half circles with noise, the classic small task that no line
// solves. The upper moon has label -1, the lower one +1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sprig {

struct Moons {
  std::vector<std::array<double, 2>> points;
  std::vector<double> labels;  // -1 or +1, as many as points
};

// The points of scikit-learn's make_moons(samples, noise=noise, random_state=seed), labels 2y -
// 1, so that a class can compare with Python. All arithmetic and every random number are the
// same; sin, cos and log are the machine's, whose last bit may differ. Throws Error unless
// samples > 0 and noise is finite and not negative.
Moons make_moons(std::size_t samples, double noise, std::uint32_t seed);

}  // namespace sprig
