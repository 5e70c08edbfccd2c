// Rewire: drop connections by one rule, grow as many by another. The mould that SET, RigL and
// their relatives fit in: drop rule x grow rule x scope x schedule. Only drop_to makes the
// connections fewer. Chapter: docs/04-rigl.md.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "nn/mlp.h"
#include "nn/sparse/places.h"
#include "nn/sparse/rules.h"
#include "nn/topology.h"

namespace sprig {

// How much of all that is grown one scope deserves, by the connections that it had before and
// those that it kept; only the ratios matter. The counts are whole (nn/apportion.h), and a scope
// that is full passes on.
using Share =
    std::function<double(std::span<const Position> had, std::span<const Position> kept)>;

// The weight that a grown connection starts with.
using NewWeight = std::function<double(const Position&)>;

struct RewireOptions {
  double fraction = 0.3;  // of the connections in scope, in [0, 1]
  Scope scope = Scope::layer;
  Share share = nullptr;              // default: each scope grows as many as it dropped
  bool just_dropped_eligible = true;  // may a place dropped now be grown now? (RigL: yes)
  NewWeight new_weight = nullptr;     // default: 0
};

// The report of one rewiring.
struct Rewiring {
  std::vector<Change> dropped;  // scope by scope, in the order of the drop rule
  std::vector<Change> grown;    // scope by scope, highest score first
  std::size_t stayed = 0;       // dropped and grown in the same place: left as they were
};

// In each scope, what the drop rule chooses is dropped, and as many of the eligible absent
// places, or the scope's share of all, are grown, by the highest score, behind the neuron's
// other connections. A place that is dropped and grown again is left as it was, with its weight
// and optimiser state (Evci 2020, official code). If fewer places are eligible than were to be
// dropped, that many are exchanged, the first ones of the drop rule. Everything is decided
// before anything changes. Throws Error, and changes nothing, if a score or a new weight is NaN
// or the fraction is outside [0, 1].
Rewiring rewire(Mlp& mlp, const DropRule& drop, const Score& grow,
                const RewireOptions& options);

// Keeps the `count` connections of highest score, of the whole model or of each layer, and drops
// the others, lowest first; if there are no more, it drops nothing. Throws Error, and changes
// nothing, if a score is NaN or there is not one count for each layer.
Rewiring drop_to(Mlp& mlp, std::size_t count, const Score& keep);
Rewiring drop_to(Mlp& mlp, std::span<const std::size_t> counts, const Score& keep);

// In each layer, keeps the `kept` connections of highest keep score and grows, by the highest
// grow score among all places that are not kept, until there are `total`, or the layer is full.
// Else as rewire. Throws Error, and changes nothing, if a score is NaN or there are not two
// counts for each layer.
Rewiring rewire_to(Mlp& mlp, std::span<const std::size_t> kept,
                   std::span<const std::size_t> total, const Score& keep, const Score& grow);

// Carries out what a method decided in a way of its own, and reports it. What is dropped must
// exist, and what is grown must not, unless it is dropped, too: then it is left as it was.
// Throws Error, and changes nothing, if a new weight is not finite, or inside a StepScope if
// there would be more connections than the graph ever had outside.
Rewiring carry_out(Mlp& mlp, Rewiring rewiring, const NewWeight& new_weight = nullptr);

}  // namespace sprig
