// What many runs gave: for each method and seed a row of named numbers. Kept as CSV, below a
// line that says with which settings, so that only what belongs together comes together:
//
//   # settings: samples 100, noise 0.1, steps 400
//   method,seed,accuracy,loss
//   static,1,0.88,0.2865
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace sprig {

struct Experiment {
  std::string settings;              // all that numbers depend on; between parts stands ", "
  std::vector<std::string> methods;  // names of all there are; tables are in this order
  std::vector<std::string> columns;  // names of the numbers that a run gives
};

struct RunId {
  std::size_t method = 0;  // its place in Experiment::methods
  std::uint32_t seed = 0;

  auto operator<=>(const RunId&) const = default;
};

struct RunTable {
  Experiment experiment;
  std::map<RunId, std::vector<double>> runs;  // a number for each column

  // The numbers of one method and column, in the order of their seeds. Throws Error if there is
  // no such method or column.
  std::vector<double> numbers(const std::string& method, const std::string& column) const;

  // Those of two methods on the seeds that both have, for compare() of statistics.h.
  std::pair<std::vector<double>, std::vector<double>> paired_numbers(
      const std::string& method, const std::string& other, const std::string& column) const;
};

// The file, by method and seed. Numbers have as few digits as read back to the same bits.
std::string csv(const RunTable& table);

// Pieces of it, with their newlines: the two lines above the runs, and one run.
std::string csv_head(const Experiment& experiment);
std::string csv_row(const Experiment& experiment, const RunId& id,
                    std::span<const double> numbers);

}  // namespace sprig
