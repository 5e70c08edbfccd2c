// Runs a plan forward over one part of a batch, instruction by instruction.
//
// As lanes.h, only for program_kernels.cpp. Chapter: docs/07-program.md.
#pragma once

#include <cstddef>

#include "engine/program_operands.h"
#include "engine/program_tiles.h"

namespace sprig::SPRIG_PROCESSOR {

template <class T>
struct ForwardRunner {
  const Plan& plan;
  const PartOfBatch<T>& part;

  void run() const {
    copy_inputs();
    for (const Instruction& instruction : plan.instructions) {
      if (instruction.operands == 0) {
        GroupRunner<T>{plan.groups[instruction.first_operand], part}.forward();
      } else {
        run_rows(instruction);
      }
    }
  }

  void copy_inputs() const {
    for (std::size_t k = 0; k < plan.copied.size(); ++k) {
      const Lanes<T>* from = row(part.batch, plan.copied[k], part.stride);
      Lanes<T>* to = row(part.data, k, part.stride);
      for (std::size_t v = 0; v < part.vectors; ++v) to[v] = from[v];
    }
  }

  void run_rows(const Instruction& all) const {
    const auto for_all = [&](auto compute) {
      const RowOperand* operands = plan.operands.data() + all.first_operand;
      for (std::size_t n = 0; n < all.count; ++n, operands += all.operands) {
        compute(operands, row(part.data, all.first_row + n, part.stride));
      }
    };
    const auto unary = [&](auto rule) {
      for_all([&](const RowOperand* operands, Lanes<T>* y) {
        const Lanes<T>* a = row(part.data, operands[0].place, part.stride);
        for (std::size_t v = 0; v < part.vectors; ++v) y[v] = rule.forward(a[v]);
      });
    };
    const auto binary = [&](auto rule) {
      for_all([&](const RowOperand* operands, Lanes<T>* y) {
        Lanes<T> same[2];
        const Reader<T> a = read(part, operands[0], same[0]);
        const Reader<T> b = read(part, operands[1], same[1]);
        for (std::size_t v = 0; v < part.vectors; ++v) y[v] = rule.forward(a[v], b[v]);
      });
    };
    const auto nary = [&](auto rule) {
      for_all([&](const RowOperand* operands, Lanes<T>* y) {
        for (std::size_t v = 0; v < part.vectors; ++v) {
          const auto at = [&](std::size_t k) { return read(part, operands[k], v); };
          y[v] = rule.forward(all.operands, at);
        }
      });
    };
    // A weighted sum that is not of a group: bias, w0, x0, w1, x1, ... may all be rows.
    const auto affine = [&](auto rule) {
      for_all([&](const RowOperand* operands, Lanes<T>* y) {
        for (std::size_t v = 0; v < part.vectors; ++v) {
          const auto weight = [&](std::size_t k) { return read(part, operands[1 + 2 * k], v); };
          const auto input = [&](std::size_t k) { return read(part, operands[2 + 2 * k], v); };
          y[v] = rule.forward(all.operands / 2, read(part, operands[0], v), weight, input);
        }
      });
    };
    with_rule(all.op, unary, binary, nary, affine);
  }
};

template <class T>
void run_forward(const Plan& plan, const PartOfBatch<T>& part) {
  ForwardRunner<T>{plan, part}.run();
}

}  // namespace sprig::SPRIG_PROCESSOR
