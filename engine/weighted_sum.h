// A WeightedSum is the part of affine nodes that stays the same from sample to sample: a bias
// and the weights of some inputs, in order. A neuron is one and an activation.
//
// Its handles are checked and written into the graph as one row, which all its nodes share, once
// per StepScope; after that a node costs a few words, however many weights it has.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/graph.h"

namespace sprig {

class WeightedSum {
 public:
  WeightedSum(Value bias, std::vector<Term> terms) : bias_(bias), terms_(std::move(terms)) {}

  Value bias() const { return bias_; }
  std::span<const Term> terms() const { return terms_; }
  void append(Term term);
  void erase(std::size_t place);

  // As affine(bias, terms, inputs).
  Value operator()(std::span<const Value> inputs) const;

  // Makes the nodes of all `sums`, one after another, in as many results. They are of one graph
  // and read the same inputs, as a layer's neurons do. Throws Error if one of them reads beyond
  // the inputs, or a handle is stale or of another graph, before a node is made.
  static void record(std::span<const WeightedSum* const> sums, std::span<const Value> inputs,
                     std::span<Value> results);

 private:
  struct Row {
    std::uint32_t generation = 0;         // of the graph, as long as the row stands in it
    std::uint32_t place = 0;              // of the row
    std::uint32_t parameter_changes = 0;  // of the graph, when the handles were checked
    bool is_lasting = false;              // made outside all scopes
    bool needs_grad = false;
    bool weights_run = false;
    bool reads_run = false;
    std::uint32_t inputs = 0;            // how many there must be
    std::vector<std::uint32_t> weights;  // indices in the graph
    std::vector<std::uint32_t> reads;    // places in the inputs
  };
  struct Layer;  // the inputs, and where the numbers stand
  struct Four;

  void check_row(Graph& graph, std::size_t inputs) const {
    if (&bias_.graph() != &graph) Graph::throw_other_graph(bias_);
    if (row_.generation != graph.generation_) write_row(graph);
    if (row_.inputs > inputs) throw_too_few(inputs);
  }
  void write_row(Graph& graph) const;
  void read_terms(Graph& graph) const;
  [[noreturn]] void throw_too_few(std::size_t inputs) const;
  double forward(const Layer& layer) const;
  static Four forward(const Layer& layer, std::span<const WeightedSum* const, 4> sums);
  Value push(const Layer& layer, double y) const;

  Value bias_;
  std::vector<Term> terms_;
  mutable Row row_;
};

}  // namespace sprig
