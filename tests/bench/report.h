// What the benchmark shows: a table and a CSV file for each workload, and a picture of step
// time against connections.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "demos/gnuplot.h"
#include "demos/table.h"
#include "tests/bench/measure.h"

namespace sprig::bench {

// What is kept of a workload: the workload itself would count as memory of every later row,
// because their processes begin as copies of this one.
struct Measured {
  Measured(const Workload& workload, std::vector<Result> its_results);

  std::string name;
  std::string title;  // "moons: 2-16-16-1, 304 of 304 connections, batch 100, hinge + L2"
  std::size_t connections;
  std::size_t batch;
  std::vector<Result> results;
};

// What a person reads, a line a row. Ratios are to the hand-written row with connections in
// CSR, of the same precision; on the ladder, to its last rung.
Table table_of(const Measured& measured, bool is_ladder);

// The same numbers in full, for other programs.
Table numbers_of(const Measured& measured);

// Step time against connections, log-log, for LeNet at all densities that were measured. Empty
// if there are fewer than two.
std::string picture_of(std::span<const Measured> all, PictureFormat format);

}  // namespace sprig::bench
