// The seeds of a comparison: is it luck? One seed cannot tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sprig {

struct SeedRange {
  std::uint32_t first = 1;
  std::uint32_t last = 100;  // included

  std::size_t size() const { return std::size_t{last} - first + 1; }
};

// "1..100", or "7" for one seed. Throws Error with what it should be.
SeedRange parse_seeds(std::string_view text);

}  // namespace sprig
