// The parameters of a model, checked once and then at hand as numbers: what an optimiser steps
// over. The handles are looked at again only when a parameter of the graph has been made or
// released since, or when a scope may have taken one back.
#pragma once

#include <bit>
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

  // Gives parameter k the data move(k, data, grad), for all in order. If one of these is not
  // finite, it gives all of them their old data back, and false. Throws Error before the first
  // call if a handle is stale.
  bool set_each(auto move) const;

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
  mutable std::vector<double> before_;  // data, while they are being set
};

bool ParameterList::set_each(auto move) const {
  if (values_.empty()) return true;
  check();
  before_.resize(values_.size());
  std::uint64_t bits = 0;  // of x - x, which is 0 for a finite x and a NaN for any other
  with_indices([&, data = graph_->data_.data(), grad = graph_->grad_.data(),
                before = before_.data()](auto index) {
    for (std::size_t k = 0; k < values_.size(); ++k) {
      before[k] = data[index(k)];
      const double x = move(k, before[k], grad[index(k)]);
      data[index(k)] = x;
      bits |= std::bit_cast<std::uint64_t>(x - x);  // in a long loop faster than a comparison
    }
    if (bits == 0) return;
    for (std::size_t k = values_.size(); k-- > 0;) data[index(k)] = before[k];
  });
  if (bits == 0) mark_changed();
  return bits == 0;
}

}  // namespace sprig
