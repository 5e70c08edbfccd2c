// The random numbers of Python's `random` module and of NumPy's legacy RandomState, number for
// number, so that the run a blog post printed can be repeated exactly. Nothing else should use
// them: sprig's own generator is nn/random.h. Sources: Matsumoto and Nishimura's mt19937ar.c;
// CPython 3.7 to 3.11, Lib/random.py; NumPy's numpy/random/src/legacy and distributions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace sprig {

// Python's random.Random(seed).
class PythonRandom {
 public:
  explicit PythonRandom(std::uint32_t seed);

  double random();  // in [0, 1)
  double uniform(double a, double b);

  // random.sample(range(n), k). Throws Error if k > n.
  std::vector<std::uint32_t> sample(std::uint32_t n, std::uint32_t k);

 private:
  std::uint32_t below(std::uint32_t n);  // _randbelow_with_getrandbits, n > 0
  std::vector<std::uint32_t> sample_from_pool(std::uint32_t n, std::uint32_t k);
  std::vector<std::uint32_t> sample_by_rejection(std::uint32_t n, std::uint32_t k);

  std::mt19937 engine_;
};

// numpy.random.RandomState(seed).
class NumpyRandomState {
 public:
  explicit NumpyRandomState(std::uint32_t seed) : engine_(seed) {}

  double random_sample();  // in [0, 1)
  double standard_normal();
  void shuffle(std::span<std::size_t> items);

 private:
  std::uint32_t interval(std::uint32_t max);  // uniform in 0, ..., max

  std::mt19937 engine_;
  double kept_ = 0;  // the second number of a Gaussian pair
  bool has_kept_ = false;
};

// numpy.linspace(0, stop, count).
std::vector<double> numpy_linspace(double stop, std::size_t count);

}  // namespace sprig
