// What needs more than + and * in lanes (vectors.h): exp, and the losses.
#pragma once

#include <cmath>
#include <cstdint>

#include "tests/bench/vectors.h"
#include "tests/bench/workload.h"

namespace sprig::bench {

template <class T>
struct ExpConstants;
template <>
struct ExpConstants<double> {
  using Bits = std::int64_t;
  static constexpr double lowest = -708, round = 0x1.8p52, ln2_high = 0x1.62e42feep-1,
                          ln2_low = 0x1.a39ef35793c76p-33;
  static constexpr int fraction_bits = 52, terms = 13;
};
template <>
struct ExpConstants<float> {
  using Bits = std::int32_t;
  static constexpr float lowest = -87, round = 0x1.8p23f, ln2_high = 0x1.62e4p-1f,
                         ln2_low = 0x1.7f7d1cp-20f;
  static constexpr int fraction_bits = 23, terms = 7;
};

// e^x for x <= 0: x = n ln 2 + r, e^x = 2^n e^r, with Taylor's series for |r| <= ln 2 / 2.
// Adding `round` leaves n in the lowest bits of a number's fraction.
template <class V>
[[gnu::always_inline]] inline V exp_of_negative(V x) {
  using T = std::remove_cvref_t<decltype(x[0])>;
  using Constants = ExpConstants<T>;
  using Bits = decltype(x < x);
  const V lowest = Constants::lowest - V{};
  x = x < lowest ? lowest : x;
  const V shifted = x * static_cast<T>(1.4426950408889634) + Constants::round;
  const V n = shifted - Constants::round;
  const V r = (x - n * Constants::ln2_high) - n * Constants::ln2_low;
  V series = 1 - V{};
  SPRIG_UNROLL for (int term = Constants::terms; term > 0; --term) {
    series = 1 + series * (r * (1 / static_cast<T>(term)));
  }
  return (V)((Bits)series + ((Bits)shifted << Constants::fraction_bits));
}

// One vector of samples' losses, added up, for logits (one vector a class, `stride` apart);
// each logit becomes its gradient: (softmax - is_label) * scale.
template <class V, class T>
double softmax_in_lanes(V* logits, const V* is_label, int classes, std::size_t stride,
                        T scale) {
  V largest = logits[0], chosen{}, sum{};
  for (int k = 0; k < classes; ++k) {
    const V logit = logits[k * stride];
    largest = logit > largest ? logit : largest;
    chosen += logit * is_label[k * stride];
  }
  for (int k = 0; k < classes; ++k) {
    sum += logits[k * stride] = exp_of_negative(logits[k * stride] - largest);
  }
  const V inverse = scale / sum;
  for (int k = 0; k < classes; ++k) {
    logits[k * stride] = logits[k * stride] * inverse - scale * is_label[k * stride];
  }
  double loss = 0;
  for (std::size_t lane = 0; lane < sizeof(V) / sizeof(T); ++lane) {
    loss += std::log(static_cast<double>(sum[lane])) +
            static_cast<double>(largest[lane] - chosen[lane]);
  }
  return loss;
}

// The same for hinge: max(0, 1 - label * score); each score becomes its gradient.
template <class V, class T>
double hinge_in_lanes(V& scores, const V& labels, T scale) {
  const V margin = 1 - labels * scores;
  const V losses = margin > 0 ? margin : V{};
  scores = margin > 0 ? -scale * labels : V{};
  return total(losses);
}

// The mean loss of a batch from its scores or logits (a row each), which become its gradients.
template <class T, int batch>
double loss_in_lanes(Loss kind, Rows<T, batch>& outputs, const Rows<T, batch>& targets,
                     int count) {
  using Registers = Samples<T, batch>;
  const T scale = T(1) / batch;
  const auto add = [&](auto* values, const auto* of, std::size_t stride) {
    return kind == Loss::hinge ? hinge_in_lanes(*values, *of, scale)
                               : softmax_in_lanes(values, of, count, stride, scale);
  };
  const auto row = outputs[0], target = targets[0];
  double sum = 0;
  for (int v = 0; v < Registers::vectors; ++v) {
    sum += add(row.full + v, target.full + v, Registers::vectors);
  }
  if constexpr (Registers::tail_lanes > 0) sum += add(&row.tail, &target.tail, 1);
  return sum / batch;
}

// A workload's samples in lanes. Targets: the labels, or a row for each class, 1 where it is
// the sample's, else 0.
template <class T, int batch>
void lay_out_batch(const Workload& workload, Rows<T, batch>& inputs, Rows<T, batch>& targets) {
  const std::size_t width = workload.topology.inputs;
  for (int sample = 0; sample < batch; ++sample) {
    for (std::size_t input = 0; input < width; ++input) {
      inputs.at(input, sample) = static_cast<T>(workload.inputs[sample * width + input]);
    }
    const double target = workload.targets[sample];
    if (workload.loss == Loss::hinge) {
      targets.at(0, sample) = static_cast<T>(target);
    } else {
      targets.at(static_cast<std::size_t>(target), sample) = 1;
    }
  }
}

// The sum of the squares of numbers that are 0 behind the end.
template <class T>
double squares(const Aligned<T>& numbers) {
  using V = Vector<T, full_lanes<T>>;
  const V* vectors = reinterpret_cast<const V*>(numbers.data());
  V sum{};
  for (std::size_t v = 0; v * full_lanes<T> < numbers.size(); ++v)
    sum += vectors[v] * vectors[v];
  return total(sum);
}

}  // namespace sprig::bench
