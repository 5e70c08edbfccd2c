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

  using Record = Graph::Record;

  // Hands dy/d(operand) to visit(operand, derivative) for each operand of a node that `wanted`
  // names, by the rule of its operation. `number` turns an index into the number that flows
  // through the rule: a node's data, or its Value.
  static void local_derivatives(const Graph& graph, const Record& node, const auto& y,
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
      const IndexList list = graph.operands_.list(node.first);
      rule.derivatives(
          list.size, [&](std::size_t k) { return number(list[k]); }, y,
          [&](std::size_t k, const auto& derivative) {
            if (wanted(list[k])) visit(list[k], derivative);
          });
    };
    const auto affine = [&](auto rule) {
      affine_derivatives(rule, graph.operands_.affine(node.first, node.second), number, wanted,
                         visit);
    };
    with_rule(node.op, unary, binary, nary, affine);
  }

  static void affine_derivatives(auto rule, const AffineOperands& operands, auto number,
                                 auto wanted, auto visit) {
    const auto visit_term = [&](std::size_t k) {
      const Index weight = operands.weight(k), input = operands.input(k);
      const auto w = number(weight);
      const auto x = number(input);
      if (wanted(weight)) visit(weight, rule.derivative_weight(w, x));
      if (wanted(input)) visit(input, rule.derivative_input(w, x));
    };
    for (std::size_t k = operands.size(); k-- > 1;) visit_term(k);
    if (wanted(operands.bias)) visit(operands.bias, rule.derivative_bias());
    if (operands.size() > 0) visit_term(0);
  }

  static void run(Graph& graph, Index root) {
    const double* data = graph.data_.data();
    double* grad = graph.grad_.data();
    const Record* records = graph.records_.data();
    const auto number = [=](Index index) { return data[index]; };
    const auto needs_grad = [=](Index index) { return records[index].needs_grad; };
    if (!needs_grad(root)) return;
    grad[root] += 1.0;
    for (std::size_t i = std::size_t{root} + 1; i-- > graph.first_operation_;) {
      const double upstream = grad[i];
      if (upstream == 0 || !records[i].needs_grad) continue;
      const auto chain = [=](Index operand, double derivative) {
        grad[operand] += upstream * derivative;  // the chain rule
      };
      if (!chain_runs(graph, records[i], upstream)) {
        local_derivatives(graph, records[i], data[i], number, needs_grad, chain);
      }
      if (graph.check_finite_) throw_if_not_finite(graph, static_cast<Index>(i));
    }
  }

  // The same for an affine node whose weights and inputs are runs, as in a layer: loops over
  // plain arrays. False, and nothing done, for any other node. Weights, inputs and bias are
  // different nodes here, so each still collects in the order of the walk above, to the bit.
  static bool chain_runs(Graph& graph, const Record& node, double upstream) {
    if (node.op != Op::Affine) return false;
    const AffineOperands operands = graph.operands_.affine(node.first, node.second);
    if (!operands.are_disjoint_runs()) return false;
    with_places(operands.reads,
                [&](auto read) { chain_runs(graph, operands, read, upstream); });
    return true;
  }

  static void chain_runs(Graph& graph, const AffineOperands& operands, auto read,
                         double upstream) {
    using rule::Affine;
    const Index bias = operands.bias, weights = operands.weights.start;
    const Index inputs = operands.inputs.start;
    const std::size_t n = operands.size();
    const double* w = graph.data_.data() + weights;
    const double* x = graph.data_.data() + inputs;
    double* grad = graph.grad_.data();
    const auto needs_grad = [&](Index index) { return graph.records_[index].needs_grad; };
    if (needs_grad(bias)) grad[bias] += upstream * Affine::derivative_bias();
    if (n == 0) return;
    if (needs_grad(weights)) {
      for (std::size_t k = n; k-- > 0;) {
        grad[weights + k] += upstream * Affine::derivative_weight(w[k], x[read(k)]);
      }
    }
    if (needs_grad(inputs)) {
      for (std::size_t k = n; k-- > 0;) {
        grad[inputs + read(k)] += upstream * Affine::derivative_input(w[k], x[read(k)]);
      }
    }
  }

  // The grads that earlier calls left in operations would be counted twice.
  static void clear_operations(Graph& graph) {
    for (std::size_t i = graph.first_operation_; i < graph.with_grad_; ++i) {
      if (graph.records_[i].op != Op::leaf) graph.grad_[i] = 0;
    }
  }

  // True for the nodes from 0 to root that root was made of.
  static std::vector<bool> ancestors(const Graph& graph, Index root) {
    std::vector<bool> reached(root + 1);
    reached[root] = true;
    for (std::size_t i = std::size_t{root} + 1; i-- > graph.first_operation_;) {
      if (!reached[i]) continue;
      graph.for_each_operand(graph.records_[i],
                             [&](Index operand) { reached[operand] = true; });
    }
    return reached;
  }

  static bool changed_since(const Record& leaf, const Record& user, std::size_t user_index) {
    return user.generation < leaf.second ||
           (user.generation == leaf.second && user_index < leaf.first);
  }

  // Local derivatives are read off the operands' data, which must be what forward saw.
  static void throw_if_changed(const Graph& graph, Index root) {
    if (graph.first_operation_ >= graph.made_before_change_) return;
    const std::vector<bool> reached = ancestors(graph, root);
    const std::size_t end = std::min(graph.made_before_change_, reached.size());
    for (std::size_t i = graph.first_operation_; i < end; ++i) {
      const Record& node = graph.records_[i];
      if (!reached[i]) continue;
      graph.for_each_operand(node, [&](Index operand) {
        const Record& leaf = graph.records_[operand];
        if (leaf.op == Op::leaf && changed_since(leaf, node, i)) {
          fail("backward: the data of ", graph.describe(operand), " was set after ",
               graph.describe(static_cast<Index>(i)),
               " was made of it; run the forward pass again");
        }
      });
    }
  }

  static void throw_if_not_finite(const Graph& graph, Index index) {
    graph.for_each_operand(graph.records_[index], [&](Index operand) {
      const double grad = graph.grad_[operand];
      if (std::isfinite(grad)) return;
      fail("backward: ", graph.describe(index), " with grad ", graph.grad_[index],
           " gave the gradient ", grad, " to ", graph.describe(operand),
           "; it is the first one that is not finite");
    });
  }

  // True for the nodes from 0 to root that were made of one of xs, and for xs.
  static std::vector<bool> descendants(const Graph& graph, Index root,
                                       std::span<const Value> xs) {
    std::vector<bool> depends(root + 1);
    for (const Value x : xs) {
      if (x.index() <= root) depends[x.index()] = true;
    }
    for (std::size_t i = graph.first_operation_; i <= root; ++i) {
      graph.for_each_operand(graph.records_[i], [&](Index operand) {
        if (depends[operand]) depends[i] = true;
      });
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
      const Record node = graph.records_[i];  // a copy: the walk appends nodes
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
    const std::size_t nodes = graph.size_;
    const std::size_t operands = graph.operands_.size();
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
  const Record& node = checked(value);
  const double y = data_[value.index()];
  std::vector<double> x;
  for_each_operand(node, [&](Index operand) { x.push_back(data_[operand]); });
  std::vector<double> derivatives(x.size());
  const auto unary = [&](auto rule) { derivatives = {rule.derivative(x[0], y)}; };
  const auto binary = [&](auto rule) {
    derivatives = {rule.derivative_a(x[0], x[1], y), rule.derivative_b(x[0], x[1], y)};
  };
  const auto nary = [&](auto rule) {
    rule.derivatives(
        x.size(), [&](std::size_t k) { return x[k]; }, y,
        [&](std::size_t k, double derivative) { derivatives[k] += derivative; });
  };
  const auto affine = [&](auto rule) {
    derivatives[0] = rule.derivative_bias();
    for (std::size_t k = 1; k < x.size(); k += 2) {
      derivatives[k] = rule.derivative_weight(x[k], x[k + 1]);
      derivatives[k + 1] = rule.derivative_input(x[k], x[k + 1]);
    }
  };
  with_rule(node.op, unary, binary, nary, affine);
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
