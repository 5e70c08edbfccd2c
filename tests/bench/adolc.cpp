// ADOL-C: a tape of operations in buffers, recorded anew for every step (relu branches).
#include "tests/bench/row.h"

#if __has_include(<adolc/adolc.h>)

#include <adolc/adolc.h>

#include <memory>

#include "tests/bench/peer_loss.h"

namespace sprig::bench {
namespace {

class Adolc {
 public:
  explicit Adolc(const Workload& workload)
      : workload_(workload),
        parameters_(flat_parameters(workload.topology)),
        active_(parameters_.size()),
        gradients_(parameters_.size()) {}

  double step() {
    constexpr short tape = 0;
    constexpr unsigned buffer = 1U << 26;  // entries; nothing is to go to a file
    trace_on(tape, 1, buffer, buffer, buffer, buffer);
    for (std::size_t k = 0; k < parameters_.size(); ++k) active_[k] <<= parameters_[k];
    const auto sum = [](const auto& neuron, auto parameters, auto inputs) {
      return written_out_sum<adouble>(neuron, parameters, inputs);
    };
    const auto number = [](const adouble& x) { return x.value(); };
    double result = 0;
    batch_loss<adouble>(workload_, active_, sum, number) >>= result;
    trace_off();
    reverse(tape, 1, static_cast<int>(parameters_.size()), 0, 1.0, gradients_.data());
    descend(workload_, parameters_, gradients_);
    return result;
  }

 private:
  Workload workload_;
  std::vector<double> parameters_;
  std::vector<adouble> active_;
  std::vector<double> gradients_;
};

Step make(const Workload& workload) {
  const auto net = std::make_shared<Adolc>(workload);
  return [net] { return net->step(); };
}

}  // namespace

std::vector<Row> adolc_rows() {
  return {{.name = "ADOL-C", .most_connection_samples = most_on_tape, .make = make}};
}

}  // namespace sprig::bench

#else

namespace sprig::bench {

std::vector<Row> adolc_rows() {
  return {{.name = "ADOL-C", .skipped = "ADOL-C is not installed (apt: libadolc-dev)"}};
}

}  // namespace sprig::bench

#endif
