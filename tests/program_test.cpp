// Program against the eager graph, which is the reference: the same losses, outputs, gradients.

#include "engine/program.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "engine/error.h"
#include "engine/thread_team.h"
#include "nn/loss.h"
#include "nn/mlp.h"
#include "tests/operations.h"
#include "tests/random_topology.h"

namespace {

using namespace sprig;

struct Samples {
  SampleShape shape;
  std::vector<double> inputs;
  std::vector<double> targets;

  std::size_t size() const { return inputs.size() / shape.inputs; }
  Batch batch(const BatchOptions& options = {}) const {
    return Batch(shape, inputs, targets, options);
  }
};

Samples random_samples(SampleShape shape, std::size_t count, Rng& rng) {
  Samples samples{shape, {}, {}};
  while (samples.inputs.size() < count * shape.inputs) samples.inputs.push_back(rng.normal());
  while (samples.targets.size() < count * shape.targets) {
    samples.targets.push_back(rng.uniform() < 0.5 ? -1 : 1);
  }
  return samples;
}

// The same without a Program: the mean loss, whose gradient is left in the parameters.
double run_eagerly(Graph& graph, const Program::Record& record, const Samples& samples) {
  const StepScope scope(graph);
  std::vector<Value> losses;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const auto [inputs, targets] = samples.shape;
    const auto x = constants(graph, std::span(samples.inputs).subspan(s * inputs, inputs));
    const auto t = constants(graph, std::span(samples.targets).subspan(s * targets, targets));
    losses.push_back(record(x, t).loss);
  }
  const Value loss = mean(losses);
  loss.backward();
  return loss.data();
}

std::vector<double> take_grads(std::span<const Value> parameters) {
  std::vector<double> grads;
  for (const Value parameter : parameters) {
    grads.push_back(parameter.grad());
    parameter.set_grad(0);
  }
  return grads;
}

void check_close(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
  REQUIRE(a.size() == b.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    INFO("number " << k << ": " << a[k] << " and " << b[k]);
    CHECK(std::abs(a[k] - b[k]) <= tolerance * std::max(1.0, std::abs(b[k])));
  }
}

// A network with a hinge loss on its first output, a penalty, and all outputs to be read.
Program::Record hinge_of(const Mlp& mlp) {
  return [&mlp](std::span<const Value> inputs, std::span<const Value> targets) {
    const std::vector<Value> outputs = mlp(inputs);
    const Value loss = hinge_loss(outputs[0], targets[0]) + l2_penalty(mlp.parameters(), 1e-3);
    return Program::Recording{.loss = loss, .outputs = outputs, .products = {}};
  };
}

std::string message_of(auto&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

Topology relu_topology(const std::vector<std::uint32_t>& shape, double density, Rng& rng) {
  Topology topology = random_topology(shape, density, rng);
  for (Topology::Layer& layer : topology.layers) {
    for (Topology::Neuron& neuron : layer.neurons) neuron.activation = Activation::relu;
  }
  return topology;
}

}  // namespace

TEST_SUITE("program") {
  TEST_CASE("random networks on random batches agree with the eager graph") {
    Rng rng(11);
    for (int trial = 0; trial < 60; ++trial) {
      Graph graph;
      const Mlp mlp(graph, random_topology(rng));
      const Samples samples = random_samples({mlp.input_count(), 1}, 1 + rng.below(150), rng);
      const Program::Record record = hinge_of(mlp);
      Program program(graph, samples.shape, record);
      INFO("trial " << trial << ", " << samples.size() << " samples");
      const double loss = run_eagerly(graph, record, samples);
      const std::vector<double> grads = take_grads(mlp.parameters());
      check_close({program.run(samples.batch())}, {loss}, 1e-12);
      check_close(take_grads(mlp.parameters()), grads, 1e-12);
      CHECK(!program.first_difference(samples.batch()).has_value());
    }
  }

  TEST_CASE("every operation agrees with the eager graph, in its data and its gradients") {
    for (const Op op : every_operation) {
      for (const std::vector<double>& point : smooth_points(op)) {
        const auto operands = static_cast<std::uint32_t>(point.size());
        Graph graph;
        std::vector<Value> ones;
        for (std::uint32_t k = 0; k < operands; ++k) ones.push_back(graph.value(1.0));
        // Each operand is an input times a parameter, and so a row with a gradient.
        Program program(graph, {operands, 0}, [&](auto inputs, auto) {
          std::vector<Value> scaled;
          for (std::uint32_t k = 0; k < operands; ++k) scaled.push_back(inputs[k] * ones[k]);
          const Value result = operate(op, scaled);
          return Program::Recording{.loss = result, .outputs = {result}, .products = {}};
        });
        std::vector<double> inputs;
        for (int sample = 0; sample < 11; ++sample) {
          inputs.insert(inputs.end(), point.begin(), point.end());
        }
        const auto difference = program.first_difference(Batch({operands, 0}, inputs, {}));
        INFO(at_point(op, point));
        if (difference) FAIL_CHECK(*difference);
      }
    }
  }

  TEST_CASE("operands that no sample changes get the same gradients") {
    for (const Op op : every_operation) {
      for (const std::vector<double>& point : smooth_points(op)) {
        Graph graph;
        std::vector<Value> leaves;
        for (const double number : point) leaves.push_back(graph.value(number));
        Program program(graph, {1, 0}, [&](auto inputs, auto) {
          return Program::Recording{
              .loss = inputs[0] * operate(op, leaves), .outputs = {}, .products = {}};
        });
        const auto difference =
            program.first_difference(Batch({1, 0}, std::vector{1.0, 2.0, 3.0}, {}));
        INFO(at_point(op, point));
        if (difference) FAIL_CHECK(*difference);
      }
    }
  }

  TEST_CASE("one sample gives the same bits as the eager graph") {
    Rng rng(5);
    for (int trial = 0; trial < 30; ++trial) {
      Graph graph;
      const Mlp mlp(graph, relu_topology({4, 9, 7, 1}, rng.uniform(), rng));
      const Program::Record record = [&](auto inputs, auto targets) {
        return Program::Recording{
            .loss = hinge_loss(mlp(inputs)[0], targets[0]), .outputs = {}, .products = {}};
      };
      const Samples samples = random_samples({4, 1}, 1, rng);
      Program program(graph, samples.shape, record);
      const double loss = run_eagerly(graph, record, samples);
      const std::vector<double> grads = take_grads(mlp.parameters());
      CHECK(program.run(samples.batch()) == loss);
      CHECK(take_grads(mlp.parameters()) == grads);
    }
  }

  TEST_CASE("a batch of any size is its samples and nothing else") {
    Rng rng(6);
    Graph graph;
    const Mlp mlp(graph, random_topology({3, 6, 2}, 0.7, rng));
    const Program::Record record = hinge_of(mlp);
    Program program(graph, {3, 1}, record);
    for (std::size_t count = 1; count <= 200; count += count < 70 ? 1 : 13) {
      const Samples samples = random_samples({3, 1}, count, rng);
      const double loss = run_eagerly(graph, record, samples);
      const std::vector<double> grads = take_grads(mlp.parameters());
      INFO(count << " samples");
      check_close({program.run(samples.batch())}, {loss}, 1e-12);
      check_close(take_grads(mlp.parameters()), grads, 1e-12);
    }
    CHECK(program.recordings() == 1);
  }

  TEST_CASE("float agrees to its six digits") {
    Rng rng(7);
    Graph graph;
    const Mlp mlp(graph, random_topology({5, 12, 8, 1}, 0.5, rng));
    const Program::Record record = hinge_of(mlp);
    const Samples samples = random_samples({5, 1}, 90, rng);
    Program program(graph, samples.shape, record, {.precision = Precision::float32});
    const double loss = run_eagerly(graph, record, samples);
    const std::vector<double> grads = take_grads(mlp.parameters());
    const Batch batch = samples.batch({.precision = Precision::float32});
    check_close({program.run(batch)}, {loss}, 1e-5);
    check_close(take_grads(mlp.parameters()), grads, 1e-4);
  }

  TEST_CASE("a wide layer, cut into blocks of rows, agrees with the eager graph") {
    Rng rng(8);
    for (const double density : {1.0, 0.3, 0.02}) {
      Graph graph;
      const Mlp mlp(graph, random_topology({300, 90, 5, 1}, density, rng));
      Program program(graph, {300, 1}, hinge_of(mlp));
      const Samples samples = random_samples({300, 1}, 20, rng);
      const auto difference = program.first_difference(samples.batch(), 1e-11);
      if (difference) FAIL_CHECK(*difference);
    }
  }

  TEST_CASE("a batch of one loss does not change what another adds to") {
    Graph graph;
    const Value w = graph.value(3.0);
    Program program(graph, {1, 0}, [&](auto x, auto) {
      return Program::Recording{.loss = w * x[0], .outputs = {}, .products = {}};
    });
    const Batch batch({1, 0}, std::vector{1.0, 3.0}, {});
    CHECK(program.run(batch) == 6);
    CHECK(w.grad() == 2);
    program.run(batch);
    CHECK(w.grad() == 4);  // as backward: zero the grads before the next step
  }

  TEST_CASE("outputs are those of every sample, in order") {
    Rng rng(9);
    Graph graph;
    const Mlp mlp(graph, random_topology({3, 7, 4}, 0.6, rng));
    const Samples samples = random_samples({3, 0}, 77, rng);
    Program program(graph, samples.shape,
                    [&](auto inputs, auto) {
                      return Program::Recording{
                          .loss = {}, .outputs = mlp(inputs), .products = {}};
                    },
                    {.forward_only = true});
    CHECK(program.evaluate(samples.batch()) == 0);
    REQUIRE(program.outputs().size() == 77 * 4);
    for (std::size_t s = 0; s < 77; ++s) {
      const StepScope scope(graph);
      const auto outputs = mlp(std::span<const double>(samples.inputs).subspan(s * 3, 3));
      for (std::size_t k = 0; k < 4; ++k) {
        CHECK(program.outputs()[s * 4 + k] ==
              doctest::Approx(outputs[k].data()).epsilon(1e-12));
      }
    }
    CHECK(message_of([&] { program.run(samples.batch()); }) ==
          "Program: it is forward-only; call evaluate()");
  }

  TEST_CASE("what only an output is made of gets no gradient") {
    Graph graph;
    const Value a = graph.parameter(2), b = graph.parameter(3);
    bool is_loss = true;
    Program program(graph, {.inputs = 1, .targets = 0}, [&](auto inputs, auto) {
      const Value y = a + b * inputs[0], z = b + a * inputs[0];
      return Program::Recording{.loss = is_loss ? y : z, .outputs = {is_loss ? z : y}};
    });
    const Batch batch({.inputs = 1, .targets = 0}, std::vector{3.0, 5.0}, {});
    for (;; is_loss = false) {
      program.run(batch);
      CHECK(take_grads(std::vector{a, b}) ==
            (is_loss ? std::vector{1.0, 4.0} : std::vector{4.0, 1.0}));
      if (!is_loss) break;
      graph.release(graph.parameter(0));  // so that it is recorded again
    }
  }

  TEST_CASE("it records again when a connection was dropped or grown, and only then") {
    Rng rng(10);
    Graph graph;
    Mlp mlp(graph, random_topology({3, 5, 1}, 0.8, rng));
    const Samples samples = random_samples({3, 1}, 30, rng);
    const Program::Record record = hinge_of(mlp);
    Program program(graph, samples.shape, record);
    program.run(samples.batch());
    program.run(samples.batch());
    CHECK(program.recordings() == 1);
    Neuron& neuron = mlp.layers()[0].neurons()[0];
    const std::uint32_t input = neuron.connections()[0].input;
    neuron.drop(input);
    neuron.grow(input, 0.25);
    take_grads(mlp.parameters());
    const double loss = program.run(samples.batch());
    CHECK(program.recordings() == 2);
    const std::vector<double> grads = take_grads(mlp.parameters());
    check_close({loss}, {run_eagerly(graph, record, samples)}, 1e-12);
    check_close(grads, take_grads(mlp.parameters()), 1e-12);
  }

  TEST_CASE("it reads parameters anew at every run") {
    Graph graph;
    const Value w = graph.value(3.0);
    const Value scale = graph.constant(2.0);
    Program program(graph, {1, 0}, [&](auto x, auto) {
      return Program::Recording{.loss = scale * w * x[0], .outputs = {}, .products = {}};
    });
    const Batch batch({1, 0}, std::vector{1.0}, {});
    CHECK(program.run(batch) == 6);
    w.set_data(5);
    scale.set_data(-1);
    CHECK(program.run(batch) == -5);
    CHECK(scale.grad() == 0);
  }

  TEST_CASE("a constant that is used as a weight gets no gradient") {
    Graph graph;
    const std::vector<Value> fixed = {graph.constant(2.0), graph.constant(3.0)};
    const Value bias = graph.value(1.0);
    Program program(graph, {2, 0}, [&](auto x, auto) {
      return Program::Recording{.loss = affine(bias, fixed, x), .outputs = {}, .products = {}};
    });
    CHECK(program.run(Batch({2, 0}, std::vector{1.0, 10.0}, {})) == 33);
    CHECK(bias.grad() == 1);
    CHECK(fixed[0].grad() == 0);
    CHECK(fixed[1].grad() == 0);
  }

  TEST_CASE("recording leaves no node behind, also when the code throws") {
    Graph graph;
    const Value w = graph.value(1.0);
    const Batch batch({1, 0}, std::vector{1.0}, {});
    Program good(graph, {1, 0}, [&](auto x, auto) {
      return Program::Recording{.loss = w * x[0], .outputs = {}, .products = {}};
    });
    good.run(batch);
    CHECK(graph.size() == 1);
    Program bad(graph, {1, 0}, [&](auto x, auto) -> Program::Recording {
      const Value lost = w * x[0];
      fail("no loss today, only ", lost.data());
    });
    CHECK(message_of([&] { bad.run(batch); }) == "no loss today, only 1");
    CHECK(graph.size() == 1);
  }
}

TEST_SUITE("program: first difference") {
  TEST_CASE("names the node that reads data() while recording") {
    Graph graph;
    const Value w = graph.value(2.0, "w");
    Program program(graph, {1, 0}, [&](auto x, auto) {
      const Value doubled = x[0] * (2 * x[0].data());  // a number, to the recording
      return Program::Recording{.loss = w * doubled, .outputs = {}, .products = {}};
    });
    const auto difference = program.first_difference(Batch({1, 0}, std::vector{1.0, 3.0}, {}));
    REQUIRE(difference.has_value());
    std::ostringstream text;
    text << *difference;
    CHECK(text.str() == "sample 1, node 2 (leaf, data=6): data is 6 eagerly, 2 replayed");
  }

  TEST_CASE("names the operation where a branch goes another way") {
    Graph graph;
    const Value w = graph.value(2.0, "w");
    Program program(graph, {1, 0}, [&](auto x, auto) {
      const Value y = w * x[0];
      return Program::Recording{
          .loss = y.data() > 0 ? exp(y) : y * y, .outputs = {}, .products = {}};
    });
    const auto difference = program.first_difference(Batch({1, 0}, std::vector{1.0, -1.0}, {}));
    REQUIRE(difference.has_value());
    std::ostringstream text;
    text << *difference;
    CHECK(text.str() == "sample 1, node 3 (*, data=4): recorded as exp");
  }

  TEST_CASE("finds nothing in a Program of several threads, whichever runs a part") {
    Rng rng(4);
    Graph graph;
    const Mlp mlp(graph, random_topology({3, 5, 1}, 0.8, rng));
    for (const int threads : {2, 3, 7}) {
      Program program(graph, {3, 1}, hinge_of(mlp), {.threads = threads});
      const auto difference =
          program.first_difference(random_samples({3, 1}, 40, rng).batch(), 1e-11);
      if (difference) FAIL_CHECK(*difference);
    }
  }

  TEST_CASE("leaves data and grads as they were") {
    Rng rng(3);
    Graph graph;
    const Mlp mlp(graph, random_topology({3, 5, 1}, 0.8, rng));
    for (const Value parameter : mlp.parameters()) parameter.set_grad(rng.normal());
    const auto read = [&] {
      std::vector<double> numbers;
      for (const Value parameter : mlp.parameters()) {
        numbers.push_back(parameter.data());
        numbers.push_back(parameter.grad());
      }
      return numbers;
    };
    const std::vector<double> before = read();
    Program program(graph, {3, 1}, hinge_of(mlp));
    CHECK(!program.first_difference(random_samples({3, 1}, 200, rng).batch()).has_value());
    CHECK(read() == before);
  }
}

TEST_SUITE("program in threads") {
  TEST_CASE("any number of threads gives the same bits") {
    Rng rng(12);
    for (const Precision precision : {Precision::float64, Precision::float32}) {
      Graph graph;
      const Mlp mlp(graph, random_topology({6, 20, 9, 1}, 0.5, rng));
      const Samples samples = random_samples({6, 1}, 500, rng);
      const Batch batch = samples.batch({.precision = precision, .samples_per_part = 64});
      std::vector<double> first;
      for (const int threads : {1, 2, 3, 7}) {
        Program program(graph, samples.shape, hinge_of(mlp),
                        {.precision = precision, .threads = threads});
        for (int repeat = 0; repeat < 5; ++repeat) {
          std::vector<double> numbers = {program.run(batch)};
          const auto outputs = program.outputs();
          numbers.insert(numbers.end(), outputs.begin(), outputs.end());
          const std::vector<double> grads = take_grads(mlp.parameters());
          numbers.insert(numbers.end(), grads.begin(), grads.end());
          if (first.empty()) first = numbers;
          CHECK(numbers == first);
        }
      }
    }
  }

  TEST_CASE("a team does every thread's work once, run after run") {
    ThreadTeam team(5);
    std::vector<int> done(5);
    for (int run = 0; run < 1000; ++run) team.run([&](std::size_t thread) { ++done[thread]; });
    CHECK(done == std::vector<int>(5, 1000));
  }

  TEST_CASE("two Programs of two graphs run in two threads") {
    const auto train = [](std::uint64_t seed, double& loss) {
      Rng rng(seed);
      Graph graph;
      const Mlp mlp(graph, random_topology({4, 8, 1}, 0.7, rng));
      const Samples samples = random_samples({4, 1}, 150, rng);
      Program program(graph, samples.shape, hinge_of(mlp), {.threads = 2});
      const Batch batch = samples.batch();
      for (int step = 0; step < 50; ++step) loss = program.run(batch);
    };
    double alone = 0, first = 0, second = 0;
    train(1, alone);
    std::thread other([&] { train(1, first); });
    train(1, second);
    other.join();
    CHECK(first == alone);
    CHECK(second == alone);
  }
}

TEST_SUITE("program errors") {
  TEST_CASE("a batch of another shape or precision is refused") {
    Graph graph;
    Program program(graph, {2, 1}, [&](auto x, auto t) {
      return Program::Recording{.loss = x[0] * t[0], .outputs = {}, .products = {}};
    });
    CHECK(message_of([&] {
            program.run(Batch({1, 1}, std::vector{1.0}, std::vector{1.0}));
          }) == "Program: the batch has 1 inputs and 1 targets; the Program has 2 and 1");
    const Batch floats({2, 1}, std::vector{1.0, 2.0}, std::vector{1.0},
                       {.precision = Precision::float32});
    CHECK(message_of([&] { program.run(floats); }) ==
          "Program: the batch and the Program are of two precisions; give both the same");
  }

  TEST_CASE("a batch that is not whole samples, or not numbers, is refused") {
    CHECK(message_of([] {
            Batch({2, 1}, std::vector{1.0, 2.0, 3.0}, std::vector{1.0});
          }) ==
          "Batch: got 3 inputs and 1 targets; a sample has 2 and 1: give those of at least "
          "one sample");
    CHECK(message_of([] {
            Batch({2, 1}, {}, {});
          }) ==
          "Batch: got 0 inputs and 0 targets; a sample has 2 and 1: give those of at least "
          "one sample");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(message_of([&] {
            Batch({2, 0}, std::vector{1.0, 2.0, 3.0, nan}, {});
          }) == "Batch: input 1 of sample 1 is nan; clean the data first");
    CHECK(message_of([&] {
            Batch({1, 0}, std::vector{1e300}, {}, {.precision = Precision::float32});
          }) == "Batch: input 0 of sample 0 is 1e+300; clean the data first");
  }

  TEST_CASE("what cannot be replayed is refused with the reason") {
    Graph graph;
    const Value w = graph.value(1.0, "w");
    const Value outside = exp(w);
    const Batch batch({1, 0}, std::vector{1.0}, {});
    Program reads_outside(graph, {1, 0}, [&](auto x, auto) {
      return Program::Recording{.loss = outside * x[0], .outputs = {}, .products = {}};
    });
    CHECK(message_of([&] { reads_outside.run(batch); }) ==
          "Program: the recorded code reads node 1 (exp, data=2.71828), which was made before "
          "it; make it inside, so that its gradient can flow on");
    Program no_loss(graph, {1, 0}, [](auto, auto) { return Program::Recording{}; });
    CHECK(message_of([&] { no_loss.run(batch); }) ==
          "Program: the recorded code gave no loss; give one, or set forward_only");
    const StepScope scope(graph);
    const Value short_lived = graph.value(1.0);
    Program in_scope(graph, {1, 0}, [&](auto x, auto) {
      return Program::Recording{.loss = short_lived * x[0], .outputs = {}, .products = {}};
    });
    CHECK(message_of([&] { in_scope.run(batch); }) ==
          "Program: the recorded code reads node 2 (leaf, data=1), made in a StepScope that is "
          "still open; make it before the scope");
  }

  TEST_CASE("a loss that is not finite changes no gradient where the graph checks") {
    Graph graph;
    const Value w = graph.value(1.0);
    Program program(graph, {1, 0}, [&](auto x, auto) {
      return Program::Recording{.loss = w * log(x[0]), .outputs = {}, .products = {}};
    });
    program.run(Batch({1, 0}, std::vector{1.0}, {}));
    graph.check_finite(true);
    w.set_grad(0.5);
    CHECK(
        message_of([&] {
          program.run(Batch({1, 0}, std::vector{-1.0}, {}));
        }) ==
        "Program: the mean loss is not finite; run the samples through the eager graph, which "
        "names the node");
    CHECK(w.grad() == 0.5);
  }

  TEST_CASE("no thread is refused") {
    Graph graph;
    const auto make = [&] {
      Program(graph, {1, 0}, [](auto, auto) { return Program::Recording{}; }, {.threads = 0});
    };
    CHECK(message_of(make) == "Program: got 0 threads; give at least 1");
  }
}
