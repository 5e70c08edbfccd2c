// Sacado, reverse mode: a tape of operations with stored local derivatives.
#include "tests/bench/row.h"

#if __has_include(<Sacado_trad.hpp>)

// The installed configuration wants Kokkos, which has a package of its own.
#define TRILINOS_NO_CONFIG_H
#include <Sacado_trad.hpp>
#include <memory>

#include "tests/bench/peer_loss.h"

namespace sprig::bench {
namespace {

using Number = Sacado::Rad::ADvar<double>;

class SacadoNet {
 public:
  explicit SacadoNet(const Workload& workload)
      : workload_(workload),
        parameters_(flat_parameters(workload.topology)),
        gradients_(parameters_.size()) {}

  double step() {
    std::vector<Number> active(parameters_.begin(), parameters_.end());
    const auto sum = [](const auto& neuron, auto parameters, auto inputs) {
      return written_out_sum<Number>(neuron, parameters, inputs);
    };
    const auto number = [](const Number& x) { return x.val(); };
    Number loss = batch_loss<Number>(workload_, active, sum, number);
    Number::Outvar_Gradcomp(loss);
    for (std::size_t k = 0; k < active.size(); ++k) gradients_[k] = active[k].adj();
    descend(workload_, parameters_, gradients_);
    return loss.val();
  }

 private:
  Workload workload_;
  std::vector<double> parameters_, gradients_;
};

Step make(const Workload& workload) {
  const auto net = std::make_shared<SacadoNet>(workload);
  return [net] { return net->step(); };
}

}  // namespace

std::vector<Row> sacado_rows() {
  return {{.name = "Sacado", .most_connection_samples = most_on_tape, .make = make}};
}

}  // namespace sprig::bench

#else

namespace sprig::bench {

std::vector<Row> sacado_rows() {
  return {
      {.name = "Sacado", .skipped = "Sacado is not installed (apt: libtrilinos-sacado-dev)"}};
}

}  // namespace sprig::bench

#endif
