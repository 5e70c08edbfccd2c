// Optimisers: 20 steps against PyTorch's (tests/oracles/optimizers.py has script and command),
// and whom their state belongs to.

#include "nn/optimizer.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "nn/mlp.h"

namespace {

using namespace sprig;

constexpr double infinity = std::numeric_limits<double>::infinity();

// (1 - x)^2 + 10 (y - x^2)^2 + x z + z^2
Value valley(std::span<const Value> point) {
  const Value x = point[0], y = point[1], z = point[2];
  return (1 - x) * (1 - x) + 10 * (y - x * x) * (y - x * x) + x * z + z * z;
}

using Step = std::function<void(std::span<const Value>, double learning_rate)>;
using MakeStep = std::function<Step(const std::vector<double>& options)>;

// Walks every line of optimizers.txt that tells of `name`, and is never off by more than 1e-12.
void check_against_pytorch(const std::string& name, const MakeStep& make) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "oracles" /
                     "optimizers.txt");
  int lines = 0;
  for (std::string text; std::getline(file, text);) {
    std::istringstream words(text);
    std::string word;
    words >> word;
    if (word != name) continue;
    std::vector<double> options;
    words >> word;
    while (words >> word && word != "|") options.push_back(std::stod(word));
    CAPTURE(text.substr(0, 40));

    Graph graph;
    const std::vector<Value> point{graph.parameter(-0.5), graph.parameter(1.5),
                                   graph.parameter(0.75)};
    const Step move = make(options);
    const double rate = options.back();
    for (int step = 0; step < 20; ++step) {
      StepScope scope(graph);
      graph.zero_grad();
      valley(point).backward();
      move(point, rate - rate * step / 40);
      for (const Value parameter : point) {
        double expected = 0;
        REQUIRE(static_cast<bool>(words >> expected));
        REQUIRE(std::abs(parameter.data() - expected) <= 1e-12);
      }
    }
    ++lines;
  }
  CHECK(lines >= 4);
}

// A neuron that reads inputs 0 and 1 of three.
struct OneNeuron {
  Graph graph;
  Neuron neuron{graph, 3, {"1_0", {{0, 1.0}, {1, 2.0}}, 0.0}};

  std::vector<Value> parameters() const {
    std::vector<Value> parameters{neuron.bias()};
    for (const Connection& connection : neuron.connections()) {
      parameters.push_back(connection.weight);
    }
    return parameters;
  }

  // Every parameter has this gradient, whatever its data.
  void step(auto& optimizer, double gradient, double learning_rate) const {
    for (const Value parameter : parameters()) parameter.set_grad(gradient);
    optimizer.step(parameters(), learning_rate);
  }
};

std::vector<double> data_of(std::span<const Value> values) {
  std::vector<double> data;
  for (const Value value : values) data.push_back(value.data());
  return data;
}

}  // namespace

TEST_SUITE("optimizer") {
  TEST_CASE("Sgd with momentum, Nesterov and weight decay walks where PyTorch's does") {
    check_against_pytorch("sgd", [](const std::vector<double>& options) {
      return [sgd = Sgd({.momentum = options[0],
                         .nesterov = options[1] != 0,
                         .weight_decay = options[2]})](auto... arguments) mutable {
        sgd.step(arguments...);
      };
    });
  }

  TEST_CASE("Adam with and without weight decay walks where PyTorch's does") {
    check_against_pytorch("adam", [](const std::vector<double>& options) {
      return [adam = Adam({.beta1 = options[0],
                           .beta2 = options[1],
                           .epsilon = options[2],
                           .weight_decay = options[3]})](auto... arguments) mutable {
        adam.step(arguments...);
      };
    });
  }

  TEST_CASE("a step of plain Sgd is parameter - rate * gradient, to the last bit") {
    OneNeuron one;
    Sgd sgd;
    one.step(sgd, 0.7, 0.3);
    CHECK(data_of(one.parameters()) ==
          std::vector<double>{0.0 - 0.3 * 0.7, 1.0 - 0.3 * 0.7, 2.0 - 0.3 * 0.7});
  }

  TEST_CASE("a connection grown where one was dropped starts without momentum") {
    OneNeuron one;
    Sgd sgd({.momentum = 0.5});
    one.step(sgd, 1.0, 0.1);
    one.step(sgd, 1.0, 0.1);
    const std::uint32_t place = one.neuron.weight_from(0).index();
    one.neuron.drop(0);
    one.neuron.grow(0, 0.0);
    REQUIRE(one.neuron.weight_from(0).index() == place);
    CHECK(sgd.momentum_of(one.neuron.weight_from(0)) == 0);
    one.step(sgd, 1.0, 0.1);
    CHECK(sgd.momentum_of(one.neuron.weight_from(0)) == 1.0);
    CHECK(one.neuron.weight_from(0).data() == -0.1);
  }

  TEST_CASE("the connections that stay keep their momentum when another is dropped") {
    OneNeuron one;
    Sgd sgd({.momentum = 0.5});
    one.step(sgd, 1.0, 0.1);
    one.step(sgd, 1.0, 0.1);
    one.neuron.drop(0);
    one.neuron.grow(2, 0.0);
    CHECK(sgd.momentum_of(one.neuron.weight_from(1)) == 1.5);
    CHECK(sgd.momentum_of(one.neuron.bias()) == 1.5);
    CHECK(sgd.momentum_of(one.neuron.weight_from(2)) == 0);
  }

  TEST_CASE("asking for the momentum of a dropped weight forgets nothing") {
    OneNeuron one;
    Sgd sgd({.momentum = 0.5});
    const Value dropped = one.neuron.weight_from(0);
    one.neuron.drop(0);
    one.neuron.grow(2, 0.0);
    one.step(sgd, 1.0, 0.1);
    CHECK(sgd.momentum_of(dropped) == 0);
    CHECK(sgd.momentum_of(one.neuron.weight_from(2)) == 1.0);
  }

  TEST_CASE("Adam's bias correction starts anew for a grown connection") {
    OneNeuron one;
    Adam adam;
    for (int step = 0; step < 10; ++step) one.step(adam, step == 0 ? 100.0 : 1.0, 0.1);
    one.neuron.drop(0);
    one.neuron.grow(0, 0.0);
    const double survivor = one.neuron.weight_from(1).data();
    one.step(adam, 1.0, 0.1);
    CHECK(std::abs(one.neuron.weight_from(0).data() + 0.1) <
          1e-8);  // a first step: rate * sign
    CHECK(survivor - one.neuron.weight_from(1).data() < 0.06);
  }

  TEST_CASE("a gradient that is not finite is an error before anything has moved") {
    OneNeuron one;
    Sgd sgd({.momentum = 0.5});
    Adam adam;
    one.neuron.bias().set_grad(1.0);
    one.neuron.weight_from(1).set_grad(std::nan(""));
    const std::vector<double> before = data_of(one.parameters());
    CHECK_THROWS_WITH_AS(sgd.step(one.parameters(), 0.1),
                         "Sgd: the gradient of parameter 2 of 3 is nan; nothing was moved. "
                         "Lower the learning rate, or find the cause with "
                         "graph.check_finite(true)",
                         Error);
    one.neuron.weight_from(1).set_grad(-infinity);
    CHECK_THROWS_AS(adam.step(one.parameters(), 0.1), Error);
    CHECK(data_of(one.parameters()) == before);
    CHECK(sgd.momentum_of(one.neuron.bias()) == 0);
  }

  TEST_CASE("the result of an operation is refused before anything has moved") {
    Graph graph;
    const Value weight = graph.parameter(1.0);
    weight.set_grad(1.0);
    const std::vector<Value> parameters{weight, weight * 2};
    CHECK_THROWS_WITH_AS(Sgd().step(parameters, 0.1),
                         "Sgd: parameter 1 of 2 is the result of *; only leaves can be moved",
                         Error);
    CHECK(weight.data() == 1.0);
  }

  TEST_CASE("a learning rate that is not finite is an error before anything has moved") {
    OneNeuron one;
    Sgd sgd;
    Adam adam;
    const std::vector<double> before = data_of(one.parameters());
    CHECK_THROWS_WITH_AS(one.step(sgd, 1.0, std::nan("")),
                         "Sgd: the learning rate is nan; give a finite one", Error);
    CHECK_THROWS_WITH_AS(one.step(adam, 1.0, infinity),
                         "Adam: the learning rate is inf; give a finite one", Error);
    CHECK(data_of(one.parameters()) == before);
  }

  TEST_CASE("options out of range are refused") {
    CHECK_THROWS_WITH_AS(Sgd({.momentum = 1.0}), "Sgd: momentum is 1; give one in [0, 1)",
                         Error);
    CHECK_THROWS_AS(Sgd({.momentum = -0.1}), Error);
    CHECK_THROWS_AS(Sgd({.momentum = std::nan("")}), Error);
    CHECK_THROWS_WITH_AS(Sgd({.weight_decay = -1.0}),
                         "Sgd: weight_decay is -1; give a finite one of at least 0", Error);
    CHECK_THROWS_AS(Sgd({.weight_decay = infinity}), Error);
    CHECK_THROWS_WITH_AS(Sgd({.nesterov = true}), "Sgd: nesterov needs a momentum above 0",
                         Error);
    CHECK_THROWS_WITH_AS(Adam({.beta1 = 1.0}), "Adam: beta1 is 1; give one in [0, 1)", Error);
    CHECK_THROWS_WITH_AS(Adam({.beta2 = -0.5}), "Adam: beta2 is -0.5; give one in [0, 1)",
                         Error);
    CHECK_THROWS_WITH_AS(Adam({.epsilon = infinity}),
                         "Adam: epsilon is inf; give a finite one above 0", Error);
    CHECK_THROWS_AS(Adam({.weight_decay = std::nan("")}), Error);
  }

  TEST_CASE("a step that no double holds is an error before anything has moved") {
    Graph graph;
    const std::vector<Value> parameters{graph.parameter(1.0), graph.parameter(2.0)};
    for (const Value parameter : parameters) parameter.set_grad(1.0);
    parameters[1].set_grad(1e200);
    Sgd sgd({.momentum = 0.9});
    CHECK_THROWS_WITH_AS(
        sgd.step(parameters, 1e200),
        "Sgd: the step of parameter 1 of 2, from 2 with gradient 1e+200, is too "
        "large for a double; nothing was moved. Lower the learning rate",
        Error);
    CHECK_THROWS_AS(Adam().step(parameters, 0.1), Error);  // the square of 1e200
    CHECK(parameters[0].data() == 1.0);
    CHECK(parameters[1].data() == 2.0);
    CHECK(sgd.momentum_of(parameters[0]) == 0);
    parameters[1].set_grad(1.0);
    sgd.step(parameters, 0.5);
    CHECK(sgd.momentum_of(parameters[0]) == 1);
    parameters[1].set_grad(infinity);
    CHECK_THROWS_AS(sgd.step(parameters, 0.5), Error);
    CHECK(sgd.momentum_of(parameters[0]) == 1);
    CHECK(parameters[0].data() == 0.5);
  }

  TEST_CASE("Adam refuses an epsilon of 0, which would divide 0 by 0 for a dead neuron") {
    CHECK_THROWS_WITH_AS(Adam({.epsilon = 0}), "Adam: epsilon is 0; give a finite one above 0",
                         Error);
  }
}
