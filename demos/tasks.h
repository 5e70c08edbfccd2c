// Small tasks to train a network on, each with samples to train on and others, drawn alike, to
// test what was learned. Made here from a seed; demos/csv_task.h makes them of a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/batch.h"

namespace sprig {

// A Batch takes them as they are: Batch(samples.shape, samples.inputs, samples.targets).
struct Samples {
  SampleShape shape;           // numbers of one sample
  std::vector<double> inputs;  // sample by sample
  // Sample by sample: a 1 at the class and 0 elsewhere, for softmax_cross_entropy(), or the
  // number to hit, for squared_error().
  std::vector<double> targets;

  std::size_t size() const { return targets.size() / shape.targets; }
  std::span<const double> input(std::size_t sample) const;
  std::span<const double> target(std::size_t sample) const;
};

// The class of every sample, as accuracy() takes them: where its target is largest.
std::vector<std::size_t> labels(const Samples& samples);

// The samples with these indices, in this order: a minibatch. Throws Error for an index that
// does not exist.
Samples subset(const Samples& samples, std::span<const std::size_t> indices);

struct Task {
  std::string name;
  std::uint32_t inputs = 0;
  std::uint32_t classes = 0;  // 0 for a regression, which has one target
  Samples train;
  Samples test;
  // The inputs that decide the target, rising; empty where none does, or nobody knows.
  std::vector<std::size_t> true_inputs;

  bool is_regression() const { return classes == 0; }
  SampleShape shape() const { return train.shape; }
};

struct TaskOptions {
  std::uint32_t seed = 1;
  std::size_t train = 0;  // samples; 0 for the number below
  std::size_t test = 0;   // samples; 0 for as many as `train`
};

// name       samples  inputs  what the target is
// moons          100       2  the moon: the samples to train on are make_moons(100, 0.1, seed)
// xor            200       2  whether the corner (+-1, +-1) has two signs; noise 0.35
// circles        200       2  1 on the ring of radius 1, 0 on that of radius 2; noise 0.2
// spirals        200       2  which of two arms of 1.25 turns, radius 0.3 to 2; noise 0.1
// halfspace      500      20  whether x0 + x1 > 0; the other inputs are distractors
// sparse        1000      10  2 x2 - 1.5 x5 + x7 + 0.1 noise, a number
// noise         1000      10  noise, a number: nothing can be learned
//
// In the last three, inputs are normal with mean 0 and standard deviation 1, as noise is
// everywhere. The classes of the first four take turns, but for moons, which are shuffled.
// Training and test samples follow from the seed alone, each from random numbers of their own.
// Throws Error for any other name.
Task make_task(const std::string& name, const TaskOptions& options = {});

std::vector<std::string> task_names();  // in the order above

}  // namespace sprig
