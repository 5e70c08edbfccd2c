#include "demos/statistics.h"

#include <gsl/gsl_cdf.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/error.h"

namespace sprig {
namespace {

// Both tails of n fair coins, of which one side shows `better` and the other `worse` times.
double sign_test(std::size_t better, std::size_t worse) {
  const auto fewer = static_cast<unsigned>(std::min(better, worse));
  const auto tosses = static_cast<unsigned>(better + worse);
  return std::min(1.0, 2 * gsl_cdf_binomial_P(fewer, 0.5, tosses));
}

}  // namespace

double mean(std::span<const double> values) {
  if (values.empty()) fail("mean: got no value; give at least one");
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double standard_deviation(std::span<const double> values) {
  const double center = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - center) * (value - center);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));  // 0 / 0 for one value
}

Interval mean_interval(std::span<const double> values) {
  const double center = mean(values);
  const double infinity = std::numeric_limits<double>::infinity();
  if (values.size() == 1) return {-infinity, infinity};
  const auto count = static_cast<double>(values.size());
  const double t = gsl_cdf_tdist_Pinv(0.975, count - 1);
  const double reach = t * standard_deviation(values) / std::sqrt(count);
  return {center - reach, center + reach};
}

Comparison compare(std::span<const double> values, std::span<const double> others) {
  if (values.size() != others.size()) {
    fail("compare: got ", values.size(), " values and ", others.size(),
         " others; give one of each for every seed");
  }
  Comparison result;
  std::vector<double> differences;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double difference = differences.emplace_back(values[k] - others[k]);
    if (!std::isfinite(difference)) {
      fail("compare: pair ", k, " is ", values[k], " and ", others[k],
           "; leave out what is not finite");
    }
    ++(difference > 0 ? result.better : difference < 0 ? result.worse : result.equal);
  }
  result.mean_difference = mean(differences);
  result.interval = mean_interval(differences);
  result.p = sign_test(result.better, result.worse);
  return result;
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t k) { return p[k]; });
  std::vector<double> adjusted(p.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double one = p[order[rank]];
    if (!(one >= 0 && one <= 1)) fail("holm: p is ", one, "; give one in [0, 1]");
    largest = std::max(largest, one * static_cast<double>(p.size() - rank));
    adjusted[order[rank]] = std::min(1.0, largest);
  }
  return adjusted;
}

}  // namespace sprig
