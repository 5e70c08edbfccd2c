#include "demos/seed_range.h"

#include <charconv>
#include <system_error>

#include "engine/error.h"

namespace sprig {
namespace {

constexpr std::uint32_t most_seeds = 100000;

bool read(std::string_view digits, std::uint32_t& number) {
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size();
}

}  // namespace

SeedRange parse_seeds(std::string_view text) {
  const std::size_t dots = text.find("..");
  const std::string_view first = text.substr(0, dots);
  const std::string_view last = dots == std::string_view::npos ? first : text.substr(dots + 2);
  SeedRange seeds;
  if (!read(first, seeds.first) || !read(last, seeds.last) || seeds.last < seeds.first) {
    fail("--seeds: '", text,
         "' is no range of seeds; give the first and the last, as in 1..100");
  }
  if (seeds.last - seeds.first >= most_seeds) {
    fail("--seeds: '", text, "' are more than ", most_seeds, " seeds; split the range");
  }
  return seeds;
}

}  // namespace sprig
