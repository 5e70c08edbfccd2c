// Runs the weighted sums of a group, tile by tile: forward, backward to the rows they read, and
// to weights and biases. This is where a Program's time goes.
//
// As lanes.h, only for program_kernels.cpp. Chapter: docs/07-program.md.
#pragma once

#include <cstddef>

#include "engine/lane_sums.h"
#include "engine/program_kernels.h"

namespace sprig::SPRIG_PROCESSOR {

template <std::size_t V>
struct Constant {
  static constexpr std::size_t value = V;
};

// Calls function(Constant<vectors>{}): the loops over a row are unrolled, and what they need
// stays in registers.
template <std::size_t n = 0>
void with_vectors(std::size_t vectors, const auto& function) {
  if constexpr (vector_counts[n] < most_vectors) {
    if (vectors > vector_counts[n]) return with_vectors<n + 1>(vectors, function);
  }
  function(Constant<vector_counts[n]>{});
}

// In double precision those of a group in the graph are read where they are.
template <class T>
const T* weights_of(const AffineGroup& group, const Tile& tile, std::size_t neuron,
                    const PartOfBatch<T>& part) {
  if constexpr (sizeof(T) == sizeof(double)) {
    if (group.in_graph) return part.graph_data + group.leaves[tile.leaves + neuron];
  }
  return part.values + group.first_weight + tile.connection + neuron * tile.size;
}

template <class T>
const T* fed_weights_of(const AffineGroup& group, const PartOfBatch<T>& part) {
  if constexpr (sizeof(T) == sizeof(double)) {
    if (group.in_graph) return part.graph_data;
  }
  return part.values;
}

// R neurons of a tile, from its neuron `first` on.
template <class T, std::size_t V, std::size_t R>
void forward_tile(const AffineGroup& group, const Tile& tile, std::size_t first,
                  const PartOfBatch<T>& part) {
  const T* base = group.reads_batch ? part.batch : part.data;
  const std::size_t size = tile.size;
  const T* weights[R];
#pragma GCC unroll 16
  for (std::size_t r = 0; r < R; ++r) weights[r] = weights_of(group, tile, first + r, part);
  const T* biases = part.values + group.first_bias + tile.first + first;
  Lanes<T>* result = row(part.data, group.first_row + tile.first + first, part.stride);
  const std::size_t next = part.stride / Lanes<T>::count;
  Sums<T, V, R> sums;
#pragma GCC unroll 16
  for (std::size_t r = 0; r < R; ++r) {
    if (tile.starts) {
      sums.fill(r, biases[r]);
    } else {
      sums.load(r, result + r * next);
    }
  }
  sums.add(base, part.stride, group.rows.data() + tile.begin, size,
           [&](std::size_t r, std::size_t k) { return weights[r][k]; });
  if (group.has_relu && tile.ends) sums.relu();
#pragma GCC unroll 16
  for (std::size_t r = 0; r < R; ++r) sums.store(r, result + r * next);
}

// The gradients of R rows: those of the sums that they feed, gathered.
template <class T, std::size_t V, std::size_t R>
void fed_tile(const AffineGroup& group, const FedTile& tile, std::size_t first,
              const PartOfBatch<T>& part) {
  const std::size_t size = tile.size;
  const T* weights = fed_weights_of(group, part);
  const Index* sources = group.fed_weights.data() + tile.weights + first * size;
  const Index* rows = group.fed_rows.data() + tile.first + first;
  Sums<T, V, R> sums;
#pragma GCC unroll 16
  for (std::size_t r = 0; r < R; ++r) {
    if (tile.starts) {
      sums.fill(r, 0);
    } else {
      sums.load(r, row(part.grad, rows[r], part.stride));
    }
  }
  sums.add(part.grad, part.stride, group.fed_neurons.data() + tile.begin, size,
           [=](std::size_t r, std::size_t k) { return weights[sources[r * size + k]]; });
#pragma GCC unroll 16
  for (std::size_t r = 0; r < R; ++r) sums.store(r, row(part.grad, rows[r], part.stride));
}

// As many at a time as leave their sums in registers.
template <std::size_t V>
inline constexpr std::size_t at_a_time = V <= 4 ? 4 : (V <= 10 ? 2 : 1);

template <class T>
struct GroupRunner {
  const AffineGroup& group;
  const PartOfBatch<T>& part;

  void forward() const {
    with_vectors(part.vectors, [&](auto vectors) {
      constexpr std::size_t V = vectors.value;
      constexpr std::size_t R = at_a_time<V>;
      for (const Tile& tile : group.tiles) {
        std::size_t n = 0;
        for (; n + R <= tile.count; n += R) forward_tile<T, V, R>(group, tile, n, part);
        for (; n < tile.count; ++n) forward_tile<T, V, 1>(group, tile, n, part);
      }
    });
  }

  void backward() const {
    with_vectors(part.vectors, [&](auto vectors) {
      constexpr std::size_t V = vectors.value;
      constexpr std::size_t R = at_a_time<V>;
      for (const Tile& tile : group.tiles) weight_gradients<V>(tile);
      for (const FedTile& tile : group.fed_tiles) {
        std::size_t n = 0;
        for (; n + R <= tile.count; n += R) fed_tile<T, V, R>(group, tile, n, part);
        for (; n < tile.count; ++n) fed_tile<T, V, 1>(group, tile, n, part);
      }
    });
  }

  // Of weights and, at the last tile of a neuron, of its bias.
  template <std::size_t V>
  void weight_gradients(const Tile& tile) const {
    const std::size_t lanes = Lanes<T>::count;
    const bool by_run = group.reads_batch && tile.is_run && tile.count >= 4;
    const std::size_t in_runs = by_run ? tile.size / lanes * lanes : 0;
    const std::size_t together = in_runs > 0 ? tile.count / 4 * 4 : 0;
    const Index* rows = group.rows.data() + tile.begin;
    T* bias = part.value_grads + group.first_bias + tile.first;
    Products<T, V> products;
    products.base = group.reads_batch ? part.batch : part.data;
    products.stride = part.stride;
    for (std::size_t r = 0; r < tile.count; ++r) {
      const std::size_t neuron = group.first_row + tile.first + r;
      Lanes<T>* g = row(part.grad, neuron, part.stride);
      if (group.has_relu && tile.starts) {
        products.load_through_relu(row(part.data, neuron, part.stride), g);
      } else {
        products.load(g);
      }
      const std::size_t done = r < together ? in_runs : 0;
      products.give(rows + done, tile.size - done, sink_of(tile, r, done),
                    tile.ends ? bias + r : nullptr);
    }
    for (std::size_t r = 0; r < together; r += 4) run_gradients(tile, r, in_runs);
  }

  Sink<T> sink_of(const Tile& tile, std::size_t neuron, std::size_t first) const {
    if (group.in_graph && part.graph_grads != nullptr) {
      return {nullptr, part.graph_grads + group.leaves[tile.leaves + neuron] + first,
              part.scale};
    }
    const std::size_t connection = tile.connection + neuron * tile.size + first;
    return {part.value_grads + group.first_weight + connection, nullptr, 1};
  }

  // Of four neurons from `neuron` on, for the first `size` inputs of the run.
  void run_gradients(const Tile& tile, std::size_t neuron, std::size_t size) const {
    constexpr std::size_t lanes = Lanes<T>::count;
    const Sink<T> to[4] = {sink_of(tile, neuron, 0), sink_of(tile, neuron + 1, 0),
                           sink_of(tile, neuron + 2, 0), sink_of(tile, neuron + 3, 0)};
    const RunProducts<T> products{
        .samples = part.samples + group.rows[tile.begin],
        .inputs = part.inputs,
        .grads = part.grad + (group.first_row + tile.first + neuron) * part.stride,
        .stride = part.stride,
        .count = part.size};
    std::size_t first = 0;
    for (; first + 3 * lanes <= size; first += 3 * lanes)
      products.template give<4, 3>(first, to);
    for (; first < size; first += lanes) products.template give<4, 1>(first, to);
  }
};

}  // namespace sprig::SPRIG_PROCESSOR
