// Runs a Plan over one part of a batch. The kernels are compiled for several kinds of
// processor, and the best that this one has is chosen when the program starts; the bits are
// the same with all of them.
#pragma once

#include <cstddef>

#include "engine/program_plan.h"

namespace sprig {

// How many groups of 64 bytes a row of a part may have: for each there are loops that keep a
// neuron's sums in registers. Rows of other lengths are filled up with copies of a sample.
#ifdef SPRIG_FEW_KERNELS  // under a sanitizer, where many take minutes to compile
inline constexpr std::size_t vector_counts[] = {1, 4, 16};
#else
inline constexpr std::size_t vector_counts[] = {1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 16};
#endif
inline constexpr std::size_t most_vectors = 16;

// Row r of samples begins at r * stride; `vectors` groups of 64 bytes of it are in use. Behind
// the `size` samples there are copies of the last one, whose gradients are 0.
template <class T>
struct PartOfBatch {
  const T* batch;  // rows of inputs and targets
  T* data;         // workspace: a row for every node of the plan
  T* grad;         // and one for its gradient
  std::size_t stride;
  std::size_t vectors;
  std::size_t size;    // samples
  const T* samples;    // the inputs sample by sample
  std::size_t inputs;  // of each
  const T* values;
  T* value_grads;  // those of groups are set, the others added to
  T* products;     // set
  const double* graph_data;
  double* graph_grads;  // added to, times `scale`; null: all gradients go to value_grads
  double scale;
};

template <class T>
struct Kernels {
  void (*forward)(const Plan&, const PartOfBatch<T>&);
  void (*backward)(const Plan&, const PartOfBatch<T>&);  // after forward
  void (*products)(const Plan&, const PartOfBatch<T>&);  // after backward
};

struct KernelSet {
  Kernels<double> of_double;
  Kernels<float> of_float;
};

// Those that suit this processor.
const KernelSet& kernel_set();

template <class T>
const Kernels<T>& kernels() {
  if constexpr (sizeof(T) == sizeof(double)) {
    return kernel_set().of_double;
  } else {
    return kernel_set().of_float;
  }
}

}  // namespace sprig
