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
  int epochs = 0;            // of all rounds together
  int epochs_per_round = 0;  // the learning rate begins anew with every round
};

// "static", "set", ...: what --method takes, in the order of the tables.
const std::vector<std::string>& method_names();

// How tables call it: "DEEP R" for "deep-r".
std::string display_name(const std::string& method);

struct Budget {
  std::vector<std::size_t> connections;  // of each layer
  std::size_t total() const;
};

// Throws Error that lists the names for one that is not there.
MethodPlan plan_of(const std::string& method, const Setting& setting, const Task& task,
                   const Budget& budget, Rng rng);

}  // namespace sprig::course
