// For an absent connection from input u to neuron v, a neuron a that reads u and shares an input
// with v has 1 connection to u, and as many to the local community as it shares inputs with v.
// So 1 + e_a = degree(a) - shared inputs(a, v), and 1 + e_b = degree(b) - shared readers(b, u).
#include "nn/sparse/cannistraci_hebb.h"

#include <cmath>

#include "engine/error.h"

namespace sprig {
namespace {

using Lists = std::vector<std::vector<std::uint32_t>>;

Lists inputs_of(const Topology::Layer& layer, std::uint32_t inputs) {
  Lists lists;
  for (const Topology::Neuron& neuron : layer.neurons) {
    auto& list = lists.emplace_back();
    for (const auto& [input, weight] : neuron.connections) {
      if (input >= inputs) {
        fail("ch3_l3: neuron ", neuron.name, " reads input ", input, " of ", inputs,
             "; give at least ", input + 1, " inputs");
      }
      list.push_back(input);
    }
  }
  return lists;
}

// The other direction: with the inputs of neurons, the readers of inputs.
Lists reversed(const Lists& lists, std::size_t count) {
  Lists result(count);
  for (std::uint32_t from = 0; from < lists.size(); ++from) {
    for (const std::uint32_t to : lists[from]) result[to].push_back(from);
  }
  return result;
}

// For each end on the side of `one`: how many ends of the other side both are connected to.
std::vector<std::uint32_t> shared_with(std::uint32_t one, const Lists& there,
                                       const Lists& back) {
  std::vector<std::uint32_t> shared(there.size());
  for (const std::uint32_t middle : there[one]) {
    for (const std::uint32_t other : back[middle]) ++shared[other];
  }
  return shared;
}

}  // namespace

std::vector<std::vector<double>> ch3_l3(const Topology::Layer& layer, std::uint32_t inputs) {
  const Lists read = inputs_of(layer, inputs);   // by neuron
  const Lists readers = reversed(read, inputs);  // by input
  Lists shared_inputs;                           // by neuron and neuron
  for (std::uint32_t neuron = 0; neuron < read.size(); ++neuron) {
    shared_inputs.push_back(shared_with(neuron, read, readers));
  }
  std::vector<std::vector<double>> scores(read.size(), std::vector<double>(inputs));
  for (std::uint32_t u = 0; u < inputs; ++u) {
    const std::vector<std::uint32_t> shared_readers = shared_with(u, readers, read);
    std::vector<bool> reads_u(read.size());
    for (const std::uint32_t neuron : readers[u]) reads_u[neuron] = true;
    for (const std::uint32_t a : readers[u]) {
      for (const std::uint32_t b : read[a]) {
        for (const std::uint32_t v : readers[b]) {
          if (reads_u[v]) continue;
          const double outside_a = static_cast<double>(read[a].size() - shared_inputs[a][v]);
          const double outside_b = static_cast<double>(readers[b].size() - shared_readers[b]);
          scores[v][u] += 1 / std::sqrt(outside_a * outside_b);
        }
      }
    }
  }
  return scores;
}

}  // namespace sprig
