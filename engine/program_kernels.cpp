#include "engine/program_kernels.h"

#include <algorithm>

#include "engine/lane_sums.h"

namespace sprig::SPRIG_PROCESSOR {
namespace {

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

// ---- Tiles -----------------------------------------------------------------------------------

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

// ---- Instructions ----------------------------------------------------------------------------

template <class T>
struct Runner {
  const Plan& plan;
  const PartOfBatch<T>& part;

  // A node's numbers, one group of samples after the other: its row, or the same again.
  struct Reader {
    const Lanes<T>* numbers;
    std::size_t step;
    const Lanes<T>& operator[](std::size_t v) const { return numbers[v * step]; }
  };
  Reader read(const RowOperand& operand, Lanes<T>& same) const {
    if (operand.is_row) return {row(part.data, operand.place, part.stride), 1};
    same = Lanes<T>(part.values[operand.place]);
    return {&same, 0};
  }
  Lanes<T> read(const RowOperand& operand, std::size_t v) const {
    if (operand.is_row) return row(part.data, operand.place, part.stride)[v];
    return Lanes<T>(part.values[operand.place]);
  }

  // Gives the operand its share of the gradient, share(v) for each group of samples; what is
  // uniform gets the sum over all.
  void give(const RowOperand& operand, auto share) const {
    if (!operand.wants_grad) return;
    if (!operand.is_row) {
      Lanes<T> sum = share(0);
      for (std::size_t v = 1; v < part.vectors; ++v) sum = sum + share(v);
      part.value_grads[operand.place] += sum_of_lanes(sum);
      return;
    }
    Lanes<T>* grad = row(part.grad, operand.place, part.stride);
    if (operand.starts) {
      for (std::size_t v = 0; v < part.vectors; ++v) grad[v] = share(v);
    } else {
      for (std::size_t v = 0; v < part.vectors; ++v) grad[v] = grad[v] + share(v);
    }
  }
  void give(const RowOperand& operand, std::size_t v, Lanes<T> share) const {
    if (!operand.wants_grad) return;
    if (operand.is_row) {
      Lanes<T>& grad = row(part.grad, operand.place, part.stride)[v];
      grad = grad + share;
    } else {
      part.value_grads[operand.place] += sum_of_lanes(share);
    }
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
        Lanes<T> same[2];
        const Reader a = read(operands[0], same[0]);
        const Reader b = read(operands[1], same[1]);
        for (std::size_t v = 0; v < part.vectors; ++v) y[v] = rule.forward(a[v], b[v]);
      });
    };
    const auto nary = [&](auto rule) {
      for_all([&](const RowOperand* operands, Lanes<T>* y) {
        for (std::size_t v = 0; v < part.vectors; ++v) {
          const auto at = [&](std::size_t k) { return read(operands[k], v); };
          y[v] = rule.forward(all.operands, at);
        }
      });
    };
    // A weighted sum that is not of a group: bias, w0, x0, w1, x1, ... may all be rows.
    const auto affine = [&](auto rule) {
      for_all([&](const RowOperand* operands, Lanes<T>* y) {
        for (std::size_t v = 0; v < part.vectors; ++v) {
          const auto weight = [&](std::size_t k) { return read(operands[1 + 2 * k], v); };
          const auto input = [&](std::size_t k) { return read(operands[2 + 2 * k], v); };
          y[v] = rule.forward(all.operands / 2, read(operands[0], v), weight, input);
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

  // Of weights and, at the last tile of a neuron, of its bias.
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
      products.give(rows + done, tile.size - done, sink_of(group, tile, r, done),
                    tile.ends ? bias + r : nullptr);
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
      products.template give<4, 3>(first, to);
    for (; first < size; first += lanes) products.template give<4, 1>(first, to);
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
      give(operands[0],
           [=](std::size_t v) { return g[v] * Lanes<T>(rule.derivative(a[v], y[v])); });
    };
    const auto binary = [&](auto rule) {
      Lanes<T> same[2];
      const Reader a = read(operands[0], same[0]);
      const Reader b = read(operands[1], same[1]);
      give(operands[0],
           [=](std::size_t v) { return g[v] * Lanes<T>(rule.derivative_a(a[v], b[v], y[v])); });
      give(operands[1],
           [=](std::size_t v) { return g[v] * Lanes<T>(rule.derivative_b(a[v], b[v], y[v])); });
    };
    const auto nary = [&](auto rule) {
      for (std::size_t v = 0; v < part.vectors; ++v) {
        const auto at = [&](std::size_t k) { return read(operands[k], v); };
        rule.derivatives(all.operands, at, y[v], [&](std::size_t k, const auto& derivative) {
          give(operands[k], v, g[v] * Lanes<T>(derivative));
        });
      }
    };
    const auto affine = [&](auto rule) {
      for (std::size_t v = 0; v < part.vectors; ++v) {
        const auto visit = [&](std::size_t k, const auto& derivative) {
          give(operands[k], v, g[v] * Lanes<T>(derivative));
        };
        for (std::size_t w = all.operands; w > 1; w -= 2) {
          const Lanes<T> weight = read(operands[w - 2], v);
          const Lanes<T> input = read(operands[w - 1], v);
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
        if (left == Plan::none) {
          std::fill_n(to, product.right.size(), T(0));
        } else {
          const Lanes<T>* g = row(part.grad, left, part.stride);
          with_vectors(part.vectors, [&](auto vectors) {
            Products<T, vectors.value> products;
            products.base = base;
            products.stride = part.stride;
            products.load(g);
            products.give(product.right.data(), product.right.size(), {to, nullptr, 1},
                          nullptr);
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
