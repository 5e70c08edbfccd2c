// Times all rows of one workload in rounds, so that a machine that slows down or warms up does
// so for every row alike, and checks that they do the same work.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tests/bench/row.h"

namespace sprig::bench {

struct Result {
  Row row;
  std::string skipped = {};   // why there are no numbers; empty if there are
  std::string note = {};      // what is to be known about the row
  double seconds = 0;         // a step, the median of the rounds' medians
  double megabytes = 0;       // the most that the row's process had
  double difference = 0;      // of the loss after 20 steps, relative to the reference
  bool is_same_work() const;  // to 1e-12 in double, 1e-4 in float
};

struct MeasureOptions {
  int rounds = 9;
  double seconds = 0.03;  // for each row in each round; one step at least
};

// In the order of `rows`, those that do not fit the workload left out. Prints how far it is.
std::vector<Result> measure(const Workload& workload, std::span<const Row> rows,
                            const MeasureOptions& options);

}  // namespace sprig::bench
