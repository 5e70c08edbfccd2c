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

IndexList ListWriter::end_list(bool may_be_run) {
  const Index* indices = list_ + 2;
  const auto size = static_cast<Index>(end_ - indices);
  const Index start = size == 0 ? 0 : indices[0];
  for (Index k = 0; k < size; ++k) may_be_run &= indices[k] == start + k;
  if (!may_be_run) return {size, start, indices};
  list_[1] = start;
  end_ = list_ + 2;
  return {size, start, nullptr};
}

void ListWriter::copy_list(const IndexList& list) {
  begin_list(list.size);
  if (list.is_run()) {
    list_[1] = list.start;
  } else {
    end_ = std::copy_n(list.indices, list.size, end_);
  }
}

}  // namespace sprig
