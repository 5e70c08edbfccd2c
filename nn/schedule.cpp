#include "nn/schedule.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "engine/error.h"

namespace sprig {

Schedule constant(double value) {
  return [=](int) { return value; };
}

Schedule linear(double from, double to, int steps) {
  if (steps <= 0) fail("linear: ", steps, " steps; give at least 1");
  return [=](int step) { return step < steps ? from + (to - from) * step / steps : to; };
}

Schedule cosine(double from, double to, int steps) {
  if (steps <= 0) fail("cosine: ", steps, " steps; give at least 1");
  return [=](int step) {
    if (step >= steps) return to;
    return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * step / steps));
  };
}

Schedule cubic(double from, double to, int first, int last) {
  if (last <= first) {
    fail("cubic: from step ", first, " to step ", last, "; give a last one after the first");
  }
  return [=](int step) {
    if (step <= first) return from;
    if (step >= last) return to;
    const double left = static_cast<double>(last - step) / (last - first);
    return to + (from - to) * left * left * left;
  };
}

Schedule step_decay(double value, double factor, std::vector<int> milestones) {
  return [=, milestones = std::move(milestones)](int step) {
    double current = value;
    for (const int milestone : milestones) {
      if (step >= milestone) current *= factor;
    }
    return current;
  };
}

}  // namespace sprig
