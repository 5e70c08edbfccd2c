// What the plots of plot.h share: their colours, and the range of an axis.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace sprig {

// Of the k-th curve or group, as 0xrrggbb. They repeat from the ninth on.
std::uint32_t colour_of(std::size_t k);

// How often the colours have repeated until the k-th one.
std::size_t round_of(std::size_t k);

// The range of the numbers that can be drawn, with a little air.
class PlotRange {
 public:
  explicit PlotRange(bool log = false) : log_(log) {}

  // Leaves out what is not finite, and what is not above 0 on a logarithmic axis.
  void include(std::span<const double> numbers);

  // Throws Error, naming the plot, if there was no number.
  void check(const std::string& title) const;

  // gnuplot's commands for range and tics of the axis "x" or "y"; checks first.
  std::string command(const std::string& axis, const std::string& title) const;

 private:
  bool log_;
  double low_ = INFINITY;
  double high_ = -INFINITY;
};

}  // namespace sprig
