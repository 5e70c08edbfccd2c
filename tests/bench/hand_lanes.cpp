// Hand-written row: the batch in SIMD lanes, connections in CSR. What makes it fast:
// - A neuron's numbers for all samples stay in registers while its connections go by.
// - Forward goes by neuron. The gradients of a layer's inputs are gathered through the
//   transposed index (by input), so nothing is scattered.
// - Gradients of weights keep the neuron's gradient in registers, four connections at a time,
//   share the sums over lanes, and are applied at once: no gradient is ever stored.
// - Where a neuron reads many inputs, they are taken in blocks that stay in the first-level
//   cache.
// - Neurons that feed nothing are left out; only the penalty moves their parameters.
#include <cstdint>
#include <memory>
#include <vector>

#include "tests/bench/hand_layout.h"
#include "tests/bench/row.h"
#include "tests/bench/vector_math.h"
#include "tests/bench/vectors.h"

namespace sprig::bench {
namespace {

template <class T, int batch>
class HandLanes {
 public:
  explicit HandLanes(const Workload& workload);
  double step();

 private:
  using Layer = SparseLayer<T, batch>;
  using Registers = Samples<T, batch>;

  void forward(const Rows<T, batch>& inputs, Layer& layer, bool is_output);
  double loss();
  void gather(const Layer& layer, Layer& below);
  void update(const Rows<T, batch>& inputs, Layer& layer);
  template <int connections>
  inline void update_group(const Rows<T, batch>& inputs, Layer& layer, std::uint32_t place,
                           const Registers& gradient);
  double penalty() const;

  Loss kind_;
  T rate_, decay_;
  double l2_;
  int outputs_;
  Rows<T, batch> inputs_, targets_;  // targets of softmax: 1 at the label, else 0
  std::vector<Layer> layers_;
  std::vector<T> idle_;  // parameters of neurons that feed nothing
};

template <class T, int batch>
HandLanes<T, batch>::HandLanes(const Workload& workload)
    : kind_(workload.loss),
      rate_(static_cast<T>(workload.learning_rate)),
      decay_(static_cast<T>(2 * workload.l2)),
      l2_(workload.l2),
      outputs_(static_cast<int>(workload.topology.layers.back().neurons.size())),
      inputs_(workload.topology.inputs),
      targets_(workload.topology.layers.back().neurons.size()) {
  const auto used = used_neurons(workload.topology);
  std::size_t inputs = workload.topology.inputs;
  for (std::size_t index = 0; index < used.size(); ++index) {
    const Topology::Layer& layer = workload.topology.layers[index];
    Layer& made = layers_.emplace_back();
    made.biases.resize(layer.neurons.size());
    lay_out(made, layer, used[index], inputs, block_of<T, batch>(layer, inputs));
    transpose(made, inputs);
    made.outputs = Rows<T, batch>(layer.neurons.size());
    made.gradients = Rows<T, batch>(layer.neurons.size());
    for (std::size_t neuron = 0; neuron < layer.neurons.size(); ++neuron) {
      if (used[index][neuron]) continue;
      idle_.push_back(static_cast<T>(layer.neurons[neuron].bias));
      for (const auto& connection : layer.neurons[neuron].connections) {
        idle_.push_back(static_cast<T>(connection.weight));
      }
    }
    inputs = layer.neurons.size();
  }
  lay_out_batch(workload, inputs_, targets_);
}

template <class T, int batch>
void HandLanes<T, batch>::forward(const Rows<T, batch>& inputs, Layer& layer, bool is_output) {
  const std::uint32_t* input = layer.inputs.data();
  const T* parameters = layer.parameters.data();
  for (const Segment& segment : layer.segments) {
    Registers sum;
    if (segment.is_first) {
      sum.fill(parameters[segment.bias]);
    } else {
      sum = layer.outputs.load(segment.neuron);
    }
    const std::uint32_t end = segment.begin + segment.connections;
    for (std::uint32_t place = segment.begin; place < end; ++place) {
      sum.add_scaled(parameters[place], inputs[input[place]]);
    }
    if (segment.is_last && !is_output) {
      sum.each([](auto& y) { y = y > 0 ? y : decltype(+y){}; });
    }
    layer.outputs[segment.neuron] = sum;
  }
}

// The loss, and its gradients in the last layer.
template <class T, int batch>
double HandLanes<T, batch>::loss() {
  Layer& layer = layers_.back();
  for (int output = 0; output < outputs_; ++output) {
    layer.gradients[output] = layer.outputs.load(output);
  }
  return loss_in_lanes<T, batch>(kind_, layer.gradients, targets_, outputs_);
}

// The gradients of the layer below, through relu, from those of `layer`.
template <class T, int batch>
void HandLanes<T, batch>::gather(const Layer& layer, Layer& below) {
  for (const Segment& segment : below.segments) {
    if (!segment.is_first) continue;
    Registers sum;
    sum.fill(0);
    const std::uint32_t end = layer.sources_begin[segment.neuron + 1];
    for (std::uint32_t k = layer.sources_begin[segment.neuron]; k < end; ++k) {
      const auto& [neuron, place] = layer.sources[k];
      sum.add_scaled(layer.parameters[place], layer.gradients[neuron]);
    }
    sum.each(below.outputs[segment.neuron],
             [](auto& g, const auto& y) { g = y > 0 ? g : decltype(+g){}; });
    below.gradients[segment.neuron] = sum;
  }
}

template <class T, int batch>
template <int connections>
[[gnu::always_inline]] inline void HandLanes<T, batch>::update_group(
    const Rows<T, batch>& inputs, Layer& layer, std::uint32_t place,
    const Registers& gradient) {
  FourSums<T, batch> sums;
  SPRIG_UNROLL for (int k = 0; k < connections; ++k) {
    sums.multiply(k, gradient, inputs[layer.inputs[place + k]]);
  }
  if (connections < 4) sums.add(3, gradient);
  auto& parameters = *reinterpret_cast<Vector<T, 4>*>(layer.parameters.data() + place);
  parameters -= rate_ * (sums.totals() + decay_ * parameters);
}

template <class T, int batch>
void HandLanes<T, batch>::update(const Rows<T, batch>& inputs, Layer& layer) {
  for (const Segment& segment : layer.segments) {
    const Registers gradient = layer.gradients.load(segment.neuron);
    const std::uint32_t last = segment.last_group();
    for (std::uint32_t place = segment.begin; place < last; place += 4) {
      update_group<4>(inputs, layer, place, gradient);
    }
    if (!segment.is_last) continue;
    switch (segment.connections % 4) {
      case 0:
        update_group<0>(inputs, layer, last, gradient);
        break;
      case 1:
        update_group<1>(inputs, layer, last, gradient);
        break;
      case 2:
        update_group<2>(inputs, layer, last, gradient);
        break;
      case 3:
        update_group<3>(inputs, layer, last, gradient);
        break;
    }
  }
}

template <class T, int batch>
double HandLanes<T, batch>::penalty() const {
  double sum = 0;
  for (const Layer& layer : layers_) sum += squares(layer.parameters);
  for (const T parameter : idle_) sum += parameter * parameter;
  return l2_ * sum;
}

template <class T, int batch>
double HandLanes<T, batch>::step() {
  const std::size_t depth = layers_.size();
  const auto below = [&](std::size_t layer) -> const Rows<T, batch>& {
    return layer == 0 ? inputs_ : layers_[layer - 1].outputs;
  };
  for (std::size_t layer = 0; layer < depth; ++layer) {
    forward(below(layer), layers_[layer], layer + 1 == depth);
  }
  const double loss_now = loss() + (l2_ == 0 ? 0 : penalty());
  for (std::size_t layer = depth - 1; layer > 0; --layer) {
    gather(layers_[layer], layers_[layer - 1]);
    update(below(layer), layers_[layer]);
  }
  update(inputs_, layers_[0]);
  for (T& parameter : idle_) parameter -= rate_ * decay_ * parameter;
  return loss_now;
}

template <class T>
Step make(const Workload& workload) {
  if (workload.batch == 32) {
    const auto net = std::make_shared<HandLanes<T, 32>>(workload);
    return [net] { return net->step(); };
  }
  const auto net = std::make_shared<HandLanes<T, 100>>(workload);
  return [net] { return net->step(); };
}

}  // namespace

std::vector<Row> hand_lanes_rows() {
  return {{.name = "hand-written, lanes + CSR", .make = make<double>},
          {.name = "hand-written, lanes + CSR, float", .is_float = true, .make = make<float>}};
}

}  // namespace sprig::bench
