#include "engine/program_replay.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/graph.h"

namespace sprig {
namespace {

// Calls function(first, end, thread) in every thread of the team with its share of `total`; the
// first threads have the larger ones, so that what is of one part only is in the first's.
void in_shares(ThreadTeam& team, std::size_t total, const auto& function) {
  if (team.size() == 1) return function(0, total, 0);
  team.run([&](std::size_t thread) {
    const auto start = [&](std::size_t of) {
      return (of * total + team.size() - 1) / team.size();
    };
    function(start(thread), start(thread + 1), thread);
  });
}

template <class T>
void make_at_least(AlignedArray<T>& array, std::size_t size) {
  if (array.size() < size) array = AlignedArray<T>(size);
}

}  // namespace

template <class T>
void Replay<T>::use(Plan plan) {
  plan_ = std::move(plan);
  runs_.clear();
  uniform_values_.clear();
  for (Index value = 0; value < plan_.values.size(); ++value) {
    const auto [leaf, is_leaf, wants_grad, in_graph, is_set] = plan_.values[value];
    if (!is_leaf) {
      uniform_values_.push_back(value);
      continue;
    }
    const bool follows = !runs_.empty() && runs_.back().wants_grad == wants_grad &&
                         runs_.back().in_graph == in_graph && runs_.back().is_set == is_set &&
                         runs_.back().first_value + runs_.back().count == value &&
                         runs_.back().first_leaf + runs_.back().count == leaf;
    if (follows) {
      ++runs_.back().count;
    } else {
      runs_.push_back({value, leaf, 1, wants_grad, in_graph, is_set});
    }
  }
  make_at_least(values_, plan_.values.size());
}

template <class T>
void Replay<T>::load_values(const Graph& graph) {
  for (const Run& run : runs_) {
    if (run.in_graph && sizeof(T) == sizeof(double)) continue;  // read where they are
    const double* from = graph.data_.data() + run.first_leaf;
    T* to = values_.data() + run.first_value;
    for (std::size_t k = 0; k < run.count; ++k) to[k] = static_cast<T>(from[k]);
  }
  for (const Index value : uniform_values_) {
    values_[value] = static_cast<T>(uniforms_.data(plan_.values[value].place));
  }
}

template <class T>
double Replay<T>::run(Graph& graph, const Batch& batch, Pass pass) {
  make_room(graph, batch, pass);
  uniforms_.run(plan_, graph);
  load_values(graph);
  in_shares(team_, batch.parts(), [&](std::size_t first, std::size_t end, std::size_t thread) {
    for (std::size_t k = first; k < end; ++k) run_part(graph, batch, k, thread, pass);
  });
  const double loss =
      std::accumulate(losses_.begin(), losses_.end(), 0.0) / static_cast<double>(samples_);
  if (graph.check_finite_ && !std::isfinite(loss)) return loss;
  if (pass != Pass::forward && lands_later_) {
    for (std::size_t k = 0; k < batch.parts(); ++k) land(graph, k);
  }
  if (pass == Pass::products) take_products();
  return loss;
}

template <class T>
void Replay<T>::make_room(const Graph& graph, const Batch& batch, Pass pass) {
  samples_ = batch.size();
  stride_ = batch.stride_;
  lands_later_ = team_.size() > 1 || graph.check_finite_;
  direct_parts_ = graph.check_finite_ ? 0 : (team_.size() > 1 ? 1 : batch.parts());
  losses_.assign(batch.parts(), 0.0);
  outputs_.resize(samples_ * plan_.outputs.size());
  make_at_least(workspaces_, team_.size() * 2 * plan_.rows * stride_);
  if (pass == Pass::forward) return;
  make_at_least(value_grads_, (lands_later_ ? batch.parts() : 1) * plan_.values.size());
  if (pass == Pass::gradients) return;
  make_at_least(products_, batch.parts() * plan_.product_values);
}

// Gradients of parts are added to those of the parameters one part after another, in the same
// order with any number of threads: at once by a single thread; of several, only the one that
// has the first part need not wait, and the others land later.
template <class T>
void Replay<T>::run_part(Graph& graph, const Batch& batch, std::size_t index,
                         std::size_t thread, Pass pass) {
  const Batch::Part cut = batch.part(index);
  T* rows = workspaces_.data() + thread * 2 * plan_.rows * stride_;
  const std::size_t sums = lands_later_ ? index : 0;
  const PartOfBatch<T> part{.batch = batch.numbers<T>(index),
                            .data = rows,
                            .grad = rows + plan_.rows * stride_,
                            .stride = stride_,
                            .vectors = cut.vectors,
                            .size = cut.samples,
                            .samples = batch.samples<T>(index),
                            .inputs = batch.shape().inputs,
                            .values = values_.data(),
                            .value_grads = value_grads_.data() + sums * plan_.values.size(),
                            .products = products_.data() + index * plan_.product_values,
                            .graph_data = graph.data_.data(),
                            .graph_grads = index < direct_parts_ ? graph.grad_.data() : nullptr,
                            .scale = 1.0 / static_cast<double>(samples_)};
  kernels<T>().forward(plan_, part);
  read_results(part, index, cut.first_sample);
  if (pass == Pass::forward) return;
  clear(part);
  if (!plan_.loss.is_row) part.value_grads[plan_.loss.place] += static_cast<T>(part.size);
  kernels<T>().backward(plan_, part);
  if (!lands_later_) land(graph, index);
  if (pass == Pass::products) kernels<T>().products(plan_, part);
}

template <class T>
void Replay<T>::clear(const PartOfBatch<T>& part) const {
  for (const Run& run : runs_) {
    if (!run.is_set) std::fill_n(part.value_grads + run.first_value, run.count, T(0));
  }
  for (const Index value : uniform_values_) part.value_grads[value] = 0;
}

template <class T>
void Replay<T>::read_results(const PartOfBatch<T>& part, std::size_t index,
                             std::size_t first_sample) {
  if (plan_.has_loss) losses_[index] = sum_of_losses(part);
  if (plan_.outputs.empty()) return;
  double* outputs = outputs_.data() + first_sample * plan_.outputs.size();
  for (std::size_t sample = 0; sample < part.size; ++sample) {
    for (const RowOperand& output : plan_.outputs) {
      *outputs++ = output.is_row ? part.data[output.place * stride_ + sample]
                                 : part.values[output.place];
    }
  }
}

// In eight sums that do not wait for each other.
template <class T>
double Replay<T>::sum_of_losses(const PartOfBatch<T>& part) const {
  if (!plan_.loss.is_row) {
    return static_cast<double>(part.size) * part.values[plan_.loss.place];
  }
  const T* losses = part.data + plan_.loss.place * stride_;
  double sums[8] = {};
  std::size_t sample = 0;
  for (; sample + 8 <= part.size; sample += 8) {
    for (std::size_t k = 0; k < 8; ++k) sums[k] += losses[sample + k];
  }
  for (; sample < part.size; ++sample) sums[sample % 8] += losses[sample];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
         ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

// Adds the gradients of part `index` to those of the parameters: groups in the graph first, as
// they do that themselves where they can, then other values, then what uniforms hand on.
template <class T>
void Replay<T>::land(Graph& graph, std::size_t index) {
  const T* grads = value_grads_.data() + (lands_later_ ? index * plan_.values.size() : 0);
  const double scale = 1.0 / static_cast<double>(samples_);
  const auto add = [&](const Run& run) {
    const T* from = grads + run.first_value;
    double* to = graph.grad_.data() + run.first_leaf;
    for (std::size_t k = 0; k < run.count; ++k) to[k] += scale * from[k];
  };
  if (index >= direct_parts_) {
    // A leaf is in one of these runs at most, so threads can share them.
    in_shares(team_, runs_.size(), [&](std::size_t first, std::size_t end, std::size_t) {
      for (std::size_t k = first; k < end; ++k) {
        if (runs_[k].wants_grad && runs_[k].in_graph) add(runs_[k]);
      }
    });
  }
  for (const Run& run : runs_) {
    if (run.wants_grad && !run.in_graph) add(run);
  }
  land_uniforms(graph, grads, scale);
}

template <class T>
void Replay<T>::land_uniforms(Graph& graph, const T* value_grads, double scale) {
  uniforms_.clear_grads();
  for (const Index value : uniform_values_) {
    uniforms_.add_grad(plan_.values[value].place, scale * value_grads[value]);
  }
  uniforms_.run_back(plan_, graph);
}

template <class T>
void Replay<T>::take_products() {
  product_means_.assign(plan_.product_values, 0.0);
  for (std::size_t part = 0; part < losses_.size(); ++part) {
    const T* sums = products_.data() + part * plan_.product_values;
    for (std::size_t k = 0; k < product_means_.size(); ++k) product_means_[k] += sums[k];
  }
  for (double& mean : product_means_) mean /= static_cast<double>(samples_);
}

template <class T>
double Replay<T>::data(const NodePlace& node, std::size_t sample) const {
  if (!node.is_row) return uniforms_.data(node.place);
  return workspaces_[node.place * stride_ + sample];
}

template <class T>
double Replay<T>::grad(const NodePlace& node, std::size_t sample) const {
  return workspaces_[(plan_.rows + node.place) * stride_ + sample];
}

template class Replay<double>;
template class Replay<float>;

}  // namespace sprig
