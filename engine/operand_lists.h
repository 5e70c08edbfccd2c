// The operands of n-ary and affine nodes: lists of node indices, one behind the other in one
// array of a Graph.
//
// 1. Many nodes may share a list. A layer's neurons share that of their inputs; a neuron's
//    nodes, one a sample, share its row: bias, weights, and which of the inputs they weigh.
// 2. Most lists are runs: start, start + 1, start + 2, ... Of a run only the start is kept, and
//    a rule can go through the data of its nodes as through a plain array.
//
// Chapter: docs/02-backward.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sprig {

struct IndexList {
  std::uint32_t size;
  std::uint32_t start;           // of a run
  const std::uint32_t* indices;  // null for a run

  bool is_run() const { return indices == nullptr; }
  std::uint32_t operator[](std::size_t k) const {
    return is_run() ? start + static_cast<std::uint32_t>(k) : indices[k];
  }
};

// Calls f(index), where index(k) is list[k]: one function for a run, one for any other list.
auto with_places(const IndexList& list, auto f) {
  if (list.is_run()) return f([start = list.start](std::size_t k) { return start + k; });
  return f([indices = list.indices](std::size_t k) { return std::size_t{indices[k]}; });
}

// bias + weight(0)*input(0) + weight(1)*input(1) + ..., by index.
struct AffineOperands {
  std::uint32_t bias;
  IndexList weights;
  IndexList reads;   // as long as weights: places in `inputs`
  IndexList inputs;  // of the layer

  std::size_t size() const { return weights.size; }
  std::uint32_t weight(std::size_t k) const { return weights[k]; }
  std::uint32_t input(std::size_t k) const { return inputs[reads[k]]; }

  // Weights and inputs are runs, and neither they nor the bias have a node in common. (Below a
  // start, the difference wraps around.)
  bool are_disjoint_runs() const {
    const std::uint32_t w = weights.start, x = inputs.start;
    return weights.is_run() && inputs.is_run() && bias - w >= weights.size &&
           bias - x >= inputs.size && w - x >= inputs.size && x - w >= weights.size;
  }
};

// True for start, start + 1, start + 2, ..., and for nothing at all.
bool is_run(std::span<const std::uint32_t> indices);

class OperandLists {
 public:
  using Index = std::uint32_t;

  // What they return points into the array: it holds until the next list is begun.
  IndexList list(Index place) const {
    const Index* words = words_.data() + place;
    const bool is_run = words[1] != gathered;
    return {words[0], words[1], is_run ? nullptr : words + 2};
  }
  AffineOperands affine(Index row, Index inputs) const {
    const IndexList weights = list(row + 1);
    const Index reads = row + 3 + (weights.is_run() ? 0 : weights.size);
    return {words_[row], weights, list(reads), list(inputs)};
  }

  std::size_t size() const { return size_; }  // in words
  std::size_t bytes() const { return words_.capacity() * sizeof(Index); }
  void take_back_to(std::size_t size) { size_ = size < size_ ? size : size_; }

 private:
  friend class ListWriter;
  static constexpr Index gathered = -1;  // in place of a run's start: the indices follow
  void grow(std::size_t words);

  std::vector<Index> words_;  // the first size_ are in use
  std::size_t size_ = 0;
};

// Writes lists behind those in use. They count once they are kept.
class ListWriter {
 public:
  using Index = OperandLists::Index;

  ListWriter(OperandLists& lists, std::size_t most_words) : lists_(lists) {
    if (lists.size_ + most_words > lists.words_.size()) lists.grow(most_words);
    end_ = begin_ = lists.words_.data() + lists.size_;
  }

  static std::size_t words(std::size_t list_size) { return 2 + list_size; }

  void begin_list(std::size_t size) {
    list_ = end_;
    *end_++ = static_cast<Index>(size);
    *end_++ = OperandLists::gathered;
  }
  void add(Index index) { *end_++ = index; }  // between two lists: a word of its own
  IndexList end_list(bool may_be_run);
  void add_list(std::span<const Index> indices, bool is_run);

  // Where the next word will stand.
  Index next_place() const {
    return static_cast<Index>(lists_.size_) + static_cast<Index>(end_ - begin_);
  }

  // Returns where the first word stands.
  Index keep() {
    const std::size_t place = lists_.size_;
    lists_.size_ = next_place();
    return static_cast<Index>(place);
  }

 private:
  OperandLists& lists_;
  Index* begin_;
  Index* end_;
  Index* list_ = nullptr;  // the list that was begun last
};

}  // namespace sprig
