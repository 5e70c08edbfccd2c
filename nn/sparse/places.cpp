#include "nn/sparse/places.h"

namespace sprig {
namespace {

void add_places_of(const Mlp& mlp, std::uint32_t layer, std::uint32_t neuron, Places& places) {
  std::vector<bool> exists(mlp.layers()[layer].input_count());
  for (const Connection& connection : mlp.layers()[layer].neurons()[neuron].connections()) {
    places.existing.push_back({layer, neuron, connection.input});
    exists[connection.input] = true;
  }
  for (std::uint32_t input = 0; input < exists.size(); ++input) {
    if (!exists[input]) places.absent.push_back({layer, neuron, input});
  }
}

}  // namespace

std::vector<Places> places(const Mlp& mlp, Scope scope) {
  std::vector<Places> scopes;
  if (scope == Scope::model) scopes.emplace_back();
  for (std::uint32_t layer = 0; layer < mlp.layers().size(); ++layer) {
    if (scope == Scope::layer) scopes.emplace_back();
    for (std::uint32_t neuron = 0; neuron < mlp.layers()[layer].neurons().size(); ++neuron) {
      if (scope == Scope::neuron) scopes.emplace_back();
      add_places_of(mlp, layer, neuron, scopes.back());
    }
  }
  return scopes;
}

}  // namespace sprig
