// A notebook's regression on noise, by its own rules: weights that are dropped by setting them
// to 0, and grown at random where a weight is 0. What is wrong is said in
// published_regression.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "demos/tasks.h"

namespace sprig::course {

struct WeightAt {
  std::size_t input = 0;
  double weight = 0;  // before it is dropped, or once it is grown
};

struct PublishedEpoch {
  int epoch = 0;
  double loss = 0;                // before the step
  std::size_t after_step = 0;     // weights that are not 0
  std::size_t after_growing = 0;  // weights that are not 0
  std::vector<WeightAt> dropped;
  std::vector<WeightAt> grown;
};

// 10 epochs of full-batch Adam with 0.001 on one output without bias, from weights 0. The
// numbers that the notebook draws are of no seed; `seed` gives others.
std::vector<PublishedEpoch> run_published_regression(const Task& task, std::uint32_t seed);

}  // namespace sprig::course
