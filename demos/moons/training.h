// sprig's own training on two moons: one network, one full-batch step at a time, static or
// RigL. Each step replays a recorded Program, or runs the eager graph, its reference.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "demos/two_moons.h"
#include "engine/program.h"
#include "nn/mlp.h"
#include "nn/optimizer.h"
#include "nn/probe.h"
#include "nn/schedule.h"
#include "nn/sparse/sparse_training.h"

namespace sprig {

enum class Method { static_wiring, rigl };

std::string_view name_of(Method method);  // "static", "RigL"

// The defaults keep the blog post's 101 parameters, 400 steps and 100 samples.
struct TrainingOptions {
  std::vector<std::uint32_t> layers{16, 16, 1};  // neurons; the last one must be 1
  std::vector<double> sparsity{0.0, 0.9, 0.8};   // of each layer, in [0, 1)
  int steps = 400;
  double learning_rate = 0.05;  // of Adam; falls in a straight line to a tenth at the end
  double l2 = 1e-4;
  std::uint32_t seed = 40;  // of wiring and weights; this one shows the post's story

  // Make the graph of all samples anew in every step instead of replaying a Program: slow, the
  // reference. The two round differently; on some seeds that grows until long runs part ways.
  bool eager = false;

  // RigL
  Scope scope = Scope::layer;
  int interval = 10;      // steps between updates
  double fraction = 0.3;  // dropped at the first update, falling to 0 on a cosine
  double start = 0.1;     // fraction of the steps before the first update
  double end = 0.75;      // fraction of the steps after which the wiring stays
};

struct StepRecord {
  int step = 0;
  double loss = 0;      // before this step's update
  double accuracy = 0;  // before this step's update, in [0, 1]
  std::size_t dropped = 0;
  std::size_t grown = 0;
};

class Trainer {
 public:
  // Throws Error for options that do not fit together. Keeps a reference to the data.
  Trainer(Method method, const TrainingOptions& options, const Moons& moons);

  // One full-batch step: forward, backward, then either an Adam step or a rewiring.
  StepRecord step();

  int steps_done() const { return step_; }
  bool is_done() const { return step_ == options_.steps; }
  Topology topology() const { return mlp_.snapshot(); }
  std::size_t parameter_count() const { return mlp_.parameters().size(); }

  // Loss and accuracy as the network is now.
  StepRecord measure();

 private:
  enum class Pass { forward, gradients, probe };  // each includes those before it
  struct Outcome {
    double loss;
    double accuracy;
    std::optional<DenseGradient> dense_gradient;  // of a probe
  };

  // All samples through the network. Unless forward only, adds the gradient of the loss to the
  // grads of the parameters.
  Outcome run(Pass pass) { return options_.eager ? run_eagerly(pass) : replay(pass); }
  Outcome run_eagerly(Pass pass);
  Outcome replay(Pass pass);
  Program::Recording record(std::span<const Value> point, std::span<const Value> label) const;

  const Moons& moons_;
  TrainingOptions options_;
  Graph graph_;
  Mlp mlp_;
  Batch batch_;
  Program program_;
  Adam adam_;
  Schedule learning_rate_;
  SparseTraining sparse_training_;
  int step_ = 0;
};

}  // namespace sprig
