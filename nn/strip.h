// Strip: removes the hidden neurons that cannot matter and keeps the function. It runs to a
// fixed point (one pass leaves neurons that only a removed one read) and folds constants (a
// neuron without connections still gives activation(bias)).
#pragma once

#include "nn/topology.h"

namespace sprig {

// The same function without dead hidden neurons. A hidden neuron that none reads goes. A hidden
// neuron without connections is a constant: activation(bias) times the weight is added to the
// bias of each of its readers, in connection order, and it goes too. This is repeated until
// nothing changes, so a second strip changes nothing, bit for bit; it is linear in connections.
//
// Inputs, output neurons, names, activations and the order of what stays are kept. A hidden
// layer may be left with one neuron, or with none: see is_constant.
//
// Outputs keep their bits if no constant was folded, or if only constants were left to an
// output. Else a folded constant is added before its sum's other terms instead of between them,
// and the outputs may differ by rounding: some 1e-16 per term, relative to the sum of the
// terms' absolute values, not to the output, which is much smaller where terms cancel.
//
// Throws Error if the topology is not valid, or if a folded bias is too large for a double.
Topology strip(const Topology& topology);

// True when no path leads from an input to an output, so that the outputs are the same for
// every sample. After strip that is: no output neuron has a connection. Throws Error if not
// valid.
bool is_constant(const Topology& topology);

}  // namespace sprig
