// Program: record once, replay on a batch.
//
// The eager graph makes a node for every operation of every sample. A Program is recorded from
// the same code, for ONE sample, and then run on a whole batch: many samples side by side in
// wide registers, over several threads. Losses and gradients land where backward() would have
// put them, so optimisers, probes and rewiring do not know the difference.
//
//   Program program(graph, {.inputs = 2, .targets = 1}, [&](auto inputs, auto targets) {
//     return Program::Recording{.loss = hinge_loss(mlp(inputs)[0], targets[0])};
//   });
//   const Batch batch({.inputs = 2, .targets = 1}, points, labels);
//   const double loss = program.run(batch);  // the mean; mean gradients in the parameters
//   adam.step(mlp.parameters(), rate);
//
// What cannot be replayed: code that looks at data() and goes another way for another sample.
// first_difference() finds that. Chapter: docs/07-program.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/batch.h"
#include "engine/graph.h"

namespace sprig {

// Asks a Program for the sum over samples of gradient of left[j] times data of right[i], for
// all pairs: the gradient that a weight between the two would have (the dense probe).
struct OuterProduct {
  std::vector<Value> left;
  std::vector<Value> right;
};

struct ProgramOptions {
  Precision precision = Precision::float64;
  int threads = 1;            // the same bits for any number
  bool forward_only = false;  // for evaluation: no gradients, run() is an Error
};

class Program {
 public:
  // Made by the user's code for one sample.
  struct Recording {
    Value loss = {};                          // may be empty in a forward-only Program
    std::vector<Value> outputs = {};          // to be read per sample
    std::vector<OuterProduct> products = {};  // for run_with_products()
  };
  using Record =
      std::function<Recording(std::span<const Value> inputs, std::span<const Value> targets)>;

  // Records at the first run, with the first sample of its batch, and again when a parameter of
  // the graph was made or released since, as by a rewiring. So `record`, and what it refers to,
  // must outlive the Program.
  Program(Graph& graph, SampleShape shape, Record record, const ProgramOptions& options = {});
  ~Program();
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;

  // Forward and backward. Returns the mean loss over the batch, and adds the gradient of that
  // mean to the grads of the parameters, as backward() does. Throws Error if the batch has
  // another shape or precision, if there is no loss, what `record` throws, and, where the graph
  // checks for finite numbers, if the loss is not one.
  double run(const Batch& batch);

  // The same, and computes products().
  double run_with_products(const Batch& batch);

  // Forward only. Returns the mean loss; 0 if the Program has none.
  double evaluate(const Batch& batch);

  // Of the last batch, sample by sample: output k of sample s is at s * (number of outputs) + k.
  std::span<const double> outputs() const;

  // Of the last run_with_products(), of the mean loss: entry (j, i) of product p is at
  // j * right.size() + i.
  std::span<const double> product(std::size_t p) const;

  std::size_t recordings() const;  // how often it has recorded

  // Where replay and the eager graph differ first: which sample, which node as recorded, by
  // more than `tolerance` times the number (or times 1, if that is larger). Runs every sample
  // through both. Leaves grads as they were.
  struct Difference {
    std::size_t sample = 0;
    std::string node;  // "node 7 'loss' (*, data=-6)"
    std::string what;  // "data", "gradient", "gradient over the batch"; "operation": no numbers
    std::string recorded = {};  // of an operation: as what
    double eager = 0;
    double replayed = 0;
  };
  std::optional<Difference> first_difference(const Batch& batch, double tolerance = 1e-12);

 private:
  struct State;
  friend class ProgramCheck;
  std::unique_ptr<State> state_;
};

// Prints "sample 3, node 7 'loss' (*, data=-6): data is -6 eagerly, -5.5 replayed", or "sample 3,
// node 7 'loss' (*, data=-6): recorded as exp".
std::ostream& operator<<(std::ostream& out, const Program::Difference& difference);

}  // namespace sprig
