#include "nn/activation.h"

#include <array>
#include <string>

#include "engine/error.h"
#include "engine/graph.h"

namespace sprig {
namespace {

struct Names {
  Activation activation;
  std::string_view name;
  std::string_view display;
};

constexpr std::array<Names, 7> all{{{Activation::linear, "linear", "Linear"},
                                    {Activation::relu, "relu", "ReLU"},
                                    {Activation::leaky_relu, "leaky_relu", "LeakyReLU"},
                                    {Activation::tanh, "tanh", "Tanh"},
                                    {Activation::sigmoid, "sigmoid", "Sigmoid"},
                                    {Activation::swish, "swish", "Swish"},
                                    {Activation::softplus, "softplus", "Softplus"}}};

// The slope of leaky_relu on the left of 0, as PyTorch's default.
constexpr double slope = 0.01;

}  // namespace

std::string_view name_of(Activation activation) {
  return all[static_cast<std::size_t>(activation)].name;
}

std::string_view display_name_of(Activation activation) {
  return all[static_cast<std::size_t>(activation)].display;
}

Activation activation_named(std::string_view name) {
  std::string known;
  for (const Names& names : all) {
    if (names.name == name) return names.activation;
    known += (known.empty() ? "" : ", ") + std::string(names.name);
  }
  fail("activation '", name, "' is unknown; use one of ", known);
}

void activate(Activation activation, std::span<Value> values) {
  switch (activation) {
    case Activation::linear:
      return;
    case Activation::relu:
      return apply(Op::Relu, values);
    case Activation::leaky_relu:
      for (Value& value : values) value = leaky_relu(value, slope);
      return;
    case Activation::tanh:
      return apply(Op::Tanh, values);
    case Activation::sigmoid:
      return apply(Op::Sigmoid, values);
    case Activation::swish:
      return apply(Op::Swish, values);
    case Activation::softplus:
      return apply(Op::Softplus, values);
  }
  fail("activate: number ", static_cast<int>(activation), " is no Activation");
}

Value activate(Activation activation, Value x) {
  activate(activation, std::span(&x, 1));
  return x;
}

double activate(Activation activation, double x) {
  switch (activation) {
    case Activation::linear:
      return x;
    case Activation::relu:
      return rule::Relu::forward(x);
    case Activation::leaky_relu:
      return rule::LeakyRelu::forward(x, slope);
    case Activation::tanh:
      return rule::Tanh::forward(x);
    case Activation::sigmoid:
      return rule::Sigmoid::forward(x);
    case Activation::swish:
      return rule::Swish::forward(x);
    case Activation::softplus:
      return rule::Softplus::forward(x);
  }
  fail("activate: number ", static_cast<int>(activation), " is no Activation");
}

}  // namespace sprig
