#include "demos/rewire/methods.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "engine/error.h"
#include "nn/sparse/methods.h"

namespace sprig::course {
namespace {

// All that a method is made of here.
struct Occasion {
  const Setting& setting;
  const Task& task;
  std::size_t budget;
  Rng rng;

  int end() const { return last_update(setting, task); }
  Updates updates() const {
    return {.interval = setting.interval, .first = setting.first, .end = end()};
  }
  // Steps done at the last update.
  int last() const {
    const int last = (end() - 1) / setting.interval * setting.interval;
    if (last > setting.first) return last;
    fail("--interval: ", setting.interval, " steps leave no update between step ",
         setting.first, " and ", end(), "; give fewer, or more epochs");
  }
  Schedule cosine_of_fraction() const {
    return cosine(setting.fraction, setting.fraction / 100, end());
  }
};

SparseMethod set(const Occasion& here) {
  return methods::set({.updates = here.updates(), .fraction = here.setting.fraction}, here.rng);
}

SparseMethod deep_r(const Occasion& here) {
  return methods::deep_r({.end = steps(here.setting, here.task),
                          .alpha = here.setting.deep_r_alpha,
                          .temperature = here.setting.deep_r_temperature},
                         here.rng);
}

SparseMethod soft_gradient(const Occasion& here) {
  return methods::soft_gradient({.updates = here.updates(), .fraction = here.setting.fraction},
                                here.rng);
}

SparseMethod snfs(const Occasion& here) {
  return methods::snfs({.updates = here.updates(), .fraction = here.cosine_of_fraction()});
}

SparseMethod dsr(const Occasion& here) {
  const double target = here.setting.fraction * static_cast<double>(here.budget);
  return methods::dsr({.updates = here.updates(),
                       .target = std::max<std::size_t>(1, std::llround(target)),
                       .threshold = 0.01},
                      here.rng);
}

SparseMethod rigl(const Occasion& here) {
  return methods::rigl({.interval = here.setting.interval,
                        .first = here.setting.first,
                        .end = here.end(),
                        .fraction = cosine(here.setting.fraction, 0, here.end())});
}

MestOptions mest_options(const Occasion& here) {
  const double fraction = here.setting.fraction;
  return {.updates = here.updates(),
          .fraction = step_decay(fraction, 0.5, {here.end() - here.end() / 4})};
}

SparseMethod granet(const Occasion& here) {
  return methods::granet({.updates = here.updates(),
                          .budget = here.budget,
                          .last = here.last(),
                          .fraction = here.cosine_of_fraction()});
}

SparseMethod cht(const Occasion& here) {
  return methods::cht({.updates = here.updates(), .fraction = here.setting.fraction}, here.rng);
}

SparseMethod chts(const Occasion& here) {
  return methods::chts({.updates = here.updates(),
                        .fraction = here.setting.fraction,
                        .drop = ChtDrop::relative_importance},
                       here.rng);
}

SparseMethod gmp(const Occasion& here) {
  return methods::gradual_magnitude(
      {.budget = {here.budget},
       .interval = here.setting.interval,
       .first = here.setting.first,
       .updates = std::max(1, (here.last() - here.setting.first) / here.setting.interval)});
}

SparseMethod one_shot(const Occasion& here) {
  return methods::one_shot_magnitude(
      {.budget = {here.budget}, .step = steps(here.setting, here.task) / 2});
}

// Rounds of 20%, until the budget is reached.
int lottery_rounds(const Occasion& here) {
  Rng draw = here.rng;
  const auto possible = static_cast<double>(
      possible_connection_count(sparse_topology(here.setting, here.task, draw)));
  const double rounds =
      std::log(static_cast<double>(here.budget) / possible) / std::log(1 - 0.2);
  return std::max(1, static_cast<int>(std::lround(rounds)));
}

SparseMethod lottery(const Occasion& here) {
  return methods::lottery_ticket({.budget = here.budget,
                                  .round = steps(here.setting, here.task),
                                  .rounds = lottery_rounds(here)});
}

struct Entry {
  std::string name;
  std::string display_name;
  std::function<SparseMethod(const Occasion&)> make;
};

// First those that keep their budget, then those that come down to it, then those that choose
// before training.
const std::vector<Entry>& entries() {
  static const std::vector<Entry> all{
      {"static", "static", [](const Occasion&) { return methods::static_wiring(); }},
      {"set", "SET", set},
      {"deep-r", "DEEP R", deep_r},
      {"soft", "soft gradient", soft_gradient},
      {"snfs", "SNFS", snfs},
      {"dsr", "DSR", dsr},
      {"rigl", "RigL", rigl},
      {"mest", "MEST (EM)",
       [](const Occasion& here) { return methods::mest(mest_options(here), here.rng); }},
      {"mest-soft", "MEST (EM&S)",
       [](const Occasion& here) {
         return methods::mest_soft_budget(mest_options(here), here.rng);
       }},
      {"cht", "CHT", cht},
      {"chts", "CHTs", chts},
      {"granet", "GraNet", granet},
      {"gmp", "GMP", gmp},
      {"one-shot", "one-shot", one_shot},
      {"lottery", "lottery ticket", lottery},
      {"snip", "SNIP",
       [](const Occasion& here) { return methods::snip({.budget = here.budget}); }},
      {"grasp", "GraSP",
       [](const Occasion& here) { return methods::grasp({.budget = here.budget}); }},
      {"synflow", "SynFlow",
       [](const Occasion& here) { return methods::synflow({.budget = here.budget}); }},
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
                   std::size_t budget, Rng rng) {
  const Occasion here{setting, task, budget, std::move(rng)};
  const int rounds = method == "lottery" ? 1 + lottery_rounds(here) : 1;
  return {.method = entry(method).make(here),
          .epochs = rounds * setting.epochs,
          .epochs_per_round = setting.epochs,
          .moves_weights = method == "deep-r"};
}

}  // namespace sprig::course
