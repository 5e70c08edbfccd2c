// Rng: the only source of random numbers in nn and the demos, always passed in, never hidden.
// Inside is std::mt19937_64, whose output the standard fixes. The distributions are written
// here, because the standard's differ between libraries, and printed numbers would differ with
// them: every function below gives the same numbers on every platform.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace sprig {

// Pass it by reference: a copy gives the same numbers once more.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : seed_(seed), engine_(seed) {}

  // 64 random bits.
  std::uint64_t bits() { return engine_(); }

  // Uniform in [0, 1): one of the 2^53 multiples of 2^-53.
  double uniform();

  // Uniform from low up to, but for rounding not including, high. Throws Error unless
  // low <= high and high - low is finite.
  double uniform(double low, double high);

  // Mean 0, standard deviation 1.
  double normal();

  // Uniform in 0, ..., n - 1, without bias. Throws Error for n = 0.
  std::uint64_t below(std::uint64_t n);

  // Every order is equally likely (Fisher-Yates).
  template <class T>
  void shuffle(std::span<T> items) {
    for (std::size_t left = items.size(); left > 1; --left) {
      std::swap(items[left - 1], items[below(left)]);
    }
  }

  // Exactly k distinct numbers of 0, ..., n - 1 in random order; every such list is equally
  // likely. Takes O(n) time and space. Throws Error if k > n.
  std::vector<std::size_t> sample(std::size_t n, std::size_t k);

  // A generator of its own for one purpose (weights, wiring, data, ...), so that drawing more
  // numbers for one changes nothing for another. It follows from the seed and `stream` alone,
  // not from how many numbers were drawn before.
  Rng split(std::uint64_t stream) const;

 private:
  std::uint64_t seed_;
  std::mt19937_64 engine_;
};

}  // namespace sprig
