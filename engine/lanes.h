// Lanes: the number type that lets the rules (rules.h) run on several samples at once. One is
// 64 bytes of numbers side by side, 8 doubles or 16 floats; the compiler makes of it what the
// machine has, one wide register or four narrow ones, and the results are the same bits.
//
// Only program_kernels.cpp includes this file. It is compiled once for each kind of processor,
// and SPRIG_PROCESSOR keeps the copies apart. Chapter: docs/07-program.md.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "engine/rules.h"

namespace sprig::SPRIG_PROCESSOR {

template <class T>
struct Integer;
template <>
struct Integer<double> {
  using type = std::int64_t;
};
template <>
struct Integer<float> {
  using type = std::int32_t;
};

inline constexpr std::size_t lane_bytes = 64;

template <class T>
struct Lanes {
  // may_alias: rows of plain numbers are read and written through it.
  typedef T Vector __attribute__((vector_size(lane_bytes), may_alias));
  typedef typename Integer<T>::type Mask __attribute__((vector_size(lane_bytes), may_alias));
  static constexpr std::size_t count = lane_bytes / sizeof(T);

  Lanes() = default;
  Lanes(Vector vector) : v(vector) {}
  Lanes(double number) : v(static_cast<T>(number) - Vector{}) {}  // the same in every lane

  friend Lanes operator-(Lanes a) { return -a.v; }
  friend Lanes operator+(Lanes a, Lanes b) { return a.v + b.v; }
  friend Lanes operator-(Lanes a, Lanes b) { return a.v - b.v; }
  friend Lanes operator*(Lanes a, Lanes b) { return a.v * b.v; }
  friend Lanes operator/(Lanes a, Lanes b) { return a.v / b.v; }

  Vector v;
};

// Yes or no in every lane: all bits set, or none.
template <class T>
struct LaneMask {
  typename Lanes<T>::Mask v;

  friend LaneMask operator&&(LaneMask a, LaneMask b) { return {a.v & b.v}; }
  friend LaneMask operator!(LaneMask a) { return {~a.v}; }
};

template <class T>
LaneMask<T> operator<(Lanes<T> a, Lanes<T> b) {
  return {a.v < b.v};
}
template <class T>
LaneMask<T> operator>(Lanes<T> a, double b) {
  return {a.v > Lanes<T>(b).v};
}
template <class T>
Lanes<T> choose(LaneMask<T> mask, Lanes<T> yes, Lanes<T> no) {
  return mask.v ? yes.v : no.v;
}

// What rules ask of a number type. Of two branches both are made, and each lane takes its own.
template <class T>
Lanes<T> where(LaneMask<T> condition, auto yes, auto no) {
  return choose<T>(condition, yes(), no());
}
template <class T>
LaneMask<T> is_zero(Lanes<T> x) {
  return {x.v == Lanes<T>(0.0).v};
}
template <class T>
LaneMask<T> is_negative(Lanes<T> x) {
  return x < Lanes<T>(0.0);
}
template <class T>
Lanes<T> compare(Lanes<T> a, Lanes<T> b) {
  return choose<T>(a < b, -1.0, choose<T>(b < a, 1.0, 0.0));
}
template <class T>
Lanes<T> sign(Lanes<T> x) {
  return compare<T>(x, 0.0);
}
template <class T>
Lanes<T> step(Lanes<T> x) {
  return choose<T>(Lanes<T>(0.0) < x, 1.0, 0.0);
}
template <class T>
Lanes<T> number_like(Lanes<T>, double constant) {
  return constant;
}
template <class T>
Lanes<T> max(Lanes<T> a, Lanes<T> b) {
  return ((a.v < b.v) | (b.v != b.v)) ? b.v : a.v;
}
template <class T>
Lanes<T> min(Lanes<T> a, Lanes<T> b) {
  return ((b.v < a.v) | (b.v != b.v)) ? b.v : a.v;
}
template <class T>
Lanes<T> abs(Lanes<T> x) {
  constexpr auto all_but_sign = ~(typename Integer<T>::type{1} << (8 * sizeof(T) - 1));
  return typename Lanes<T>::Vector((typename Lanes<T>::Mask(x.v)) & all_but_sign);
}

// exp in every lane, within 2 units in the last place:  e^x = 2^n e^r,  n the integer nearest
// to x / ln 2,  |r| <= ln 2 / 2, e^r by its Taylor series. Arithmetic alone, so that it is the
// same bits on every machine.
template <class T>
struct ExpConstants;
template <>
struct ExpConstants<double> {
  static constexpr double largest = 710, smallest = -746;
  static constexpr double ln2_high = 0x1.62e42fefap-1, ln2_low = 0x1.cf79abc9e3b39p-40;
  static constexpr double rounding = 0x1.8p52;  // added and taken off: the nearest integer
  static constexpr int terms = 13, mantissa_bits = 52, exponent_bias = 1023;
};
template <>
struct ExpConstants<float> {
  static constexpr float largest = 89, smallest = -104;
  static constexpr float ln2_high = 0x1.62e4p-1f, ln2_low = 0x1.7f7d1cp-20f;
  static constexpr float rounding = 0x1.8p23f;
  static constexpr int terms = 7, mantissa_bits = 23, exponent_bias = 127;
};

// 2^n for integers in lanes, from exponent bits.
template <class T>
Lanes<T> power_of_two(typename Lanes<T>::Mask n) {
  using C = ExpConstants<T>;
  return typename Lanes<T>::Vector((n + C::exponent_bias) << C::mantissa_bits);
}

constexpr double factorial(int n) { return n < 2 ? 1.0 : n * factorial(n - 1); }

template <class T>
Lanes<T> exp(Lanes<T> x) {
  using C = ExpConstants<T>;
  using Mask = typename Lanes<T>::Mask;
  const Lanes<T> bounded = max(Lanes<T>(C::smallest), min(Lanes<T>(C::largest), x));
  const Lanes<T> shifted = bounded * Lanes<T>(1.4426950408889634) + Lanes<T>(C::rounding);
  const Lanes<T> n = shifted - Lanes<T>(C::rounding);
  const Lanes<T> r = bounded - n * Lanes<T>(C::ln2_high) - n * Lanes<T>(C::ln2_low);
  Lanes<T> series = 1 / factorial(C::terms);
  for (int k = C::terms; k-- > 0;) series = series * r + Lanes<T>(1 / factorial(k));
  // In two factors, as 2^n alone may be beyond the largest or below the smallest number.
  const Mask exponent = Mask(shifted.v) - Mask(Lanes<T>(C::rounding).v);
  const Mask half = exponent >> 1;
  return series * power_of_two<T>(half) * power_of_two<T>(exponent - half);
}

template <class T>
Lanes<T> sigmoid(Lanes<T> x) {
  return Lanes<T>(1.0) / (Lanes<T>(1.0) + exp(-x));
}

// The others lane by lane, as the eager graph computes them.
template <class T>
Lanes<T> each(Lanes<T> x, auto function) {
  for (std::size_t lane = 0; lane < Lanes<T>::count; ++lane) x.v[lane] = function(x.v[lane]);
  return x;
}
template <class T>
Lanes<T> log(Lanes<T> x) {
  return each(x, [](T number) { return std::log(number); });
}
template <class T>
Lanes<T> log1p(Lanes<T> x) {
  return each(x, [](T number) { return std::log1p(number); });
}
template <class T>
Lanes<T> sqrt(Lanes<T> x) {
  return each(x, [](T number) { return std::sqrt(number); });
}
template <class T>
Lanes<T> tanh(Lanes<T> x) {
  return each(x, [](T number) { return std::tanh(number); });
}
template <class T>
Lanes<T> pow(Lanes<T> base, Lanes<T> exponent) {
  for (std::size_t lane = 0; lane < Lanes<T>::count; ++lane) {
    base.v[lane] = std::pow(base.v[lane], exponent.v[lane]);
  }
  return base;
}

// The sum of the lanes: neighbours first, so that the order does not depend on the machine.
template <class T>
T sum_of_lanes(Lanes<T> x) {
  for (std::size_t width = Lanes<T>::count / 2; width > 0; width /= 2) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      x.v[lane] = x.v[lane] + x.v[lane + width];
    }
  }
  return x.v[0];
}

}  // namespace sprig::SPRIG_PROCESSOR
