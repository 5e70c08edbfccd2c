#include "engine/program_kernels.h"

#include <algorithm>

#include "engine/program_backward.h"
#include "engine/program_forward.h"

namespace sprig::SPRIG_PROCESSOR {
namespace {

// Sums over the samples of one row's gradient times another row, for outer products.
template <class T>
void run_products(const Plan& plan, const PartOfBatch<T>& part) {
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
          products.give(product.right.data(), product.right.size(), {to, nullptr, 1}, nullptr);
        });
      }
      to += product.right.size();
    }
  }
}

template <class T>
constexpr Kernels<T> the_kernels{run_forward<T>, run_backward<T>, run_products<T>};

}  // namespace

extern const KernelSet the_set;
const KernelSet the_set{the_kernels<double>, the_kernels<float>};

}  // namespace sprig::SPRIG_PROCESSOR
