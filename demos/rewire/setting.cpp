#include "demos/rewire/setting.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/error.h"
#include "nn/wiring.h"

namespace sprig::course {
namespace {

std::uint32_t outputs(const Setting& setting, const Task& task) {
  if (task.is_regression() != (setting.loss == Loss::squared_error)) {
    fail("--loss: ", task.name, " is a ",
         task.is_regression() ? "regression" : "classification", "; give ",
         task.is_regression() ? "squared" : "cross-entropy or hinge");
  }
  if (setting.loss != Loss::hinge) return task.shape().targets;
  if (task.classes != 2) {
    fail("--loss: hinge tells 2 classes apart, ", task.name, " has ", task.classes,
         "; give cross-entropy");
  }
  return 1;
}

WiringOptions wiring(const Setting& setting, const Task& task) {
  WiringOptions options{.inputs = task.inputs, .layers = {}};
  for (const std::uint32_t neurons : setting.hidden) {
    options.layers.push_back({.neurons = neurons});
  }
  options.layers.push_back(
      {.neurons = outputs(setting, task), .activation = Activation::linear});
  return options;
}

std::string_view name_of(Distribution distribution) {
  return distribution == Distribution::uniform ? "uniform" : "ER";
}

std::string_view name_of(Loss loss) {
  if (loss == Loss::squared_error) return "squared error";
  return loss == Loss::hinge ? "hinge" : "cross-entropy";
}

}  // namespace

Setting setting_for(const Task& task) {
  if (task.name == "moons") {
    return {.hidden = {16, 16},
            .loss = Loss::hinge,
            .l2 = 1e-4,
            .sparsity = {0, 0.9, 0.8},
            .epochs = 400,
            .batch_size = 0,
            .learning_rate = 0.05,
            .final_learning_rate = 0.005,
            .interval = 10,
            .first = 40,
            .end = 0.75,
            .fraction = 0.3};
  }
  // Half of the inputs, not as few as count: a method finds by trying, and without a connection
  // to spare it has to give up one that counts. 0.34 is enough to drop one of three.
  if (task.is_regression()) {
    return {.hidden = {},
            .loss = Loss::squared_error,
            .density = 0.5,
            .epochs = 200,
            .batch_size = 0,
            .learning_rate = 0.05,
            .final_learning_rate = 0.05,
            .interval = 5,
            .end = 0.75,
            .fraction = 0.34,
            .deep_r_rate = 2,
            .deep_r_alpha = 0.1,
            .deep_r_temperature = 1e-4};
  }
  if (task.inputs == 2) {
    return {.hidden = {32, 32},
            .density = 0.1,
            .distribution = Distribution::erdos_renyi,
            .epochs = 200,
            .final_learning_rate = 0.001,
            .end = 0.75,
            .fraction = 0.3};
  }
  return {};
}

Topology sparse_topology(const Setting& setting, const Task& task, Rng& rng) {
  WiringOptions options = wiring(setting, task);
  if (setting.sparsity.empty()) {
    const std::vector<LayerShape> shapes = layer_shapes(options);
    const std::size_t total = total_budget(shapes, 1 - setting.density);
    options = with_budgets(options, budgets(setting.distribution, shapes, total));
    return random_topology(options, rng);
  }
  if (setting.sparsity.size() != options.layers.size()) {
    fail("--sparsity: ", setting.sparsity.size(), " numbers for ", options.layers.size(),
         " layers; give one for each");
  }
  for (std::size_t layer = 0; layer < options.layers.size(); ++layer) {
    options.layers[layer].sparsity = setting.sparsity[layer];
  }
  return random_topology(options, rng);
}

Topology dense_topology(const Setting& setting, const Task& task, Rng& rng) {
  return random_topology(wiring(setting, task), rng);
}

int steps_per_epoch(const Setting& setting, const Task& task) {
  const std::size_t all = task.train.size();
  const std::size_t batch = setting.batch_size == 0 ? all : std::min(setting.batch_size, all);
  return static_cast<int>((all + batch - 1) / batch);
}

int steps(const Setting& setting, const Task& task) {
  return setting.epochs * steps_per_epoch(setting, task);
}

int last_update(const Setting& setting, const Task& task) {
  return std::max(1, static_cast<int>(setting.end * steps(setting, task)));
}

std::string description(const Setting& setting, const Task& task) {
  std::vector<std::uint32_t> shape{task.inputs};
  shape.insert(shape.end(), setting.hidden.begin(), setting.hidden.end());
  shape.push_back(outputs(setting, task));
  std::string text = fmt::format("{} with {} samples, {}, ", task.name, task.train.size(),
                                 fmt::join(shape, "-"));
  text += setting.sparsity.empty()
              ? fmt::format("density {} {}, ", setting.density, name_of(setting.distribution))
              : fmt::format("sparsity {}, ", fmt::join(setting.sparsity, "/"));
  text += name_of(setting.loss);
  if (setting.l2 > 0) text += fmt::format(" + {} L2", setting.l2);
  text += fmt::format(", {} epochs", setting.epochs);
  if (steps_per_epoch(setting, task) > 1) {
    text += fmt::format(" in batches of {}", setting.batch_size);
  }
  text += fmt::format(", Adam {}", setting.learning_rate);
  if (setting.final_learning_rate != setting.learning_rate) {
    text += fmt::format(" to {}", setting.final_learning_rate);
  }
  text += fmt::format(", updates every {} of {} steps", setting.interval, steps(setting, task));
  if (setting.first > 1 || setting.end < 1) {
    text += fmt::format(" from {} to {}", setting.first, last_update(setting, task));
  }
  text += fmt::format(
      ", fraction {}, DEEP R at {} times the rate with L1 {} and temperature {}",
      setting.fraction, setting.deep_r_rate, setting.deep_r_alpha, setting.deep_r_temperature);
  return text + (setting.eager ? ", eager" : "");
}

}  // namespace sprig::course
