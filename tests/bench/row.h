// A row of a benchmark's table: one way to compute the steps of a workload.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "tests/bench/workload.h"

namespace sprig::bench {

// Makes one step and gives the loss before its update.
using Step = std::function<double()>;

struct Row {
  std::string name;
  bool is_float = false;  // single precision, so its losses agree to fewer digits
  int threads = 1;
  std::string skipped = {};  // why there is no such row on this machine; empty if there is
  std::function<bool(const Workload&)> fits = {};  // none: every workload
  double most_connection_samples = INFINITY;       // more would take minutes and gigabytes

  // Prepares the data in the row's own layout, in the row's own process.
  std::function<Step(const Workload&)> make = {};

  // Instead of make: a program that is given the workload on its standard input (process.h).
  std::vector<std::string> command = {};
};

// Hand-written C++: the limit that everything else is judged by. Batches of 32 or 100 only.
std::vector<Row> hand_sample_rows();  // one sample at a time; the reference for all losses
std::vector<Row> hand_lanes_rows();   // samples side by side, connections in CSR
std::vector<Row> hand_dense_rows();   // the same for dense layers, blocked for registers

// sprig as its user writes it.
std::vector<Row> eager_rows();
std::vector<Row> program_rows(int threads);  // double, float

// The lower rungs of the ladder, for two moons: from a formula written out in + and * to one
// node a neuron.
std::vector<Row> ladder_rows();

// Other people's. A row whose library is not installed says so.
std::vector<Row> adolc_rows();
std::vector<Row> sacado_rows();
std::vector<Row> stan_rows();
std::vector<Row> pytorch_rows(int threads);  // double, float

}  // namespace sprig::bench
