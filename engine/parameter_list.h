// The parameters of a model, checked once and then at hand as numbers: what an optimiser steps
// over. The handles are looked at again only when a parameter of the graph has been made or
// released since, or when a scope may have taken one back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/graph.h"

namespace sprig {

class ParameterList {
 public:
  ParameterList() = default;

  // Throws Error, which begins with `where`, if one is not a leaf, or they are of two graphs.
  explicit ParameterList(std::vector<Value> parameters,
                         std::string_view where = "ParameterList");

  std::size_t size() const { return values_.size(); }
  const Value& operator[](std::size_t k) const { return values_[k]; }
  const Value* begin() const { return values_.data(); }
  const Value* end() const { return values_.data() + values_.size(); }

  void zero_grad() const;  // throws Error if a handle is stale

  // Calls f(k, data, grad) for all in order, and says whether it was true for all. Throws Error
  // before the first call if a handle is stale.
  bool all(auto f) const;

  // Gives parameter k the data move(k, data, grad), for all in order. Throws as all().
  void set_each(auto move) const;

 private:
  void check() const;
  void mark_changed() const;
  void with_indices(auto f) const {
    if (is_run_) return f([first = indices_[0]](std::size_t k) { return first + k; });
    return f([indices = indices_.data()](std::size_t k) { return indices[k]; });
  }

  Graph* graph_ = nullptr;
  std::vector<Value> values_;
  std::vector<std::uint32_t> indices_;
  bool is_run_ = false;
  bool lasting_ = false;  // made outside all scopes
  mutable std::uint32_t changes_ = 0;
};

bool ParameterList::all(auto f) const {
  if (values_.empty()) return true;
  check();
  bool all = true;
  with_indices([&, data = graph_->data_.data(), grad = graph_->grad_.data()](auto index) {
    for (std::size_t k = 0; k < values_.size(); ++k) {
      all &= f(k, data[index(k)], grad[index(k)]);
    }
  });
  return all;
}

void ParameterList::set_each(auto move) const {
  if (values_.empty()) return;
  check();
  with_indices([&, data = graph_->data_.data(), grad = graph_->grad_.data()](auto index) {
    for (std::size_t k = 0; k < values_.size(); ++k) {
      data[index(k)] = move(k, data[index(k)], grad[index(k)]);
    }
  });
  mark_changed();
}

}  // namespace sprig
