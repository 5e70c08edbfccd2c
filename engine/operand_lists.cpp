#include "engine/operand_lists.h"

#include <algorithm>
#include <limits>

#include "engine/error.h"

namespace sprig {

void OperandLists::grow(std::size_t words) {
  constexpr std::size_t limit = std::numeric_limits<Index>::max();
  if (words > limit - size_) {
    fail("Graph: it cannot keep more than ", limit, " operands; use a StepScope");
  }
  words_.resize(std::min(limit, std::max(size_ + words, 2 * words_.size())));
}

bool is_run(std::span<const std::uint32_t> indices) {
  bool is_run = true;
  for (std::uint32_t k = 0; k < indices.size(); ++k) is_run &= indices[k] == indices[0] + k;
  return is_run;
}

IndexList ListWriter::end_list(bool may_be_run) {
  const Index* indices = list_ + 2;
  const auto size = static_cast<Index>(end_ - indices);
  const Index start = size == 0 ? 0 : indices[0];
  if (!may_be_run || !is_run({indices, size})) return {size, start, indices};
  list_[1] = start;
  end_ = list_ + 2;
  return {size, start, nullptr};
}

void ListWriter::add_list(std::span<const Index> indices, bool is_run) {
  begin_list(indices.size());
  if (!is_run) {
    end_ = std::ranges::copy(indices, end_).out;
  } else if (!indices.empty()) {
    list_[1] = indices[0];
  } else {
    list_[1] = 0;
  }
}

}  // namespace sprig
