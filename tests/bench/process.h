// Each row runs in a process of its own, so that its memory is its own, a crash is its own, and
// the rows can be asked in turn. A row speaks a few lines of text:
//
//   <- ready NOTE | skipped REASON                at the start; NOTE may be empty
//   -> losses COUNT      <- one number for each of COUNT steps
//   -> time SECONDS      <- seconds a step, the median over about SECONDS: of
//                           processor time for a row on one thread
//   -> memory            <- the most megabytes that the process ever had
//
// A row that is a program of its own is first given the workload (workload_text).
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

#include "tests/bench/row.h"

namespace sprig::bench {

class RowProcess {
 public:
  // Throws Error if there cannot be a process; a row that cannot run is no error.
  RowProcess(const Row& row, const Workload& workload);
  ~RowProcess();  // ends it
  RowProcess(const RowProcess&) = delete;
  RowProcess& operator=(const RowProcess&) = delete;

  const std::string& skipped() const { return skipped_; }  // why it does not run, or empty
  const std::string& note() const { return note_; }        // what is to be known about it

  // Throw Error if the row's process has ended.
  std::vector<double> losses(int count);
  double time(double seconds);
  double megabytes();

 private:
  void start(const Row& row, const Workload& workload);
  std::string answer();
  std::vector<double> ask(const std::string& question);

  std::string name_, skipped_, note_;
  pid_t process_ = 0;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
};

// Lines: name, loss, l2, learning rate, batch, inputs; the number of layers; for each layer its
// neurons and connections, then "NEURON INPUT WEIGHT" for each connection and a line of biases;
// a line of inputs for each sample; a line of targets.
std::string workload_text(const Workload& workload);

}  // namespace sprig::bench
