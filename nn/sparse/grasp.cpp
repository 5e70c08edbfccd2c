#include "nn/sparse/grasp.h"

#include <utility>

#include "engine/error.h"

namespace sprig {

Score gradient_flow(const Mlp& mlp, Value loss) {
  std::vector<Value> weights;
  const std::vector<Position> existing = places(mlp, Scope::model)[0].existing;
  for (const auto& [layer, neuron, input] : existing) {
    weights.push_back(mlp.layers()[layer].neurons()[neuron].weight_from(input));
  }
  const std::vector<Value> g = gradient(loss, weights);
  const std::vector<Value> hessian_times_g = gradient(0.5 * sum_of_squares(g), weights);

  DenseGradient by_place(mlp);
  for (std::size_t k = 0; k < existing.size(); ++k) {
    by_place[existing[k]] = hessian_times_g[k].data();
  }
  return weight_times_gradient(mlp, std::move(by_place));
}

namespace methods {

SparseMethod grasp(const GraspOptions& options) {
  if (!(options.temperature > 0)) {
    fail("GraSP: a temperature of ", options.temperature, "; give one above 0");
  }
  return {.name = "GraSP",
          .updates = before_training,
          .starts_dense = true,
          .budget = options.budget,
          .replaces_step = true,
          .update = [=](Moment& moment) {
            if (!moment.loss) fail("GraSP: an update without a loss; give Moment::loss");
            const StepScope scope(moment.mlp.graph());
            const Value loss = moment.loss(1 / options.temperature);
            return drop_to(moment.mlp, options.budget, gradient_flow(moment.mlp, loss));
          }};
}

}  // namespace methods
}  // namespace sprig
