// RigL: its calendar, what it makes of the gradients it observes, and random networks against
// a second RigL that sorts whole matrices, as the official code does.

#include "nn/sparse/rigl.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "engine/error.h"
#include "nn/loss.h"
#include "nn/optimizer.h"
#include "tests/random_topology.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

std::vector<int> steps_where(int steps, auto asked) {
  std::vector<int> found;
  for (int step = 0; step < steps; ++step) {
    if (asked(step)) found.push_back(step);
  }
  return found;
}

SparseTraining rigl_with(const RigLOptions& options) {
  return SparseTraining(methods::rigl(options));
}

// One neuron of four inputs that reads 0 and 1, the second with the smaller weight.
struct OneNeuron {
  Graph graph;
  Mlp mlp{graph, {.inputs = 4, .layers = {{{{"a", {{0, 2.0}, {1, 1.0}}, 0.5}}}}}};

  // The dense gradient for inputs 2 and 3.
  DenseGradient gradient(double second, double third) const {
    DenseGradient gradient(mlp);
    gradient[{0, 0, 2}] = second;
    gradient[{0, 0, 3}] = third;
    return gradient;
  }

  std::vector<std::uint32_t> inputs() const {
    std::vector<std::uint32_t> inputs;
    for (const Connection& connection : mlp.layers()[0].neurons()[0].connections()) {
      inputs.push_back(connection.input);
    }
    return inputs;
  }
};

// The official code's way: sort every place of the layer by |weight|, keep the top n - k of
// those that exist; lift what is kept above all and sort every place by |gradient|, take the
// top n.
Weights rewired(const Weights& weights, std::vector<Position> all, double fraction,
                const DenseGradient& gradient) {
  constexpr double above_all = std::numeric_limits<double>::infinity();
  const auto magnitude = [&](const Position& place) {
    return weights.contains(place) ? std::abs(weights.at(place)) : -1.0;
  };
  const std::size_t n = weights.size();
  const auto k = static_cast<std::size_t>(fraction * static_cast<double>(n));
  std::ranges::sort(all, std::ranges::greater{}, magnitude);
  const std::vector<Position> kept(all.begin(), all.begin() + static_cast<long>(n - k));

  const auto lifted = [&](const Position& place) {
    const bool is_kept = std::ranges::find(kept, place) != kept.end();
    return is_kept ? above_all : std::abs(gradient[place]);
  };
  std::ranges::sort(all, std::ranges::greater{}, lifted);
  Weights result;
  for (std::size_t rank = 0; rank < n; ++rank) {
    const Position& place = all[rank];
    result[place] = weights.contains(place) ? weights.at(place) : 0.0;
  }
  return result;
}

}  // namespace

TEST_SUITE("rigl") {
  TEST_CASE("updates are due at the multiples of the interval in [first, end)") {
    const SparseTraining from_start = rigl_with({.interval = 20, .end = 80});
    CHECK(steps_where(200, [&](int step) { return from_start.is_due(step); }) ==
          std::vector<int>{0, 20, 40, 60});
    const SparseTraining later = rigl_with({.interval = 20, .first = 21, .end = 81});
    CHECK(steps_where(200, [&](int step) { return later.is_due(step); }) ==
          std::vector<int>{40, 60, 80});
    const SparseTraining never = rigl_with({.interval = 20, .first = 61, .end = 80});
    CHECK(steps_where(200, [&](int step) { return never.is_due(step); }).empty());
  }

  TEST_CASE("a probe is wanted at the due steps, and at as many before as are accumulated") {
    const SparseTraining one = rigl_with({.interval = 10, .first = 1, .end = 30});
    CHECK(steps_where(100, [&](int step) { return one.wants_gradient(step); }) ==
          std::vector<int>{10, 20});
    const SparseTraining three =
        rigl_with({.interval = 10, .first = 10, .end = 30, .accumulate = 3});
    CHECK(steps_where(100, [&](int step) { return three.wants_gradient(step); }) ==
          std::vector<int>{8, 9, 10, 18, 19, 20});
    const SparseTraining all = rigl_with({.interval = 3, .end = 6, .accumulate = 3});
    CHECK(steps_where(100, [&](int step) { return all.wants_gradient(step); }) ==
          std::vector<int>{0, 1, 2, 3});
  }

  TEST_CASE("an update drops the smallest |weight| and grows the largest |gradient| with 0") {
    OneNeuron one;
    SparseTraining rigl = rigl_with({.interval = 10, .end = 100, .fraction = constant(0.5)});
    rigl.observe(one.gradient(1.0, -2.0));
    const Rewiring rewiring = rigl.update({.mlp = one.mlp, .step = 0});
    CHECK(one.inputs() == std::vector<std::uint32_t>{0, 3});
    CHECK(one.mlp.layers()[0].neurons()[0].weight_from(3).data() == 0);
    REQUIRE(rewiring.dropped.size() == 1);
    CHECK(rewiring.dropped[0].position == Position{0, 0, 1});
    CHECK(rewiring.dropped[0].score == 1.0);
    REQUIRE(rewiring.grown.size() == 1);
    CHECK(rewiring.grown[0].score == 2.0);
  }

  TEST_CASE("gradients of several batches are added up before their size is taken") {
    OneNeuron one;
    SparseTraining rigl =
        rigl_with({.interval = 10, .end = 100, .fraction = constant(0.5), .accumulate = 2});
    rigl.observe(one.gradient(1.0, -5.0));
    rigl.observe(one.gradient(1.0, 4.0));
    const Rewiring rewiring = rigl.update({.mlp = one.mlp, .step = 0});
    CHECK(one.inputs() == std::vector<std::uint32_t>{0, 2});  // |2| is above |-1|
    CHECK(rewiring.grown.at(0).score == 2.0);
  }

  TEST_CASE("what one update used does not count for the next") {
    OneNeuron one;
    SparseTraining rigl = rigl_with({.interval = 10, .end = 100, .fraction = constant(0.5)});
    rigl.observe(one.gradient(100.0, 0.0));
    rigl.update({.mlp = one.mlp, .step = 0});
    CHECK_THROWS_WITH_AS(rigl.update({.mlp = one.mlp, .step = 10}),
                         "RigL: update at step 10 without a gradient; call observe first",
                         Error);
    rigl.observe(one.gradient(0.0, 1.0));
    rigl.update({.mlp = one.mlp, .step = 10});
    CHECK(one.inputs() == std::vector<std::uint32_t>{0, 3});
  }

  TEST_CASE("the fraction is taken at the update's step, by default f_decay from .3 to 0") {
    Graph graph;
    Rng rng(1);
    Mlp mlp(graph, random_topology({20, 100}, 0.5, rng));
    const auto n = static_cast<double>(mlp.connection_count());
    SparseTraining rigl = rigl_with({.interval = 25, .end = 100});
    for (const int step : {0, 25, 50, 75, 100}) {
      rigl.observe(random_gradient(mlp, rng));
      const Rewiring rewiring = rigl.update({.mlp = mlp, .step = step});
      const double decay = 0.15 * (1 + std::cos(std::acos(-1.0) * step / 100));
      CHECK(rewiring.dropped.size() + rewiring.stayed == std::floor(decay * n));
    }
  }

  TEST_CASE("RigL does on random networks what sorting whole matrices does") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Topology before = mlp.snapshot();
      const DenseGradient gradient = random_gradient(mlp, rng);
      const double fraction = rng.uniform();
      SparseTraining rigl =
          rigl_with({.interval = 1, .end = 1, .fraction = constant(fraction)});
      rigl.observe(gradient);
      rigl.update({.mlp = mlp, .step = 0});
      for (std::uint32_t layer = 0; layer < before.layers.size(); ++layer) {
        REQUIRE(in_layer(weights_of(mlp), layer) == rewired(in_layer(weights_of(before), layer),
                                                            places_of(before, layer), fraction,
                                                            gradient));
      }
    }
  }

  TEST_CASE("scope and eligibility reach the rewiring") {
    OneNeuron one;
    SparseTraining eligible = rigl_with({.interval = 1, .end = 9, .fraction = constant(0.5)});
    eligible.observe(one.gradient(0.0, 0.0));  // a tie: input 1, just dropped, comes first
    CHECK(eligible.update({.mlp = one.mlp, .step = 0}).stayed == 1);
    SparseTraining barred = rigl_with(
        {.interval = 1, .end = 9, .fraction = constant(0.5), .just_dropped_eligible = false});
    barred.observe(one.gradient(0.0, 0.0));
    barred.update({.mlp = one.mlp, .step = 0});
    CHECK(one.inputs() == std::vector<std::uint32_t>{0, 2});

    Graph graph;
    Mlp two(graph,
            {.inputs = 2, .layers = {{{{"a", {{0, 1.0}}, 0.0}, {"b", {{0, 2.0}}, 0.0}}}}});
    SparseTraining per_neuron =
        rigl_with({.interval = 1, .end = 9, .fraction = constant(0.5), .scope = Scope::neuron});
    per_neuron.observe(DenseGradient(two));
    const Rewiring none = per_neuron.update({.mlp = two, .step = 0});
    CHECK(none.dropped.size() + none.stayed == 0);  // floor(.5 * 1) of each neuron
  }

  TEST_CASE("RigL works inside a StepScope, and what it grew is trained on after it") {
    OneNeuron one;
    SparseTraining rigl = rigl_with({.interval = 1, .end = 2, .fraction = constant(0.5)});
    Sgd sgd;
    const std::size_t size = one.graph.size();
    for (int step = 0; step < 3; ++step) {
      StepScope scope(one.graph);
      one.mlp.zero_grad();
      OuterProductProbe probe(one.mlp);
      const std::vector<Value> outputs =
          probe(constants(one.graph, std::vector<double>{1, 1, 2, 3}));
      mean_squared_error(outputs, std::vector<double>{-1}).backward();
      if (rigl.wants_gradient(step)) rigl.observe(probe.gradient());
      if (!rigl.replaces_step(step)) sgd.step(one.mlp.parameters(), 0.01);
      if (rigl.is_due(step)) rigl.update({.mlp = one.mlp, .step = step});
    }
    CHECK(one.graph.size() == size);
    CHECK(one.inputs() == std::vector<std::uint32_t>{0, 3});
    CHECK(one.mlp.layers()[0].neurons()[0].weight_from(3).data() != 0);
  }

  TEST_CASE("a loss made before an update can no longer be run backward") {
    OneNeuron one;
    const Value output = one.mlp(std::vector<double>{1, 1, 1, 1})[0];
    SparseTraining rigl = rigl_with({.interval = 1, .end = 2, .fraction = constant(0.5)});
    rigl.observe(one.gradient(1.0, 2.0));
    rigl.update({.mlp = one.mlp, .step = 0});
    CHECK_THROWS_AS(output.backward(), Error);
  }

  TEST_CASE("a gradient of NaN changes nothing") {
    OneNeuron one;
    const Topology before = one.mlp.snapshot();
    SparseTraining rigl = rigl_with({.interval = 1, .end = 2, .fraction = constant(0.5)});
    rigl.observe(one.gradient(1.0, std::nan("")));
    CHECK_THROWS_AS(rigl.update({.mlp = one.mlp, .step = 0}), Error);
    CHECK(one.mlp.snapshot() == before);
  }

  TEST_CASE("options out of range are refused") {
    CHECK_THROWS_WITH_AS(rigl_with({.interval = 0, .end = 9}),
                         "RigL: an interval of 0 steps; give at least 1", Error);
    CHECK_THROWS_WITH_AS(rigl_with({.interval = 10}),
                         "RigL: end is step 0; give the first step without updates, above 0",
                         Error);
    CHECK_THROWS_WITH_AS(rigl_with({.interval = 10, .end = 9, .accumulate = 11}),
                         "RigL: gradients of 11 batches; give 0 to the interval, 10", Error);
    CHECK_THROWS_AS(rigl_with({.interval = 10, .end = 9, .accumulate = 0}), Error);
  }

  TEST_CASE("after a gradient that is not a number the next good one is used") {
    Graph graph;
    Mlp mlp(graph, {.inputs = 2, .layers = {{{{.name = "1_0", .connections = {{0, 1.0}}}}}}});
    SparseTraining rigl = rigl_with({.interval = 1, .end = 10, .fraction = constant(1.0)});
    DenseGradient gradient(mlp);
    gradient[{0, 0, 1}] = std::nan("");
    rigl.observe(gradient);
    CHECK_THROWS_AS(rigl.update({.mlp = mlp, .step = 1}), Error);
    CHECK(mlp.layers()[0].neurons()[0].reads(0));
    gradient[{0, 0, 1}] = 1.0;
    rigl.observe(gradient);
    CHECK(rigl.update({.mlp = mlp, .step = 2}).grown.size() == 1);
    CHECK(mlp.layers()[0].neurons()[0].reads(1));
  }
}
