// Schedules: numbers that change over training. A schedule is any function of the step, from 0.
#pragma once

#include <functional>
#include <vector>

namespace sprig {

using Schedule = std::function<double(int step)>;

Schedule constant(double value);

// from + (to - from) * step / steps, and `to` from `steps` on.
Schedule linear(double from, double to, int steps);

// to + (from - to)/2 * (1 + cos(pi * step / steps)), and `to` from `steps` on. With to = 0 this
// is f_decay of the RigL paper (Evci 2020, section 3): alpha/2 * (1 + cos(pi t / T_end)).
Schedule cosine(double from, double to, int steps);

// to + (from - to) * (1 - (step - first)/(last - first))^3; `from` before `first`, and `to` from
// `last` on. Equation 1 of Zhu & Gupta 2017, which is fast at first and slow at the end.
Schedule cubic(double from, double to, int first, int last);

// value * factor^(number of milestones reached).
Schedule step_decay(double value, double factor, std::vector<int> milestones);

}  // namespace sprig
