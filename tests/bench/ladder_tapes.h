// Three tapes, each the least that does its job, for the lower rungs of the ladder from a
// formula written out in + and * to sprig's own graph. A tape's nodes are named by index and
// stand in order of creation; backward() is a loop from back to front. Two moons is all they
// can do.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sprig::bench {

using Id = std::uint32_t;

// Every + and * is a node, and keeps its two local derivatives.
class BinaryTape {
 public:
  Id leaf(double data) { return push({data, 0, {0, 0}, {0, 0}}); }
  Id add(Id a, Id b) { return push({data(a) + data(b), 0, {a, b}, {1, 1}}); }
  Id multiply(Id a, Id b) { return push({data(a) * data(b), 0, {a, b}, {data(b), data(a)}}); }
  Id relu(Id x) {
    const double slope = data(x) > 0 ? 1 : 0;
    return push({slope * data(x), 0, {x, x}, {slope, 0}});
  }
  Id affine(Id bias, std::span<const Id> weights, std::span<const Id> inputs) {
    Id y = bias;
    for (std::size_t k = 0; k < weights.size(); ++k)
      y = add(y, multiply(weights[k], inputs[k]));
    return y;
  }
  Id sum(std::span<const Id> terms) {
    Id y = terms[0];
    for (const Id term : terms.subspan(1)) y = add(y, term);
    return y;
  }

  void backward(Id from) {
    nodes_[from].grad = 1;
    for (Id k = from + 1; k-- > 0;) {
      const Node& node = nodes_[k];
      for (int side : {0, 1}) nodes_[node.operands[side]].grad += node.local[side] * node.grad;
    }
  }

  double data(Id id) const { return nodes_[id].data; }
  double grad(Id id) const { return nodes_[id].grad; }
  void clear() { nodes_.clear(); }

 private:
  struct Node {  // a leaf names node 0 twice, with local derivatives of 0
    double data, grad;
    Id operands[2];
    double local[2];
  };
  Id push(const Node& node) {
    nodes_.push_back(node);
    return static_cast<Id>(nodes_.size() - 1);
  }
  std::vector<Node> nodes_;
};

// A neuron's sum is one node. It still keeps a local derivative for each operand.
class StoredTape {
 public:
  Id leaf(double data) { return push(data); }
  Id multiply(Id a, Id b) {
    arcs_.insert(arcs_.end(), {{a, data(b)}, {b, data(a)}});
    return push(data(a) * data(b));
  }
  Id relu(Id x) {
    const double slope = data(x) > 0 ? 1 : 0;
    arcs_.push_back({x, slope});
    return push(slope * data(x));
  }
  Id affine(Id bias, std::span<const Id> weights, std::span<const Id> inputs) {
    double y = data(bias);
    Arc* arc = room_for(1 + 2 * weights.size());
    *arc++ = {bias, 1};
    for (std::size_t k = 0; k < weights.size(); ++k) {
      const double w = data(weights[k]), x = data(inputs[k]);
      y += w * x;
      *arc++ = {weights[k], x};
      *arc++ = {inputs[k], w};
    }
    return push(y);
  }
  Id sum(std::span<const Id> terms) {
    double y = 0;
    for (const Id term : terms) {
      y += data(term);
      arcs_.push_back({term, 1});
    }
    return push(y);
  }

  void backward(Id from) {
    nodes_[from].grad = 1;
    for (Id k = from + 1; k-- > 0;) {
      const Node& node = nodes_[k];
      const std::uint32_t begin = k == 0 ? 0 : nodes_[k - 1].arcs_end;
      for (std::uint32_t arc = begin; arc < node.arcs_end; ++arc) {
        nodes_[arcs_[arc].operand].grad += arcs_[arc].local * node.grad;
      }
    }
  }

  double data(Id id) const { return nodes_[id].data; }
  double grad(Id id) const { return nodes_[id].grad; }
  void clear() {
    nodes_.clear();
    arcs_.clear();
  }

 private:
  struct Arc {
    Id operand;
    double local;
  };
  struct Node {
    double data, grad;
    std::uint32_t arcs_end;
  };
  Arc* room_for(std::size_t count) {
    arcs_.resize(arcs_.size() + count);
    return &arcs_[arcs_.size() - count];
  }
  Id push(double data) {
    nodes_.push_back({data, 0, static_cast<std::uint32_t>(arcs_.size())});
    return static_cast<Id>(nodes_.size() - 1);
  }
  std::vector<Node> nodes_;
  std::vector<Arc> arcs_;
};

// One node a neuron, and indices only: local derivatives are read off the operands' data.
class IndexTape {
 public:
  Id leaf(double data) { return push(Op::leaf, data); }
  Id multiply(Id a, Id b) {
    operands_.insert(operands_.end(), {a, b});
    return push(Op::multiply, data(a) * data(b));
  }
  Id relu(Id x) {
    operands_.push_back(x);
    return push(Op::relu, data(x) > 0 ? data(x) : 0);
  }
  Id affine(Id bias, std::span<const Id> weights, std::span<const Id> inputs) {
    double y = data(bias);
    operands_.resize(operands_.size() + 1 + 2 * weights.size());
    Id* operand = &operands_[operands_.size() - 1 - 2 * weights.size()];
    *operand++ = bias;
    for (std::size_t k = 0; k < weights.size(); ++k) {
      y += data(weights[k]) * data(inputs[k]);
      *operand++ = weights[k];
      *operand++ = inputs[k];
    }
    return push(Op::affine, y);
  }
  Id sum(std::span<const Id> terms) {
    double y = 0;
    for (const Id term : terms) y += data(term);
    operands_.insert(operands_.end(), terms.begin(), terms.end());
    return push(Op::sum, y);
  }

  void backward(Id from) {
    nodes_[from].grad = 1;
    for (Id k = from + 1; k-- > 0;) {
      if (nodes_[k].grad != 0) pass_on(k);
    }
  }

  double data(Id id) const { return nodes_[id].data; }
  double grad(Id id) const { return nodes_[id].grad; }
  void clear() {
    nodes_.clear();
    operands_.clear();
  }

 private:
  enum class Op : std::uint8_t { leaf, multiply, relu, affine, sum };
  struct Node {
    double data, grad;
    std::uint32_t operands_end;
    Op op;
  };
  Id push(Op op, double data) {
    nodes_.push_back({data, 0, static_cast<std::uint32_t>(operands_.size()), op});
    return static_cast<Id>(nodes_.size() - 1);
  }
  void add_product(Id a, Id b, double grad) {
    nodes_[a].grad += data(b) * grad;
    nodes_[b].grad += data(a) * grad;
  }
  void pass_on(Id k) {
    const double grad = nodes_[k].grad;
    const std::uint32_t begin = k == 0 ? 0 : nodes_[k - 1].operands_end;
    const std::span<const Id> operands(&operands_[begin], nodes_[k].operands_end - begin);
    switch (nodes_[k].op) {
      case Op::leaf:
        break;
      case Op::multiply:
        add_product(operands[0], operands[1], grad);
        break;
      case Op::relu:
        if (data(k) > 0) nodes_[operands[0]].grad += grad;
        break;
      case Op::affine:
        nodes_[operands[0]].grad += grad;
        for (std::size_t w = 1; w < operands.size(); w += 2) {
          add_product(operands[w], operands[w + 1], grad);
        }
        break;
      case Op::sum:
        for (const Id term : operands) nodes_[term].grad += grad;
        break;
    }
  }
  std::vector<Node> nodes_;
  std::vector<Id> operands_;
};

}  // namespace sprig::bench
