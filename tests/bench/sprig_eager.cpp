// sprig's graph, recorded anew for every step, as its user writes it.
#include <memory>
#include <vector>

#include "nn/loss.h"
#include "nn/mlp.h"
#include "nn/optimizer.h"
#include "tests/bench/row.h"

namespace sprig::bench {
namespace {

class Eager {
 public:
  explicit Eager(const Workload& workload)
      : workload_(workload), mlp_(graph_, workload.topology) {
    const std::size_t width = workload.topology.inputs;
    for (std::size_t sample = 0; sample < workload.batch; ++sample) {
      samples_.push_back(
          constants(graph_, std::span(workload.inputs).subspan(sample * width, width)));
    }
  }

  double step() {
    const StepScope scope(graph_);
    const Value loss = workload_.loss == Loss::hinge ? hinge() : cross_entropy();
    mlp_.zero_grad();
    loss.backward();
    sgd_.step(mlp_.parameters(), workload_.learning_rate);
    return loss.data();
  }

 private:
  Value hinge() {
    std::vector<Value> scores;
    for (const auto& sample : samples_) scores.push_back(mlp_(sample)[0]);
    return hinge_loss(scores, workload_.targets) + l2_penalty(mlp_.parameters(), workload_.l2);
  }

  Value cross_entropy() {
    std::vector<Value> losses;
    for (std::size_t sample = 0; sample < samples_.size(); ++sample) {
      const auto label = static_cast<std::size_t>(workload_.targets[sample]);
      losses.push_back(softmax_cross_entropy(mlp_(samples_[sample]), label));
    }
    return mean(losses);
  }

  Workload workload_;
  Graph graph_;
  Mlp mlp_;
  std::vector<std::vector<Value>> samples_;
  Sgd sgd_;
};

Step make(const Workload& workload) {
  const auto net = std::make_shared<Eager>(workload);
  return [net] { return net->step(); };
}

}  // namespace

std::vector<Row> eager_rows() { return {{.name = "sprig, eager", .make = make}}; }

}  // namespace sprig::bench
