// Which copy of the kernels suits this processor. Each is program_kernels.cpp compiled for one
// kind; the Makefile says with which flags.
#include "engine/program_kernels.h"

namespace sprig {

namespace any_processor {
extern const KernelSet the_set;
}
#if defined(__x86_64__) && !defined(SPRIG_FEW_KERNELS)
#define SPRIG_HAS_LEVELS
namespace x86_64_v3 {
extern const KernelSet the_set;
}
namespace x86_64_v4 {
extern const KernelSet the_set;
}
#endif

namespace {

// The levels of the x86-64 psABI: v3 has registers of 32 bytes (AVX2), v4 of 64 (AVX-512).
const KernelSet& best_set() {
#ifdef SPRIG_HAS_LEVELS
  const bool has_v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                      __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
  const bool has_v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512cd") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (has_v3 && has_v4) return x86_64_v4::the_set;
  if (has_v3) return x86_64_v3::the_set;
#endif
  return any_processor::the_set;
}

}  // namespace

const KernelSet& kernel_set() {
  static const KernelSet& best = best_set();
  return best;
}

}  // namespace sprig
