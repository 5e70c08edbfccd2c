// Hand-written row for dense layers: as hand_lanes.cpp, but in tiles, so that what is loaded is
// used several times ("register blocking"): four neurons at a time in the forward pass, four
// inputs when gradients go down, four of both for the gradients of the weights. No index is
// needed.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "tests/bench/row.h"
#include "tests/bench/vector_math.h"
#include "tests/bench/vectors.h"

namespace sprig::bench {
namespace {

constexpr std::size_t tile = 4;

template <std::size_t number>
using Constant = std::integral_constant<std::size_t, number>;

// Calls visit(begin, Constant<size>) for tiles of four, and for what is left over.
[[gnu::always_inline]] inline void for_tiles(std::size_t count, auto visit) {
  std::size_t begin = 0;
  for (; begin + tile <= count; begin += tile) visit(begin, Constant<tile>{});
  switch (count - begin) {
    case 1:
      visit(begin, Constant<1>{});
      break;
    case 2:
      visit(begin, Constant<2>{});
      break;
    case 3:
      visit(begin, Constant<3>{});
      break;
  }
}

template <class T, int batch>
struct DenseLayer {
  DenseLayer(const Topology::Layer& layer, std::size_t its_inputs)
      : inputs(its_inputs),
        neurons(layer.neurons.size()),
        stride((neurons + tile - 1) / tile * tile),
        weights(inputs * stride),
        biases(stride),
        outputs(neurons),
        gradients(neurons) {
    for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
      biases[neuron] = static_cast<T>(layer.neurons[neuron].bias);
      for (const auto& [input, weight] : layer.neurons[neuron].connections) {
        weights[input * stride + neuron] = static_cast<T>(weight);
      }
    }
  }

  std::size_t inputs, neurons, stride;
  Aligned<T> weights;  // a row for each input, filled up with zeros to `stride` neurons
  Aligned<T> biases;
  Rows<T, batch> outputs;
  Rows<T, batch> gradients;  // of the pre-activations
};

// Loads once what is used several times: g++ would rather read it from memory each time.
template <class V>
[[gnu::always_inline]] inline V in_register(V x) {
#ifdef __x86_64__
  asm("" : "+v"(x));
#endif
  return x;
}

// Weights that a tile of rows multiplies: that of row r and term k is at[r * row + k * term].
template <class T>
struct Weights {
  const T* at;
  std::size_t row, term;
};

// to[r] = finish(start(r) + sum over terms of weights(r, term) * from[term], beside[r]), for a
// tile of rows and a few vectors of samples, `stride` apart from row to row. Stays in
// registers.
template <std::size_t rows, int vectors, class V, class T>
[[gnu::always_inline]] inline void multiply(V* to, const V* beside, const V* from,
                                            std::size_t stride, Weights<T> weights,
                                            std::size_t terms, auto start, auto finish) {
  V sums[rows][vectors];
  SPRIG_UNROLL for (std::size_t r = 0; r < rows; ++r) {
    SPRIG_UNROLL for (int v = 0; v < vectors; ++v) sums[r][v] = start(r) - V{};
  }
  for (std::size_t term = 0; term < terms; ++term) {
    V x[vectors];
    SPRIG_UNROLL for (int v = 0; v < vectors; ++v) x[v] = in_register(from[term * stride + v]);
    SPRIG_UNROLL for (std::size_t r = 0; r < rows; ++r) {
      const T weight = weights.at[r * weights.row + term * weights.term];
      SPRIG_UNROLL for (int v = 0; v < vectors; ++v) sums[r][v] += weight * x[v];
    }
  }
  SPRIG_UNROLL for (std::size_t r = 0; r < rows; ++r) {
    SPRIG_UNROLL for (int v = 0; v < vectors; ++v) {
      to[r * stride + v] = finish(sums[r][v], beside[r * stride + v]);
    }
  }
}

// The same for all samples, piece by piece.
template <std::size_t rows, class T, int batch>
[[gnu::always_inline]] inline void multiply_rows(const Rows<T, batch>& to,
                                                 const Rows<T, batch>& beside,
                                                 std::size_t first, const Rows<T, batch>& from,
                                                 Weights<T> weights, std::size_t terms,
                                                 auto start, auto finish) {
  using Registers = Samples<T, batch>;
  constexpr int vectors = Registers::vectors;
  constexpr int piece = vectors % 4 == 0 ? 4 : vectors % 3 == 0 ? 3 : 2;
  static_assert(vectors % piece == 0);
  for (int v = 0; v < vectors; v += piece) {
    multiply<rows, piece>(to[first].full + v, beside[first].full + v, from[0].full + v, vectors,
                          weights, terms, start, finish);
  }
  if constexpr (Registers::tail_lanes > 0) {
    multiply<rows, 1>(&to[first].tail, &beside[first].tail, &from[0].tail, 1, weights, terms,
                      start, finish);
  }
}

template <class T, int batch>
void forward(const Rows<T, batch>& inputs, DenseLayer<T, batch>& layer, bool is_output) {
  for_tiles(layer.neurons, [&](std::size_t neuron, auto rows) {
    multiply_rows<rows>(
        layer.outputs, layer.outputs, neuron, inputs,
        Weights<T>{&layer.weights[neuron], 1, layer.stride}, layer.inputs,
        [&](std::size_t r) { return layer.biases[neuron + r]; },
        [=](auto sum, auto) { return is_output || sum > 0 ? sum : decltype(sum){}; });
  });
}

// The gradients of the layer below, through relu.
template <class T, int batch>
void go_down(const DenseLayer<T, batch>& layer, DenseLayer<T, batch>& below) {
  for_tiles(layer.inputs, [&](std::size_t input, auto rows) {
    multiply_rows<rows>(
        below.gradients, below.outputs, input, layer.gradients,
        Weights<T>{&layer.weights[input * layer.stride], layer.stride, 1}, layer.neurons,
        [](std::size_t) { return T(0); },
        [](auto sum, auto output) { return output > 0 ? sum : decltype(sum){}; });
  });
}

// Moves four parameters against the gradients that `sums` add up to.
template <class T, int batch>
[[gnu::always_inline]] inline void move(T* parameters, const FourSums<T, batch>& sums, T rate,
                                        T decay) {
  auto& four = *reinterpret_cast<Vector<T, 4>*>(parameters);
  four -= rate * (sums.totals() + decay * four);
}

// Gradients and update of the weights between a tile of inputs and a tile of neurons.
template <std::size_t inputs, std::size_t neurons, class T, int batch>
[[gnu::always_inline]] inline void update_tile(const Rows<T, batch>& x, std::size_t input,
                                               const Rows<T, batch>& gradients,
                                               std::size_t neuron, T* weights,
                                               std::size_t stride, T rate, T decay) {
  using Registers = Samples<T, batch>;
  FourSums<T, batch> sums[inputs];
  for (int v = 0; v < Registers::vectors; ++v) {
    typename Registers::Full g[neurons];
    SPRIG_UNROLL for (std::size_t n = 0; n < neurons; ++n) {
      g[n] = in_register(gradients[neuron + n].full[v]);
    }
    SPRIG_UNROLL for (std::size_t i = 0; i < inputs; ++i) {
      const auto factor = in_register(x[input + i].full[v]);
      SPRIG_UNROLL for (std::size_t n = 0; n < neurons; ++n) sums[i].full[n] += factor * g[n];
    }
  }
  SPRIG_UNROLL for (std::size_t i = 0; i < inputs; ++i) {
    if constexpr (Registers::tail_lanes > 0) {
      SPRIG_UNROLL for (std::size_t n = 0; n < neurons; ++n) {
        sums[i].tail[n] = x[input + i].tail * gradients[neuron + n].tail;
      }
    }
    move(weights + i * stride, sums[i], rate, decay);
  }
}

template <class T, int batch>
void update(const Rows<T, batch>& inputs, DenseLayer<T, batch>& layer, T rate, T decay) {
  for_tiles(layer.neurons, [&](std::size_t neuron, auto neurons) {
    FourSums<T, batch> bias_sums;
    for (std::size_t n = 0; n < neurons; ++n) {
      bias_sums.add(static_cast<int>(n), layer.gradients.load(neuron + n));
    }
    move(&layer.biases[neuron], bias_sums, rate, decay);
    for_tiles(layer.inputs, [&](std::size_t input, auto count) {
      update_tile<count, neurons>(inputs, input, layer.gradients, neuron,
                                  &layer.weights[input * layer.stride + neuron], layer.stride,
                                  rate, decay);
    });
  });
}

template <class T, int batch>
class HandDense {
 public:
  explicit HandDense(const Workload& workload)
      : kind_(workload.loss),
        rate_(static_cast<T>(workload.learning_rate)),
        decay_(static_cast<T>(2 * workload.l2)),
        l2_(workload.l2),
        inputs_(workload.topology.inputs),
        targets_(workload.topology.layers.back().neurons.size()) {
    std::size_t inputs = workload.topology.inputs;
    for (const auto& layer : workload.topology.layers) {
      layers_.emplace_back(layer, inputs);
      inputs = layer.neurons.size();
    }
    lay_out_batch(workload, inputs_, targets_);
  }

  double step() {
    const std::size_t depth = layers_.size();
    const auto below = [&](std::size_t layer) -> const Rows<T, batch>& {
      return layer == 0 ? inputs_ : layers_[layer - 1].outputs;
    };
    double penalty = 0;
    for (std::size_t layer = 0; layer < depth; ++layer) {
      forward(below(layer), layers_[layer], layer + 1 == depth);
      if (l2_ != 0) penalty += squares(layers_[layer].weights) + squares(layers_[layer].biases);
    }
    const double loss = loss_of_outputs() + l2_ * penalty;
    for (std::size_t layer = depth; layer-- > 0;) {
      if (layer > 0) go_down(layers_[layer], layers_[layer - 1]);
      update(below(layer), layers_[layer], rate_, decay_);
    }
    return loss;
  }

 private:
  double loss_of_outputs() {
    DenseLayer<T, batch>& last = layers_.back();
    for (std::size_t output = 0; output < last.neurons; ++output) {
      last.gradients[output] = last.outputs.load(output);
    }
    return loss_in_lanes(kind_, last.gradients, targets_, static_cast<int>(last.neurons));
  }

  Loss kind_;
  T rate_, decay_;
  double l2_;
  Rows<T, batch> inputs_, targets_;
  std::vector<DenseLayer<T, batch>> layers_;
};

template <class T>
Step make(const Workload& workload) {
  if (workload.batch == 32) {
    const auto net = std::make_shared<HandDense<T, 32>>(workload);
    return [net] { return net->step(); };
  }
  const auto net = std::make_shared<HandDense<T, 100>>(workload);
  return [net] { return net->step(); };
}

bool fits(const Workload& workload) { return is_dense(workload.topology); }

}  // namespace

std::vector<Row> hand_dense_rows() {
  return {{.name = "hand-written, dense, blocked", .fits = fits, .make = make<double>},
          {.name = "hand-written, dense, blocked, float",
           .is_float = true,
           .fits = fits,
           .make = make<float>}};
}

}  // namespace sprig::bench
