// CHT: chains by hand, random networks against the official code's way through them, and what
// each layer has after every update. tests/chts_test.cpp has the draws of CHTs.

#include "nn/sparse/cht.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/error.h"
#include "nn/sparse/cannistraci_hebb.h"
#include "nn/sparse/counts.h"
#include "tests/random_topology.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

using Positions = std::vector<Position>;

constexpr Updates every_step = {.interval = 1, .end = 1000};

SparseTraining cht_with(const ChtOptions& options, std::uint64_t seed = 1) {
  return SparseTraining(methods::cht(options, Rng(seed)));
}

SparseTraining chts_with(const ChtOptions& options, std::uint64_t seed = 1) {
  return SparseTraining(methods::chts(options, Rng(seed)));
}

void erase(Topology& topology, const Position& place) {
  std::erase_if(topology.layers[place.layer].neurons[place.neuron].connections,
                [&](const auto& connection) { return connection.input == place.input; });
}

// Without what leads to neurons that none reads, last layer first, then without what reads
// neurons that read nothing, first layer first.
void remove_chains(Topology& topology) {
  for (std::size_t layer = topology.layers.size() - 1; layer > 0; --layer) {
    auto& below = topology.layers[layer - 1].neurons;
    for (std::uint32_t neuron = 0; neuron < below.size(); ++neuron) {
      bool is_read = false;
      for (const auto& reader : topology.layers[layer].neurons) {
        for (const auto& connection : reader.connections) is_read |= connection.input == neuron;
      }
      if (!is_read) below[neuron].connections.clear();
    }
  }
  for (std::size_t layer = 1; layer < topology.layers.size(); ++layer) {
    for (auto& neuron : topology.layers[layer].neurons) {
      std::erase_if(neuron.connections, [&](const auto& connection) {
        return topology.layers[layer - 1].neurons[connection.input].connections.empty();
      });
    }
  }
}

}  // namespace

TEST_SUITE("cht") {
  TEST_CASE("a layer drops the smallest |weight| and grows where most paths lead, by hand") {
    Graph graph;
    // Without the connection of weight .1 to input 3, neuron 1 shares 1 and 2 with neuron 0:
    // two paths lead to its input 0.
    Mlp mlp(graph,
            one_layer(5, {{{0, 1.0}, {1, -1.0}, {2, 1.0}}, {{1, 1.0}, {2, 1.0}, {3, 0.1}}}));
    SparseTraining cht = cht_with({.updates = every_step, .fraction = 0.2});
    const Rewiring rewiring = cht.update({.mlp = mlp, .step = 0});
    CHECK(places_of(rewiring.dropped) == Positions{{0, 1, 3}});
    CHECK(places_of(rewiring.grown) == Positions{{0, 1, 0}});
    CHECK(rewiring.grown[0].score == 2);
    CHECK(weights_of(mlp).at({0, 1, 0}) == 0);
    CHECK_FALSE(cht.wants_gradient(0));
  }

  TEST_CASE("what leads to a neuron that lost its readers is dropped, too, and grown anew") {
    Graph graph;
    // Layer 1 drops its .1, the only reader of neuron 1; that frees neuron 1's two connections.
    Mlp mlp(graph,
            {.inputs = 4,
             .layers = {{{{"a", {{0, 5.0}, {1, 5.0}}, 0}, {"b", {{2, 5.0}, {3, 5.0}}, 0}}},
                        {{{"c", {{0, 1.0}, {1, 0.1}}, 0}, {"d", {{0, 1.0}}, 0}}}}});
    const Counts counts = counts_of(mlp);
    SparseTraining cht = cht_with({.updates = every_step, .fraction = 0.34});
    const Rewiring rewiring = cht.update({.mlp = mlp, .step = 0});
    // floor(.34 * 4) = 1 of layer 0 and 1 of layer 1 by their weights; 2 by the chain.
    CHECK(rewiring.dropped.size() + rewiring.stayed == 4);
    CHECK(counts_of(mlp) == counts);
  }

  TEST_CASE("relative importance keeps a small weight that is all that an input has, by hand") {
    // 8/9 + 8/10 and 1/9 + 1/1; 2/2.5 + 2/10 = 1, the least, and .5/2.5 + .5/.5.
    const Topology topology = one_layer(3, {{{0, 8.0}, {1, 1.0}}, {{0, 2.0}, {2, -0.5}}});
    const auto kept = [&](ChtDrop drop) {
      Graph graph;
      Mlp mlp(graph, topology);
      SparseTraining cht =
          cht_with({.updates = every_step, .fraction = 0.25, .drop = drop, .stop_overlap = 1});
      std::set<double> weights;
      cht.update({.mlp = mlp, .step = 0});
      for (const auto& [place, weight] : weights_of(mlp)) weights.insert(weight);
      return weights;
    };
    CHECK(kept(ChtDrop::magnitude) == std::set<double>{8, 1, 2, 0});
    CHECK(kept(ChtDrop::relative_importance) == std::set<double>{8, 1, -0.5, 0});
  }

  TEST_CASE("CHT does on random networks what the official code's passes do") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Topology before = mlp.snapshot();
      const Weights had = weights_of(before);
      const double fraction = rng.uniform();
      Topology kept = before;
      for (std::uint32_t layer = 0; layer < before.layers.size(); ++layer) {
        Positions ranked;
        for (const auto& [place, weight] : in_layer(had, layer)) ranked.push_back(place);
        std::ranges::sort(ranked, {}, [&](auto& place) { return std::abs(had.at(place)); });
        ranked.resize(static_cast<std::size_t>(fraction * static_cast<double>(ranked.size())));
        for (const Position& place : ranked) erase(kept, place);
      }
      remove_chains(kept);

      SparseTraining cht = cht_with({.updates = every_step, .fraction = fraction}, seed);
      cht.update({.mlp = mlp, .step = 0});
      const Weights survived = weights_of(kept), after = weights_of(mlp);
      for (std::uint32_t layer = 0; layer < before.layers.size(); ++layer) {
        const auto inputs = static_cast<std::uint32_t>(input_count(before, layer));
        const auto scores = ch3_l3(kept.layers[layer], inputs);
        std::vector<double> grown, eligible;
        for (const Position& place : places_of(before, layer)) {
          if (survived.contains(place)) {
            REQUIRE(after.contains(place));
            continue;
          }
          eligible.push_back(scores[place.neuron][place.input]);
          if (after.contains(place)) grown.push_back(eligible.back());
        }
        std::ranges::sort(grown, std::ranges::greater{});
        std::ranges::sort(eligible, std::ranges::greater{});
        eligible.resize(grown.size());
        REQUIRE(grown == eligible);  // ties may go either way
      }
      for (const auto& [place, weight] : after) {
        REQUIRE(weight == (had.contains(place) ? had.at(place) : 0));
      }
    }
  }

  TEST_CASE("no update changes the number of connections of any layer") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Counts counts = counts_of(mlp);
      const ChtOptions options = {
          .updates = every_step,
          .fraction = rng.uniform(),
          .drop = seed % 4 < 2 ? ChtDrop::magnitude : ChtDrop::relative_importance,
          .stop_overlap = 1};
      SparseTraining cht = seed % 2 == 0 ? cht_with(options, seed) : chts_with(options, seed);
      for (int step = 0; step < 20; ++step) {
        cht.update({.mlp = mlp, .step = step});
        REQUIRE(counts_of(mlp) == counts);
        REQUIRE_NOTHROW(validate(mlp.snapshot()));
        if (step % 2 == 0) set_random_weights(mlp, rng);  // else some are 0
      }
    }
  }

  TEST_CASE("a layer that grows again what it dropped is left alone from then on") {
    for (const double stop_overlap : {0.9, 1.0}) {
      Rng rng(1);
      Graph graph;
      Mlp mlp(graph, random_topology({6, 6}, 1.0, rng));
      SparseTraining cht = cht_with({.updates = every_step, .stop_overlap = stop_overlap});
      CHECK(cht.update({.mlp = mlp, .step = 0}).stayed == 10);  // a dense layer: overlap is 1
      for (std::uint32_t neuron = 0; neuron < 6; ++neuron) {
        for (std::uint32_t input = 0; input < 6; ++input) {
          if (rng.uniform() < 0.5) mlp.layers()[0].neurons()[neuron].drop(input);
        }
      }
      const Rewiring rewiring = cht.update({.mlp = mlp, .step = 1});
      CHECK((rewiring.dropped.size() + rewiring.stayed == 0) == (stop_overlap == 0.9));
    }
  }

  TEST_CASE("places without a path to them are grown at random") {
    std::map<std::uint32_t, int> grown;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
      Graph graph;
      Mlp mlp(graph, one_layer(5, {{{0, 1.0}, {1, 0.1}}}));
      SparseTraining cht = cht_with({.updates = every_step, .fraction = 0.5}, seed);
      cht.update({.mlp = mlp, .step = 0});
      for (const auto& [place, weight] : weights_of(mlp)) ++grown[place.input];
    }
    CHECK(grown[0] == 3000);
    for (const std::uint32_t input : {1, 2, 3, 4}) {
      CHECK(std::abs(grown[input] - 750) < 95);  // 4 standard deviations
    }
  }

  TEST_CASE("a weight that is NaN changes nothing") {
    Rng rng(1);
    Graph graph;
    Mlp mlp(graph, random_topology({4, 4, 4}, 0.5, rng));
    const Topology before = mlp.snapshot();
    const Value weight = mlp.layers()[1].neurons()[0].connections()[0].weight;
    const double old = weight.data();
    weight.set_data(std::nan(""));
    CHECK_THROWS_AS(cht_with({.updates = every_step}).update({.mlp = mlp, .step = 0}), Error);
    weight.set_data(old);
    CHECK(mlp.snapshot() == before);
  }

  TEST_CASE("options out of range are refused") {
    CHECK_THROWS_WITH_AS(cht_with({.updates = every_step, .fraction = 1.1}),
                         "CHT: the fraction is 1.1; give one in [0, 1]", Error);
    CHECK_THROWS_WITH_AS(chts_with({.updates = every_step, .stop_overlap = -1}),
                         "CHTs: stop_overlap is -1; give one of at least 0", Error);
    CHECK_THROWS_AS(cht_with({}), Error);
  }
}
