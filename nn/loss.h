// Losses as Values. Those of a batch are means over its samples, so that the size of the batch does
// not change the step.
#pragma once

#include <cstddef>
#include <span>

#include "engine/value.h"

namespace sprig {

// mean of max(0, 1 - label * score): the "max-margin" loss. Labels are -1 or +1. Throws Error
// if the batch is empty, the sizes differ or a label is neither.
Value hinge_loss(std::span<const Value> scores, std::span<const double> labels);

// strength * sum of squares, added to a loss to keep parameters small; 1e-4 is usual. Throws
// Error if there are no parameters.
Value l2_penalty(std::span<const Value> parameters, double strength);

// mean of (output - target)^2. Throws Error if the batch is empty, sizes differ, or a target is
// not finite.
Value mean_squared_error(std::span<const Value> outputs, std::span<const double> targets);

// The same for one sample, whose label or target is a Value: what a Program records.
Value hinge_loss(Value score, Value label);
Value squared_error(std::span<const Value> outputs, std::span<const Value> targets);  // mean
// `target` has a 1 at the label and 0 elsewhere, or any probabilities.
Value softmax_cross_entropy(std::span<const Value> logits, std::span<const Value> target);

// -log softmax(logits)[label] for one sample, through log_sum_exp, so that no logit overflows.
// Throws Error if the label is not below the number of logits.
Value softmax_cross_entropy(std::span<const Value> logits, std::size_t label);

// (l0 + l1 + ...) / n. Throws Error if there is none.
Value mean(std::span<const Value> values);

// The fraction of scores on their label's side: (label > 0) == (score > 0). Throws Error if the
// batch is empty, the sizes differ, or a score or label is nan.
double binary_accuracy(std::span<const Value> scores, std::span<const double> labels);

// The same for scores that are numbers, as Program::outputs() gives them.
double binary_accuracy(std::span<const double> scores, std::span<const double> labels);

// The fraction of samples whose largest output is the one at the label; of equal ones the first
// counts as the largest. `outputs` sample by sample, as Program::outputs() gives them. Throws
// Error if there is no label, the samples do not have as many outputs each, a label is not
// below their number, or an output is nan.
double accuracy(std::span<const double> outputs, std::span<const std::size_t> labels);

}  // namespace sprig
