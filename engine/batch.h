// A batch of samples, laid out for a Program: each input is a row, its numbers for all samples
// side by side, cut into parts that stay in registers and in the first-level cache. Made once,
// run as often as wanted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "engine/aligned_array.h"

namespace sprig {

enum class Precision { float64, float32 };  // double, float

// How many numbers a sample has.
struct SampleShape {
  std::uint32_t inputs = 0;
  std::uint32_t targets = 0;

  bool operator==(const SampleShape&) const = default;
};

struct BatchOptions {
  Precision precision = Precision::float64;
  // At most; 0 for as many as there is room for: 128 in double, 256 in float. Threads share the
  // parts, so fewer samples a part let more threads work. It decides the order in which
  // gradients are added up; the number of threads does not.
  std::size_t samples_per_part = 0;
};

class Batch {
 public:
  // `inputs` and `targets`: sample by sample. Throws Error unless they are the numbers of as
  // many samples, at least one, all finite.
  Batch(SampleShape shape, std::span<const double> inputs, std::span<const double> targets,
        const BatchOptions& options = {});

  SampleShape shape() const { return shape_; }
  Precision precision() const;
  std::size_t size() const { return samples_; }  // samples
  std::size_t parts() const { return parts_; }

  // A number of a sample, first its inputs, then its targets.
  double number(std::size_t sample, std::size_t index) const;

 private:
  template <class T>
  friend class Replay;

  struct Part {
    std::size_t first_sample;
    std::size_t samples;
    std::size_t vectors;  // of 64 bytes, in each row
  };
  Part part(std::size_t index) const;
  std::size_t rows() const { return std::size_t{shape_.inputs} + shape_.targets; }
  template <class T>
  const T* numbers(std::size_t part) const {
    return std::get<AlignedArray<T>>(numbers_).data() + part * rows() * stride_;
  }
  template <class T>
  const T* samples(std::size_t part) const {
    return std::get<AlignedArray<T>>(samples_in_order_).data() +
           this->part(part).first_sample * shape_.inputs;
  }
  template <class T>
  void lay_out(std::span<const double> inputs, std::span<const double> targets);

  SampleShape shape_;
  std::size_t samples_ = 0;
  std::size_t lanes_ = 0;    // numbers in 64 bytes
  std::size_t vectors_ = 0;  // in a row of all parts together
  std::size_t parts_ = 0;
  std::size_t stride_ = 0;  // numbers from one row of a part to the next
  using Numbers = std::variant<AlignedArray<double>, AlignedArray<float>>;
  Numbers numbers_;           // part by part, by row
  Numbers samples_in_order_;  // the inputs sample by sample, as they were given
};

}  // namespace sprig
