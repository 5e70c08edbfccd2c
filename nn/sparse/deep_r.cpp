#include "nn/sparse/deep_r.h"

#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "engine/error.h"

namespace sprig::methods {
namespace {

// The theta that a place starts with when it is activated, in the official code.
constexpr double just_activated = 1e-12;

struct Move {
  Position place;
  Value weight;
  double sign = 0;
  double theta = 0;  // where it goes
};

void check_finite(double number, const Position& place, const char* what) {
  if (std::isfinite(number)) return;
  fail("DEEP R: the move of layer ", place.layer, ", neuron ", place.neuron, ", ", what,
       ", leads to ", number, "; nothing was moved. Lower the learning rate");
}

class DeepR {
 public:
  DeepR(const DeepROptions& options, Rng rng) : options_(options), rng_(std::move(rng)) {}

  Rewiring operator()(Moment& moment) {
    const double rate = moment.learning_rate;
    if (!(rate > 0 && std::isfinite(rate))) {
      fail("DEEP R: the learning rate is ", rate, "; give one above 0 in the Moment");
    }
    const std::vector<Move> moves = walk(moment.mlp, rate);
    move_biases(moment.mlp, rate);
    Rewiring rewiring = {.dropped = move_weights(moves), .grown = {}};
    activate_as_many(moment.mlp, rewiring);
    return carry_out(moment.mlp, std::move(rewiring), [this](const Position& place) {
      return signs_.at(place) * just_activated;
    });
  }

 private:
  // One step of every theta. Nothing is moved yet.
  std::vector<Move> walk(const Mlp& mlp, double rate) {
    const double noise = options_.temperature ? std::sqrt(2 * rate * *options_.temperature)
                                              : rate * options_.noise;
    std::vector<Move> moves;
    for (std::uint32_t layer = 0; layer < mlp.layers().size(); ++layer) {
      const std::span<const Neuron> neurons = mlp.layers()[layer].neurons();
      for (std::uint32_t neuron = 0; neuron < neurons.size(); ++neuron) {
        for (const auto& [input, weight] : neurons[neuron].connections()) {
          const double sign = std::copysign(1.0, weight.data());
          double theta = std::abs(weight.data());
          theta -= rate * sign * weight.grad();  // dE/dtheta = sign * dE/dw
          theta -= rate * options_.alpha;
          theta += noise * rng_.normal();
          moves.push_back({{layer, neuron, input}, weight, sign, theta});
          check_finite(theta, moves.back().place, "a weight");
        }
      }
    }
    return moves;
  }

  // Plain gradient descent. The official code has no biases.
  static void move_biases(const Mlp& mlp, double rate) {
    const auto moved = [=](Value bias) { return bias.data() - rate * bias.grad(); };
    for (std::uint32_t layer = 0; layer < mlp.layers().size(); ++layer) {
      const std::span<const Neuron> neurons = mlp.layers()[layer].neurons();
      for (std::uint32_t neuron = 0; neuron < neurons.size(); ++neuron) {
        check_finite(moved(neurons[neuron].bias()), {layer, neuron, 0}, "its bias");
      }
    }
    for (const Layer& layer : mlp.layers()) {
      for (const Neuron& neuron : layer.neurons()) {
        neuron.bias().set_data(moved(neuron.bias()));
      }
    }
  }

  // What went dormant. Its weight is set as if it were drawn to be active again at once.
  std::vector<Change> move_weights(std::span<const Move> moves) {
    std::vector<Change> dormant;
    for (const auto& [place, weight, sign, theta] : moves) {
      const bool is_dormant = theta <= 0;
      weight.set_data(sign * (is_dormant ? just_activated : theta));
      if (!is_dormant) continue;
      dormant.push_back({place, theta});
      signs_[place] = sign;
    }
    return dormant;
  }

  // In each layer, as many dormant places as went dormant, which may be drawn, too. Drawn by
  // trial: a table of all dormant places would cost more than the step.
  void activate_as_many(const Mlp& mlp, Rewiring& rewiring) {
    std::set<Position> went_dormant, drawn;
    for (const Change& change : rewiring.dropped) went_dormant.insert(change.position);
    for (const Change& change : rewiring.dropped) {
      const std::uint32_t layer = change.position.layer;
      Position place = random_place(mlp, layer);
      while (drawn.contains(place) || (exists(mlp, place) && !went_dormant.contains(place))) {
        place = random_place(mlp, layer);
      }
      drawn.insert(place);
      rewiring.grown.push_back({place, just_activated});
      if (!signs_.contains(place)) signs_[place] = rng_.below(2) == 0 ? -1 : 1;
    }
  }

  Position random_place(const Mlp& mlp, std::uint32_t layer) {
    const Layer& here = mlp.layers()[layer];
    const auto neuron = static_cast<std::uint32_t>(rng_.below(here.neurons().size()));
    return {layer, neuron, static_cast<std::uint32_t>(rng_.below(here.input_count()))};
  }

  static bool exists(const Mlp& mlp, const Position& place) {
    return mlp.layers()[place.layer].neurons()[place.neuron].reads(place.input);
  }

  DeepROptions options_;
  Rng rng_;
  std::map<Position, double> signs_;  // drawn when a place is first activated; a table of all
                                      // places would only draw them earlier
};

void check_not_negative(const char* what, double value) {
  if (value >= 0 && std::isfinite(value)) return;
  fail("DEEP R: ", what, " is ", value, "; give a finite one of at least 0");
}

}  // namespace

SparseMethod deep_r(const DeepROptions& options, Rng rng) {
  check_not_negative("alpha", options.alpha);
  check_not_negative("noise", options.noise);
  check_not_negative("temperature", options.temperature.value_or(0));
  return {.name = "DEEP R",
          .updates = {.interval = 1, .first = 0, .end = options.end},
          .replaces_step = true,
          .update = DeepR(options, std::move(rng))};
}

}  // namespace sprig::methods
