// What must hold for any text that is read as a CSV task: it is refused with an Error of one
// line, or all its samples are finite and none is lost. Shared by the fuzzer and the unit test
// that runs over the fuzzer's corpus.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>

#include "demos/csv_task.h"
#include "engine/error.h"

inline void require(bool holds, const std::string& what) {
  if (!holds) throw std::logic_error(what);
}

inline void check_samples(const sprig::Samples& samples, bool classified) {
  const auto is_finite = [](double number) { return std::isfinite(number); };
  require(samples.size() > 0, "a part of the samples is empty");
  require(samples.inputs.size() == samples.size() * samples.shape.inputs, "inputs are lost");
  require(std::ranges::all_of(samples.inputs, is_finite), "an input is not finite");
  require(std::ranges::all_of(samples.targets, is_finite), "a target is not finite");
  if (!classified) return;
  const double ones = std::accumulate(samples.targets.begin(), samples.targets.end(), 0.0);
  require(ones == static_cast<double>(samples.size()), "a sample has not one class");
}

// True if the text was accepted. Throws std::logic_error if what was accepted is not sound.
inline bool check_csv_text(std::string_view text, bool regression) {
  sprig::Task task;
  try {
    task = sprig::parse_csv_task(text, "text", {.regression = regression});
  } catch (const sprig::Error& error) {
    require(std::string_view(error.what()).find('\n') == std::string_view::npos,
            "an Error has several lines");
    return false;
  }
  require(task.train.size() + task.test.size() >= 10, "samples are lost");
  require(task.is_regression() == regression, "the kind of task is not the one asked for");
  for (const sprig::Samples* samples : {&task.train, &task.test}) {
    require(samples->shape == task.shape(), "the two parts differ in shape");
    check_samples(*samples, !regression);
  }
  return true;
}
