#include "engine/weighted_sum.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/recorder.h"

namespace sprig {

// A number type of four numbers side by side: the sums of four neurons at a time. Each is added
// up in the order of its own terms, but no addition has to wait for one of another neuron.
struct WeightedSum::Four {
  double of[4];

  friend Four operator+(const Four& a, const Four& b) {
    return {{a.of[0] + b.of[0], a.of[1] + b.of[1], a.of[2] + b.of[2], a.of[3] + b.of[3]}};
  }
  friend Four operator*(const Four& a, const Four& b) {
    return {{a.of[0] * b.of[0], a.of[1] * b.of[1], a.of[2] * b.of[2], a.of[3] * b.of[3]}};
  }
  friend Four operator*(const Four& a, double b) { return a * Four{{b, b, b, b}}; }
};

struct WeightedSum::Layer {
  Layer(Graph& its_graph, std::span<const Value> values, std::size_t sums) : graph(its_graph) {
    graph.make_room(sums);  // the data stay where they are
    ListWriter writer(graph.operands_, ListWriter::words(values.size()));
    inputs = Recorder::write_values(
        graph, writer, values.size(), [&](std::size_t k) { return values[k]; }, needs_grad);
    place = writer.keep();
    data = graph.data_.data();
    x = data + inputs.start;
    if (inputs.is_run()) return;
    for (std::size_t k = 0; k < values.size(); ++k) gathered.push_back(data[inputs[k]]);
    x = gathered.data();
  }

  Graph& graph;
  IndexList inputs;
  std::uint32_t place;  // of the list of inputs
  bool needs_grad = false;
  const double* data;            // of all nodes
  const double* x;               // of the inputs
  std::vector<double> gathered;  // of inputs that are no run
};

void WeightedSum::append(Term term) {
  terms_.push_back(term);
  row_ = {};
}

void WeightedSum::erase(std::size_t place) {
  terms_.erase(terms_.begin() + static_cast<std::ptrdiff_t>(place));
  row_ = {};
}

// Checks the handles. Those of lasting parameters need no second look until one is released.
void WeightedSum::read_terms(Graph& graph) const {
  row_ = {};
  std::size_t with_grad = 0;
  std::uint32_t newest = bias_.index();
  for (const Term& term : terms_) {
    with_grad += graph.checked(term.weight).needs_grad ? 1 : 0;
    newest = std::max(newest, term.weight.index());
    row_.weights.push_back(term.weight.index());
    row_.reads.push_back(term.input);
    row_.inputs = std::max(row_.inputs, term.input + 1);
  }
  row_.needs_grad = graph.checked(bias_).needs_grad || with_grad > 0;
  row_.weights_run = is_run(row_.weights) && (with_grad == 0 || with_grad == terms_.size());
  row_.reads_run = is_run(row_.reads);
  row_.is_lasting = graph.is_lasting(newest);
  row_.parameter_changes = graph.parameter_changes_;
}

void WeightedSum::write_row(Graph& graph) const {
  if (!row_.is_lasting || row_.parameter_changes != graph.parameter_changes_) read_terms(graph);
  ListWriter writer(graph.operands_, 1 + 2 * ListWriter::words(terms_.size()));
  writer.add(bias_.index());
  writer.add_list(row_.weights, row_.weights_run);
  writer.add_list(row_.reads, row_.reads_run);
  row_.place = writer.keep();
  row_.generation = graph.generation_;
}

void WeightedSum::throw_too_few(std::size_t inputs) const {
  fail("affine: got ", inputs, " inputs but a term reads input ", row_.inputs - 1,
       "; give at least ", row_.inputs);
}

// Not inlined, as g++ then keeps the sum in memory for want of registers.
[[gnu::noinline]] double WeightedSum::forward(const Layer& layer) const {
  const double* data = layer.data;
  const double* x = layer.x;
  const std::uint32_t* weights = row_.weights.data();
  const std::uint32_t* reads = row_.reads.data();
  return rule::Affine::forward(
      row_.weights.size(), data[bias_.index()], [=](std::size_t k) { return data[weights[k]]; },
      [=](std::size_t k) { return x[reads[k]]; });
}

WeightedSum::Four WeightedSum::forward(const Layer& layer,
                                       std::span<const WeightedSum* const, 4> sums) {
  const auto four = [&](auto number) {
    return Four{{number(*sums[0]), number(*sums[1]), number(*sums[2]), number(*sums[3])}};
  };
  const std::size_t n = sums[0]->terms_.size();
  const Four biases = four([&](const WeightedSum& s) { return layer.data[s.bias_.index()]; });
  const Row &a = sums[0]->row_, &b = sums[1]->row_, &c = sums[2]->row_, &d = sums[3]->row_;
  const auto together = [&](const Row& row) {
    return row.weights_run && row.reads_run && row.reads[0] == a.reads[0];
  };
  if (together(a) && together(b) && together(c) && together(d)) {
    const double* data = layer.data;
    return rule::Affine::forward(
        n, biases,
        [=, a = data + a.weights[0], b = data + b.weights[0], c = data + c.weights[0],
         d = data + d.weights[0]](std::size_t k) {
          return Four{{a[k], b[k], c[k], d[k]}};
        },
        [x = layer.x + a.reads[0]](std::size_t k) { return x[k]; });
  }
  const auto through = [&](const double* numbers, auto list) {
    return [=, a = (a.*list).data(), b = (b.*list).data(), c = (c.*list).data(),
            d = (d.*list).data()](std::size_t k) {
      return Four{{numbers[a[k]], numbers[b[k]], numbers[c[k]], numbers[d[k]]}};
    };
  };
  return rule::Affine::forward(n, biases, through(layer.data, &Row::weights),
                               through(layer.x, &Row::reads));
}

inline Value WeightedSum::push(const Layer& layer, double y) const {
  bool needs_grad = row_.needs_grad;
  if (!needs_grad && layer.needs_grad) {
    for (const Term& term : terms_) {
      needs_grad |= layer.graph.records_[layer.inputs[term.input]].needs_grad;
    }
  }
  return layer.graph.push(Op::Affine, y, row_.place, layer.place, needs_grad);
}

void WeightedSum::record(std::span<const WeightedSum* const> sums,
                         std::span<const Value> inputs, std::span<Value> results) {
  if (sums.empty()) return;
  Graph& graph = sums[0]->bias_.graph();
  for (const WeightedSum* sum : sums) sum->check_row(graph, inputs.size());
  const Layer layer(graph, inputs, sums.size());
  const auto size = [&](std::size_t s) { return sums[s]->row_.weights.size(); };
  for (std::size_t s = 0; s < sums.size();) {
    const bool go_together = s + 4 <= sums.size() && size(s) > 4 && size(s) == size(s + 1) &&
                             size(s) == size(s + 2) && size(s) == size(s + 3);
    if (go_together) {
      const Four y = forward(layer, sums.subspan(s).first<4>());
      for (const double sum : y.of) {
        results[s] = sums[s]->push(layer, sum);
        ++s;
      }
    } else {
      results[s] = sums[s]->push(layer, sums[s]->forward(layer));
      ++s;
    }
  }
}

Value WeightedSum::operator()(std::span<const Value> inputs) const {
  Value result;
  const WeightedSum* self = this;
  record(std::span(&self, 1), inputs, std::span(&result, 1));
  return result;
}

}  // namespace sprig
