#include "nn/optimizer.h"

#include <cmath>

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

}  // namespace

Sgd::Sgd(const SgdOptions& options) : options_(options) {
  check_fraction("Sgd: momentum", options.momentum);
  check_not_negative("Sgd: weight_decay", options.weight_decay);
  if (options.nesterov && options.momentum == 0) fail("Sgd: nesterov needs a momentum above 0");
}

void Sgd::step(std::span<const Value> parameters, double learning_rate) {
  check_step("Sgd", parameters, learning_rate);
  for (const Value parameter : parameters) {
    const double data = parameter.data();
    double gradient = parameter.grad();
    if (options_.weight_decay != 0) gradient += options_.weight_decay * data;
    double direction = gradient;
    if (options_.momentum != 0) {
      double& velocity = velocity_(parameter);
      velocity = options_.momentum * velocity + gradient;
      direction = options_.nesterov ? gradient + options_.momentum * velocity : velocity;
    }
    parameter.set_data(data - learning_rate * direction);
  }
}

Adam::Adam(const AdamOptions& options) : options_(options) {
  check_fraction("Adam: beta1", options.beta1);
  check_fraction("Adam: beta2", options.beta2);
  check_not_negative("Adam: epsilon", options.epsilon);
  check_not_negative("Adam: weight_decay", options.weight_decay);
}

void Adam::step(std::span<const Value> parameters, double learning_rate) {
  check_step("Adam", parameters, learning_rate);
  const auto& [beta1, beta2, epsilon, weight_decay] = options_;
  for (const Value parameter : parameters) {
    const double data = parameter.data();
    double gradient = parameter.grad();
    if (weight_decay != 0) gradient += weight_decay * data;
    auto& [first, second, steps] = moments_(parameter);
    ++steps;
    first = beta1 * first + (1 - beta1) * gradient;
    second = beta2 * second + (1 - beta2) * gradient * gradient;
    const double first_corrected = first / (1 - std::pow(beta1, steps));
    const double second_corrected = second / (1 - std::pow(beta2, steps));
    parameter.set_data(data - learning_rate * first_corrected /
                                  (std::sqrt(second_corrected) + epsilon));
  }
}

}  // namespace sprig
