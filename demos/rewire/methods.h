// The methods of the course by name, each with its own rules and the setting's budget, interval
// and fraction.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "demos/rewire/setting.h"
#include "nn/random.h"
#include "nn/sparse/sparse_training.h"

namespace sprig::course {

struct MethodPlan {
  SparseMethod method;
  int epochs = 0;              // of all rounds together
  int epochs_per_round = 0;    // the learning rate begins anew with every round
  bool moves_weights = false;  // by plain gradient descent of its own, instead of Adam
};

// "static", "set", ...: what --method takes, in the order of the tables.
const std::vector<std::string>& method_names();

// How tables call it: "DEEP R" for "deep-r".
std::string display_name(const std::string& method);

// `budget`: connections of the whole network. Throws Error that lists the names for a method
// that is not there, and for a setting that leaves a method without an update.
MethodPlan plan_of(const std::string& method, const Setting& setting, const Task& task,
                   std::size_t budget, Rng rng);

}  // namespace sprig::course
