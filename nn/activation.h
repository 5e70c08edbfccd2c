// The activations a neuron can have: by name, on a Value and on a number.
#pragma once

#include <span>
#include <string_view>

#include "engine/value.h"

namespace sprig {

enum class Activation { linear, relu, leaky_relu, tanh, sigmoid, swish, softplus };

// "linear", "relu", ...: how files and flags write it.
std::string_view name_of(Activation activation);

// "Linear", "ReLU", ...: how a printed network and a diagram write it.
std::string_view display_name_of(Activation activation);

// The inverse of name_of; throws Error that lists the known names.
Activation activation_named(std::string_view name);

// leaky_relu has slope 0.01 below 0. Both give the same bits.
Value activate(Activation activation, Value pre_activation);
double activate(Activation activation, double pre_activation);

// Replaces each pre-activation by its activation.
void activate(Activation activation, std::span<Value> values);

}  // namespace sprig
