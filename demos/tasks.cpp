#include "demos/tasks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string_view>

#include "demos/two_moons.h"
#include "engine/error.h"
#include "nn/random.h"

namespace sprig {
namespace {

// Fills in the inputs of one sample and gives its class or, for a regression, its target.
using Draw = double (*)(std::size_t sample, Rng& rng, std::span<double> inputs);

void draw_normal(Rng& rng, std::span<double> inputs) {
  for (double& input : inputs) input = rng.normal();
}

double draw_xor(std::size_t sample, Rng& rng, std::span<double> inputs) {
  const bool right = (sample & 1) != 0, up = (sample & 2) != 0;
  inputs[0] = (right ? 1 : -1) + 0.35 * rng.normal();
  inputs[1] = (up ? 1 : -1) + 0.35 * rng.normal();
  return right != up ? 1 : 0;
}

void draw_around(double radius, double angle, double noise, Rng& rng,
                 std::span<double> inputs) {
  inputs[0] = radius * std::cos(angle) + noise * rng.normal();
  inputs[1] = radius * std::sin(angle) + noise * rng.normal();
}

double draw_circles(std::size_t sample, Rng& rng, std::span<double> inputs) {
  const bool inner = sample % 2 == 1;
  draw_around(inner ? 1 : 2, rng.uniform(0, 2 * std::numbers::pi), 0.2, rng, inputs);
  return inner ? 1 : 0;
}

double draw_spirals(std::size_t sample, Rng& rng, std::span<double> inputs) {
  const double arm = static_cast<double>(sample % 2), along = rng.uniform();
  draw_around(0.3 + 1.7 * along, std::numbers::pi * (2.5 * along + arm), 0.1, rng, inputs);
  return arm;
}

double draw_halfspace(std::size_t, Rng& rng, std::span<double> inputs) {
  draw_normal(rng, inputs);
  return inputs[0] + inputs[1] > 0 ? 1 : 0;
}

double draw_sparse(std::size_t, Rng& rng, std::span<double> inputs) {
  draw_normal(rng, inputs);
  return 2 * inputs[2] - 1.5 * inputs[5] + inputs[7] + 0.1 * rng.normal();
}

double draw_noise(std::size_t, Rng& rng, std::span<double> inputs) {
  draw_normal(rng, inputs);
  return rng.normal();
}

struct Recipe {
  std::string_view name;
  std::size_t samples;
  std::uint32_t inputs;
  std::uint32_t classes;
  std::vector<std::size_t> true_inputs;
  Draw draw;  // none for moons, which are drawn all together
};

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> all{
      {"moons", 100, 2, 2, {0, 1}, nullptr},
      {"xor", 200, 2, 2, {0, 1}, draw_xor},
      {"circles", 200, 2, 2, {0, 1}, draw_circles},
      {"spirals", 200, 2, 2, {0, 1}, draw_spirals},
      {"halfspace", 500, 20, 2, {0, 1}, draw_halfspace},
      {"sparse", 1000, 10, 0, {2, 5, 7}, draw_sparse},
      {"noise", 1000, 10, 0, {}, draw_noise},
  };
  return all;
}

const Recipe& recipe_named(const std::string& name) {
  const auto found = std::ranges::find(recipes(), name, &Recipe::name);
  if (found == recipes().end()) {
    fail("task: there is no \"", name, "\"; there is ",
         fmt::format("{}", fmt::join(task_names(), ", ")));
  }
  return *found;
}

void add_class(Samples& samples, std::size_t label) {
  for (std::size_t k = 0; k < samples.shape.targets; ++k) {
    samples.targets.push_back(k == label ? 1 : 0);
  }
}

Samples moons(std::size_t count, std::uint32_t seed) {
  const Moons moons = make_moons(count, 0.1, seed);
  Samples samples{{.inputs = 2, .targets = 2}, {}, {}};
  for (const auto& point : moons.points) {
    samples.inputs.insert(samples.inputs.end(), point.begin(), point.end());
  }
  for (const double label : moons.labels) add_class(samples, label > 0 ? 1 : 0);
  return samples;
}

Samples drawn(const Recipe& recipe, std::size_t count, Rng rng) {
  Samples samples{{recipe.inputs, std::max(1u, recipe.classes)}, {}, {}};
  samples.inputs.resize(count * recipe.inputs);
  for (std::size_t k = 0; k < count; ++k) {
    const auto inputs = std::span(samples.inputs).subspan(k * recipe.inputs, recipe.inputs);
    const double target = recipe.draw(k, rng, inputs);
    if (recipe.classes == 0) {
      samples.targets.push_back(target);
    } else {
      add_class(samples, static_cast<std::size_t>(target));
    }
  }
  return samples;
}

}  // namespace

std::span<const double> Samples::input(std::size_t sample) const {
  return std::span(inputs).subspan(sample * shape.inputs, shape.inputs);
}

std::span<const double> Samples::target(std::size_t sample) const {
  return std::span(targets).subspan(sample * shape.targets, shape.targets);
}

std::vector<std::size_t> labels(const Samples& samples) {
  std::vector<std::size_t> labels;
  for (std::size_t k = 0; k < samples.size(); ++k) {
    const auto target = samples.target(k);
    const auto largest = std::ranges::max_element(target);
    labels.push_back(static_cast<std::size_t>(largest - target.begin()));
  }
  return labels;
}

Samples subset(const Samples& samples, std::span<const std::size_t> indices) {
  Samples chosen{samples.shape, {}, {}};
  for (const std::size_t k : indices) {
    if (k >= samples.size()) {
      fail("subset: got the index ", k, " of ", samples.size(), " samples; give smaller ones");
    }
    const auto input = samples.input(k), target = samples.target(k);
    chosen.inputs.insert(chosen.inputs.end(), input.begin(), input.end());
    chosen.targets.insert(chosen.targets.end(), target.begin(), target.end());
  }
  return chosen;
}

Task make_task(const std::string& name, const TaskOptions& options) {
  // Streams that nobody else will hit on: weights and wiring may be drawn from the same seed.
  constexpr std::uint64_t train_stream = 0x7461736b30, test_stream = 0x7461736b31;
  const Recipe& recipe = recipe_named(name);
  const std::size_t train = options.train > 0 ? options.train : recipe.samples;
  const std::size_t test = options.test > 0 ? options.test : train;
  const Rng rng(options.seed);
  Rng test_rng = rng.split(test_stream);
  Task task{name, recipe.inputs, recipe.classes, {}, {}, recipe.true_inputs};
  if (recipe.draw == nullptr) {
    task.train = moons(train, options.seed);
    task.test = moons(test, static_cast<std::uint32_t>(test_rng.bits()));
  } else {
    task.train = drawn(recipe, train, rng.split(train_stream));
    task.test = drawn(recipe, test, test_rng);
  }
  return task;
}

std::vector<std::string> task_names() {
  std::vector<std::string> names;
  for (const Recipe& recipe : recipes()) names.emplace_back(recipe.name);
  return names;
}

}  // namespace sprig
