// CHT, Cannistraci-Hebb training (Zhang et al. 2024, "Epitopological learning and
// Cannistraci-Hebb network shape intelligence brain-inspired theory for ultra-sparse advantage in
// deep learning"), and CHTs, its soft successor (Zhang et al. 2025, "Brain network science
// modelling of sparse neural networks enables Transformers and LLMs to perform as fully
// connected"). Connections grow where the wiring alone predicts them, without any gradient.
#pragma once

#include "nn/random.h"
#include "nn/sparse/sparse_training.h"

namespace sprig {

enum class ChtDrop {
  magnitude,           // |w|
  relative_importance  // |w| / sum of the neuron's |w| + |w| / sum of the |w| that read its input
};

struct ChtOptions {
  Updates updates;        // every epoch; required
  double fraction = 0.3;  // dropped at each update, zeta
  ChtDrop drop = ChtDrop::magnitude;
  double stop_overlap = 0.9;  // a layer that grows again more than this part of what it dropped
                              // is left alone from then on; 1: never, as in the scripts of CHTs
};

namespace methods {

// After the lowest scores, what is not on a path from an input to an output any more is dropped,
// too (chain removal); then each layer grows what it dropped, by CH3-L3, ties at random. Throws
// Error unless fraction is in [0, 1] and stop_overlap is at least 0.
SparseMethod cht(const ChtOptions& options, Rng rng);

// The same, drawn: kept with probabilities in proportion to score^T, T = 1 + 2 * step / end, and
// grown in proportion to CH3-L3.
SparseMethod chts(const ChtOptions& options, Rng rng);

}  // namespace methods
}  // namespace sprig
