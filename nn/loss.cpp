#include "nn/loss.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "engine/error.h"
#include "engine/graph.h"

namespace sprig {
namespace {

void check_batch(std::string_view where, std::size_t values, std::size_t targets) {
  if (values != targets) {
    fail(where, ": got ", values, " values for ", targets, " targets; give as many of both");
  }
  if (values == 0) fail(where, ": the batch is empty; give at least one sample");
}

}  // namespace

Value mean(std::span<const Value> values) {
  return sum(values) * (1.0 / static_cast<double>(values.size()));
}

Value hinge_loss(std::span<const Value> scores, std::span<const double> labels) {
  check_batch("hinge_loss", scores.size(), labels.size());
  for (std::size_t sample = 0; sample < labels.size(); ++sample) {
    if (labels[sample] != 1 && labels[sample] != -1) {
      fail("hinge_loss: label ", sample, " is ", labels[sample], "; labels are -1 or +1");
    }
  }
  std::vector<Value> losses;
  losses.reserve(scores.size());
  for (std::size_t sample = 0; sample < scores.size(); ++sample) {
    losses.push_back(relu(1.0 - labels[sample] * scores[sample]));
  }
  return mean(losses);
}

Value l2_penalty(std::span<const Value> parameters, double strength) {
  return strength * sum_of_squares(parameters);
}

Value mean_squared_error(std::span<const Value> outputs, std::span<const double> targets) {
  check_batch("mean_squared_error", outputs.size(), targets.size());
  for (std::size_t sample = 0; sample < targets.size(); ++sample) {
    if (!std::isfinite(targets[sample])) {
      fail("mean_squared_error: target ", sample, " is ", targets[sample],
           "; clean the data first");
    }
  }
  std::vector<Value> squares;
  squares.reserve(outputs.size());
  for (std::size_t sample = 0; sample < outputs.size(); ++sample) {
    const Value error = outputs[sample] - targets[sample];
    squares.push_back(error * error);
  }
  return mean(squares);
}

Value hinge_loss(Value score, Value label) { return relu(1.0 - label * score); }

Value squared_error(std::span<const Value> outputs, std::span<const Value> targets) {
  check_batch("squared_error", outputs.size(), targets.size());
  std::vector<Value> squares;
  squares.reserve(outputs.size());
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const Value error = outputs[k] - targets[k];
    squares.push_back(error * error);
  }
  return mean(squares);
}

Value softmax_cross_entropy(std::span<const Value> logits, std::span<const Value> target) {
  check_batch("softmax_cross_entropy", logits.size(), target.size());
  return log_sum_exp(logits) - affine(logits[0].graph().constant(0.0), target, logits);
}

Value softmax_cross_entropy(std::span<const Value> logits, std::size_t label) {
  if (label >= logits.size()) {
    fail("softmax_cross_entropy: label ", label, " but only ", logits.size(),
         " logits; labels count from 0");
  }
  return log_sum_exp(logits) - logits[label];
}

double binary_accuracy(std::span<const Value> scores, std::span<const double> labels) {
  std::vector<double> numbers;
  for (const Value score : scores) numbers.push_back(score.data());
  return binary_accuracy(numbers, labels);
}

double binary_accuracy(std::span<const double> scores, std::span<const double> labels) {
  check_batch("binary_accuracy", scores.size(), labels.size());
  std::size_t right = 0;
  for (std::size_t sample = 0; sample < scores.size(); ++sample) {
    if (std::isnan(scores[sample]) || std::isnan(labels[sample])) {
      fail("binary_accuracy: sample ", sample, " has score ", scores[sample], " and label ",
           labels[sample], "; a nan is on neither side");
    }
    if ((labels[sample] > 0) == (scores[sample] > 0)) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(scores.size());
}

double accuracy(std::span<const double> outputs, std::span<const std::size_t> labels) {
  if (labels.empty()) fail("accuracy: the batch is empty; give at least one sample");
  if (outputs.size() % labels.size() != 0) {
    fail("accuracy: got ", outputs.size(), " outputs for ", labels.size(),
         " labels; give every sample as many outputs");
  }
  const std::size_t classes = outputs.size() / labels.size();
  std::size_t right = 0;
  for (std::size_t sample = 0; sample < labels.size(); ++sample) {
    const std::span<const double> row = outputs.subspan(sample * classes, classes);
    if (labels[sample] >= classes) {
      fail("accuracy: sample ", sample, " has label ", labels[sample], " but only ", classes,
           " outputs; labels count from 0");
    }
    if (std::ranges::any_of(row, [](double output) { return std::isnan(output); })) {
      fail("accuracy: sample ", sample, " has an output that is nan; it has no largest one");
    }
    const auto largest = static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
    if (largest == labels[sample]) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

}  // namespace sprig
