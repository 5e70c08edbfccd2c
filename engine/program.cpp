#include "engine/program.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/error.h"
#include "engine/program_state.h"

namespace sprig {

Program::State::State(Graph& its_graph, SampleShape its_shape, Record its_record,
                      const ProgramOptions& its_options)
    : graph(its_graph),
      shape(its_shape),
      record(std::move(its_record)),
      options(its_options),
      replay(its_options.precision == Precision::float64
                 ? Replays(std::in_place_index<0>, its_options.threads)
                 : Replays(std::in_place_index<1>, its_options.threads)) {}

// One sample through the user's code, as it would be without a Program.
Program::Recording Program::State::record_sample(const Batch& batch, std::size_t sample) const {
  std::vector<Value> numbers;
  for (std::size_t k = 0; k < std::size_t{shape.inputs} + shape.targets; ++k) {
    numbers.push_back(graph.constant(batch.number(sample, k)));
  }
  const std::span all(numbers);
  return record(all.first(shape.inputs), all.subspan(shape.inputs));
}

void Program::State::check(const Batch& batch) const {
  if (batch.shape() != shape) {
    fail("Program: the batch has ", batch.shape().inputs, " inputs and ", batch.shape().targets,
         " targets; the Program has ", shape.inputs, " and ", shape.targets);
  }
  if (batch.precision() != options.precision) {
    fail("Program: the batch and the Program are of two precisions; give both the same");
  }
}

void Program::State::record_if_needed(const Batch& batch) {
  if (recordings > 0 && recorded_at == graph.parameter_changes_) return;
  const StepScope scope(graph);
  const auto begin = static_cast<Index>(graph.size());
  const Recording recording = record_sample(batch, 0);
  if (recording.loss.is_empty() && !options.forward_only) {
    fail("Program: the recorded code gave no loss; give one, or set forward_only");
  }
  check_values(recording);
  Plan plan = plan_program({.graph = graph,
                            .begin = begin,
                            .end = static_cast<Index>(graph.size()),
                            .inputs = shape.inputs + shape.targets,
                            .loss = recording.loss,
                            .outputs = recording.outputs,
                            .products = recording.products,
                            .wants_grad = !options.forward_only,
                            .is_double = options.precision == Precision::float64});
  check_leaves(plan);
  std::visit([&](auto& its) { its.use(std::move(plan)); }, replay);
  recorded_at = graph.parameter_changes_;
  ++recordings;
}

// The graph refuses handles of another graph or of nodes that are gone.
void Program::State::check_values(const Recording& recording) const {
  if (!recording.loss.is_empty()) graph.node(recording.loss);
  for (const Value output : recording.outputs) graph.node(output);
  for (const OuterProduct& product : recording.products) {
    for (const Value left : product.left) graph.node(left);
    for (const Value right : product.right) graph.node(right);
  }
}

// Leaves of a scope that is still open would be gone while the Program reads them.
void Program::State::check_leaves(const Plan& plan) const {
  const auto check = [&](const auto& operand) {
    if (operand.is_leaf && operand.place >= graph.lasting_) {
      fail("Program: the recorded code reads ", graph.describe(operand.place),
           ", made in a StepScope that is still open; make it before the scope");
    }
  };
  std::ranges::for_each(plan.values, check);
  std::ranges::for_each(plan.uniform_operands, check);
}

double Program::State::run(const Batch& batch, Pass pass) {
  check(batch);
  record_if_needed(batch);
  if (pass != Pass::forward && options.forward_only) {
    fail("Program: it is forward-only; call evaluate()");
  }
  const double loss =
      std::visit([&](auto& its) { return its.run(graph, batch, pass); }, replay);
  if (graph.check_finite_ && !std::isfinite(loss)) {
    fail(
        "Program: the mean loss is not finite; run the samples through the eager graph, which "
        "names the node");
  }
  return loss;
}

const Plan& Program::State::plan() const {
  return std::visit([](const auto& its) -> const Plan& { return its.plan(); }, replay);
}

Program::Program(Graph& graph, SampleShape shape, Record record, const ProgramOptions& options)
    : state_(nullptr) {
  if (options.threads < 1) fail("Program: got ", options.threads, " threads; give at least 1");
  state_ = std::make_unique<State>(graph, shape, std::move(record), options);
}

Program::~Program() = default;
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;

double Program::run(const Batch& batch) { return state_->run(batch, Pass::gradients); }
double Program::run_with_products(const Batch& batch) {
  return state_->run(batch, Pass::products);
}
double Program::evaluate(const Batch& batch) { return state_->run(batch, Pass::forward); }

std::span<const double> Program::outputs() const {
  return std::visit([](const auto& its) { return its.outputs(); }, state_->replay);
}

std::span<const double> Program::product(std::size_t p) const {
  const std::vector<PlannedProduct>& products = state_->plan().products;
  if (p >= products.size()) {
    fail("Program: asked for outer product ", p, " of ", products.size());
  }
  const std::span<const double> all =
      std::visit([](const auto& its) { return its.products(); }, state_->replay);
  const std::size_t size = products[p].left.size() * products[p].right.size();
  if (products[p].first + size > all.size()) {
    fail("Program: there are no outer products yet; call run_with_products()");
  }
  return all.subspan(products[p].first, size);
}

std::size_t Program::recordings() const { return state_->recordings; }

}  // namespace sprig
