// Is a gradient right? Compares what backward says with central differences,
//   df/dx ~ (f(x + h) - f(x - h)) / 2h,
// one input at a time. It finds a wrong rule, not a wrong formula: both sides run the same f.
// At a kink, as of relu at 0, the two may differ although nothing is wrong. Chapter:
// docs/02-backward.md.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "engine/value.h"

namespace sprig {

struct GradcheckOptions {
  double step = 6e-6;       // h at |x| <= 1, |x| times that beyond; cbrt(epsilon) is the best
  double tolerance = 1e-6;  // of the difference, relative to the gradient where that is above 1
};

struct GradcheckInput {
  std::size_t index = 0;
  std::string label;    // of the input's Value; may be empty
  double data = 0;      // where the derivative is taken
  double analytic = 0;  // what backward says
  double numeric = 0;   // what central differences say
  double difference = 0;
  double allowed = 0;  // the tolerance, and what rounding can do to the numeric side

  bool passed() const { return difference <= allowed; }  // a NaN does not pass
};

struct GradcheckReport {
  std::vector<GradcheckInput> inputs;

  bool passed() const;
};

// Prints "gradcheck: 3 inputs agree, largest difference 2.1e-11", or a line for each that does
// not: "gradcheck: input 2 'w' at 0.5: analytic 1.5, numeric 1.25, difference 0.25, allowed
// 1e-06".
std::ostream& operator<<(std::ostream& out, const GradcheckReport& report);

using ScalarFunction = std::function<Value(std::span<const Value>)>;

// df/d(input) for every one of `inputs`, leaves of one graph. f is called with them once, and
// twice more for each input, with that input's data changed; what f makes is taken back. f may
// use its argument or other Values of the graph, such as a model that holds the inputs; it must
// give the same value whenever it sees the same data. Data and grads of all leaves are left as
// they were, but results made of the inputs before can no longer be run backward. Throws Error
// if there are no inputs, an input is not a leaf with gradient, an option is not above 0, or f
// throws.
GradcheckReport gradcheck(const ScalarFunction& f, std::span<const Value> inputs,
                          const GradcheckOptions& options = {});

// The same at the point xs, with leaves of a graph of its own.
GradcheckReport gradcheck(const ScalarFunction& f, std::span<const double> xs,
                          const GradcheckOptions& options = {});
GradcheckReport gradcheck(const ScalarFunction& f, std::initializer_list<double> xs,
                          const GradcheckOptions& options = {});

}  // namespace sprig
