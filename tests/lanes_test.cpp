// The lanes' own functions against the standard library's, one number at a time.

#define SPRIG_PROCESSOR test_processor
#include "engine/lanes.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "nn/random.h"

namespace {

using namespace sprig;
using namespace sprig::test_processor;

// How many numbers of type T lie between the two.
template <class T>
double units_apart(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b) ? 0 : 1e9;
  if (std::isinf(a) || std::isinf(b)) return a == b ? 0 : 1e9;
  const T next = std::nextafter(std::abs(b), std::numeric_limits<T>::infinity());
  return std::abs(double(a) - double(b)) / (double(next) - double(std::abs(b)));
}

template <class T>
double worst_exp(T low, T high) {
  Rng rng(1);
  double worst = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    Lanes<T> x;
    for (std::size_t lane = 0; lane < Lanes<T>::count; ++lane) {
      x.v[lane] = static_cast<T>(rng.uniform(low, high));
    }
    const Lanes<T> y = exp(x);
    for (std::size_t lane = 0; lane < Lanes<T>::count; ++lane) {
      worst = std::max(worst, units_apart<T>(y.v[lane], std::exp(x.v[lane])));
    }
  }
  return worst;
}

}  // namespace

TEST_SUITE("lanes") {
  TEST_CASE("exp is within two units in the last place of the standard library's") {
    CHECK(worst_exp<double>(-700, 700) <= 2);
    CHECK(worst_exp<double>(-1, 1) <= 2);
    CHECK(worst_exp<float>(-87, 88) <= 2);
    CHECK(worst_exp<float>(-1, 1) <= 2);
  }

  TEST_CASE("exp overflows to infinity, fades to 0 through the denormals, and keeps a NaN") {
    const double infinity = std::numeric_limits<double>::infinity();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const double x : {710.0, 1e9, infinity}) CHECK(exp(Lanes<double>(x)).v[3] == infinity);
    for (const double x : {-746.0, -1e9, -infinity}) CHECK(exp(Lanes<double>(x)).v[3] == 0);
    CHECK(std::isnan(exp(Lanes<double>(nan)).v[7]));
    CHECK(exp(Lanes<double>(0.0)).v[0] == 1);
    CHECK(exp(Lanes<double>(-740.0)).v[0] == doctest::Approx(std::exp(-740.0)).epsilon(0.01));
    CHECK(exp(Lanes<float>(89.0)).v[0] == std::numeric_limits<float>::infinity());
    CHECK(exp(Lanes<float>(-104.0)).v[0] == 0);
  }

  TEST_CASE("max and min keep a NaN from either side, and abs drops the sign of zero") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const Lanes<double> one(1.0);
    CHECK(std::isnan(max(one, Lanes<double>(nan)).v[0]));
    CHECK(std::isnan(max(Lanes<double>(nan), one).v[0]));
    CHECK(std::isnan(min(one, Lanes<double>(nan)).v[0]));
    CHECK(std::isnan(min(Lanes<double>(nan), one).v[0]));
    CHECK(!std::signbit(abs(Lanes<double>(-0.0)).v[0]));
    CHECK(std::signbit(Lanes<double>(-0.0).v[0]));
  }

  TEST_CASE("the lanes add up to their sum") {
    Lanes<float> x;
    for (std::size_t lane = 0; lane < 16; ++lane) x.v[lane] = static_cast<float>(lane);
    CHECK(sum_of_lanes(x) == 120);
  }
}
