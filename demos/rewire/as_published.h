// build/rewire --as-published: the notebook "Dynamic Sparse Training" by its own rules, beside
// sprig's methods on the same samples.
#pragma once

#include <cstdint>

#include "demos/output.h"

namespace sprig::course {

// Prints what the notebook's rules do, update by update, and what it says they do; writes
// densities, curves, connection matrices and index.html into the folder.
void run_as_published(std::uint32_t seed, OutputFolder& folder);

}  // namespace sprig::course
