#include "demos/published_random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "engine/error.h"

namespace sprig {
namespace {

// Fills the state of std::mt19937 as init_by_array({key}) does. (Its seeding by a plain number
// is init_genrand already, which is what NumPy's legacy seeding uses.)
struct InitByArray {
  using result_type = std::uint32_t;

  std::uint32_t key;

  template <class Iterator>
  void generate(Iterator begin, Iterator end) const {
    const std::size_t n = static_cast<std::size_t>(end - begin);
    std::vector<std::uint32_t> state(n);
    state[0] = 19650218U;
    for (std::size_t i = 1; i < n; ++i) {
      state[i] = 1812433253U * scrambled(state[i - 1]) + static_cast<std::uint32_t>(i);
    }
    std::size_t i = 1;
    const auto advance = [&] {
      if (++i == n) {
        state[0] = state[n - 1];
        i = 1;
      }
    };
    for (std::size_t round = 0; round < n; ++round, advance()) {
      state[i] = (state[i] ^ (scrambled(state[i - 1]) * 1664525U)) + key;
    }
    for (std::size_t round = 1; round < n; ++round, advance()) {
      state[i] =
          (state[i] ^ (scrambled(state[i - 1]) * 1566083941U)) - static_cast<std::uint32_t>(i);
    }
    state[0] = 0x80000000U;
    std::ranges::copy(state, begin);
  }

 private:
  static std::uint32_t scrambled(std::uint32_t word) { return word ^ (word >> 30); }
};

// genrand_res53: 53 random bits from two draws.
double random_53_bits(std::mt19937& engine) {
  const std::uint32_t high = engine() >> 5;
  const std::uint32_t low = engine() >> 6;
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

}  // namespace

PythonRandom::PythonRandom(std::uint32_t seed) {
  InitByArray state{seed};
  engine_.seed(state);
}

double PythonRandom::random() { return random_53_bits(engine_); }

double PythonRandom::uniform(double a, double b) { return a + (b - a) * random(); }

std::uint32_t PythonRandom::below(std::uint32_t n) {
  const int spare_bits = std::countl_zero(n);
  std::uint32_t draw = engine_() >> spare_bits;
  while (draw >= n) draw = engine_() >> spare_bits;
  return draw;
}

std::vector<std::uint32_t> PythonRandom::sample(std::uint32_t n, std::uint32_t k) {
  if (k > n) {
    fail("PythonRandom::sample: got k = ", k, " out of n = ", n,
         "; k distinct numbers need k <= n");
  }
  // Python compares the memory of a list of n with that of a set of k.
  std::uint64_t set_size = 21;
  if (k > 5) {
    std::uint64_t power_of_4 = 1;
    while (power_of_4 < 3 * std::uint64_t{k}) power_of_4 *= 4;
    set_size += power_of_4;
  }
  return n <= set_size ? sample_from_pool(n, k) : sample_by_rejection(n, k);
}

std::vector<std::uint32_t> PythonRandom::sample_from_pool(std::uint32_t n, std::uint32_t k) {
  std::vector<std::uint32_t> pool(n), chosen;
  std::iota(pool.begin(), pool.end(), 0U);
  for (std::uint32_t left = n; left > n - k; --left) {
    const std::uint32_t place = below(left);
    chosen.push_back(pool[place]);
    pool[place] = pool[left - 1];
  }
  return chosen;
}

std::vector<std::uint32_t> PythonRandom::sample_by_rejection(std::uint32_t n, std::uint32_t k) {
  std::unordered_set<std::uint32_t> seen;
  std::vector<std::uint32_t> chosen;
  while (chosen.size() < k) {
    const std::uint32_t number = below(n);
    if (seen.insert(number).second) chosen.push_back(number);
  }
  return chosen;
}

double NumpyRandomState::random_sample() { return random_53_bits(engine_); }

// Marsaglia's polar method, which makes two numbers at a time and hands out the second one
// first.
double NumpyRandomState::standard_normal() {
  if (has_kept_) {
    has_kept_ = false;
    return kept_;
  }
  double x1, x2, r2;
  do {
    x1 = 2 * random_sample() - 1;
    x2 = 2 * random_sample() - 1;
    r2 = x1 * x1 + x2 * x2;
  } while (r2 >= 1 || r2 == 0);
  const double factor = std::sqrt(-2 * std::log(r2) / r2);
  kept_ = factor * x1;
  has_kept_ = true;
  return factor * x2;
}

std::uint32_t NumpyRandomState::interval(std::uint32_t max) {
  const std::uint32_t ones = max == 0 ? 0 : ~0U >> std::countl_zero(max);
  std::uint32_t draw = engine_() & ones;
  while (draw > max) draw = engine_() & ones;
  return draw;
}

void NumpyRandomState::shuffle(std::span<std::size_t> items) {
  for (std::size_t last = items.size(); last-- > 1;) {
    std::swap(items[last], items[interval(static_cast<std::uint32_t>(last))]);
  }
}

std::vector<double> numpy_linspace(double stop, std::size_t count) {
  std::vector<double> numbers(count);
  if (count < 2) return numbers;
  const double step = stop / static_cast<double>(count - 1);
  for (std::size_t k = 0; k < count; ++k) numbers[k] = static_cast<double>(k) * step;
  numbers.back() = stop;
  return numbers;
}

}  // namespace sprig
