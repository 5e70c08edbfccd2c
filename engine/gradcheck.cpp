#include "engine/gradcheck.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

#include "engine/error.h"
#include "engine/graph.h"

namespace sprig {
namespace {

// Backward adds to the grads of leaves; this puts back what they were.
class KeptGrads {
 public:
  explicit KeptGrads(Graph& graph) : graph_(graph) {
    for (std::uint32_t i = 0; i < graph.size(); ++i) grads_.push_back(graph.at(i).grad());
  }
  ~KeptGrads() {
    for (std::uint32_t i = 0; i < grads_.size(); ++i) {
      const Value value = graph_.at(i);
      if (graph_.node(value).op == Op::leaf) value.set_grad(grads_[i]);
    }
  }
  KeptGrads(const KeptGrads&) = delete;
  KeptGrads& operator=(const KeptGrads&) = delete;

 private:
  Graph& graph_;
  std::vector<double> grads_;
};

class KeptData {
 public:
  explicit KeptData(Value leaf) : leaf_(leaf), data_(leaf.data()) {}
  ~KeptData() { leaf_.set_data(data_); }
  KeptData(const KeptData&) = delete;
  KeptData& operator=(const KeptData&) = delete;

 private:
  Value leaf_;
  double data_;
};

void check_arguments(std::span<const Value> inputs, const GradcheckOptions& options) {
  if (inputs.empty()) fail("gradcheck: got no inputs; give at least one");
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const Node node = inputs[0].graph().node(inputs[k]);
    if (node.op != Op::leaf || !node.needs_grad) {
      fail("gradcheck: input ", k,
           " is a constant or the result of an operation; give leaves made by graph.value() or "
           "graph.parameter()");
    }
  }
  if (!(options.step > 0) || !(options.tolerance > 0)) {
    fail("gradcheck: got step ", options.step, " and tolerance ", options.tolerance,
         "; give numbers above 0");
  }
}

double value_at(const ScalarFunction& f, std::span<const Value> inputs, Value input,
                double data) {
  const StepScope scope(input.graph());
  const KeptData kept(input);
  input.set_data(data);
  return f(inputs).data();
}

void take_central_difference(GradcheckInput& input, const ScalarFunction& f,
                             std::span<const Value> inputs, const GradcheckOptions& options) {
  const double h = options.step * std::max(1.0, std::abs(input.data));
  const double above = input.data + h, below = input.data - h;
  const double high = value_at(f, inputs, inputs[input.index], above);
  const double low = value_at(f, inputs, inputs[input.index], below);
  input.numeric = (high - low) / (above - below);
  input.difference = std::abs(input.analytic - input.numeric);
  const double largest = std::max({1.0, std::abs(input.analytic), std::abs(input.numeric)});
  const double value = std::max(std::abs(high), std::abs(low));
  const double rounding = 10 * std::numeric_limits<double>::epsilon() * value / h;
  input.allowed = options.tolerance * largest + rounding;
}

std::ostream& operator<<(std::ostream& out, const GradcheckInput& input) {
  out << "gradcheck: input " << input.index;
  if (!input.label.empty()) out << " '" << input.label << "'";
  return out << " at " << input.data << ": analytic " << input.analytic << ", numeric "
             << input.numeric << ", difference " << input.difference << ", allowed "
             << input.allowed;
}

}  // namespace

bool GradcheckReport::passed() const {
  return std::ranges::all_of(inputs, &GradcheckInput::passed);
}

std::ostream& operator<<(std::ostream& out, const GradcheckReport& report) {
  if (report.passed()) {
    const auto largest =
        std::ranges::max_element(report.inputs, {}, &GradcheckInput::difference);
    return out << "gradcheck: " << report.inputs.size() << " inputs agree, largest difference "
               << largest->difference;
  }
  const char* separator = "";
  for (const GradcheckInput& input : report.inputs) {
    if (input.passed()) continue;
    out << separator << input;
    separator = "\n";
  }
  return out;
}

GradcheckReport gradcheck(const ScalarFunction& f, std::span<const Value> inputs,
                          const GradcheckOptions& options) {
  check_arguments(inputs, options);
  Graph& graph = inputs[0].graph();
  const KeptGrads kept(graph);
  GradcheckReport report;
  const StepScope scope(graph);
  for (const Value input : inputs) input.set_grad(0);
  f(inputs).backward();
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    report.inputs.push_back({.index = k,
                             .label = inputs[k].label(),
                             .data = inputs[k].data(),
                             .analytic = inputs[k].grad()});
  }
  for (GradcheckInput& input : report.inputs) {
    take_central_difference(input, f, inputs, options);
  }
  return report;
}

GradcheckReport gradcheck(const ScalarFunction& f, std::span<const double> xs,
                          const GradcheckOptions& options) {
  Graph graph;
  std::vector<Value> inputs;
  for (const double x : xs) inputs.push_back(graph.value(x));
  return gradcheck(f, inputs, options);
}

GradcheckReport gradcheck(const ScalarFunction& f, std::initializer_list<double> xs,
                          const GradcheckOptions& options) {
  return gradcheck(f, std::span(xs), options);
}

}  // namespace sprig
