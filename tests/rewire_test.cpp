// Rewire: a case worked by hand, what it must never do (drift, duplicate, reorder) over
// thousands of random updates, and what it refuses.

#include "nn/sparse/rewire.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "engine/error.h"
#include "nn/optimizer.h"
#include "tests/random_topology.h"

namespace {

using namespace sprig;

const double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Four inputs and two neurons, which read inputs 0, 1, 2 and 3, 0. By |weight| the order is
// {0, 0, 1}, {0, 1, 3}, {0, 0, 0}, {0, 1, 0}, {0, 0, 2}.
struct Case {
  Graph graph;
  Mlp mlp{graph,
          {.inputs = 4,
           .layers = {{{{"a", {{0, -0.3}, {1, 0.1}, {2, 0.5}}, 1.0},
                        {"b", {{3, 0.2}, {0, -0.4}}, 2.0}}}}}};
};

// Scores by position; 0 where none is given.
Score table(std::map<Position, double> scores) {
  return [scores = std::move(scores)](const Position& position) {
    const auto found = scores.find(position);
    return found == scores.end() ? 0.0 : found->second;
  };
}

// "layer/neuron/input layer/neuron/input ...", in the order of the report.
std::string places(const std::vector<Change>& changes) {
  std::string text;
  for (const auto& [position, score] : changes) {
    text += (text.empty() ? "" : " ") + std::to_string(position.layer) + "/" +
            std::to_string(position.neuron) + "/" + std::to_string(position.input);
  }
  return text;
}

std::vector<double> scores(const std::vector<Change>& changes) {
  std::vector<double> scores;
  for (const Change& change : changes) scores.push_back(change.score);
  return scores;
}

std::vector<std::uint32_t> inputs_of(const Mlp& mlp, std::size_t layer, std::size_t neuron) {
  std::vector<std::uint32_t> inputs;
  for (const Connection& connection : mlp.layers()[layer].neurons()[neuron].connections()) {
    inputs.push_back(connection.input);
  }
  return inputs;
}

// The connections that compete, counted per neuron, per layer or in the whole network.
std::vector<std::size_t> counts(const Topology& topology, Scope scope) {
  std::vector<std::size_t> counts;
  if (scope == Scope::model) counts.push_back(0);
  for (const auto& layer : topology.layers) {
    if (scope == Scope::layer) counts.push_back(0);
    for (const auto& neuron : layer.neurons) {
      if (scope == Scope::neuron) counts.push_back(0);
      counts.back() += neuron.connections.size();
    }
  }
  return counts;
}

// What the report says, done to the topology by hand.
Topology applied(Topology topology, const Rewiring& rewiring) {
  const auto connections_at = [&](const Position& position) -> auto& {
    return topology.layers[position.layer].neurons[position.neuron].connections;
  };
  for (const auto& [position, score] : rewiring.dropped) {
    const auto input = position.input;
    const auto count =
        std::erase_if(connections_at(position), [&](auto& c) { return c.input == input; });
    REQUIRE(count == 1);
  }
  for (const auto& [position, score] : rewiring.grown) {
    connections_at(position).push_back({position.input, 0.0});
  }
  return topology;
}

RewireOptions random_options(Rng& rng) {
  const double fraction = std::clamp(rng.uniform(-0.1, 1.1), 0.0, 1.0);
  return {.fraction = fraction,
          .scope = static_cast<Scope>(rng.below(3)),
          .just_dropped_eligible = rng.below(2) == 0};
}

// One of five numbers, infinity among them: most decisions are ties.
Score with_ties(Rng& rng) {
  return [&rng](const Position&) {
    const auto draw = rng.below(5);
    return draw == 4 ? std::numeric_limits<double>::infinity() : static_cast<double>(draw);
  };
}

void for_1000_random_updates(auto check) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    Graph graph;
    Mlp mlp(graph, random_topology(rng));
    for (int update = 0; update < 10; ++update) {
      CAPTURE(update);
      const RewireOptions options = random_options(rng);
      const Topology before = mlp.snapshot();
      const Rewiring rewiring = rewire(mlp, lowest(with_ties(rng)), with_ties(rng), options);
      check(before, mlp.snapshot(), rewiring, options);
    }
  }
}

}  // namespace

TEST_SUITE("rewire") {
  TEST_CASE("the lowest are dropped, the highest are grown behind the others, by hand") {
    Case one;
    const Score grow = table({{{0, 0, 3}, 5.0}, {{0, 1, 1}, 7.0}, {{0, 1, 2}, 6.0}});
    const Rewiring rewiring = rewire(one.mlp, lowest(weight_magnitude(one.mlp)), grow,
                                     {.fraction = 0.5, .scope = Scope::layer});
    CHECK(places(rewiring.dropped) == "0/0/1 0/1/3");
    CHECK(scores(rewiring.dropped) == std::vector<double>{0.1, 0.2});
    CHECK(places(rewiring.grown) == "0/1/1 0/1/2");
    CHECK(scores(rewiring.grown) == std::vector<double>{7, 6});
    CHECK(rewiring.stayed == 0);
    CHECK(one.mlp.snapshot() ==
          Topology{.inputs = 4,
                   .layers = {{{{"a", {{0, -0.3}, {2, 0.5}}, 1.0},
                                {"b", {{0, -0.4}, {1, 0}, {2, 0}}, 2.0}}}}});
  }

  TEST_CASE("a place dropped and grown again keeps its weight, momentum and order") {
    Case one;
    Sgd sgd({.momentum = 0.9});
    for (const Value parameter : one.mlp.parameters()) parameter.set_grad(1.0);
    sgd.step(one.mlp.parameters(), 0.0);
    const Topology before = one.mlp.snapshot();
    const Score grow = table({{{0, 0, 1}, 9.0}, {{0, 1, 3}, 8.0}});
    const Rewiring rewiring =
        rewire(one.mlp, lowest(weight_magnitude(one.mlp)), grow, {.fraction = 0.4});
    CHECK(rewiring.stayed == 2);
    CHECK(rewiring.dropped.empty());
    CHECK(rewiring.grown.empty());
    CHECK(one.mlp.snapshot() == before);
    CHECK(sgd.momentum_of(one.mlp.layers()[0].neurons()[0].weight_from(1)) == 1.0);
  }

  TEST_CASE("where just-dropped places are not eligible, others are grown in their stead") {
    Case one;
    const Score grow = table({{{0, 0, 1}, 9.0}, {{0, 1, 3}, 8.0}, {{0, 1, 2}, 1.0}});
    const Rewiring rewiring = rewire(one.mlp, lowest(weight_magnitude(one.mlp)), grow,
                                     {.fraction = 0.4, .just_dropped_eligible = false});
    CHECK(rewiring.stayed == 0);
    CHECK(places(rewiring.dropped) == "0/0/1 0/1/3");
    CHECK(places(rewiring.grown) == "0/1/2 0/0/3");
  }

  TEST_CASE("if too few places are eligible, that many are exchanged, the lowest first") {
    Case one;
    const Rewiring rewiring = rewire(one.mlp, lowest(weight_magnitude(one.mlp)), table({}),
                                     {.fraction = 1.0, .just_dropped_eligible = false});
    CHECK(places(rewiring.dropped) == "0/0/1 0/1/3 0/0/0");
    CHECK(one.mlp.connection_count() == 5);
  }

  TEST_CASE("ties are dropped in connection order and grown in order of input") {
    Case one;
    const Rewiring rewiring = rewire(one.mlp, lowest(table({})), table({}),
                                     {.fraction = 0.8, .just_dropped_eligible = false});
    CHECK(places(rewiring.dropped) == "0/0/0 0/0/1 0/0/2");
    CHECK(places(rewiring.grown) == "0/0/3 0/1/1 0/1/2");
    CHECK(inputs_of(one.mlp, 0, 1) == std::vector<std::uint32_t>{3, 0, 1, 2});
  }

  TEST_CASE("with scope neuron, each neuron exchanges its own share") {
    Case one;
    const Score grow = table({{{0, 0, 3}, 5.0}, {{0, 1, 1}, 7.0}, {{0, 1, 2}, 6.0}});
    const Rewiring rewiring = rewire(one.mlp, lowest(weight_magnitude(one.mlp)), grow,
                                     {.fraction = 0.5, .scope = Scope::neuron});
    CHECK(places(rewiring.dropped) == "0/0/1 0/1/3");
    CHECK(places(rewiring.grown) == "0/0/3 0/1/1");
  }

  TEST_CASE("with scope model, connections move from layer to layer") {
    Graph graph;
    Mlp mlp(graph, {.inputs = 2,
                    .layers = {{{{"a", {{0, 0.1}, {1, 0.2}}, 0.0}, {"b", {}, 0.0}}},
                               {{{"c", {{0, 1.0}}, 0.0}}}}});
    const Rewiring rewiring =
        rewire(mlp, lowest(weight_magnitude(mlp)), table({{{1, 0, 1}, 3.0}}),
               {.fraction = 0.34, .scope = Scope::model});
    CHECK(places(rewiring.dropped) == "0/0/0");
    CHECK(places(rewiring.grown) == "1/0/1");
    CHECK(inputs_of(mlp, 1, 0) == std::vector<std::uint32_t>{0, 1});
  }

  TEST_CASE("growing leaves the function as it is; only dropping changes it") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Topology before = mlp.snapshot();
      Rewiring rewiring =
          rewire(mlp, lowest(with_ties(rng)), with_ties(rng), {.fraction = 0.5});
      rewiring.grown.clear();
      std::vector<double> sample;
      while (sample.size() < before.inputs) sample.push_back(rng.normal());
      CHECK(evaluate(applied(before, rewiring), sample) == evaluate(mlp.snapshot(), sample));
    }
  }

  TEST_CASE("no update changes the number of connections in any scope, or breaks a rule") {
    for_1000_random_updates([](const Topology& before, const Topology& after, const Rewiring&,
                               const RewireOptions& options) {
      REQUIRE(counts(after, options.scope) == counts(before, options.scope));
      REQUIRE_NOTHROW(validate(after));  // also that no neuron reads an input twice
    });
  }

  TEST_CASE("the report is what was done, and the order of the survivors stays") {
    for_1000_random_updates(
        [](const Topology& before, const Topology& after, const Rewiring& rewiring,
           const RewireOptions&) { REQUIRE(same_bits(applied(before, rewiring), after)); });
  }

  TEST_CASE("floor(fraction * n) connections are exchanged, or stay, in each scope") {
    for_1000_random_updates([](const Topology& before, const Topology&,
                               const Rewiring& rewiring, const RewireOptions& options) {
      if (!options.just_dropped_eligible) return;  // then there may be too few places
      std::size_t expected = 0;
      for (const std::size_t n : counts(before, options.scope)) {
        expected +=
            static_cast<std::size_t>(std::floor(options.fraction * static_cast<double>(n)));
      }
      REQUIRE(rewiring.dropped.size() + rewiring.stayed == expected);
      REQUIRE(rewiring.grown.size() == rewiring.dropped.size());
    });
  }

  TEST_CASE("a score that is NaN is an error that names its place and changes nothing") {
    Case one;
    const Topology before = one.mlp.snapshot();
    CHECK_THROWS_WITH_AS(
        rewire(one.mlp, lowest(table({{{0, 1, 0}, not_a_number}})), table({}), {}),
        "rewire: the keep score of layer 0, neuron 1, input 0 is nan; nothing "
        "was changed",
        Error);
    CHECK_THROWS_WITH_AS(
        rewire(one.mlp, lowest(table({})), table({{{0, 0, 3}, not_a_number}}), {}),
        "rewire: the grow score of layer 0, neuron 0, input 3 is nan; nothing "
        "was changed",
        Error);
    CHECK(one.mlp.snapshot() == before);
  }

  TEST_CASE("a fraction outside [0, 1] is an error and changes nothing") {
    Case one;
    const Topology before = one.mlp.snapshot();
    const auto with = [&](double fraction) {
      rewire(one.mlp, lowest(table({})), table({}), {.fraction = fraction});
    };
    CHECK_THROWS_WITH_AS(with(1.5), "rewire: the fraction is 1.5; give one in [0, 1]", Error);
    CHECK_THROWS_WITH_AS(with(-0.1), "rewire: the fraction is -0.1; give one in [0, 1]", Error);
    CHECK_THROWS_WITH_AS(with(not_a_number), "rewire: the fraction is nan; give one in [0, 1]",
                         Error);
    CHECK(one.mlp.snapshot() == before);
  }

  TEST_CASE("a score that throws, or a NaN in the last layer, changes nothing before it") {
    Graph graph;
    Rng rng(1);
    Mlp mlp(graph, random_topology({3, 4, 4, 2}, 0.5, rng));
    const Topology before = mlp.snapshot();
    const Score last_layer_is_nan = [](const Position& position) {
      return position.layer == 2 ? not_a_number : 1.0;
    };
    CHECK_THROWS_AS(rewire(mlp, lowest(weight_magnitude(mlp)), last_layer_is_nan, {}), Error);
    CHECK(mlp.snapshot() == before);
  }

  TEST_CASE("scores are asked of the right places, and all before anything changes") {
    Case one;
    const std::size_t size = one.graph.size();
    const auto reads = [&](const Position& p) {
      return one.mlp.layers()[p.layer].neurons()[p.neuron].reads(p.input);
    };
    int kept = 0, grown = 0, just_dropped = 0;
    const Score keep = [&](const Position& position) {
      CHECK(reads(position));
      return ++kept;
    };
    const Score grow = [&](const Position& position) {
      CHECK(kept == 5);
      just_dropped += reads(position);
      return ++grown;
    };
    rewire(one.mlp, lowest(keep), grow, {.fraction = 0.4});
    CHECK(kept == 5);
    CHECK(grown == 5);
    CHECK(just_dropped == 2);
    CHECK(one.graph.size() == size);
  }
}
