// A matrix as dots for matrices.h: what each shows, and the gnuplot commands that draw them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "demos/gnuplot.h"

namespace sprig {

class MatrixDots {
 public:
  // At least one neuron and one input. Neighbours share a dot so that no row or column has more
  // than 200 of them: smaller ones could not be seen.
  MatrixDots(std::size_t neurons, std::size_t inputs);

  std::size_t neurons_per_dot() const { return neurons_per_dot_; }
  std::size_t inputs_per_dot() const { return inputs_per_dot_; }
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }

  // `what` is a number from 0, a place on the palette. The largest that a dot is given counts.
  void show(std::size_t neuron, std::size_t input, double what);

  // Neuron 0 is on top, input 0 at the left; what was not given a number stays empty.
  std::string plot(PictureFormat format) const;

 private:
  std::size_t neurons_per_dot_;
  std::size_t inputs_per_dot_;
  std::size_t rows_;
  std::size_t columns_;
  std::vector<double> dots_;
};

}  // namespace sprig
