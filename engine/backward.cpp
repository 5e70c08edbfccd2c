// The chain rule, twice: backward() on numbers, and gradient() on Values, which is the same
// walk recorded as new nodes. Both go from the root back to the oldest operation.
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/error.h"
#include "engine/graph.h"

namespace sprig {

struct Backward {
  using Index = Graph::Index;

  // Hands dy/d(operand) to visit(operand, derivative) for each operand of `node` that `wanted`
  // names, by the rule of its operation. `number` turns an index into the number that flows
  // through the rule: a node's data, or its Value.
  static void local_derivatives(const Graph& graph, const Node& node, const auto& y,
                                auto number, auto wanted, auto visit) {
    const auto unary = [&](auto rule) {
      if (wanted(node.first)) visit(node.first, rule.derivative(number(node.first), y));
    };
    const auto binary = [&](auto rule) {
      const auto a = number(node.first);
      const auto b = number(node.second);
      if (wanted(node.first)) visit(node.first, rule.derivative_a(a, b, y));
      if (wanted(node.second)) visit(node.second, rule.derivative_b(a, b, y));
    };
    const auto nary = [&](auto rule) {
      const auto operand = [&](std::size_t k) { return graph.operands_[node.first + k]; };
      rule.derivatives(
          node.second, [&](std::size_t k) { return number(operand(k)); }, y,
          [&](std::size_t k, const auto& derivative) {
            if (wanted(operand(k))) visit(operand(k), derivative);
          });
    };
    with_rule(node.op, unary, binary, nary);
  }

  static void run(Graph& graph, Index root) {
    Node* nodes = graph.nodes_.data();
    const auto data = [&](Index index) { return nodes[index].data; };
    const auto needs_grad = [&](Index index) { return nodes[index].needs_grad; };
    if (!nodes[root].needs_grad) return;
    nodes[root].grad += 1.0;
    for (std::size_t i = std::size_t{root} + 1; i-- > graph.first_operation_;) {
      const Node& node = nodes[i];
      if (node.grad == 0 || !node.needs_grad) continue;
      const double upstream = node.grad;
      local_derivatives(graph, node, node.data, data, needs_grad,
                        [&](Index operand, double derivative) {
                          nodes[operand].grad += upstream * derivative;  // the chain rule
                        });
      if (graph.check_finite_) throw_if_not_finite(graph, static_cast<Index>(i));
    }
  }

  // The grads that earlier calls left in operations would be counted twice.
  static void clear_operations(Graph& graph) {
    for (std::size_t i = graph.first_operation_; i < graph.with_grad_; ++i) {
      if (graph.nodes_[i].op != Op::leaf) graph.nodes_[i].grad = 0;
    }
  }

  // True for the nodes from 0 to root that root was made of.
  static std::vector<bool> ancestors(const Graph& graph, Index root) {
    std::vector<bool> reached(root + 1);
    reached[root] = true;
    for (std::size_t i = std::size_t{root} + 1; i-- > graph.first_operation_;) {
      if (!reached[i]) continue;
      for (const Index operand : graph.operand_indices(graph.nodes_[i]))
        reached[operand] = true;
    }
    return reached;
  }

  static bool changed_since(const Node& leaf, const Node& user, std::size_t user_index) {
    return user.generation < leaf.second ||
           (user.generation == leaf.second && user_index < leaf.first);
  }

  // Local derivatives are read off the operands' data, which must be what forward saw.
  static void throw_if_changed(const Graph& graph, Index root) {
    if (graph.first_operation_ >= graph.made_before_change_) return;
    const std::vector<bool> reached = ancestors(graph, root);
    const std::size_t end = std::min(graph.made_before_change_, reached.size());
    for (std::size_t i = graph.first_operation_; i < end; ++i) {
      const Node& node = graph.nodes_[i];
      if (!reached[i]) continue;
      for (const Index operand : graph.operand_indices(node)) {
        const Node& leaf = graph.nodes_[operand];
        if (leaf.op == Op::leaf && changed_since(leaf, node, i)) {
          fail("backward: the data of ", graph.describe(operand), " was set after ",
               graph.describe(static_cast<Index>(i)),
               " was made of it; run the forward pass again");
        }
      }
    }
  }

  static void throw_if_not_finite(const Graph& graph, Index index) {
    const Node& node = graph.nodes_[index];
    for (const Index operand : graph.operand_indices(node)) {
      if (std::isfinite(graph.nodes_[operand].grad)) continue;
      fail("backward: ", graph.describe(index), " with grad ", node.grad, " gave the gradient ",
           graph.nodes_[operand].grad, " to ", graph.describe(operand),
           "; it is the first one that is not finite");
    }
  }

  // True for the nodes from 0 to root that were made of one of xs, and for xs.
  static std::vector<bool> descendants(const Graph& graph, Index root,
                                       std::span<const Value> xs) {
    std::vector<bool> depends(root + 1);
    for (const Value x : xs) {
      if (x.index() <= root) depends[x.index()] = true;
    }
    for (std::size_t i = graph.first_operation_; i <= root; ++i) {
      for (const Index operand : graph.operand_indices(graph.nodes_[i])) {
        if (depends[operand]) depends[i] = true;
      }
    }
    return depends;
  }

  // The chain rule on Values. Empty for a derivative that is the number 0: as in run(), nothing
  // is carried on then.
  static Value chain(Value upstream, Value derivative) { return upstream * derivative; }
  static Value chain(Value upstream, double derivative) {
    if (derivative == 0) return Value();
    return derivative == 1.0 ? upstream : upstream * derivative;
  }

  // The same walk on Values: adjoints[i] is d(root)/d(node i), empty where nothing has reached
  // it.
  static std::vector<Value> adjoints(Graph& graph, Value root, std::span<const Value> xs) {
    const std::vector<bool> depends = descendants(graph, root.index(), xs);
    std::vector<Value> adjoints(std::size_t{root.index()} + 1);
    adjoints[root.index()] = graph.constant(1.0);
    const auto value = [&](Index index) { return graph.at(index); };
    const auto wanted = [&](Index index) { return depends[index]; };
    for (std::size_t i = adjoints.size(); i-- > graph.first_operation_;) {
      const Value upstream = adjoints[i];
      if (upstream.is_empty() || !depends[i]) continue;
      const Node node = graph.nodes_[i];  // a copy: the walk appends nodes
      local_derivatives(graph, node, value(static_cast<Index>(i)), value, wanted,
                        [&](Index operand, const auto& derivative) {
                          const Value contribution = chain(upstream, derivative);
                          if (contribution.is_empty()) return;
                          Value& adjoint = adjoints[operand];
                          adjoint = adjoint.is_empty() ? contribution : adjoint + contribution;
                        });
    }
    return adjoints;
  }

  static std::vector<Value> gradients(Graph& graph, Value y, std::span<const Value> xs) {
    const std::size_t nodes = graph.nodes_.size();
    const std::size_t operands = graph.operand_count_;
    try {
      const std::vector<Value> found = adjoints(graph, y, xs);
      std::vector<Value> gradients;
      for (const Value x : xs) {
        const bool reached = x.index() < found.size() && !found[x.index()].is_empty();
        gradients.push_back(reached ? found[x.index()] : graph.constant(0.0));
      }
      return gradients;
    } catch (...) {  // a number that is not finite, where the graph checks
      graph.rewind(nodes, operands);
      throw;
    }
  }
};

void Value::backward() const {
  Graph& owner = graph();
  owner.checked(*this);
  Backward::throw_if_changed(owner, index());
  Backward::clear_operations(owner);
  owner.with_grad_ = std::max<std::size_t>(owner.with_grad_, index() + 1);
  Backward::run(owner, index());
}

std::vector<double> Graph::local_derivatives(Value value) const {
  const Node& node = checked(value);
  const std::span<const Index> operands = operand_indices(node);
  const auto at = [&](std::size_t k) { return nodes_[operands[k]].data; };
  std::vector<double> derivatives(operands.size());
  with_rule(
      node.op, [&](auto rule) { derivatives = {rule.derivative(at(0), node.data)}; },
      [&](auto rule) {
        derivatives = {rule.derivative_a(at(0), at(1), node.data),
                       rule.derivative_b(at(0), at(1), node.data)};
      },
      [&](auto rule) {
        rule.derivatives(operands.size(), at, node.data, [&](std::size_t k, double derivative) {
          derivatives[k] = derivative;
        });
      });
  return derivatives;
}

std::vector<Value> gradient(Value y, std::span<const Value> xs) {
  Graph& graph = y.graph();
  graph.node(y);
  for (const Value x : xs) graph.node(x);
  Backward::throw_if_changed(graph, y.index());
  return Backward::gradients(graph, y, xs);
}

Value gradient(Value y, Value x) { return gradient(y, std::span(&x, 1))[0]; }

}  // namespace sprig
