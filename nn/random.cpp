#include "nn/random.h"

#include <cmath>
#include <numeric>

#include "engine/error.h"

namespace sprig {

double Rng::uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

double Rng::uniform(double low, double high) {
  if (!(low <= high) || !std::isfinite(high - low)) {
    fail("Rng::uniform: got the range ", low, " to ", high,
         "; give finite numbers, the smaller one first");
  }
  return low + (high - low) * uniform();
}

// Kinderman and Monahan's ratio of uniforms. Only * and / make the number; the logarithm just
// decides whether to keep it, so a log that differs in its last bit does not change what comes
// out.
double Rng::normal() {
  const double half_width = 0.8577638849607068;  // sqrt(2/e)
  for (;;) {
    const double u = 1 - uniform();
    const double v = half_width * (2 * uniform() - 1);
    const double x = v / u;
    if (x * x <= -4 * std::log(u)) return x;
  }
}

std::uint64_t Rng::below(std::uint64_t n) {
  if (n == 0) fail("Rng::below: got n = 0, but no number is below 0; give at least 1");
  // 2^64 mod n values are left over when 2^64 is dealt out in rounds of n; reject as many.
  const std::uint64_t left_over = -n % n;
  std::uint64_t draw = bits();
  while (draw < left_over) draw = bits();
  return draw % n;
}

std::vector<std::size_t> Rng::sample(std::size_t n, std::size_t k) {
  if (k > n) {
    fail("Rng::sample: got k = ", k, " out of n = ", n, "; k distinct numbers need k <= n");
  }
  std::vector<std::size_t> numbers(n);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  for (std::size_t taken = 0; taken < k; ++taken) {
    std::swap(numbers[taken], numbers[taken + below(n - taken)]);
  }
  numbers.resize(k);
  return numbers;
}

// The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): neighbouring streams and
// neighbouring seeds get unrelated seeds.
Rng Rng::split(std::uint64_t stream) const {
  std::uint64_t z = seed_ + (stream + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return Rng(z ^ (z >> 31));
}

}  // namespace sprig
