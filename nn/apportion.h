// Splitting a whole number in proportion, exactly: a budget of connections over layers, or the
// connections that are to be grown.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sprig {

// Whole numbers that add up to `total`, each as near as can be to its share, weight / sum of
// weights, and none above its limit. What a full one cannot take goes to the others by the same
// rule. Fractions are settled by largest remainder (Hamilton's method), ties in order. If all
// weights that have room are 0, what is left is split evenly. Throws Error if the sizes differ,
// a weight is negative or not finite, or `total` is more than all limits together.
std::vector<std::size_t> apportion(std::size_t total, std::span<const double> weights,
                                   std::span<const std::size_t> limits);

}  // namespace sprig
