#include "demos/rewire/methods.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "engine/error.h"
#include "nn/sparse/methods.h"

namespace sprig::course {
namespace {

// What a method is made of.
struct Occasion {
  const Setting& setting;
  const Task& task;
  const Budget& budget;
  Rng rng;

  Updates updates() const {
    return {.interval = setting.interval,
            .first = setting.first,
            .end = last_update(setting, task)};
  }
};

struct Entry {
  std::string name;
  std::string display_name;
  std::function<SparseMethod(const Occasion&)> make;
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all{
      {"static", "static", [](const Occasion&) { return methods::static_wiring(); }},
      {"set", "SET",
       [](const Occasion& occasion) {
         return methods::set(
             {.updates = occasion.updates(), .fraction = occasion.setting.fraction},
             occasion.rng);
       }},
      {"soft", "soft gradient",
       [](const Occasion& occasion) {
         return methods::soft_gradient(
             {.updates = occasion.updates(), .fraction = occasion.setting.fraction},
             occasion.rng);
       }},
      {"rigl", "RigL",
       [](const Occasion& occasion) {
         const Updates updates = occasion.updates();
         return methods::rigl({.interval = updates.interval,
                               .first = updates.first,
                               .end = updates.end,
                               .fraction = cosine(occasion.setting.fraction, 0, updates.end)});
       }},
  };
  return all;
}

const Entry& entry(const std::string& method) {
  const auto found = std::ranges::find(entries(), method, &Entry::name);
  if (found != entries().end()) return *found;
  std::string names;
  for (const Entry& known : entries()) names += (names.empty() ? "" : ", ") + known.name;
  fail("--method: there is no '", method, "'; give one of ", names);
}

}  // namespace

std::size_t Budget::total() const {
  return std::accumulate(connections.begin(), connections.end(), std::size_t{0});
}

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Entry& known : entries()) all.push_back(known.name);
    return all;
  }();
  return names;
}

std::string display_name(const std::string& method) { return entry(method).display_name; }

MethodPlan plan_of(const std::string& method, const Setting& setting, const Task& task,
                   const Budget& budget, Rng rng) {
  const Occasion occasion{setting, task, budget, rng};
  return {.method = entry(method).make(occasion),
          .epochs = setting.epochs,
          .epochs_per_round = setting.epochs};
}

}  // namespace sprig::course
