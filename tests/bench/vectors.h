// SIMD for the hand-written rows, with the vector extensions of g++ and clang++: plain
// operators on many numbers at once. A batch lies across vectors of 64 bytes, one lane a
// sample: 100 samples are six vectors of 16 floats and a tail of 4, or twelve of 8 doubles and
// a tail of 4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#define SPRIG_UNROLL _Pragma("GCC unroll 16")

namespace sprig::bench {

template <class T, int lanes>
struct VectorOf {
  using Type [[gnu::vector_size(lanes * sizeof(T))]] = T;
};
template <class T, int lanes>
using Vector = typename VectorOf<T, lanes>::Type;

template <class T>
constexpr int full_lanes = 64 / sizeof(T);

// Numbers from the heap that begin at a line of the cache, all 0 at first.
template <class T>
class Aligned {
 public:
  Aligned() = default;
  explicit Aligned(std::size_t count)
      : count_(count), numbers_(new (std::align_val_t{64}) T[count + 64 / sizeof(T)]()) {}
  T* data() const { return numbers_.get(); }
  T& operator[](std::size_t k) const { return numbers_[k]; }
  std::size_t size() const { return count_; }

 private:
  struct Delete {
    void operator()(T* numbers) const { operator delete[](numbers, std::align_val_t{64}); }
  };
  std::size_t count_ = 0;
  std::unique_ptr<T[], Delete> numbers_;
};

// One number for each sample of a batch, in registers.
template <class T, int batch>
struct Samples {
  static constexpr int lanes = full_lanes<T>;
  static constexpr int vectors = batch / lanes;
  static constexpr int tail_lanes = batch % lanes;
  using Full = Vector<T, lanes>;
  using Tail = Vector<T, tail_lanes == 0 ? 1 : tail_lanes>;

  Full full[vectors];
  Tail tail;

  // Calls visit(vector) for every vector of this one, or visit(vector, vector) with `other`'s.
  [[gnu::always_inline]] void each(auto visit) {
    SPRIG_UNROLL for (int v = 0; v < vectors; ++v) visit(full[v]);
    if constexpr (tail_lanes > 0) visit(tail);
  }
  [[gnu::always_inline]] void each(const auto& other, auto visit) {
    SPRIG_UNROLL for (int v = 0; v < vectors; ++v) visit(full[v], other.full[v]);
    if constexpr (tail_lanes > 0) visit(tail, other.tail);
  }

  [[gnu::always_inline]] void fill(T number) {
    each([&](auto& y) { y = number - decltype(+y){}; });
  }
  [[gnu::always_inline]] void add_scaled(T weight, const auto& x) {
    each(x, [&](auto& y, const auto& from) { y += weight * from; });
  }
};

// Samples in memory, row by row. The tails stand in an array of their own, so that a row of
// full vectors begins and ends with a line of the cache.
template <class T, int batch>
class Rows {
 public:
  using Registers = Samples<T, batch>;
  using Full = typename Registers::Full;
  using Tail = typename Registers::Tail;

  // Reads as if it were in registers.
  struct Row {
    Full* full;
    Tail& tail;
    Row& operator=(const Registers& from) {
      SPRIG_UNROLL for (int v = 0; v < Registers::vectors; ++v) full[v] = from.full[v];
      if constexpr (Registers::tail_lanes > 0) tail = from.tail;
      return *this;
    }
  };

  Rows() = default;
  explicit Rows(std::size_t rows)
      : full_(rows * Registers::vectors * Registers::lanes),
        tail_(rows * Registers::tail_lanes) {}

  [[gnu::always_inline]] Row operator[](std::size_t row) const {
    return {reinterpret_cast<Full*>(full_.data()) + row * Registers::vectors,
            reinterpret_cast<Tail*>(tail_.data())[row]};
  }

  [[gnu::always_inline]] Registers load(std::size_t row) const {
    Registers samples;
    samples.each((*this)[row], [](auto& to, const auto& from) { to = from; });
    return samples;
  }

  T& at(std::size_t row, int sample) const {
    constexpr int in_full = Registers::vectors * Registers::lanes;
    return sample < in_full ? full_[row * in_full + sample]
                            : tail_[row * Registers::tail_lanes + sample - in_full];
  }

 private:
  Aligned<T> full_, tail_;
};

// a and b by half: [a0 b0 a1 b1 ...] of the lower (upper) halves of their 16-byte pieces. The
// first step of adding up several vectors at once.
inline auto interleave_low(Vector<float, 16> a, Vector<float, 16> b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13,
                                 29);
}
inline auto interleave_high(Vector<float, 16> a, Vector<float, 16> b) {
  return __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15,
                                 31);
}

// The sums over the lanes of four vectors, as one vector. Four at a time share the shuffles.
[[gnu::always_inline]] inline Vector<float, 4> lane_sums(const Vector<float, 16> (&of)[4]) {
  const auto first = interleave_low(of[0], of[1]) + interleave_high(of[0], of[1]);
  const auto second = interleave_low(of[2], of[3]) + interleave_high(of[2], of[3]);
  const auto low = __builtin_shufflevector(first, second, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24,
                                           25, 12, 13, 28, 29);
  const auto high = __builtin_shufflevector(first, second, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11,
                                            26, 27, 14, 15, 30, 31);
  const auto pieces = low + high;  // in each 16 bytes: a part of the four sums
  const auto halves = __builtin_shufflevector(pieces, pieces, 0, 1, 2, 3, 4, 5, 6, 7) +
                      __builtin_shufflevector(pieces, pieces, 8, 9, 10, 11, 12, 13, 14, 15);
  return __builtin_shufflevector(halves, halves, 0, 1, 2, 3) +
         __builtin_shufflevector(halves, halves, 4, 5, 6, 7);
}
[[gnu::always_inline]] inline Vector<double, 4> lane_sums(const Vector<double, 8> (&of)[4]) {
  const auto pair = [](auto a, auto b) {
    return __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
           __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
  };
  const auto first = pair(of[0], of[1]), second = pair(of[2], of[3]);
  const auto pieces = __builtin_shufflevector(first, second, 0, 1, 8, 9, 4, 5, 12, 13) +
                      __builtin_shufflevector(first, second, 2, 3, 10, 11, 6, 7, 14, 15);
  return __builtin_shufflevector(pieces, pieces, 0, 1, 2, 3) +
         __builtin_shufflevector(pieces, pieces, 4, 5, 6, 7);
}

template <class T>
[[gnu::always_inline]] inline Vector<T, 4> lane_sums_of_tails(const Vector<T, 4> (&of)[4]) {
  const auto pair = [](auto a, auto b) {
    return __builtin_shufflevector(a, b, 0, 4, 2, 6) +
           __builtin_shufflevector(a, b, 1, 5, 3, 7);
  };
  const auto first = pair(of[0], of[1]), second = pair(of[2], of[3]);
  return __builtin_shufflevector(first, second, 0, 1, 4, 5) +
         __builtin_shufflevector(first, second, 2, 3, 6, 7);
}

// Up to four sums over all samples, which finish together.
template <class T, int batch>
struct FourSums {
  using Registers = Samples<T, batch>;
  typename Registers::Full full[4]{};
  Vector<T, 4> tail[4]{};

  // The k-th is to be the sum of a * b.
  [[gnu::always_inline]] void multiply(int k, const Registers& a, const auto& b) {
    full[k] = a.full[0] * b.full[0];
    SPRIG_UNROLL for (int v = 1; v < Registers::vectors; ++v) full[k] += a.full[v] * b.full[v];
    if constexpr (Registers::tail_lanes > 0) tail[k] = a.tail * b.tail;
  }
  // The k-th is to be the sum of a.
  [[gnu::always_inline]] void add(int k, const Registers& a) {
    full[k] = a.full[0];
    SPRIG_UNROLL for (int v = 1; v < Registers::vectors; ++v) full[k] += a.full[v];
    if constexpr (Registers::tail_lanes > 0) tail[k] = a.tail;
  }
  [[gnu::always_inline]] Vector<T, 4> totals() const {
    if constexpr (Registers::tail_lanes == 0) return lane_sums(full);
    return lane_sums(full) + lane_sums_of_tails<T>(tail);
  }
};

template <class Lanes>
auto total(const Lanes& lanes) {
  auto sum = lanes[0];
  for (std::size_t k = 1; k < sizeof(Lanes) / sizeof(lanes[0]); ++k) sum += lanes[k];
  return sum;
}

}  // namespace sprig::bench
