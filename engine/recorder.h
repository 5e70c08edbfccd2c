// How an operation becomes a node: operands checked, the rule's forward on their data. Only the
// functions of value.h and WeightedSum use it.
#pragma once

#include <span>

#include "engine/error.h"
#include "engine/graph.h"

namespace sprig {

struct Recorder {
  using Index = Graph::Index;

  template <class Rule>
  static Value unary(Rule rule, Value x) {
    Graph& graph = x.graph();
    const bool needs_grad = graph.checked(x).needs_grad;
    const double y = Rule::forward(graph.data_[x.index()]);
    return graph.push(op_of(rule), y, x.index(), 0, needs_grad);
  }

  template <class Rule>
  static Value binary(Rule rule, Value a, Value b) {
    Graph& graph = a.graph();
    const bool a_needs_grad = graph.checked(a).needs_grad;
    const bool b_needs_grad = graph.checked(b).needs_grad;
    const double y = Rule::forward(graph.data_[a.index()], graph.data_[b.index()]);
    return graph.push(op_of(rule), y, a.index(), b.index(), a_needs_grad || b_needs_grad);
  }

  template <class Rule>
  static Value binary(Rule rule, Value a, double b) {
    return with_constant(a.graph(), b, [&](Value number) { return binary(rule, a, number); });
  }

  template <class Rule>
  static Value binary(Rule rule, double a, Value b) {
    return with_constant(b.graph(), a, [&](Value number) { return binary(rule, number, b); });
  }

  // A number beside a Value becomes a constant, which is taken back if the operation throws.
  static Value with_constant(Graph& graph, double number, auto operation) {
    const std::size_t nodes = graph.size_;
    try {
      return operation(graph.constant(number));
    } catch (...) {
      graph.rewind(nodes, graph.operands_.size());
      throw;
    }
  }

  template <class Rule>
  static Value nary(Rule rule, std::span<const Value> values) {
    const std::size_t n = values.size();
    if (n == 0) fail(Rule::name, ": got no values; give at least one");
    Graph& graph = values[0].graph();
    ListWriter writer(graph.operands_, ListWriter::words(n));
    bool needs_grad = false;
    const IndexList list = write_values(
        graph, writer, n, [&](std::size_t k) { return values[k]; }, needs_grad);
    return graph.push(op_of(rule), forward(rule, graph, list), writer.keep(), 0, needs_grad);
  }

  // Writes a list of n Values; needs_grad becomes true if one of them needs a grad. A run is all
  // of those that do or all of those that do not, so that its first node answers for all.
  static IndexList write_values(const Graph& graph, ListWriter& writer, std::size_t n,
                                auto value, bool& needs_grad) {
    std::size_t with_grad = 0;
    writer.begin_list(n);
    for (std::size_t k = 0; k < n; ++k) {
      with_grad += graph.checked(value(k)).needs_grad ? 1 : 0;
      writer.add(value(k).index());
    }
    needs_grad |= with_grad > 0;
    return writer.end_list(with_grad == 0 || with_grad == n);
  }

  template <class Rule>
  static double forward(Rule, const Graph& graph, const IndexList& list) {
    return with_places(list, [&, data = graph.data_.data()](auto index) {
      return Rule::forward(list.size, [=](std::size_t k) { return data[index(k)]; });
    });
  }

  // One affine node with lists of its own, of n weights and n inputs.
  static Value affine(Value bias, std::size_t n, auto weight, auto input) {
    Graph& graph = bias.graph();
    ListWriter writer(graph.operands_, 1 + 3 * ListWriter::words(n));
    bool needs_grad = graph.checked(bias).needs_grad;
    writer.add(bias.index());
    const IndexList weights = write_values(graph, writer, n, weight, needs_grad);
    writer.begin_list(n);
    for (std::size_t k = 0; k < n; ++k) writer.add(static_cast<Index>(k));
    writer.end_list(true);
    const Index place = writer.next_place();
    const IndexList inputs = write_values(graph, writer, n, input, needs_grad);
    const auto number = [data = graph.data_.data()](Index index) { return data[index]; };
    const double y = rule::Affine::forward(
        n, number(bias.index()), [&](std::size_t k) { return number(weights[k]); },
        [&](std::size_t k) { return number(inputs[k]); });
    return graph.push(Op::Affine, y, writer.keep(), place, needs_grad);
  }
};

}  // namespace sprig
