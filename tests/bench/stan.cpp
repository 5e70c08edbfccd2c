// Stan Math: a stack of nodes with virtual chain(); a neuron is one dot_product.
#include "tests/bench/row.h"

#if __has_include(<stan/math/rev/mat.hpp>)

#include <memory>
#include <stan/math/rev/mat.hpp>

#include "tests/bench/peer_loss.h"

namespace sprig::bench {
namespace {

using stan::math::var;

class StanNet {
 public:
  explicit StanNet(const Workload& workload)
      : workload_(workload),
        parameters_(flat_parameters(workload.topology)),
        gradients_(parameters_.size()) {}

  double step() {
    const std::vector<var> active(parameters_.begin(), parameters_.end());
    const auto sum = [](const Topology::Neuron& neuron, std::span<const var> parameters,
                        auto inputs) {
      using Input = std::remove_cv_t<typename decltype(inputs)::element_type>;
      const std::vector<var> weights(parameters.begin(), parameters.end() - 1);
      std::vector<Input> read;
      read.reserve(weights.size());
      for (const auto& connection : neuron.connections) {
        read.push_back(inputs[connection.input]);
      }
      return parameters.back() + stan::math::dot_product(weights, read);
    };
    const auto number = [](const var& x) { return x.val(); };
    var loss = batch_loss<var>(workload_, active, sum, number);
    const double result = loss.val();
    loss.grad();
    for (std::size_t k = 0; k < active.size(); ++k) gradients_[k] = active[k].adj();
    stan::math::recover_memory();
    descend(workload_, parameters_, gradients_);
    return result;
  }

 private:
  Workload workload_;
  std::vector<double> parameters_, gradients_;
};

Step make(const Workload& workload) {
  const auto net = std::make_shared<StanNet>(workload);
  return [net] { return net->step(); };
}

}  // namespace

std::vector<Row> stan_rows() {
  return {{.name = "Stan Math", .most_connection_samples = most_on_tape, .make = make}};
}

}  // namespace sprig::bench

#else

namespace sprig::bench {

std::vector<Row> stan_rows() {
  return {
      {.name = "Stan Math", .skipped = "Stan Math is not installed (apt: r-cran-stanheaders)"}};
}

}  // namespace sprig::bench

#endif
