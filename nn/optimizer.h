// Optimisers. Their state belongs to a connection, not to a place: it is forgotten when the
// connection is dropped and fresh when one is grown, because a parameter's handle tells the two
// apart. (The notebook moved one Value from place to place, and its momentum went along.)
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/error.h"
#include "engine/parameter_list.h"

namespace sprig {

// One State per parameter, made anew for a parameter not seen before.
template <class State>
class StateOf {
 public:
  State& operator()(Value parameter) {
    if (parameter.index() >= slots_.size()) slots_.resize(parameter.index() + 1);
    Slot& slot = slots_[parameter.index()];
    if (slot.generation != parameter.generation()) slot = {parameter.generation(), State{}};
    return slot.state;
  }

  // A copy of it; asking makes nothing anew.
  State at(Value parameter) const {
    const bool known = parameter.index() < slots_.size() &&
                       slots_[parameter.index()].generation == parameter.generation();
    return known ? slots_[parameter.index()].state : State{};
  }

  // Copies those of the parameters, and gives them back.
  void keep(const ParameterList& parameters) {
    kept_.clear();
    for (const Value parameter : parameters) kept_.push_back(at(parameter));
  }
  void take_back(const ParameterList& parameters) {
    for (std::size_t k = 0; k < kept_.size(); ++k) (*this)(parameters[k]) = kept_[k];
  }

 private:
  struct Slot {
    std::uint32_t generation = 0;  // no node has generation 0
    State state;
  };
  std::vector<Slot> slots_;  // by index in the graph: use one optimiser for one graph
  std::vector<State> kept_;
};

struct SgdOptions {
  double momentum = 0;      // in [0, 1)
  bool nesterov = false;    // needs momentum
  double weight_decay = 0;  // added to the gradient as weight_decay * parameter
};

// v = momentum * v + g;  p -= lr * v, or with Nesterov p -= lr * (g + momentum * v). As
// PyTorch's SGD.
class Sgd {
 public:
  explicit Sgd(const SgdOptions& options = {});

  // Reads each parameter's grad and moves its data. Throws Error, and moves nothing, if the
  // learning rate, a grad or a parameter's new data is not finite.
  void step(const ParameterList& parameters, double learning_rate);
  void step(std::span<const Value> parameters, double learning_rate);

  // v of the parameter; 0 without momentum, or if it has not been moved yet.
  double momentum_of(Value parameter) const { return velocity_.at(parameter); }

 private:
  SgdOptions options_;
  StateOf<double> velocity_;
};

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  // added to the gradient, as PyTorch's Adam
};

// Adam (Kingma & Ba 2015, algorithm 1). The step count of the bias correction is the
// parameter's own, so that a grown connection is corrected from its first step.
class Adam {
 public:
  explicit Adam(const AdamOptions& options = {});

  // As Sgd::step.
  void step(const ParameterList& parameters, double learning_rate);
  void step(std::span<const Value> parameters, double learning_rate);

 private:
  struct Moments {
    double first = 0;
    double second = 0;
    int steps = 0;
  };
  AdamOptions options_;
  StateOf<Moments> moments_;
};

}  // namespace sprig
