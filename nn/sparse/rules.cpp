#include "nn/sparse/rules.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/error.h"

namespace sprig {
namespace {

std::vector<Change> scored(std::span<const Position> places, const Score& score,
                           std::string_view score_name) {
  std::vector<Change> changes;
  changes.reserve(places.size());
  for (const Position& place : places) {
    changes.push_back({place, score(place)});
    if (!std::isnan(changes.back().score)) continue;
    fail("rewire: the ", score_name, " score of layer ", place.layer, ", neuron ", place.neuron,
         ", input ", place.input, " is nan; nothing was changed");
  }
  return changes;
}

std::vector<Change> first(std::size_t count, std::span<const Position> places,
                          const Score& score, std::string_view score_name, auto order) {
  if (count > places.size()) {
    fail("rewire: asked for ", count, " of ", places.size(), " places; give at most as many");
  }
  std::vector<Change> changes = scored(places, score, score_name);
  std::ranges::stable_sort(changes, order, &Change::score);
  changes.resize(count);
  return changes;
}

std::size_t part_of(std::size_t count, double fraction) {
  return static_cast<std::size_t>(fraction * static_cast<double>(count));
}

// The weights of a network by place.
class WeightTable {
 public:
  explicit WeightTable(const Mlp& mlp) : weights_(mlp) {
    for (std::uint32_t layer = 0; layer < mlp.layers().size(); ++layer) {
      const std::span<const Neuron> neurons = mlp.layers()[layer].neurons();
      for (std::uint32_t neuron = 0; neuron < neurons.size(); ++neuron) {
        for (const auto& [input, weight] : neurons[neuron].connections()) {
          weights_[{layer, neuron, input}] = weight.data();
        }
      }
    }
  }
  double operator()(const Position& place) const { return weights_[place]; }

 private:
  DenseGradient weights_;
};

}  // namespace

std::vector<Change> lowest(std::size_t count, std::span<const Position> places,
                           const Score& score, std::string_view score_name) {
  return first(count, places, score, score_name, std::ranges::less{});
}

std::vector<Change> highest(std::size_t count, std::span<const Position> places,
                            const Score& score, std::string_view score_name) {
  return first(count, places, score, score_name, std::ranges::greater{});
}

Score weight_magnitude(const Mlp& mlp) {
  return [weight = WeightTable(mlp)](const Position& place) { return std::abs(weight(place)); };
}

Score gradient_magnitude(const DenseGradient& gradient) {
  return [&gradient](const Position& place) { return std::abs(gradient[place]); };
}

Score weight_times_gradient(const Mlp& mlp, DenseGradient gradient) {
  return [weight = WeightTable(mlp), gradient = std::move(gradient)](const Position& place) {
    return weight(place) * gradient[place];
  };
}

Score uniform(Rng& rng) {
  return [&rng](const Position&) { return rng.uniform(); };
}

Score soft(Score score, double temperature, Rng& rng) {
  if (!(temperature > 0)) fail("soft: a temperature of ", temperature, "; give one above 0");
  return [score = std::move(score), temperature, &rng](const Position& place) {
    return score(place) / temperature - std::log(-std::log1p(-rng.uniform()));
  };
}

DropRule lowest(Score score) {
  return [score = std::move(score)](std::span<const Position> existing, double fraction) {
    return lowest(part_of(existing.size(), fraction), existing, score);
  };
}

DropRule lowest_of_each_sign(const Mlp& mlp) {
  return [weight = WeightTable(mlp)](std::span<const Position> existing, double fraction) {
    std::vector<Position> positive, negative;
    for (const Position& place : existing) {
      (weight(place) < 0 ? negative : positive).push_back(place);
    }
    const auto magnitude = [&](const Position& place) { return std::abs(weight(place)); };
    std::vector<Change> dropped =
        lowest(part_of(positive.size(), fraction), positive, magnitude);
    std::ranges::copy(lowest(part_of(negative.size(), fraction), negative, magnitude),
                      std::back_inserter(dropped));
    return dropped;
  };
}

DropRule below(double threshold, Score score) {
  return [=, score = std::move(score)](std::span<const Position> existing, double) {
    std::vector<Change> dropped = lowest(existing.size(), existing, score);
    std::erase_if(dropped, [=](const Change& change) { return change.score >= threshold; });
    return dropped;
  };
}

}  // namespace sprig
