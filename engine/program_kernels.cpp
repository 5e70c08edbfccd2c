#include "engine/program_kernels.h"

#include "engine/lanes.h"

namespace sprig::SPRIG_PROCESSOR {
namespace {

template <class T>
Lanes<T>* row(T* base, std::size_t index, std::size_t stride) {
  return reinterpret_cast<Lanes<T>*>(base + index * stride);
}
template <class T>
const Lanes<T>* row(const T* base, std::size_t index, std::size_t stride) {
  return reinterpret_cast<const Lanes<T>*>(base + index * stride);
}

template <std::size_t V>
struct Constant {
  static constexpr std::size_t value = V;
};

// Calls function(Constant<vectors>{}): the loops over a row are unrolled, and what they need
// stays in registers.
template <std::size_t V = 1>
void with_vectors(std::size_t vectors, const auto& function) {
  if constexpr (V < most_vectors) {
    if (vectors > V) return with_vectors<V + 1>(vectors, function);
  }
  function(Constant<V>{});
}

// ---- Weighted sums ---------------------------------------------------------------------------

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

// ---- Sums over the samples -------------------------------------------------------------------

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
};

// The sums of the lanes of four, each in the order of sum_of_lanes: halves onto each other
// until one number is left. Together they share the additions.
template <class T>
struct FourSums {
  T sums[4];

  [[gnu::always_inline]] explicit FourSums(const Lanes<T> (&four)[4]) {
    using H = Halves<Lanes<T>::count>;
    const auto a = H::low(four[0].v, four[1].v) + H::high(four[0].v, four[1].v);
    const auto b = H::low(four[2].v, four[3].v) + H::high(four[2].v, four[3].v);
    const auto left = H::low_quarters(a, b) + H::high_quarters(a, b);
    constexpr std::size_t width = Lanes<T>::count / 4;  // lanes left of each
    for (std::size_t k = 0; k < 4; ++k) {
      if constexpr (width == 2) {
        sums[k] = left[2 * k] + left[2 * k + 1];
      } else {
        sums[k] = (left[4 * k] + left[4 * k + 2]) + (left[4 * k + 1] + left[4 * k + 3]);
      }
    }
  }
};

// Where a neuron's gradients are added to: values, or grads of the graph.
template <class T>
struct Sink {
  T* values;
  double* graph;  // null: to values
  double scale;   // on the way to the graph

  template <std::size_t count>
  [[gnu::always_inline]] void add(std::size_t first, const T* sums) const {
    if (graph != nullptr) {
#pragma GCC unroll 4
      for (std::size_t k = 0; k < count; ++k) graph[first + k] += scale * sums[k];
    } else {
#pragma GCC unroll 4
      for (std::size_t k = 0; k < count; ++k) values[first + k] += sums[k];
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

  // Adds the product with row rows[k] to place k, and the sum of g to *bias, if there is one.
  [[gnu::always_inline]] void add(const Index* rows, std::size_t size, const Sink<T>& to,
                                  T* bias) const {
    std::size_t k = 0;
    for (; k + 4 <= size; k += 4) {
      const FourSums<T> four({with_row(rows[k]), with_row(rows[k + 1]), with_row(rows[k + 2]),
                              with_row(rows[k + 3])});
      to.template add<4>(k, four.sums);
    }
    switch (size - k) {
      case 0:
        return add_rest<0>(rows, k, to, bias);
      case 1:
        return add_rest<1>(rows, k, to, bias);
      case 2:
        return add_rest<2>(rows, k, to, bias);
      default:
        return add_rest<3>(rows, k, to, bias);
    }
  }

  template <std::size_t size>
  [[gnu::always_inline]] void add_rest(const Index* rows, std::size_t first, const Sink<T>& to,
                                       T* bias) const {
    if (size == 0 && bias == nullptr) return;
    Lanes<T> rest[4] = {};
#pragma GCC unroll 4
    for (std::size_t k = 0; k < size; ++k) rest[k] = with_row(rows[first + k]);
    if (bias != nullptr) rest[3] = with_ones();
    const FourSums<T> four(rest);
    to.template add<size>(first, four.sums);
    if (bias != nullptr) *bias += four.sums[3];
  }
};

// The same for R neurons that all read a run of inputs: lanes go along the inputs, and samples
// are added up one after the other, so that there are no lanes to add up.
template <class T>
struct RunProducts {
  // As Lanes, but may begin anywhere.
  typedef T Vector __attribute__((vector_size(lane_bytes), may_alias, aligned(alignof(T))));

  const T* samples;  // from the first input of the run
  std::size_t inputs;
  const T* grads;  // the first neuron's row
  std::size_t stride;
  std::size_t count;  // of samples

  template <std::size_t R, std::size_t C>
  void add(std::size_t first, const Sink<T>* to) const {
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
        const Lanes<T> numbers = *reinterpret_cast<const Vector*>(x + c * lanes);
#pragma GCC unroll 16
        for (std::size_t r = 0; r < R; ++r) {
          sums[r][c] = sums[r][c] + Lanes<T>(grads[r * stride + sample]) * numbers;
        }
      }
    }
#pragma GCC unroll 16
    for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 16
      for (std::size_t c = 0; c < C; ++c) add_lanes(first + c * lanes, sums[r][c], to[r]);
    }
  }

  static void add_lanes(std::size_t first, Lanes<T> sums, const Sink<T>& to) {
    for (std::size_t k = 0; k < Lanes<T>::count; ++k) {
      if (to.graph != nullptr) {
        to.graph[first + k] += to.scale * sums.v[k];
      } else {
        to.values[first + k] += sums.v[k];
      }
    }
  }
};

// ---- Instructions ----------------------------------------------------------------------------

template <class T>
struct Runner {
  const Plan& plan;
  const PartOfBatch<T>& part;

  // A node's numbers, one group of samples after the other: its row, or the same again.
  struct Reader {
    const Lanes<T>* row;
    Lanes<T> same;
    std::size_t step;

    Reader(const Lanes<T>* numbers) : row(numbers), same(0.0), step(1) {}
    Reader(T number) : row(nullptr), same(number), step(0) {}
    const Lanes<T>& operator[](std::size_t v) const { return step ? row[v] : same; }
  };
  Reader read(const RowOperand& operand) const {
    if (operand.is_row) return Reader(row(part.data, operand.place, part.stride));
    return Reader(part.values[operand.place]);
  }

  // Adds the operand's share of one group of samples; what is uniform gets the sum over all.
  void give(const RowOperand& operand, std::size_t v, Lanes<T> share) const {
    if (!operand.is_row) {
      part.value_grads[operand.place] += sum_of_lanes(share);
      return;
    }
    Lanes<T>& grad = row(part.grad, operand.place, part.stride)[v];
    grad = operand.starts ? share : grad + share;
  }

  // ---- forward

  void forward() const {
    copy_inputs();
    for (const Instruction& instruction : plan.instructions) {
      if (instruction.operands == 0) {
        forward_group(plan.groups[instruction.first_operand]);
      } else {
        forward_rows(instruction);
      }
    }
  }

  void copy_inputs() const {
    for (std::size_t k = 0; k < plan.copied.size(); ++k) {
      const Lanes<T>* from = row(part.batch, plan.copied[k], part.stride);
      Lanes<T>* to = row(part.data, k, part.stride);
      for (std::size_t v = 0; v < part.vectors; ++v) to[v] = from[v];
    }
  }

  void forward_group(const AffineGroup& group) const {
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

  void forward_rows(const Instruction& all) const {
    const auto for_all = [&](auto compute) {
      const RowOperand* operands = plan.operands.data() + all.first_operand;
      for (std::size_t n = 0; n < all.count; ++n, operands += all.operands) {
        compute(operands, row(part.data, all.first_row + n, part.stride));
      }
    };
    const auto unary = [&](auto rule) {
      for_all([&](const RowOperand* operands, Lanes<T>* y) {
        const Lanes<T>* a = row(part.data, operands[0].place, part.stride);
        for (std::size_t v = 0; v < part.vectors; ++v) y[v] = rule.forward(a[v]);
      });
    };
    const auto binary = [&](auto rule) {
      for_all([&](const RowOperand* operands, Lanes<T>* y) {
        const Reader a = read(operands[0]);
        const Reader b = read(operands[1]);
        for (std::size_t v = 0; v < part.vectors; ++v) y[v] = rule.forward(a[v], b[v]);
      });
    };
    const auto nary = [&](auto rule) {
      for_all([&](const RowOperand* operands, Lanes<T>* y) {
        for (std::size_t v = 0; v < part.vectors; ++v) {
          const auto at = [&](std::size_t k) { return read(operands[k])[v]; };
          y[v] = rule.forward(all.operands, at);
        }
      });
    };
    // A weighted sum that is not of a group: bias, w0, x0, w1, x1, ... may all be rows.
    const auto affine = [&](auto rule) {
      for_all([&](const RowOperand* operands, Lanes<T>* y) {
        for (std::size_t v = 0; v < part.vectors; ++v) {
          const auto weight = [&](std::size_t k) { return read(operands[1 + 2 * k])[v]; };
          const auto input = [&](std::size_t k) { return read(operands[2 + 2 * k])[v]; };
          y[v] = rule.forward(all.operands / 2, read(operands[0])[v], weight, input);
        }
      });
    };
    with_rule(all.op, unary, binary, nary, affine);
  }

  // ---- backward

  void backward() const {
    if (!plan.loss.is_row) return;  // the same for every sample
    seed();
    for (std::size_t i = plan.instructions.size(); i-- > 0;) {
      const Instruction& instruction = plan.instructions[i];
      if (!instruction.wants_grad) continue;
      if (instruction.operands == 0) {
        backward_group(plan.groups[instruction.first_operand]);
      } else {
        backward_rows(instruction);
      }
    }
  }

  // d(loss)/d(loss) is 1 for every sample and 0 for the copies behind them.
  void seed() const {
    T* grad = part.grad + plan.loss.place * part.stride;
    for (std::size_t sample = 0; sample < part.stride; ++sample) {
      grad[sample] = sample < part.size ? T(1) : T(0);
    }
    for (const Index index : plan.cleared) {
      Lanes<T>* cleared = row(part.grad, index, part.stride);
      for (std::size_t v = 0; v < part.vectors; ++v) cleared[v] = Lanes<T>(0.0);
    }
  }

  void backward_group(const AffineGroup& group) const {
    with_vectors(part.vectors, [&](auto vectors) {
      constexpr std::size_t V = vectors.value;
      constexpr std::size_t R = at_a_time<V>;
      for (const Tile& tile : group.tiles) weight_gradients<V>(group, tile);
      for (const FedTile& tile : group.fed_tiles) {
        std::size_t n = 0;
        for (; n + R <= tile.count; n += R) fed_tile<T, V, R>(group, tile, n, part);
        for (; n < tile.count; ++n) fed_tile<T, V, 1>(group, tile, n, part);
      }
    });
  }

  // Of weights and, at the first tile of a neuron, of its bias.
  template <std::size_t V>
  void weight_gradients(const AffineGroup& group, const Tile& tile) const {
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
      products.add(rows + done, tile.size - done, sink_of(group, tile, r, done),
                   tile.starts ? bias + r : nullptr);
    }
    for (std::size_t r = 0; r < together; r += 4) run_gradients(group, tile, r, in_runs);
  }

  Sink<T> sink_of(const AffineGroup& group, const Tile& tile, std::size_t neuron,
                  std::size_t first) const {
    if (group.in_graph && part.graph_grads != nullptr) {
      return {nullptr, part.graph_grads + group.leaves[tile.leaves + neuron] + first,
              part.scale};
    }
    const std::size_t connection = tile.connection + neuron * tile.size + first;
    return {part.value_grads + group.first_weight + connection, nullptr, 1};
  }

  // Of four neurons from `neuron` on, for the first `size` inputs of the run.
  void run_gradients(const AffineGroup& group, const Tile& tile, std::size_t neuron,
                     std::size_t size) const {
    constexpr std::size_t lanes = Lanes<T>::count;
    const Sink<T> to[4] = {sink_of(group, tile, neuron, 0), sink_of(group, tile, neuron + 1, 0),
                           sink_of(group, tile, neuron + 2, 0),
                           sink_of(group, tile, neuron + 3, 0)};
    const RunProducts<T> products{
        .samples = part.samples + group.rows[tile.begin],
        .inputs = part.inputs,
        .grads = part.grad + (group.first_row + tile.first + neuron) * part.stride,
        .stride = part.stride,
        .count = part.size};
    std::size_t first = 0;
    for (; first + 3 * lanes <= size; first += 3 * lanes)
      products.template add<4, 3>(first, to);
    for (; first < size; first += lanes) products.template add<4, 1>(first, to);
  }

  void backward_rows(const Instruction& all) const {
    for (std::size_t n = all.count; n-- > 0;) {
      const RowOperand* operands = plan.operands.data() + all.first_operand + n * all.operands;
      const Lanes<T>* y = row(part.data, all.first_row + n, part.stride);
      const Lanes<T>* g = row(part.grad, all.first_row + n, part.stride);
      backward_node(all, operands, y, g);
    }
  }

  void backward_node(const Instruction& all, const RowOperand* operands, const Lanes<T>* y,
                     const Lanes<T>* g) const {
    const auto unary = [&](auto rule) {
      const Lanes<T>* a = row(part.data, operands[0].place, part.stride);
      Lanes<T>* grad = row(part.grad, operands[0].place, part.stride);
      const bool starts = operands[0].starts;
      for (std::size_t v = 0; v < part.vectors; ++v) {
        const Lanes<T> share = g[v] * Lanes<T>(rule.derivative(a[v], y[v]));
        grad[v] = starts ? share : grad[v] + share;
      }
    };
    const auto binary = [&](auto rule) {
      const Reader a = read(operands[0]);
      const Reader b = read(operands[1]);
      for (std::size_t v = 0; v < part.vectors; ++v) {
        if (operands[0].wants_grad) {
          give(operands[0], v, g[v] * Lanes<T>(rule.derivative_a(a[v], b[v], y[v])));
        }
        if (operands[1].wants_grad) {
          give(operands[1], v, g[v] * Lanes<T>(rule.derivative_b(a[v], b[v], y[v])));
        }
      }
    };
    const auto nary = [&](auto rule) {
      for (std::size_t v = 0; v < part.vectors; ++v) {
        const auto at = [&](std::size_t k) { return read(operands[k])[v]; };
        rule.derivatives(all.operands, at, y[v], [&](std::size_t k, const auto& derivative) {
          if (operands[k].wants_grad) give(operands[k], v, g[v] * Lanes<T>(derivative));
        });
      }
    };
    const auto affine = [&](auto rule) {
      for (std::size_t v = 0; v < part.vectors; ++v) {
        const auto visit = [&](std::size_t k, const auto& derivative) {
          if (operands[k].wants_grad) give(operands[k], v, g[v] * Lanes<T>(derivative));
        };
        for (std::size_t w = all.operands; w > 1; w -= 2) {
          const Lanes<T> weight = read(operands[w - 2])[v];
          const Lanes<T> input = read(operands[w - 1])[v];
          visit(w - 2, rule.derivative_weight(weight, input));
          visit(w - 1, rule.derivative_input(weight, input));
        }
        visit(0, rule.derivative_bias());
      }
    };
    with_rule(all.op, unary, binary, nary, affine);
  }

  // ---- products

  void products() const {
    for (const PlannedProduct& product : plan.products) {
      const T* base = product.right_is_batch ? part.batch : part.data;
      T* to = part.products + product.first;
      for (const Index left : product.left) {
        if (left != Plan::none) {
          const Lanes<T>* g = row(part.grad, left, part.stride);
          with_vectors(part.vectors, [&](auto vectors) {
            Products<T, vectors.value> products;
            products.base = base;
            products.stride = part.stride;
            products.load(g);
            products.add(product.right.data(), product.right.size(), {to, nullptr, 1}, nullptr);
          });
        }
        to += product.right.size();
      }
    }
  }
};

template <class T>
constexpr Kernels<T> the_kernels{[](const Plan& plan, const PartOfBatch<T>& part) {
                                   Runner<T>{plan, part}.forward();
                                 },
                                 [](const Plan& plan, const PartOfBatch<T>& part) {
                                   Runner<T>{plan, part}.backward();
                                 },
                                 [](const Plan& plan, const PartOfBatch<T>& part) {
                                   Runner<T>{plan, part}.products();
                                 }};

}  // namespace

extern const KernelSet the_set;
const KernelSet the_set{the_kernels<double>, the_kernels<float>};

}  // namespace sprig::SPRIG_PROCESSOR
