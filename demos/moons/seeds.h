// build/moons --seeds 1..100: is it luck? The same comparison over many seeds, on all cores.
#pragma once

#include <cstddef>

#include "demos/moons/training.h"
#include "demos/output.h"
#include "demos/seed_range.h"

namespace sprig {

struct SeedsData {
  std::size_t samples = 100;
  double noise = 0.1;
};

// For every seed, data and networks of that seed: static and RigL as published, then sprig's
// own with `options`. Prints mean, spread and how many reach 99%; adds seeds.csv and a box plot
// to the folder.
void run_seeds(const SeedRange& seeds, const TrainingOptions& options, const SeedsData& data,
               OutputFolder& folder);

}  // namespace sprig
