// The operands of an instruction while it runs: rows, or values that are the same for every
// sample. How they are read, and how they are given their share of a gradient.
//
// As lanes.h, only for program_kernels.cpp. Chapter: docs/07-program.md.
#pragma once

#include <cstddef>

#include "engine/lane_sums.h"
#include "engine/program_kernels.h"

namespace sprig::SPRIG_PROCESSOR {

// A node's numbers, one group of samples after the other: its row, or the same again.
template <class T>
struct Reader {
  const Lanes<T>* numbers;
  std::size_t step;
  const Lanes<T>& operator[](std::size_t v) const { return numbers[v * step]; }
};

template <class T>
Reader<T> read(const PartOfBatch<T>& part, const RowOperand& operand, Lanes<T>& same) {
  if (operand.is_row) return {row(part.data, operand.place, part.stride), 1};
  same = Lanes<T>(part.values[operand.place]);
  return {&same, 0};
}

template <class T>
Lanes<T> read(const PartOfBatch<T>& part, const RowOperand& operand, std::size_t v) {
  if (operand.is_row) return row(part.data, operand.place, part.stride)[v];
  return Lanes<T>(part.values[operand.place]);
}

// Gives the operand its share of the gradient, share(v) for each group of samples; what is
// uniform gets the sum over all.
template <class T>
void give(const PartOfBatch<T>& part, const RowOperand& operand, auto share) {
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

// The same for one group of samples, added.
template <class T>
void give(const PartOfBatch<T>& part, const RowOperand& operand, std::size_t v,
          Lanes<T> share) {
  if (!operand.wants_grad) return;
  if (operand.is_row) {
    Lanes<T>& grad = row(part.grad, operand.place, part.stride)[v];
    grad = grad + share;
  } else {
    part.value_grads[operand.place] += sum_of_lanes(share);
  }
}

}  // namespace sprig::SPRIG_PROCESSOR
