#include "nn/optimizer.h"

#include <cmath>
#include <utility>
#include <vector>

namespace sprig {
namespace {

ParameterList listed(std::string_view where, std::span<const Value> parameters) {
  return ParameterList(std::vector<Value>(parameters.begin(), parameters.end()), where);
}

// Says why not all could be moved. A gradient that is no number comes first, whichever
// parameter it is of.
[[noreturn]] void throw_not_moved(std::string_view where, const ParameterList& parameters,
                                  auto moved) {
  const std::size_t size = parameters.size();
  for (std::size_t k = 0; k < size; ++k) {
    const double gradient = parameters[k].grad();
    if (std::isfinite(gradient)) continue;
    fail(where, ": the gradient of parameter ", k, " of ", size, " is ", gradient,
         "; nothing was moved. Lower the learning rate, or find the cause with "
         "graph.check_finite(true)");
  }
  for (std::size_t k = 0; k < size; ++k) {
    const double data = parameters[k].data(), gradient = parameters[k].grad();
    if (std::isfinite(moved(k, data, gradient))) continue;
    fail(where, ": the step of parameter ", k, " of ", size, ", from ", data, " with gradient ",
         gradient, ", is too large for a double; nothing was moved. Lower the learning rate");
  }
  fail(where, ": nothing was moved");
}

void check_fraction(std::string_view what, double value) {
  if (!(value >= 0 && value < 1)) fail(what, " is ", value, "; give one in [0, 1)");
}

void check_not_negative(std::string_view what, double value) {
  if (!(value >= 0 && std::isfinite(value))) {
    fail(what, " is ", value, "; give a finite one of at least 0");
  }
}

// The states of a rule that remembers nothing.
struct Stateless {
  int operator()(Value) const { return 0; }
  int at(Value) const { return 0; }
  void keep(const ParameterList&) const {}
  void take_back(const ParameterList&) const {}
};

// Moves every parameter to rule(data, gradient, state), all or none, in one walk. No rule may
// make a finite number of a gradient that is none.
void move_all(std::string_view where, const ParameterList& parameters, double rate, auto rule,
              auto& states) {
  if (!std::isfinite(rate)) fail(where, ": the learning rate is ", rate, "; give a finite one");
  states.keep(parameters);
  if (parameters.set_each([&](std::size_t k, double data, double gradient) {
        return rule(data, gradient, states(parameters[k]));
      })) {
    return;
  }
  states.take_back(parameters);
  throw_not_moved(where, parameters, [&](std::size_t k, double data, double gradient) {
    auto copy = states.at(parameters[k]);
    return rule(data, gradient, copy);
  });
}

}  // namespace

Sgd::Sgd(const SgdOptions& options) : options_(options) {
  check_fraction("Sgd: momentum", options.momentum);
  check_not_negative("Sgd: weight_decay", options.weight_decay);
  if (options.nesterov && options.momentum == 0) fail("Sgd: nesterov needs a momentum above 0");
}

void Sgd::step(const ParameterList& parameters, double learning_rate) {
  const double momentum = options_.momentum, weight_decay = options_.weight_decay;
  const bool nesterov = options_.nesterov;
  if (momentum == 0) {
    Stateless nothing;
    const auto rule = [=](double data, double gradient, int) {
      return data - learning_rate * (gradient + weight_decay * data);
    };
    return move_all("Sgd", parameters, learning_rate, rule, nothing);
  }
  const auto rule = [=](double data, double gradient, double& velocity) {
    gradient += weight_decay * data;
    velocity = momentum * velocity + gradient;
    const double direction = nesterov ? gradient + momentum * velocity : velocity;
    return data - learning_rate * direction;
  };
  move_all("Sgd", parameters, learning_rate, rule, velocity_);
}

void Sgd::step(std::span<const Value> parameters, double learning_rate) {
  step(listed("Sgd", parameters), learning_rate);
}

Adam::Adam(const AdamOptions& options) : options_(options) {
  check_fraction("Adam: beta1", options.beta1);
  check_fraction("Adam: beta2", options.beta2);
  if (!(options.epsilon > 0 && std::isfinite(options.epsilon))) {
    fail("Adam: epsilon is ", options.epsilon, "; give a finite one above 0");
  }
  check_not_negative("Adam: weight_decay", options.weight_decay);
}

void Adam::step(const ParameterList& parameters, double learning_rate) {
  int corrected_steps = 0;  // most parameters have made as many steps as the one before
  double correction1 = 0, correction2 = 0;
  const auto rule = [&, options = options_](double data, double gradient, Moments& moments) {
    const auto& [beta1, beta2, epsilon, weight_decay] = options;
    auto& [first, second, steps] = moments;
    gradient += weight_decay * data;
    first = beta1 * first + (1 - beta1) * gradient;
    second = beta2 * second + (1 - beta2) * gradient * gradient;
    if (++steps != corrected_steps) {
      corrected_steps = steps;
      correction1 = 1 - std::pow(beta1, steps);
      correction2 = 1 - std::pow(beta2, steps);
    }
    const double corrected_second = second / correction2;
    if (!std::isfinite(corrected_second)) return corrected_second;
    return data -
           learning_rate * (first / correction1) / (std::sqrt(corrected_second) + epsilon);
  };
  move_all("Adam", parameters, learning_rate, rule, moments_);
}

void Adam::step(std::span<const Value> parameters, double learning_rate) {
  step(listed("Adam", parameters), learning_rate);
}

}  // namespace sprig
