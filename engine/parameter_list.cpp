#include "engine/parameter_list.h"

#include <algorithm>
#include <utility>

#include "engine/error.h"

namespace sprig {

ParameterList::ParameterList(std::vector<Value> parameters, std::string_view where)
    : values_(std::move(parameters)) {
  if (values_.empty()) return;
  graph_ = &values_[0].graph();
  indices_.reserve(values_.size());
  for (std::size_t k = 0; k < values_.size(); ++k) {
    const Op op = graph_->checked(values_[k]).op;
    if (op != Op::leaf) {
      fail(where, ": parameter ", k, " of ", values_.size(), " is the result of ", name_of(op),
           "; only leaves can be moved");
    }
    indices_.push_back(values_[k].index());
  }
  is_run_ = is_run(indices_);
  lasting_ = graph_->is_lasting(std::ranges::max(indices_));
  changes_ = graph_->parameter_changes_;
}

void ParameterList::check() const {
  if (lasting_ && changes_ == graph_->parameter_changes_) return;
  for (const Value value : values_) graph_->checked(value);
  changes_ = graph_->parameter_changes_;
}

void ParameterList::zero_grad() const {
  if (values_.empty()) return;
  check();
  with_indices([&, grad = graph_->grad_.data()](auto index) {
    for (std::size_t k = 0; k < values_.size(); ++k) grad[index(k)] = 0;
  });
}

// As Graph::mark_changed, for all of them.
void ParameterList::mark_changed() const {
  if (graph_->first_operation_ == Graph::none) return;  // nothing was made of them
  const auto size = static_cast<std::uint32_t>(graph_->size_);
  with_indices([&, records = graph_->records_.data()](auto index) {
    for (std::size_t k = 0; k < values_.size(); ++k) {
      records[index(k)].first = size;
      records[index(k)].second = graph_->generation_;
    }
  });
  graph_->made_before_change_ = size;
}

}  // namespace sprig
