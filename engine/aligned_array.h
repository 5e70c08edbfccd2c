// An array of numbers that begins at a multiple of 64 bytes, as lanes are read. Zeros at first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace sprig {

template <class T>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t size)
      : numbers_(static_cast<T*>(operator new(size * sizeof(T), alignment))), size_(size) {
    std::fill_n(numbers_.get(), size, T(0));
  }

  T* data() { return numbers_.get(); }
  const T* data() const { return numbers_.get(); }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t index) { return numbers_.get()[index]; }
  T operator[](std::size_t index) const { return numbers_.get()[index]; }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Delete {
    void operator()(T* numbers) const { operator delete(numbers, alignment); }
  };
  std::unique_ptr<T[], Delete> numbers_;
  std::size_t size_ = 0;
};

}  // namespace sprig
