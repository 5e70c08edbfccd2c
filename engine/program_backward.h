// Runs a plan backward over one part of a batch: the same instructions from behind.
//
// As lanes.h, only for program_kernels.cpp. Chapter: docs/07-program.md.
#pragma once

#include <cstddef>

#include "engine/program_operands.h"
#include "engine/program_tiles.h"

namespace sprig::SPRIG_PROCESSOR {

template <class T>
struct BackwardRunner {
  const Plan& plan;
  const PartOfBatch<T>& part;

  void run() const {
    if (!plan.loss.is_row) return;  // the same for every sample
    seed();
    for (std::size_t i = plan.instructions.size(); i-- > 0;) {
      const Instruction& instruction = plan.instructions[i];
      if (!instruction.wants_grad) continue;
      if (instruction.operands == 0) {
        GroupRunner<T>{plan.groups[instruction.first_operand], part}.backward();
      } else {
        run_rows(instruction);
      }
    }
  }

  // d(loss)/d(loss) is 1 for every sample and 0 for the copies behind them.
  void seed() const {
    T* grad = part.grad + plan.loss.place * part.stride;
    for (std::size_t sample = 0; sample < part.stride; ++sample) {
      grad[sample] = sample < part.size ? T(1) : T(0);
    }
    for (const Index index : plan.cleared) {
      Lanes<T>* cleared = row(part.grad, index, part.stride);
      for (std::size_t v = 0; v < part.vectors; ++v) cleared[v] = Lanes<T>(0.0);
    }
  }

  void run_rows(const Instruction& all) const {
    for (std::size_t n = all.count; n-- > 0;) {
      const RowOperand* operands = plan.operands.data() + all.first_operand + n * all.operands;
      const Lanes<T>* y = row(part.data, all.first_row + n, part.stride);
      const Lanes<T>* g = row(part.grad, all.first_row + n, part.stride);
      run_node(all, operands, y, g);
    }
  }

  void run_node(const Instruction& all, const RowOperand* operands, const Lanes<T>* y,
                const Lanes<T>* g) const {
    const auto unary = [&](auto rule) {
      const Lanes<T>* a = row(part.data, operands[0].place, part.stride);
      give(part, operands[0],
           [=](std::size_t v) { return g[v] * Lanes<T>(rule.derivative(a[v], y[v])); });
    };
    const auto binary = [&](auto rule) {
      Lanes<T> same[2];
      const Reader<T> a = read(part, operands[0], same[0]);
      const Reader<T> b = read(part, operands[1], same[1]);
      give(part, operands[0],
           [=](std::size_t v) { return g[v] * Lanes<T>(rule.derivative_a(a[v], b[v], y[v])); });
      give(part, operands[1],
           [=](std::size_t v) { return g[v] * Lanes<T>(rule.derivative_b(a[v], b[v], y[v])); });
    };
    const auto nary = [&](auto rule) {
      for (std::size_t v = 0; v < part.vectors; ++v) {
        const auto at = [&](std::size_t k) { return read(part, operands[k], v); };
        rule.derivatives(all.operands, at, y[v], [&](std::size_t k, const auto& derivative) {
          give(part, operands[k], v, g[v] * Lanes<T>(derivative));
        });
      }
    };
    const auto affine = [&](auto rule) {
      for (std::size_t v = 0; v < part.vectors; ++v) {
        const auto visit = [&](std::size_t k, const auto& derivative) {
          give(part, operands[k], v, g[v] * Lanes<T>(derivative));
        };
        for (std::size_t w = all.operands; w > 1; w -= 2) {
          const Lanes<T> weight = read(part, operands[w - 2], v);
          const Lanes<T> input = read(part, operands[w - 1], v);
          visit(w - 2, rule.derivative_weight(weight, input));
          visit(w - 1, rule.derivative_input(weight, input));
        }
        visit(0, rule.derivative_bias());
      }
    };
    with_rule(all.op, unary, binary, nary, affine);
  }
};

template <class T>
void run_backward(const Plan& plan, const PartOfBatch<T>& part) {
  BackwardRunner<T>{plan, part}.run();
}

}  // namespace sprig::SPRIG_PROCESSOR
