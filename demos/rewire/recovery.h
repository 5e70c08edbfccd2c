// Does a method find the inputs that decide the target? Looks at the wiring after every update.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "demos/matrices.h"

namespace sprig::course {

// The number of the update from which on some neuron of the first layer reads the input, then
// and after every later update; 0 if it always did, nothing if it does not in the end. The
// series has the topology before training and after every update.
std::optional<std::size_t> found_after(std::span<const TopologyAtStep> series,
                                       std::size_t input);

// The same for all of them together. Throws Error for no inputs or an empty series.
std::optional<std::size_t> all_found_after(std::span<const TopologyAtStep> series,
                                           std::span<const std::size_t> inputs);

}  // namespace sprig::course
