#include "engine/batch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "engine/error.h"
#include "engine/program_kernels.h"

namespace sprig {
namespace {

// Not a NaN, and not beyond the largest number of the precision.
void check_range(std::string_view what, std::span<const double> numbers, std::size_t each,
                 double largest) {
  const auto bad =
      std::ranges::find_if_not(numbers, [=](double x) { return std::abs(x) <= largest; });
  if (bad == numbers.end()) return;
  const auto place = static_cast<std::size_t>(bad - numbers.begin());
  fail("Batch: ", what, " ", place % each, " of sample ", place / each, " is ", *bad,
       "; clean the data first");
}

std::size_t count_samples(SampleShape shape, std::size_t inputs, std::size_t targets) {
  const std::size_t each = shape.inputs > 0 ? shape.inputs : shape.targets;
  const std::size_t samples = each == 0 ? 0 : (shape.inputs > 0 ? inputs : targets) / each;
  if (samples == 0 || inputs != samples * shape.inputs || targets != samples * shape.targets) {
    fail("Batch: got ", inputs, " inputs and ", targets, " targets; a sample has ",
         shape.inputs, " and ", shape.targets, ": give those of at least one sample");
  }
  return samples;
}

// The next length that rows can have.
std::size_t fill_up(std::size_t vectors) {
  return *std::ranges::lower_bound(vector_counts, vectors);
}

std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

}  // namespace

Batch::Batch(SampleShape shape, std::span<const double> inputs, std::span<const double> targets,
             const BatchOptions& options)
    : shape_(shape), samples_(count_samples(shape, inputs.size(), targets.size())) {
  const bool is_double = options.precision == Precision::float64;
  const double largest = is_double ? std::numeric_limits<double>::max()
                                   : double{std::numeric_limits<float>::max()};
  check_range("input", inputs, shape.inputs, largest);
  check_range("target", targets, shape.targets, largest);
  lanes_ = 64 / (is_double ? sizeof(double) : sizeof(float));
  vectors_ = divide_up(samples_, lanes_);
  std::size_t most = most_vectors;
  if (options.samples_per_part > 0) {
    most = std::min(most, divide_up(options.samples_per_part, lanes_));
  }
  parts_ = divide_up(vectors_, most);
  stride_ = fill_up(divide_up(vectors_, parts_)) * lanes_;
  if (is_double) {
    lay_out<double>(inputs, targets);
  } else {
    lay_out<float>(inputs, targets);
  }
}

Precision Batch::precision() const {
  return numbers_.index() == 0 ? Precision::float64 : Precision::float32;
}

// The vectors are dealt out evenly: the first parts may have one more than the last.
Batch::Part Batch::part(std::size_t index) const {
  const std::size_t first = index * vectors_ / parts_;
  const std::size_t end = (index + 1) * vectors_ / parts_;
  return {.first_sample = first * lanes_,
          .samples = std::min(samples_, end * lanes_) - first * lanes_,
          .vectors = fill_up(end - first)};
}

template <class T>
void Batch::lay_out(std::span<const double> inputs, std::span<const double> targets) {
  AlignedArray<T> numbers(parts_ * rows() * stride_);
  for (std::size_t p = 0; p < parts_; ++p) {
    const auto [first_sample, samples, vectors] = part(p);
    for (std::size_t lane = 0; lane < vectors * lanes_; ++lane) {
      const std::size_t sample = first_sample + std::min(lane, samples - 1);
      T* to = &numbers[p * rows() * stride_ + lane];
      for (const double x : inputs.subspan(sample * shape_.inputs, shape_.inputs)) {
        *to = static_cast<T>(x);
        to += stride_;
      }
      for (const double x : targets.subspan(sample * shape_.targets, shape_.targets)) {
        *to = static_cast<T>(x);
        to += stride_;
      }
    }
  }
  numbers_ = std::move(numbers);
  AlignedArray<T> samples(inputs.size());
  for (std::size_t k = 0; k < inputs.size(); ++k) samples[k] = static_cast<T>(inputs[k]);
  samples_in_order_ = std::move(samples);
}

double Batch::number(std::size_t sample, std::size_t index) const {
  if (sample >= samples_ || index >= rows()) {
    fail("Batch: asked for number ", index, " of sample ", sample, "; there are ", rows(),
         " of each of ", samples_);
  }
  std::size_t p = 0;
  while (part(p).first_sample + part(p).samples <= sample) ++p;
  const std::size_t place = index * stride_ + sample - part(p).first_sample;
  return precision() == Precision::float64 ? numbers<double>(p)[place]
                                           : numbers<float>(p)[place];
}

}  // namespace sprig
