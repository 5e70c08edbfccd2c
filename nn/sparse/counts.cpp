#include "nn/sparse/counts.h"

#include "engine/error.h"

namespace sprig {
namespace {

std::size_t part_of(std::size_t count, double fraction) {
  if (!(fraction >= 0 && fraction <= 1)) {
    fail("rewire: the fraction is ", fraction, "; give one in [0, 1]");
  }
  return static_cast<std::size_t>(fraction * static_cast<double>(count));
}

}  // namespace

Counts counts_of(const Mlp& mlp) {
  Counts counts;
  for (const Layer& layer : mlp.layers()) counts.push_back(layer.connection_count());
  return counts;
}

Counts with_part(Counts counts, double fraction) {
  for (std::size_t& n : counts) n += part_of(n, fraction);
  return counts;
}

Counts without_part(Counts counts, double fraction) {
  for (std::size_t& n : counts) n -= part_of(n, fraction);
  return counts;
}

}  // namespace sprig
