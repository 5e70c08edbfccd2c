// sprig's Program: the user's code recorded for one sample, replayed on the batch.
#include "tests/bench/row.h"

#if __has_include("engine/program.h")

#include <memory>

#include "engine/program.h"
#include "nn/loss.h"
#include "nn/mlp.h"
#include "nn/optimizer.h"

namespace sprig::bench {
namespace {

// A target for each output: the label, or 1 at the class and 0 elsewhere.
std::vector<double> targets_of(const Workload& workload) {
  if (workload.loss == Loss::hinge) return workload.targets;
  const std::size_t classes = workload.topology.layers.back().neurons.size();
  std::vector<double> targets(workload.batch * classes);
  for (std::size_t sample = 0; sample < workload.batch; ++sample) {
    targets[sample * classes + static_cast<std::size_t>(workload.targets[sample])] = 1;
  }
  return targets;
}

class Replayed {
 public:
  // A batch of 32 or 100 is one part by itself; to keep several threads busy it takes as many.
  Replayed(const Workload& workload, Precision precision, std::size_t threads)
      : kind_(workload.loss),
        l2_(workload.l2),
        learning_rate_(workload.learning_rate),
        mlp_(graph_, workload.topology),
        batch_(shape_of_sample(workload), workload.inputs, targets_of(workload),
               {.precision = precision,
                .samples_per_part = (workload.batch + threads - 1) / threads}),
        program_(graph_, shape_of_sample(workload),
                 [this](std::span<const Value> inputs, std::span<const Value> targets) {
                   return Program::Recording{.loss = loss(mlp_(inputs), targets)};
                 },
                 {.precision = precision, .threads = static_cast<int>(threads)}) {}

  double step() {
    mlp_.zero_grad();
    const double loss = program_.run(batch_);
    sgd_.step(mlp_.parameters(), learning_rate_);
    return loss;
  }

 private:
  static SampleShape shape_of_sample(const Workload& workload) {
    const std::size_t outputs = workload.topology.layers.back().neurons.size();
    return {.inputs = workload.topology.inputs, .targets = static_cast<std::uint32_t>(outputs)};
  }

  Value loss(std::span<const Value> outputs, std::span<const Value> targets) {
    if (kind_ == Loss::softmax_cross_entropy) return softmax_cross_entropy(outputs, targets);
    return hinge_loss(outputs[0], targets[0]) + l2_penalty(mlp_.parameters(), l2_);
  }

  Loss kind_;
  double l2_;
  double learning_rate_;
  Graph graph_;
  Mlp mlp_;
  Batch batch_;
  Program program_;
  Sgd sgd_;
};

Row row(bool is_float, int threads) {
  const Precision precision = is_float ? Precision::float32 : Precision::float64;
  return {.name = std::string("sprig, Program") + (is_float ? ", float" : ""),
          .is_float = is_float,
          .threads = threads,
          .make = [=](const Workload& workload) -> Step {
            const auto net = std::make_shared<Replayed>(workload, precision,
                                                        static_cast<std::size_t>(threads));
            return [net] { return net->step(); };
          }};
}

}  // namespace

std::vector<Row> program_rows(int threads) { return {row(false, threads), row(true, threads)}; }

}  // namespace sprig::bench

#else

namespace sprig::bench {

std::vector<Row> program_rows(int) { return {}; }

}  // namespace sprig::bench

#endif
