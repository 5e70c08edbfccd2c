// Rewire: drop the connections that score lowest, grow as many where the score is highest. The
// one mould that SET, RigL and their relatives fit in; what they differ in is the two scores,
// the scope within which connections compete, and when it is done. The number of connections
// never changes.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "nn/mlp.h"
#include "nn/topology.h"

namespace sprig {

// Higher stays longer, or is grown first.
using Score = std::function<double(const Position&)>;

// |weight| of an existing connection.
Score weight_magnitude(const Mlp& mlp);

// Who competes with whom: the connections of one neuron, of one layer, or of the whole model.
enum class Scope { neuron, layer, model };

struct RewireOptions {
  double fraction = 0.3;  // of the connections in scope, in [0, 1]; k = floor(fraction * n)
  Scope scope = Scope::layer;
  bool just_dropped_eligible = true;  // may a place dropped now be grown now? (RigL: yes)
};

struct Change {
  Position position;
  double score = 0;  // that decided
};

// The report of one rewiring.
struct Rewiring {
  std::vector<Change> dropped;  // scope by scope, lowest score first
  std::vector<Change> grown;    // scope by scope, highest score first
  std::size_t stayed = 0;       // dropped and grown in the same place: left as they were
};

// In each scope: k = floor(fraction * n) of its n connections with the lowest keep score are
// dropped and the k highest grow scores among the eligible absent places are grown, with weight
// 0, behind the neuron's other connections. A place that is dropped and grown again is left as
// it was, with its weight and optimiser state (Evci 2020, official code). Ties keep the order
// of layer, neuron and connection (or input). If fewer than k places are eligible, that many
// are exchanged. `keep` is asked for existing connections, `grow` for absent and just-dropped
// ones; all are asked before anything changes. Throws Error, and changes nothing, if a score is
// NaN or the fraction is outside [0, 1].
Rewiring rewire(Mlp& mlp, const Score& keep, const Score& grow, const RewireOptions& options);

}  // namespace sprig
