// How many connections each layer keeps and grows when that is not what it dropped: shares,
// counts by layer, and decisions that a method takes itself.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/error.h"
#include "nn/sparse/counts.h"
#include "nn/sparse/rewire.h"
#include "tests/random_topology.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

using Positions = std::vector<Position>;

// Two layers of 2 x 2 places. Layer 0 has three connections, layer 1 has two.
struct TwoLayers {
  Graph graph;
  Mlp mlp{graph,
          {.inputs = 2,
           .layers = {{{{"a", {{0, 0.1}, {1, -0.2}}, 0.0}, {"b", {{1, 0.3}}, 0.0}}},
                      {{{"c", {{0, 4.0}}, 0.0}, {"d", {{1, -5.0}}, 0.0}}}}}};

  Score weight() const { return weight_magnitude(mlp); }
};

const Score in_order = [](const Position& place) {
  return -(4.0 * place.layer + 2.0 * place.neuron + place.input);
};

}  // namespace

TEST_SUITE("rewire_to") {
  TEST_CASE("a share sees what its layer had and kept, and divides all that was dropped") {
    TwoLayers two;
    std::vector<Counts> seen;
    const Share only_the_second = [&](std::span<const Position> had,
                                      std::span<const Position> kept) {
      seen.push_back({had.size(), kept.size()});
      return had[0].layer == 1 ? 1.0 : 0.0;
    };
    const Rewiring rewiring =
        rewire(two.mlp, below(0.25, two.weight()), in_order, {.share = only_the_second});
    CHECK(seen == std::vector<Counts>{{3, 1}, {2, 2}});
    CHECK(places_of(rewiring.dropped) == Positions{{0, 0, 0}, {0, 0, 1}});
    CHECK(places_of(rewiring.grown) == Positions{{1, 0, 1}, {1, 1, 0}});
  }

  TEST_CASE("a layer that is full passes its share on") {
    TwoLayers two;
    const Share all_to_second = [](std::span<const Position> had, std::span<const Position>) {
      return had[0].layer == 1 ? 1.0 : 0.0;
    };
    rewire(two.mlp, below(1.0, two.weight()), in_order, {.share = all_to_second});
    CHECK(counts_of(two.mlp) == Counts{1, 4});  // three were dropped, two had room above
  }

  TEST_CASE("grown connections start with the weight that they are given") {
    TwoLayers two;
    const NewWeight weight = [](const Position& place) { return 10.0 + place.input; };
    rewire(two.mlp, below(0.15, two.weight()), in_order,
           {.just_dropped_eligible = false, .new_weight = weight});
    CHECK(weights_of(two.mlp) == Weights{{{0, 0, 1}, -0.2},
                                         {{0, 1, 0}, 10.0},
                                         {{0, 1, 1}, 0.3},
                                         {{1, 0, 0}, 4.0},
                                         {{1, 1, 1}, -5.0}});
  }

  TEST_CASE("a new weight that is not finite is an error that changes nothing") {
    TwoLayers two;
    const Topology before = two.mlp.snapshot();
    const NewWeight infinite = [](const Position&) { return INFINITY; };
    CHECK_THROWS_WITH_AS(
        rewire(two.mlp, below(0.15, two.weight()), in_order,
               {.just_dropped_eligible = false, .new_weight = infinite}),
        "rewire: the new weight of layer 0, neuron 1, input 0 is inf; nothing was changed",
        Error);
    CHECK(two.mlp.snapshot() == before);
  }

  TEST_CASE("drop_to keeps the highest of the model, or of each layer") {
    TwoLayers model, layers;
    CHECK(places_of(drop_to(model.mlp, 2, model.weight()).dropped) ==
          Positions{{0, 0, 0}, {0, 0, 1}, {0, 1, 1}});
    CHECK(places_of(drop_to(layers.mlp, Counts{2, 1}, layers.weight()).dropped) ==
          Positions{{0, 0, 0}, {1, 0, 0}});
    CHECK(drop_to(layers.mlp, 99, layers.weight()).dropped.empty());
    CHECK(drop_to(layers.mlp, Counts{2, 99}, layers.weight()).dropped.empty());
  }

  TEST_CASE("rewire_to keeps so many of each layer and grows to its total, by hand") {
    TwoLayers two;
    const Rewiring rewiring =
        rewire_to(two.mlp, Counts{1, 2}, Counts{2, 3}, two.weight(), in_order);
    CHECK(places_of(rewiring.dropped) == Positions{{0, 0, 1}});
    CHECK(rewiring.stayed == 1);  // place {0, 0, 0} was dropped and is first in order
    CHECK(places_of(rewiring.grown) == Positions{{1, 0, 1}});
    CHECK(counts_of(two.mlp) == Counts{2, 3});
    CHECK(weights_of(two.mlp).at({0, 0, 0}) == 0.1);
  }

  TEST_CASE("after rewire_to each layer has its total, or what it kept, or is full") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      Graph graph;
      Mlp mlp(graph, random_topology(rng));
      const Counts had = counts_of(mlp);
      Counts kept, total;
      for (std::size_t layer = 0; layer < had.size(); ++layer) {
        kept.push_back(rng.below(30));
        total.push_back(rng.below(60));
      }
      rewire_to(mlp, kept, total, weight_magnitude(mlp), uniform(rng));
      REQUIRE_NOTHROW(validate(mlp.snapshot()));
      for (std::size_t layer = 0; layer < had.size(); ++layer) {
        const std::size_t possible = mlp.layers()[layer].possible_connection_count();
        REQUIRE(mlp.layers()[layer].connection_count() ==
                std::clamp(total[layer], std::min(kept[layer], had[layer]), possible));
      }
    }
  }

  TEST_CASE("what is dropped and grown in one place is left as it was") {
    TwoLayers two;
    const Topology before = two.mlp.snapshot();
    const Rewiring done =
        carry_out(two.mlp, {.dropped = {{{0, 0, 1}, 7.0}}, .grown = {{{0, 0, 1}, 8.0}}});
    CHECK(done.stayed == 1);
    CHECK(done.dropped.empty());
    CHECK(done.grown.empty());
    CHECK(two.mlp.snapshot() == before);
  }

  TEST_CASE("more connections than before are refused inside a StepScope, before any change") {
    TwoLayers two;
    const Topology before = two.mlp.snapshot();
    const Score score = two.weight();
    {
      StepScope scope(two.graph);
      CHECK_THROWS_AS(rewire_to(two.mlp, Counts{2, 1}, Counts{3, 3}, score, in_order), Error);
      CHECK(two.mlp.snapshot() == before);
      CHECK_NOTHROW(rewire_to(two.mlp, Counts{1, 1}, Counts{2, 3}, score, in_order));
    }
    CHECK(counts_of(two.mlp) == Counts{2, 3});
    rewire_to(two.mlp, Counts{2, 3}, Counts{4, 4}, weight_magnitude(two.mlp), in_order);
    CHECK(two.mlp.connection_count() == 8);
  }

  TEST_CASE("not one count for each layer is an error that changes nothing") {
    TwoLayers two;
    const Topology before = two.mlp.snapshot();
    CHECK_THROWS_WITH_AS(drop_to(two.mlp, Counts{0}, two.weight()),
                         "drop_to: got 1 counts for 2 layers; give one for each", Error);
    CHECK_THROWS_WITH_AS(
        rewire_to(two.mlp, Counts{0, 0}, Counts{1, 1, 1}, two.weight(), in_order),
        "rewire_to: got 3 counts for 2 layers; give one for each", Error);
    CHECK(two.mlp.snapshot() == before);
  }
}
