// CHTs: what it keeps and grows against the probabilities of drawing one after the other.

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <vector>

#include "nn/sparse/cannistraci_hebb.h"
#include "nn/sparse/cht.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

SparseTraining chts_with(const ChtOptions& options, std::uint64_t seed) {
  return SparseTraining(methods::chts(options, Rng(seed)));
}

}  // namespace

TEST_SUITE("cht") {
  TEST_CASE("CHTs keeps one after the other in proportion to score^T, T = 1 + 2 t / end") {
    // Of weights 1, 2, 3 two are kept. At half time T = 2, and scores are 1, 4, 9.
    const std::vector<double> scores = {1, 4, 9};
    std::vector<double> dropped_with(3);
    for (std::size_t first = 0; first < 3; ++first) {
      for (std::size_t second = 0; second < 3; ++second) {
        if (second == first) continue;
        dropped_with[3 - first - second] +=
            scores[first] / 14 * scores[second] / (14 - scores[first]);
      }
    }
    constexpr int runs = 4000;
    std::vector<int> dropped(3);
    for (std::uint64_t seed = 0; seed < runs; ++seed) {
      Graph graph;
      Mlp mlp(graph, one_layer(200, {{{0, -1.0}, {1, 2.0}, {2, -3.0}}}));
      SparseTraining chts =
          chts_with({.updates = {.interval = 1, .end = 10}, .fraction = 0.34}, seed);
      for (const Position& place : places_of(chts.update({.mlp = mlp, .step = 4}).dropped)) {
        ++dropped[place.input];
      }
    }
    for (std::size_t input = 0; input < 3; ++input) {
      const double share = dropped_with[input] * 199 / 200;  // grown again once in a while
      const double deviation = std::sqrt(share * (1 - share) * runs);
      CHECK(std::abs(dropped[input] - share * runs) < 4 * deviation + 20);
    }
  }

  TEST_CASE("CHTs grows in proportion to CH3-L3") {
    // The weight of 0 is dropped for sure; the places of what is left score unequally.
    const auto kept = std::vector<std::vector<Topology::Connection>>{
        {{0, 1.0}, {1, 1.0}, {2, 1.0}}, {{1, 1.0}, {2, 1.0}}, {{2, 1.0}, {3, 1.0}}};
    auto with_zero = kept;
    with_zero[0].push_back({4, 0.0});
    const auto scores = ch3_l3(one_layer(5, kept).layers[0], 5);
    double sum = 0;
    for (const auto& row : scores) {
      for (const double score : row) sum += score;
    }
    constexpr int runs = 4000;
    std::map<Position, int> grown;
    for (std::uint64_t seed = 0; seed < runs; ++seed) {
      Graph graph;
      Mlp mlp(graph, one_layer(5, with_zero));
      SparseTraining chts =
          chts_with({.updates = {.interval = 1, .end = 1000}, .fraction = 0.13}, seed);
      for (const Position& place : places_of(chts.update({.mlp = mlp, .step = 0}).grown)) {
        ++grown[place];
      }
    }
    for (const Position& place : places_of(one_layer(5, kept), 0)) {
      const double share = scores[place.neuron][place.input] / sum;
      const double deviation = std::sqrt(share * (1 - share) * runs);
      CHECK(std::abs(grown[place] - share * runs) <= 4 * deviation);
    }
  }
}
