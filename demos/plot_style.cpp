#include "demos/plot_style.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/error.h"

namespace sprig {
namespace {

constexpr std::array<std::uint32_t, 8> colours{0x2563eb, 0xea580c, 0x16a34a, 0x9333ea,
                                               0x64748b, 0xdb2777, 0x06a3c4, 0xa16207};

// On a logarithmic axis over few decades; gnuplot numbers only powers of ten, of which there may
// be none.
std::string log_tics(double low, double high) {
  if (high / low > 200) return "autofreq";
  std::string tics;
  for (double decade = std::floor(std::log10(low)); decade <= std::log10(high); ++decade) {
    for (const int digit : {1, 2, 3, 4, 5, 6, 7, 8, 9}) {
      const bool is_round = digit == 1 || digit == 2 || digit == 5;
      if (!is_round && high / low > 3) continue;
      tics += fmt::format("{}{}e{:.0f}", tics.empty() ? "" : ", ", digit, decade);
    }
  }
  return "(" + tics + ")";
}

}  // namespace

std::uint32_t colour_of(std::size_t k) { return colours[k % colours.size()]; }

std::size_t round_of(std::size_t k) { return k / colours.size(); }

void PlotRange::include(std::span<const double> numbers) {
  for (double number : numbers) {
    if (!std::isfinite(number) || (log_ && number <= 0)) continue;
    low_ = std::min(low_, number);
    high_ = std::max(high_, number);
  }
}

void PlotRange::check(const std::string& title) const {
  if (low_ > high_) fail("plot: \"", title, "\" has no number that can be drawn");
}

std::string PlotRange::command(const std::string& axis, const std::string& title) const {
  check(title);
  const double air = 0.05 * (high_ > low_ ? high_ - low_ : std::max(1.0, std::abs(high_)));
  const double low = log_ ? low_ / 1.3 : low_ - air, high = log_ ? high_ * 1.3 : high_ + air;
  return fmt::format("set {0}range [{1}:{2}]\nset {0}tics {3}\n", axis, low, high,
                     log_ ? log_tics(low, high) : "autofreq");
}

}  // namespace sprig
