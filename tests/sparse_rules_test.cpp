// Drop rules and grow scores: small cases by hand, and draws against exact probabilities.

#include "nn/sparse/rules.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "engine/error.h"
#include "nn/mlp.h"
#include "tests/weights_by_place.h"

namespace {

using namespace sprig;

using Positions = std::vector<Position>;

Position at(std::uint32_t input) { return {0, 0, input}; }

Positions inputs(std::initializer_list<std::uint32_t> list) {
  Positions places;
  for (const std::uint32_t input : list) places.push_back(at(input));
  return places;
}

Score by_input(std::vector<double> scores) {
  return [scores = std::move(scores)](const Position& place) { return scores[place.input]; };
}

// Eight inputs, of which seven are read.
struct OneNeuron {
  Graph graph;
  Mlp mlp{
      graph,
      {.inputs = 8,
       .layers = {{{{"a",
                     {{0, 0.5}, {1, -0.1}, {2, 0.1}, {4, -0.7}, {5, 0.0}, {6, 2.0}, {7, -0.2}},
                     0.0}}}}}};
  Positions existing = inputs({0, 1, 2, 4, 5, 6, 7});
};

using Pairs = std::map<std::pair<std::uint32_t, std::uint32_t>, double>;

constexpr int draws = 60000;

// How often each two of four places are the highest two, in order.
Pairs highest_two_of_four(const Score& score) {
  Pairs counts;
  for (int draw = 0; draw < draws; ++draw) {
    const std::vector<Change> two = highest(2, inputs({0, 1, 2, 3}), score);
    ++counts[{two[0].position.input, two[1].position.input}];
  }
  return counts;
}

// The same in theory, if one place after the other is drawn in proportion to its weight.
Pairs one_after_the_other(const std::vector<double>& weights) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  Pairs expected;
  for (std::uint32_t first = 0; first < 4; ++first) {
    for (std::uint32_t second = 0; second < 4; ++second) {
      if (first == second) continue;
      expected[{first, second}] =
          draws * weights[first] / sum * weights[second] / (sum - weights[first]);
    }
  }
  return expected;
}

void check_agree(Pairs counts, const Pairs& expected) {
  for (const auto& entry : expected) {
    const auto& pair = entry.first;
    CAPTURE(pair.first);
    CAPTURE(pair.second);
    CHECK(std::abs(counts[pair] - entry.second) < 4 * std::sqrt(entry.second));
  }
}

}  // namespace

TEST_SUITE("sparse rules") {
  TEST_CASE("lowest and highest come in order of score, ties in order of place") {
    const Score score = by_input({3, 1, 2, 1, 3});
    const Positions places = inputs({4, 3, 2, 1, 0});
    CHECK(places_of(lowest(3, places, score)) == inputs({3, 1, 2}));
    CHECK(places_of(highest(3, places, score)) == inputs({4, 0, 2}));
    CHECK(highest(1, places, score)[0].score == 3);
    CHECK(lowest(0, places, score).empty());
  }

  TEST_CASE("infinite scores are in order, too, and NaN is refused wherever it stands") {
    const double infinity = std::numeric_limits<double>::infinity();
    const Positions places = inputs({0, 1, 2});
    CHECK(places_of(lowest(3, places, by_input({infinity, 0, -infinity}))) ==
          inputs({2, 1, 0}));
    CHECK_THROWS_WITH_AS(
        lowest(0, places, by_input({0, 0, std::nan("")}), "mine"),
        "rewire: the mine score of layer 0, neuron 0, input 2 is nan; nothing was changed",
        Error);
    CHECK_THROWS_WITH_AS(highest(4, places, by_input({0, 0, 0})),
                         "rewire: asked for 4 of 3 places; give at most as many", Error);
  }

  TEST_CASE("weight_magnitude is |weight| as it was when asked for") {
    OneNeuron one;
    const Score magnitude = weight_magnitude(one.mlp);
    one.mlp.parameters()[3].set_data(100);
    CHECK(magnitude(at(4)) == 0.7);
    CHECK(magnitude(at(0)) == 0.5);
  }

  TEST_CASE("gradient_magnitude is |gradient| of any place") {
    OneNeuron one;
    DenseGradient gradient(one.mlp);
    gradient[at(3)] = -4;
    CHECK(gradient_magnitude(gradient)(at(3)) == 4);
    CHECK(gradient_magnitude(gradient)(at(0)) == 0);
  }

  TEST_CASE("a rule of the lowest drops the fraction, rounded down") {
    OneNeuron one;
    const DropRule rule = lowest(weight_magnitude(one.mlp));
    CHECK(places_of(rule(one.existing, 0.5)) == inputs({5, 1, 2}));  // floor(3.5)
    CHECK(rule(one.existing, 0).empty());
    CHECK(rule(one.existing, 1).size() == 7);
  }

  TEST_CASE("of each sign, the nearest 0 are dropped, each rounded down; 0 is positive") {
    OneNeuron one;
    const DropRule rule = lowest_of_each_sign(one.mlp);
    // Positive: 0, .1, .5, 2; negative: -.1, -.2, -.7.
    CHECK(places_of(rule(one.existing, 0.5)) == inputs({5, 2, 1}));
    CHECK(places_of(rule(one.existing, 0.7)) == inputs({5, 2, 1, 7}));
    CHECK(places_of(rule(one.existing, 0.3)) == inputs({5}));
    CHECK(rule(one.existing, 1).size() == 7);
  }

  TEST_CASE("below the threshold means below, whatever the fraction") {
    OneNeuron one;
    const DropRule rule = below(0.2, weight_magnitude(one.mlp));
    CHECK(places_of(rule(one.existing, 0.0)) == inputs({5, 1, 2}));
    CHECK(places_of(rule(one.existing, 1.0)) == inputs({5, 1, 2}));
  }

  TEST_CASE("uniform draws every two places equally often, in either order") {
    Rng rng(1);
    check_agree(highest_two_of_four(uniform(rng)), one_after_the_other({1, 1, 1, 1}));
  }

  TEST_CASE("soft draws one after the other in proportion to exp(score / temperature)") {
    const std::vector<double> scores = {0.5, -1, 2, 1};
    for (const double temperature : {0.5, 1.0, 3.0}) {
      CAPTURE(temperature);
      std::vector<double> weights;
      for (const double score : scores) weights.push_back(std::exp(score / temperature));
      Rng rng(2);
      check_agree(highest_two_of_four(soft(by_input(scores), temperature, rng)),
                  one_after_the_other(weights));
    }
  }

  TEST_CASE(
      "near temperature 0 soft chooses the highest, and a place of -infinity comes last") {
    Rng rng(3);
    const double never = -std::numeric_limits<double>::infinity();
    const Score score = soft(by_input({1, never, 3, 2}), 1e-6, rng);
    for (int draw = 0; draw < 100; ++draw) {
      CHECK(places_of(highest(4, inputs({0, 1, 2, 3}), score)) == inputs({2, 3, 0, 1}));
    }
  }

  TEST_CASE("a temperature that is not above 0 is refused") {
    Rng rng(4);
    CHECK_THROWS_WITH_AS(soft(by_input({}), 0, rng),
                         "soft: a temperature of 0; give one above 0", Error);
    CHECK_THROWS_AS(soft(by_input({}), -1, rng), Error);
    CHECK_THROWS_AS(soft(by_input({}), std::nan(""), rng), Error);
  }
}
