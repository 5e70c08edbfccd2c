// The rewiring course: what all methods promise, whichever task they are trained on.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "demos/rewire/methods.h"
#include "demos/rewire/trainer.h"
#include "engine/error.h"
#include "nn/topology_statistics.h"

namespace {

using namespace sprig;
using namespace sprig::course;

Setting short_setting(const Task& task) {
  Setting setting = setting_for(task);
  setting.epochs = steps_per_epoch(setting, task) > 1 ? 8 : 60;
  setting.interval = 10;
  setting.first = 1;
  return setting;
}

std::vector<EpochRecord> trained(const Task& task, const Setting& setting,
                                 const std::string& method, std::uint32_t seed) {
  Trainer trainer(task, setting, method, seed);
  std::vector<EpochRecord> epochs;
  while (!trainer.is_done()) epochs.push_back(trainer.epoch());
  return epochs;
}

std::size_t budget_of(const Task& task, const Setting& setting) {
  return connection_count(Trainer(task, setting, "static", 1).topology());
}

}  // namespace

TEST_SUITE("rewire course") {
  TEST_CASE("every method ends every task with its budget of connections") {
    for (const std::string& name : task_names()) {
      const Task task = make_task(name, {.seed = 1});
      const Setting setting = short_setting(task);
      for (const std::string& method : method_names()) {
        CAPTURE(name);
        CAPTURE(method);
        const std::vector<EpochRecord> epochs = trained(task, setting, method, 1);
        CHECK(epochs.back().connections == budget_of(task, setting));
        CHECK(std::isfinite(epochs.back().loss));
      }
    }
  }

  TEST_CASE("the eager graph, the reference, trains as the Program does") {
    const Task task = make_task("halfspace", {.seed = 2, .train = 80});
    Setting setting = short_setting(task);
    for (const std::string method : {"static", "rigl"}) {
      setting.eager = false;
      const std::vector<EpochRecord> replayed = trained(task, setting, method, 2);
      setting.eager = true;
      const std::vector<EpochRecord> eager = trained(task, setting, method, 2);
      for (std::size_t epoch = 0; epoch < eager.size(); ++epoch) {
        CHECK(replayed[epoch].loss == doctest::Approx(eager[epoch].loss).epsilon(1e-9));
        CHECK(replayed[epoch].test_score == eager[epoch].test_score);
      }
    }
  }

  TEST_CASE("a run follows from its method and seed alone") {
    const Task task = make_task("xor", {.seed = 3});
    const Setting setting = short_setting(task);
    for (const std::string& method : method_names()) {
      CAPTURE(method);
      const EpochRecord one = trained(task, setting, method, 5).back();
      const EpochRecord same = trained(task, setting, method, 5).back();
      const EpochRecord other = trained(task, setting, method, 6).back();
      CHECK(one.loss == same.loss);
      CHECK(one.loss != other.loss);
    }
  }

  TEST_CASE("static training costs its density, and a probe the dense backward pass") {
    const Task task = make_task("halfspace", {.seed = 1});
    const Setting setting = short_setting(task);
    Trainer still(task, setting, "static", 1), rigl(task, setting, "rigl", 1);
    while (!still.is_done()) still.epoch();
    while (!rigl.is_done()) rigl.epoch();
    const double density = 423.0 / 1408;
    CHECK(still.cost() == doctest::Approx(density));
    // 128 steps of 31.25 samples on average; probes at steps 10, 20, ..., 120, none of which
    // is the short last one of an epoch (steps 15, 31, ...).
    const double probed = 12.0 * 32 / (8 * 500);
    CHECK(rigl.cost() == doctest::Approx(density + probed * (1 - density) / 3));
  }

  TEST_CASE("methods that start dense are given the dense network, others their budget") {
    const Task task = make_task("moons", {.seed = 1});
    const Setting setting = setting_for(task);
    CHECK(parameter_count(Trainer(task, setting, "set", 1).topology()) == 101);
    for (const std::string& method : method_names()) {
      const Trainer trainer(task, setting, method, 1);
      CHECK(connection_count(trainer.topology()) == (trainer.starts_dense() ? 304 : 68));
    }
  }

  TEST_CASE("a setting that does not fit its task is refused") {
    const Task moons = make_task("moons"), noise = make_task("noise");
    Setting setting = setting_for(moons);
    setting.sparsity = {0, 0.5};
    CHECK_THROWS_WITH_AS(Trainer(moons, setting, "set", 1),
                         "--sparsity: 2 numbers for 3 layers; give one for each", Error);
    CHECK_THROWS_WITH_AS(Trainer(noise, setting_for(moons), "set", 1),
                         "--loss: noise is a regression; give squared", Error);
    CHECK_THROWS_AS(Trainer(moons, setting_for(moons), "no such", 1), Error);
  }

  TEST_CASE("the description names the numbers of its setting") {
    const Task halfspace = make_task("halfspace"), moons = make_task("moons");
    CHECK(description(setting_for(halfspace), halfspace) ==
          "halfspace with 500 samples, 20-64-2, density 0.3 uniform, cross-entropy, 50 epochs "
          "in batches of 32, Adam 0.01, updates every 50 of 800 steps, fraction 0.2, DEEP R at "
          "20 times the rate "
          "with L1 0.001 and temperature 1e-06");
    CHECK(description(setting_for(moons), moons) ==
          "moons with 100 samples, 2-16-16-1, sparsity 0/0.9/0.8, hinge + 0.0001 L2, 400 "
          "epochs, Adam 0.05 to 0.005, updates every 10 of 400 steps from 40 to 300, fraction "
          "0.3, DEEP R at 20 times the rate with L1 0.001 and temperature 1e-06");
  }
}
