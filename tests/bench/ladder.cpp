// The lower rungs of the ladder: the same user code on three tapes (ladder_tapes.h).
#include <memory>
#include <vector>

#include "tests/bench/ladder_tapes.h"
#include "tests/bench/row.h"

namespace sprig::bench {
namespace {

template <class Tape>
class TapedNetwork {
 public:
  explicit TapedNetwork(const Workload& workload) : workload_(workload) {}

  double step() {
    tape_.clear();
    parameters_.clear();
    losses_.clear();
    record_parameters();
    for (std::size_t sample = 0; sample < workload_.batch; ++sample) {
      losses_.push_back(record_sample(sample));
    }
    const Id parts[] = {tape_.multiply(tape_.sum(losses_), tape_.leaf(1.0 / workload_.batch)),
                        record_penalty()};
    const Id loss = tape_.sum(parts);
    tape_.backward(loss);
    update();
    return tape_.data(loss);
  }

 private:
  // Calls visit(parameter) for all: a neuron's weights, then its bias.
  void each_parameter(auto visit) {
    for (auto& layer : workload_.topology.layers) {
      for (auto& neuron : layer.neurons) {
        for (auto& connection : neuron.connections) visit(connection.weight);
        visit(neuron.bias);
      }
    }
  }

  void record_parameters() {
    each_parameter([&](double parameter) { parameters_.push_back(tape_.leaf(parameter)); });
  }

  Id record_sample(std::size_t sample) {
    const std::size_t width = workload_.topology.inputs;
    values_.clear();
    for (std::size_t input = 0; input < width; ++input) {
      values_.push_back(tape_.leaf(workload_.inputs[sample * width + input]));
    }
    const Id* parameter = parameters_.data();
    for (const auto& layer : workload_.topology.layers) {
      outputs_.clear();
      for (const auto& neuron : layer.neurons) {
        reads_.clear();
        for (const auto& connection : neuron.connections) {
          reads_.push_back(values_[connection.input]);
        }
        const std::span<const Id> weights(parameter, reads_.size());
        parameter += reads_.size();
        const Id sum = tape_.affine(*parameter++, weights, reads_);
        outputs_.push_back(neuron.activation == Activation::relu ? tape_.relu(sum) : sum);
      }
      std::swap(values_, outputs_);
    }
    const Id minus_label = tape_.leaf(-workload_.targets[sample]);
    return tape_.relu(tape_.affine(tape_.leaf(1), {&minus_label, 1}, {&values_[0], 1}));
  }

  Id record_penalty() {
    values_.clear();
    for (const Id parameter : parameters_) {
      values_.push_back(tape_.multiply(parameter, parameter));
    }
    return tape_.multiply(tape_.sum(values_), tape_.leaf(workload_.l2));
  }

  void update() {
    const Id* id = parameters_.data();
    each_parameter(
        [&](double& parameter) { parameter -= workload_.learning_rate * tape_.grad(*id++); });
  }

  Workload workload_;  // its topology holds the parameters
  Tape tape_;
  std::vector<Id> parameters_, losses_, values_, outputs_, reads_;
};

template <class Tape>
Step make(const Workload& workload) {
  const auto net = std::make_shared<TapedNetwork<Tape>>(workload);
  return [net] { return net->step(); };
}

bool fits(const Workload& workload) { return workload.loss == Loss::hinge; }

}  // namespace

std::vector<Row> ladder_rows() {
  return {
      {.name = "tape of + and *, derivatives stored", .fits = fits, .make = make<BinaryTape>},
      {.name = "one node a neuron, derivatives stored", .fits = fits, .make = make<StoredTape>},
      {.name = "one node a neuron, indices only", .fits = fits, .make = make<IndexTape>}};
}

}  // namespace sprig::bench
