// The loops that a Program's time goes into, in lanes: weighted sums of rows, and sums over
// samples of one row times another. What they hold fits the registers of one processor core.
//
// As lanes.h, only for program_kernels.cpp. Chapter: docs/07-program.md.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/lanes.h"
#include "engine/program_plan.h"

namespace sprig::SPRIG_PROCESSOR {

template <class T>
Lanes<T>* row(T* base, std::size_t index, std::size_t stride) {
  return reinterpret_cast<Lanes<T>*>(base + index * stride);
}
template <class T>
const Lanes<T>* row(const T* base, std::size_t index, std::size_t stride) {
  return reinterpret_cast<const Lanes<T>*>(base + index * stride);
}

// `R` sums of the same `size` rows, all V vectors of them held in registers: R loads of a
// weight and V of a row pay for R * V multiplications.
template <class T, std::size_t V, std::size_t R>
struct Sums {
  Lanes<T> sums[R][V];

  void add(const T* base, std::size_t stride, const Index* rows, std::size_t size,
           auto weight) {
    for (std::size_t k = 0; k < size; ++k) {
      const Lanes<T>* x = row(base, rows[k], stride);
      Lanes<T> w[R];
#pragma GCC unroll 16
      for (std::size_t r = 0; r < R; ++r) w[r] = Lanes<T>(weight(r, k));
#pragma GCC unroll 16
      for (std::size_t v = 0; v < V; ++v) {
        const Lanes<T> data = x[v];
#pragma GCC unroll 16
        for (std::size_t r = 0; r < R; ++r)
          sums[r][v] = rule::Affine::add_term(sums[r][v], w[r], data);
      }
    }
  }

  void load(std::size_t r, const Lanes<T>* from) {
#pragma GCC unroll 16
    for (std::size_t v = 0; v < V; ++v) sums[r][v] = from[v];
  }
  void fill(std::size_t r, T number) {
#pragma GCC unroll 16
    for (std::size_t v = 0; v < V; ++v) sums[r][v] = Lanes<T>(number);
  }
  void relu() {
#pragma GCC unroll 16
    for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 16
      for (std::size_t v = 0; v < V; ++v) sums[r][v] = rule::Relu::forward(sums[r][v]);
    }
  }
  void store(std::size_t r, Lanes<T>* to) const {
#pragma GCC unroll 16
    for (std::size_t v = 0; v < V; ++v) to[v] = sums[r][v];
  }
};

// A few numbers side by side, which may begin anywhere in an array.
template <class T, std::size_t count>
using Few [[gnu::vector_size(count * sizeof(T)), gnu::aligned(alignof(T)), gnu::may_alias]] = T;

// Adds up neighbours of two: the first half of the result is of a, the second of b.
template <std::size_t N>
struct Halves;
template <>
struct Halves<8> {
  static auto low(auto a, auto b) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
  }
  static auto high(auto a, auto b) {
    return __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
  }
  static auto low_quarters(auto a, auto b) {
    return __builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13);
  }
  static auto high_quarters(auto a, auto b) {
    return __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15);
  }
  static auto sum_quarters(auto a) {
    return __builtin_shufflevector(a, a, 0, 2, 4, 6) +
           __builtin_shufflevector(a, a, 1, 3, 5, 7);
  }
};
template <>
struct Halves<16> {
  static auto low(auto a, auto b) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22,
                                   23);
  }
  static auto high(auto a, auto b) {
    return __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29,
                                   30, 31);
  }
  static auto low_quarters(auto a, auto b) {
    return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26,
                                   27);
  }
  static auto high_quarters(auto a, auto b) {
    return __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30,
                                   31);
  }
  static auto sum_quarters(auto a) {
    const auto low = __builtin_shufflevector(a, a, 0, 4, 8, 12) +
                     __builtin_shufflevector(a, a, 2, 6, 10, 14);
    const auto high = __builtin_shufflevector(a, a, 1, 5, 9, 13) +
                      __builtin_shufflevector(a, a, 3, 7, 11, 15);
    return low + high;
  }
};

// The sums of the lanes of four, each in the order of sum_of_lanes: halves onto each other
// until one number is left. Together they share the additions.
template <class T>
[[gnu::always_inline]] inline Few<T, 4> four_sums(const Lanes<T> (&four)[4]) {
  using H = Halves<Lanes<T>::count>;
  const auto a = H::low(four[0].v, four[1].v) + H::high(four[0].v, four[1].v);
  const auto b = H::low(four[2].v, four[3].v) + H::high(four[2].v, four[3].v);
  return H::sum_quarters(H::low_quarters(a, b) + H::high_quarters(a, b));
}

// Where a neuron's gradients go: they are set as values, or added to grads of the graph.
template <class T>
struct Sink {
  T* values;
  double* graph;  // null: to values
  double scale;   // on the way to the graph

  template <std::size_t count>
  [[gnu::always_inline]] void give(std::size_t first, Few<T, count> sums) const {
    if (graph == nullptr) {
      *reinterpret_cast<Few<T, count>*>(values + first) = sums;
      return;
    }
    constexpr std::size_t step = std::min(count, lane_bytes / sizeof(double));
    const auto* from = reinterpret_cast<const Few<T, step>*>(&sums);
#pragma GCC unroll 2
    for (std::size_t k = 0; k < count; k += step, ++from) {
      auto& to = *reinterpret_cast<Few<double, step>*>(graph + first + k);
      to += scale * __builtin_convertvector(*from, Few<double, step>);
    }
  }

  [[gnu::always_inline]] void give(std::size_t place, T sum) const {
    if (graph != nullptr) {
      graph[place] += scale * sum;
    } else {
      values[place] = sum;
    }
  }
};

// Sums over the samples of g times a row: gradients of weights, and entries of a probe. The
// gradient g of the weighted sum stays in registers.
template <class T, std::size_t V>
struct Products {
  Lanes<T> upstream[V];
  const T* base;
  std::size_t stride;

  [[gnu::always_inline]] void load(const Lanes<T>* g) {
#pragma GCC unroll 16
    for (std::size_t v = 0; v < V; ++v) upstream[v] = g[v];
  }

  // Turns the gradient of y = relu(x) into that of x, in its place.
  [[gnu::always_inline]] void load_through_relu(const Lanes<T>* y, Lanes<T>* g) {
#pragma GCC unroll 16
    for (std::size_t v = 0; v < V; ++v) {
      upstream[v] = g[v] * rule::Relu::derivative(y[v], y[v]);
      g[v] = upstream[v];
    }
  }

  [[gnu::always_inline]] Lanes<T> with_row(Index index) const {
    const Lanes<T>* x = row(base, index, stride);
    Lanes<T> sum = upstream[0] * x[0];
#pragma GCC unroll 16
    for (std::size_t v = 1; v < V; ++v) sum = sum + upstream[v] * x[v];
    return sum;
  }

  [[gnu::always_inline]] Lanes<T> with_ones() const {
    Lanes<T> sum = upstream[0];
#pragma GCC unroll 16
    for (std::size_t v = 1; v < V; ++v) sum = sum + upstream[v];
    return sum;
  }

  // Gives the product with row rows[k] to place k, and the sum of g to *bias, if there is one.
  [[gnu::always_inline]] void give(const Index* rows, std::size_t size, const Sink<T>& to,
                                   T* bias) const {
    std::size_t k = 0;
    for (; k + 4 <= size; k += 4) {
      to.template give<4>(k, four_sums<T>({with_row(rows[k]), with_row(rows[k + 1]),
                                           with_row(rows[k + 2]), with_row(rows[k + 3])}));
    }
    switch (size - k) {
      case 0:
        return give_rest<0>(rows, k, to, bias);
      case 1:
        return give_rest<1>(rows, k, to, bias);
      case 2:
        return give_rest<2>(rows, k, to, bias);
      default:
        return give_rest<3>(rows, k, to, bias);
    }
  }

  template <std::size_t size>
  [[gnu::always_inline]] void give_rest(const Index* rows, std::size_t first, const Sink<T>& to,
                                        T* bias) const {
    if (size == 0 && bias == nullptr) return;
    Lanes<T> rest[4] = {};
#pragma GCC unroll 4
    for (std::size_t k = 0; k < size; ++k) rest[k] = with_row(rows[first + k]);
    if (bias != nullptr) rest[3] = with_ones();
    const Few<T, 4> sums = four_sums<T>(rest);
#pragma GCC unroll 4
    for (std::size_t k = 0; k < size; ++k) to.give(first + k, sums[k]);
    if (bias != nullptr) *bias = sums[3];
  }
};

// The same for R neurons that all read a run of inputs: lanes go along the inputs, and samples
// are added up one after the other, so that there are no lanes to add up.
template <class T>
struct RunProducts {
  const T* samples;  // from the first input of the run
  std::size_t inputs;
  const T* grads;  // the first neuron's row
  std::size_t stride;
  std::size_t count;  // of samples

  template <std::size_t R, std::size_t C>
  void give(std::size_t first, const Sink<T>* to) const {
    constexpr std::size_t lanes = Lanes<T>::count;
    Lanes<T> sums[R][C];
#pragma GCC unroll 16
    for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 16
      for (std::size_t c = 0; c < C; ++c) sums[r][c] = Lanes<T>(0.0);
    }
    for (std::size_t sample = 0; sample < count; ++sample) {
      const T* x = samples + sample * inputs + first;
#pragma GCC unroll 16
      for (std::size_t c = 0; c < C; ++c) {
        const Lanes<T> numbers = *reinterpret_cast<const Few<T, lanes>*>(x + c * lanes);
#pragma GCC unroll 16
        for (std::size_t r = 0; r < R; ++r) {
          sums[r][c] = sums[r][c] + Lanes<T>(grads[r * stride + sample]) * numbers;
        }
      }
    }
#pragma GCC unroll 16
    for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 16
      for (std::size_t c = 0; c < C; ++c) {
        to[r].template give<lanes>(first + c * lanes, sums[r][c].v);
      }
    }
  }
};

}  // namespace sprig::SPRIG_PROCESSOR
