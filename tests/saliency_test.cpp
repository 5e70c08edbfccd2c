// The scores of SNIP, GraSP and SynFlow against PyTorch's. The script and the command that
// saved them, and what their lines mean, stand in tests/oracles/saliency.py.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "nn/loss.h"
#include "nn/sparse/methods.h"
#include "tests/dense_mlp.h"

namespace {

using namespace sprig;

using Numbers = std::vector<double>;

struct Saved {
  std::vector<std::uint32_t> shape;
  Activation activation;
  std::map<std::string, Numbers> numbers;  // by the first word of their line
};

std::vector<Saved> saved_networks() {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "oracles" / "saliency.txt";
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), "cannot read oracle " << path);
  std::vector<Saved> networks;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string key, word;
    words >> key;
    if (key == "shape") networks.emplace_back();
    while (words >> word) {
      if (key == "shape") {
        networks.back().shape.push_back(static_cast<std::uint32_t>(std::stoul(word)));
      } else if (key == "activation") {
        networks.back().activation = activation_named(word);
      } else {
        networks.back().numbers[key].push_back(std::stod(word));
      }
    }
  }
  REQUIRE(networks.size() == 12);
  return networks;
}

Topology topology_of(const Saved& saved) {
  Rng rng(0);
  Topology topology = dense_topology(saved.shape, rng, saved.activation);
  auto weight = saved.numbers.at("weights").begin();
  auto bias = saved.numbers.at("biases").begin();
  for (auto& layer : topology.layers) {
    for (auto& neuron : layer.neurons) {
      std::ranges::sort(neuron.connections, {}, &Topology::Connection::input);
      for (auto& connection : neuron.connections) connection.weight = *weight++;
      neuron.bias = *bias++;
    }
  }
  for (auto& neuron : topology.layers.back().neurons) neuron.activation = Activation::linear;
  return topology;
}

// The mean cross-entropy of what `network`, an Mlp or a probe, makes of the samples.
Value loss_of(auto& network, Graph& graph, const Saved& saved, double logit_scale) {
  const std::span<const double> samples = saved.numbers.at("samples");
  const Numbers& labels = saved.numbers.at("labels");
  std::vector<Value> losses;
  for (std::size_t k = 0; k < labels.size(); ++k) {
    const auto sample = samples.subspan(k * saved.shape[0], saved.shape[0]);
    std::vector<Value> logits = network(constants(graph, sample));
    for (Value& logit : logits) logit *= logit_scale;
    losses.push_back(softmax_cross_entropy(logits, static_cast<std::size_t>(labels[k])));
  }
  return mean(losses);
}

// Scores that are sums may cancel, so the error is measured by the largest of them.
void check_scores(const Mlp& mlp, const Score& score, const Numbers& expected) {
  const std::vector<Position> existing = places(mlp, Scope::model)[0].existing;
  REQUIRE(existing.size() == expected.size());
  double largest = 0;
  for (const double number : expected) largest = std::max(largest, std::abs(number));
  for (std::size_t k = 0; k < expected.size(); ++k) {
    CHECK(std::abs(score(existing[k]) - expected[k]) <= 1e-12 * largest);
  }
}

}  // namespace

TEST_SUITE("saliency") {
  TEST_CASE("SNIP's scores are PyTorch's") {
    for (const Saved& saved : saved_networks()) {
      Graph graph;
      const Mlp mlp(graph, topology_of(saved));
      OuterProductProbe probe(mlp);
      loss_of(probe, graph, saved, 1.0).backward();
      check_scores(mlp, connection_sensitivity(mlp, probe.gradient()),
                   saved.numbers.at("snip"));
    }
  }

  TEST_CASE("GraSP's scores are PyTorch's, at its temperature of 200") {
    for (const Saved& saved : saved_networks()) {
      Graph graph;
      const Mlp mlp(graph, topology_of(saved));
      const Value loss = loss_of(mlp, graph, saved, 1.0 / 200);
      check_scores(mlp, gradient_flow(mlp, loss), saved.numbers.at("grasp"));
    }
  }

  TEST_CASE("SynFlow's scores are PyTorch's, whatever the activations and biases") {
    for (const Saved& saved : saved_networks()) {
      Graph graph;
      const Mlp mlp(graph, topology_of(saved));
      check_scores(mlp, synaptic_flow(mlp), saved.numbers.at("synflow"));
    }
  }
}
