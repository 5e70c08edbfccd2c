// One network of the course: a task, a setting and a method, an epoch at a time. Knows no method
// by name: it asks a SparseTraining.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "demos/matrices.h"
#include "demos/rewire/methods.h"
#include "demos/rewire/setting.h"
#include "demos/tasks.h"
#include "engine/program.h"
#include "nn/mlp.h"
#include "nn/optimizer.h"
#include "nn/sparse/sparse_training.h"

namespace sprig::course {

struct EpochRecord {
  int epoch = 0;
  int step = 0;            // steps done
  double loss = 0;         // mean over the epoch's batches, each before its step
  double train_score = 0;  // after the epoch: accuracy, or R^2 of a regression
  double test_score = 0;   // the same on samples that it never saw
  std::size_t connections = 0;
  std::size_t dropped = 0;  // in this epoch
  std::size_t grown = 0;
};

class Trainer {
 public:
  // Keeps a reference to the task. Throws Error for a setting that does not fit it.
  Trainer(const Task& task, const Setting& setting, const std::string& method,
          std::uint32_t seed);

  // One pass over the samples to train on, in an order drawn anew.
  EpochRecord epoch();
  bool is_done() const { return epoch_ == epochs(); }
  int epochs() const { return plan_.epochs; }

  bool starts_dense() const { return plan_.method.starts_dense; }
  Topology topology() const { return mlp_.snapshot(); }

  // The topology before training, and after every update.
  const std::vector<TopologyAtStep>& series() const { return series_; }

  // What training has cost so far, in multiples of a dense training of setting.epochs (Evci 2020,
  // appendix H): forward one, backward two units for each connection and sample; a probe costs
  // one of the two for all positions.
  double cost() const;

 private:
  // Samples, as the eager graph and as a Program take them.
  struct Data {
    explicit Data(Samples these)
        : samples(std::move(these)), batch(samples.shape, samples.inputs, samples.targets) {}
    Samples samples;
    Batch batch;
  };
  struct Outcome {
    double loss;
    std::vector<double> outputs;
    std::optional<DenseGradient> dense_gradient;
  };
  enum class Pass { forward, gradients, probe };

  Outcome run(const Data& data, Pass pass) {
    return setting_.eager ? run_eagerly(data.samples, pass) : replay(data.batch, pass);
  }
  Outcome run_eagerly(const Samples& samples, Pass pass);
  Outcome replay(const Batch& batch, Pass pass);

  Program::Recording record(std::span<const Value> inputs, std::span<const Value> target) const;
  Value loss_of(std::span<const Value> outputs, std::span<const Value> target) const;
  Value loss_of_batch(const Samples& samples, double logit_scale) const;
  Value penalty() const;

  double step(const Data& data, EpochRecord& record);  // returns the loss before it
  double learning_rate() const;
  double score(const Data& data);

  const Task& task_;
  Setting setting_;
  Rng order_;
  Data train_;
  Data test_;
  int steps_per_epoch_;
  MethodPlan plan_;
  Graph graph_;
  Mlp mlp_;
  Program program_;
  Adam adam_;
  SparseTraining training_;
  std::vector<TopologyAtStep> series_;
  int epoch_ = 0;
  int step_ = 0;
  double connections_passed_ = 0;  // forward, or half of a backward pass, by one sample
};

}  // namespace sprig::course
