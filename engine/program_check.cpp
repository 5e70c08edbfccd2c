// Program::first_difference: every sample through the recorded plan and through the eager graph.
#include <algorithm>
#include <cmath>
#include <ostream>
#include <vector>

#include "engine/program_kernels.h"
#include "engine/program_state.h"

namespace sprig {

class ProgramCheck {
 public:
  using Difference = Program::Difference;

  ProgramCheck(Program::State& state, const Batch& batch, double tolerance)
      : state_(state), graph_(state.graph), batch_(batch), tolerance_(tolerance) {}

  // A part at a time, as a part is what the workspace of a replay holds.
  std::optional<Difference> run() {
    state_.check(batch_);
    state_.record_if_needed(batch_);
    const std::size_t bytes =
        batch_.precision() == Precision::float64 ? sizeof(double) : sizeof(float);
    const std::size_t most = most_vectors * 64 / bytes;
    for (std::size_t first = 0; first < batch_.size(); first += most) {
      const std::size_t count = std::min(most, batch_.size() - first);
      if (auto difference = check_part(first, count)) return difference;
    }
    return {};
  }

 private:
  bool differ(double eager, double replayed) const {
    if (std::isnan(eager) || std::isnan(replayed)) {
      return std::isnan(eager) != std::isnan(replayed);
    }
    return eager != replayed &&
           !(std::abs(eager - replayed) <= tolerance_ * std::max(1.0, std::abs(eager)));
  }

  std::optional<Difference> check_part(std::size_t first, std::size_t count) {
    const LeafGrads before(graph_);
    graph_.zero_grad();
    const Batch part = cut(first, count);
    const Pass pass = state_.options.forward_only ? Pass::forward : Pass::gradients;
    std::visit([&](auto& its) { its.run(graph_, part, pass); }, state_.replay);
    const LeafGrads replayed(graph_);
    graph_.zero_grad();
    for (std::size_t sample = 0; sample < count; ++sample) {
      if (auto difference = check_sample(part, sample)) {
        difference->sample += first;
        return difference;
      }
    }
    if (pass == Pass::forward) return {};
    return check_leaves(replayed.grads(), count);
  }

  Batch cut(std::size_t first, std::size_t count) const {
    std::vector<double> inputs;
    std::vector<double> targets;
    for (std::size_t sample = first; sample < first + count; ++sample) {
      for (std::size_t k = 0; k < state_.shape.inputs; ++k) {
        inputs.push_back(batch_.number(sample, k));
      }
      for (std::size_t k = 0; k < state_.shape.targets; ++k) {
        targets.push_back(batch_.number(sample, state_.shape.inputs + k));
      }
    }
    return Batch(state_.shape, inputs, targets, {.precision = batch_.precision()});
  }

  // The eager graph's nodes of one sample beside the replay's. Its gradients stay in the leaves.
  std::optional<Difference> check_sample(const Batch& part, std::size_t sample) {
    const StepScope scope(graph_);
    const auto begin = static_cast<Index>(graph_.size());
    const Program::Recording recording = state_.record_sample(part, sample);
    const std::vector<NodePlace>& nodes = state_.plan().nodes;
    for (Index k = 0; k < nodes.size(); ++k) {
      if (begin + k >= graph_.size() || graph_.records_[begin + k].op != nodes[k].op) {
        return other_path(begin + k, nodes[k], sample);
      }
      if (!nodes[k].has_data) continue;
      const double eager = graph_.data_[begin + k];
      const double replayed = replayed_data(nodes[k], sample);
      if (differ(eager, replayed)) {
        return Difference{sample, graph_.describe(begin + k), "data", {}, eager, replayed};
      }
    }
    if (state_.options.forward_only) return {};
    recording.loss.backward();
    for (Index k = static_cast<Index>(nodes.size()); k-- > 0;) {
      if (!nodes[k].has_grad) continue;
      const double eager = graph_.grad_[begin + k];
      const double replayed = replayed_grad(nodes[k], sample);
      if (differ(eager, replayed)) {
        return Difference{sample, graph_.describe(begin + k), "gradient", {}, eager, replayed};
      }
    }
    return {};
  }

  Difference other_path(Index node, const NodePlace& recorded, std::size_t sample) const {
    return {.sample = sample,
            .node = node < graph_.size() ? graph_.describe(node) : "the end",
            .what = "operation",
            .recorded = std::string(name_of(recorded.op))};
  }

  double replayed_data(const NodePlace& node, std::size_t sample) const {
    return std::visit([&](const auto& its) { return its.data(node, sample); }, state_.replay);
  }
  double replayed_grad(const NodePlace& node, std::size_t sample) const {
    return std::visit([&](const auto& its) { return its.grad(node, sample); }, state_.replay);
  }

  // The sums over the samples, which backward has added up one by one.
  std::optional<Difference> check_leaves(std::span<const double> replayed, std::size_t count) {
    for (Index leaf = 0; leaf < graph_.size(); ++leaf) {
      const double eager = graph_.grad_[leaf] / static_cast<double>(count);
      if (differ(eager, replayed[leaf])) {
        return Difference{0,     graph_.describe(leaf), "gradient over the batch", {},
                          eager, replayed[leaf]};
      }
    }
    return {};
  }

  // Puts the grads back at its end.
  class LeafGrads {
   public:
    explicit LeafGrads(Graph& graph) : graph_(graph) {
      for (Index node = 0; node < graph.size(); ++node) {
        grads_.push_back(graph.grad_[node]);
      }
    }
    ~LeafGrads() {
      for (Index node = 0; node < grads_.size(); ++node) graph_.grad_[node] = grads_[node];
    }
    LeafGrads(const LeafGrads&) = delete;
    LeafGrads& operator=(const LeafGrads&) = delete;
    std::span<const double> grads() const { return grads_; }

   private:
    Graph& graph_;
    std::vector<double> grads_;
  };

  Program::State& state_;
  Graph& graph_;
  const Batch& batch_;
  double tolerance_;
};

std::optional<Program::Difference> Program::first_difference(const Batch& batch,
                                                             double tolerance) {
  return ProgramCheck(*state_, batch, tolerance).run();
}

std::ostream& operator<<(std::ostream& out, const Program::Difference& difference) {
  out << "sample " << difference.sample << ", " << difference.node << ": ";
  if (!difference.recorded.empty()) return out << "recorded as " << difference.recorded;
  return out << difference.what << " is " << difference.eager << " eagerly, "
             << difference.replayed << " replayed";
}

}  // namespace sprig
