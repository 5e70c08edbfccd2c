// Runs a Plan on batches: brings the parameters in, lets the kernels run over the parts of the
// batch on several threads, and takes losses, outputs and gradients out. In one precision.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/aligned_array.h"
#include "engine/batch.h"
#include "engine/program_kernels.h"
#include "engine/program_plan.h"
#include "engine/program_uniforms.h"
#include "engine/thread_team.h"

namespace sprig {

enum class Pass { forward, gradients, products };  // each with what stands before it

template <class T>
class Replay {
 public:
  explicit Replay(int threads) : team_(static_cast<std::size_t>(threads)) {}

  void use(Plan plan);
  const Plan& plan() const { return plan_; }

  // Returns the mean loss, and adds the gradients of the mean to the grads of the parameters;
  // not if the graph checks for finite numbers and the loss is none.
  double run(Graph& graph, const Batch& batch, Pass pass);

  std::span<const double> outputs() const { return outputs_; }
  std::span<const double> products() const { return product_means_; }

  // Of the last run, which must have been of one part: what a recorded node was for a sample.
  double data(const NodePlace& node, std::size_t sample) const;
  double grad(const NodePlace& node, std::size_t sample) const;

 private:
  // Values that are uses of leaves which follow each other in the graph, or of one leaf.
  struct Run {
    Index first_value;
    Index first_leaf;
    Index count;
    bool wants_grad;
    bool in_graph;
    bool is_set;
  };

  void load_values(const Graph& graph);
  void make_room(const Graph& graph, const Batch& batch, Pass pass);
  void run_part(Graph& graph, const Batch& batch, std::size_t index, std::size_t thread,
                Pass pass);
  void read_results(const PartOfBatch<T>& part, std::size_t index, std::size_t first_sample);
  double sum_of_losses(const PartOfBatch<T>& part) const;
  void land(Graph& graph, std::size_t index);
  void land_uniforms(Graph& graph, const T* value_grads, double scale);
  void clear(const PartOfBatch<T>& part) const;
  void take_products();

  Plan plan_;
  std::vector<Run> runs_;
  std::vector<Index> uniform_values_;  // values that are uses of uniforms of the plan
  Uniforms uniforms_;
  ThreadTeam team_;

  AlignedArray<T> values_;
  AlignedArray<T> workspaces_;    // by thread: the rows of the plan, then their gradients
  AlignedArray<T> value_grads_;   // by part, or of one part after another
  AlignedArray<T> products_;      // by part
  bool lands_later_ = false;      // gradients, when all parts have run
  std::size_t direct_parts_ = 0;  // the first parts, whose groups add to the graph as they run
  std::size_t stride_ = 0;
  std::size_t samples_ = 0;

  std::vector<double> losses_;  // by part, the sum over its samples
  std::vector<double> outputs_;
  std::vector<double> product_means_;
};

}  // namespace sprig
