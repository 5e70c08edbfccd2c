// Numbers of connections, layer by layer: what methods hand to rewire_to and drop_to.
#pragma once

#include <cstddef>
#include <vector>

#include "nn/mlp.h"

namespace sprig {

using Counts = std::vector<std::size_t>;

// The connections of each layer.
Counts counts_of(const Mlp& mlp);

// n + floor(fraction * n), and n - floor(fraction * n), of each count n. Throw Error unless the
// fraction is in [0, 1].
Counts with_part(Counts counts, double fraction);
Counts without_part(Counts counts, double fraction);

}  // namespace sprig
