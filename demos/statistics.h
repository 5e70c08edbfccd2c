// What many runs say together: mean, spread, how sure the mean is, and whether one method is
// better than another on the same seeds. Distribution functions are GSL's.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sprig {

// Throws Error for no value.
double mean(std::span<const double> values);

// The standard deviation of the sample: squares are divided by one less than there are values.
// NaN for a single value, which does not tell. Throws Error for none.
double standard_deviation(std::span<const double> values);

struct Interval {
  double low = 0;
  double high = 0;
};

// The 95% confidence interval of the mean, by Student's t: mean -+ t * deviation / sqrt(count).
// Exact for normal values, and near enough for some dozens of others that are not wildly
// skewed. From minus to plus infinity for a single value. Throws Error for none.
Interval mean_interval(std::span<const double> values);

// One method against another over the same seeds. Better means a larger number.
struct Comparison {
  std::size_t better = 0;  // seeds on which the first method's number is larger
  std::size_t equal = 0;
  std::size_t worse = 0;
  double mean_difference = 0;  // first - second
  Interval interval;           // of the mean difference, see mean_interval
  double p = 1;                // two-sided sign test
};

// values[k] and others[k] are of the same seed.
//
// The interval says how large the difference is on average. p says whether chance explains that
// better and worse are so unequal: the probability that as many fair coins as there are unequal
// pairs fall at least so unevenly. It is this test, and neither the t test nor Wilcoxon's,
// because accuracies are bounded: many differences are 0 and a few are large, so they are
// neither normal nor symmetric, which those two ask for. The sign test asks for nothing but
// independent seeds, is exact for any number of them, and can be checked by hand. It sees no
// sizes: of a method that is often a little better and seldom much worse, p and the interval
// may say different things, and both are true.
//
// Throws Error if there are not as many values as others, none, or one that is not finite.
Comparison compare(std::span<const double> values, std::span<const double> others);

// The same p for a family of comparisons, each made large enough that the chance of even one
// false alarm among them stays below any level one may set (Holm 1979). In the same order.
// Throws Error for a p outside [0, 1].
std::vector<double> holm(std::span<const double> p);

}  // namespace sprig
