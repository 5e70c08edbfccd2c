#include "nn/sparse/cht.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "engine/error.h"
#include "nn/sparse/cannistraci_hebb.h"
#include "nn/topology_series.h"
#include "nn/topology_statistics.h"

namespace sprig::methods {
namespace {

// Where all weights are 0, none has a part.
double part(double weight, double sum) { return sum > 0 ? weight / sum : 0; }

Score relative_importance(const Mlp& mlp) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> of_neuron, of_input;
  const Score magnitude = weight_magnitude(mlp);
  const std::vector<Position> existing = places(mlp, Scope::model)[0].existing;
  for (const Position& place : existing) {
    of_neuron[{place.layer, place.neuron}] += magnitude(place);
    of_input[{place.layer, place.input}] += magnitude(place);
  }
  return [=](const Position& place) {
    return part(magnitude(place), of_neuron.at({place.layer, place.neuron})) +
           part(magnitude(place), of_input.at({place.layer, place.input}));
  };
}

Score logarithm(Score score) {
  return [score = std::move(score)](const Position& place) { return std::log(score(place)); };
}

// The connections of a layer that are on no path from an input to an output.
std::vector<Change> ineffective(const Topology& topology, std::uint32_t layer,
                                const std::vector<std::vector<bool>>& dead) {
  std::vector<Change> found;
  const auto& neurons = topology.layers[layer].neurons;
  for (std::uint32_t neuron = 0; neuron < neurons.size(); ++neuron) {
    for (const auto& [input, weight] : neurons[neuron].connections) {
      if (dead[layer][neuron] || (layer > 0 && dead[layer - 1][input])) {
        found.push_back({{layer, neuron, input}, 0});
      }
    }
  }
  return found;
}

// Takes the connections out of the topology and remembers them.
void drop(const std::vector<Change>& changes, Topology& topology,
          std::vector<Change>& dropped) {
  for (const auto& [place, score] : changes) {
    auto& connections = topology.layers[place.layer].neurons[place.neuron].connections;
    std::erase_if(connections,
                  [input = place.input](const auto& c) { return c.input == input; });
  }
  dropped.insert(dropped.end(), changes.begin(), changes.end());
}

std::vector<Position> places_of(const std::vector<Change>& changes) {
  std::vector<Position> places;
  for (const Change& change : changes) places.push_back(change.position);
  return places;
}

Rewiring joined(const std::vector<Rewiring>& rewirings) {
  Rewiring all;
  for (const Rewiring& one : rewirings) {
    all.dropped.insert(all.dropped.end(), one.dropped.begin(), one.dropped.end());
    all.grown.insert(all.grown.end(), one.grown.begin(), one.grown.end());
  }
  return all;
}

class Cht {
 public:
  Cht(const ChtOptions& options, bool is_soft, Rng rng)
      : options_(options), is_soft_(is_soft), rng_(std::move(rng)) {}

  // Layers stop one by one, as in the paper; the official code goes on until all would stop.
  Rewiring operator()(Moment& moment) {
    const std::vector<Places> layers = places(moment.mlp, Scope::layer);
    stopped_.resize(layers.size());
    std::vector<Rewiring> rewirings(layers.size());
    Topology kept = moment.mlp.snapshot();
    const DropRule lowest_of = drop_rule(moment);
    for (std::uint32_t layer = 0; layer < layers.size(); ++layer) {
      if (stopped_[layer]) continue;
      drop(lowest_of(layers[layer].existing, options_.fraction), kept,
           rewirings[layer].dropped);
    }
    const std::vector<std::vector<bool>> dead = dead_neurons(kept);
    for (std::uint32_t layer = 0; layer < layers.size(); ++layer) {
      if (stopped_[layer]) continue;
      drop(ineffective(kept, layer, dead), kept, rewirings[layer].dropped);
      grow(kept, layer, layers[layer].absent, rewirings[layer]);
    }
    return carry_out(moment.mlp, joined(rewirings));
  }

 private:
  // The official code for MLPs takes |w| of each sign apart, as SET does; that for transformers
  // does not.
  DropRule drop_rule(const Moment& moment) {
    const Score score = options_.drop == ChtDrop::magnitude ? weight_magnitude(moment.mlp)
                                                            : relative_importance(moment.mlp);
    if (!is_soft_) return lowest(score);
    const double exponent = 1 + 2.0 * moment.steps_done / options_.updates.end;
    return lowest(soft(logarithm(score), 1 / exponent, rng_));  // kept by score^exponent
  }

  // Grows as many as were dropped, all of them eligible. Places that score 0 come last, at random.
  void grow(const Topology& kept, std::uint32_t layer, std::vector<Position> eligible,
            Rewiring& rewiring) {
    for (const Change& change : rewiring.dropped) eligible.push_back(change.position);
    rng_.shuffle(std::span(eligible));
    const auto scores =
        ch3_l3(kept.layers[layer], static_cast<std::uint32_t>(input_count(kept, layer)));
    const Score score = [&](const Position& place) {
      return scores[place.neuron][place.input];
    };
    rewiring.grown = highest(rewiring.dropped.size(), eligible,
                             is_soft_ ? soft(logarithm(score), 1, rng_) : score);
    stopped_[layer] = share_grown_back(places_of(rewiring.dropped), places_of(rewiring.grown)) >
                      options_.stop_overlap;
  }

  ChtOptions options_;
  bool is_soft_;
  Rng rng_;
  std::vector<bool> stopped_;  // by layer
};

SparseMethod checked(const char* name, const ChtOptions& options, bool is_soft, Rng rng) {
  if (!(options.fraction >= 0 && options.fraction <= 1)) {
    fail(name, ": the fraction is ", options.fraction, "; give one in [0, 1]");
  }
  if (!(options.stop_overlap >= 0)) {
    fail(name, ": stop_overlap is ", options.stop_overlap, "; give one of at least 0");
  }
  return {.name = name,
          .updates = options.updates,
          .update = Cht(options, is_soft, std::move(rng))};
}

}  // namespace

SparseMethod cht(const ChtOptions& options, Rng rng) {
  return checked("CHT", options, false, std::move(rng));
}

SparseMethod chts(const ChtOptions& options, Rng rng) {
  return checked("CHTs", options, true, std::move(rng));
}

}  // namespace sprig::methods
