#include "nn/optimizer.h"

#include <cmath>
#include <utility>
#include <vector>

namespace sprig {
namespace {

void check_step(std::string_view where, std::span<const Value> parameters, double rate) {
  if (!std::isfinite(rate)) fail(where, ": the learning rate is ", rate, "; give a finite one");
  for (std::size_t index = 0; index < parameters.size(); ++index) {
    const Op op = parameters[index].graph().node(parameters[index]).op;
    if (op != Op::leaf) {
      fail(where, ": parameter ", index, " of ", parameters.size(), " is the result of ",
           name_of(op), "; only leaves can be moved");
    }
    const double grad = parameters[index].grad();
    if (!std::isfinite(grad)) {
      fail(where, ": the gradient of parameter ", index, " of ", parameters.size(), " is ",
           grad,
           "; nothing was moved. Lower the learning rate, or find the cause with "
           "graph.check_finite(true)");
    }
  }
}

void check_fraction(std::string_view what, double value) {
  if (!(value >= 0 && value < 1)) fail(what, " is ", value, "; give one in [0, 1)");
}

void check_not_negative(std::string_view what, double value) {
  if (!(value >= 0 && std::isfinite(value))) {
    fail(what, " is ", value, "; give a finite one of at least 0");
  }
}

// Moves every parameter to rule(data, gradient, state), all or none.
template <class State>
void move_all(std::string_view where, std::span<const Value> parameters, StateOf<State>& states,
              auto rule) {
  std::vector<std::pair<double, State>> moves;
  moves.reserve(parameters.size());
  for (const Value parameter : parameters) {
    State state = states.at(parameter);
    const double data = rule(parameter.data(), parameter.grad(), state);
    if (!std::isfinite(data)) {
      fail(where, ": the step of parameter ", moves.size(), " of ", parameters.size(),
           ", from ", parameter.data(), " with gradient ", parameter.grad(),
           ", is too large for a double; nothing was moved. Lower the learning rate");
    }
    moves.emplace_back(data, state);
  }
  for (std::size_t index = 0; index < moves.size(); ++index) {
    parameters[index].set_data(moves[index].first);
    states(parameters[index]) = moves[index].second;
  }
}

}  // namespace

Sgd::Sgd(const SgdOptions& options) : options_(options) {
  check_fraction("Sgd: momentum", options.momentum);
  check_not_negative("Sgd: weight_decay", options.weight_decay);
  if (options.nesterov && options.momentum == 0) fail("Sgd: nesterov needs a momentum above 0");
}

void Sgd::step(std::span<const Value> parameters, double learning_rate) {
  check_step("Sgd", parameters, learning_rate);
  const auto rule = [&](double data, double gradient, double& velocity) {
    gradient += options_.weight_decay * data;
    velocity = options_.momentum * velocity + gradient;
    const double direction =
        options_.nesterov ? gradient + options_.momentum * velocity : velocity;
    return data - learning_rate * direction;
  };
  move_all("Sgd", parameters, velocity_, rule);
}

Adam::Adam(const AdamOptions& options) : options_(options) {
  check_fraction("Adam: beta1", options.beta1);
  check_fraction("Adam: beta2", options.beta2);
  if (!(options.epsilon > 0 && std::isfinite(options.epsilon))) {
    fail("Adam: epsilon is ", options.epsilon, "; give a finite one above 0");
  }
  check_not_negative("Adam: weight_decay", options.weight_decay);
}

void Adam::step(std::span<const Value> parameters, double learning_rate) {
  check_step("Adam", parameters, learning_rate);
  const auto rule = [&](double data, double gradient, Moments& moments) {
    const auto& [beta1, beta2, epsilon, weight_decay] = options_;
    auto& [first, second, steps] = moments;
    gradient += weight_decay * data;
    ++steps;
    first = beta1 * first + (1 - beta1) * gradient;
    second = beta2 * second + (1 - beta2) * gradient * gradient;
    const double corrected_first = first / (1 - std::pow(beta1, steps));
    const double corrected_second = second / (1 - std::pow(beta2, steps));
    if (!std::isfinite(corrected_second)) return corrected_second;
    return data - learning_rate * corrected_first / (std::sqrt(corrected_second) + epsilon);
  };
  move_all("Adam", parameters, moments_, rule);
}

}  // namespace sprig
