#include "demos/rewire/published_rewiring.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "engine/graph.h"
#include "nn/loss.h"
#include "nn/mlp.h"
#include "nn/optimizer.h"

namespace sprig::course {
namespace {

constexpr std::uint32_t hidden = 64;
constexpr int epochs = 50, interval = 50;
constexpr std::size_t batch_size = 32;
constexpr double density = 0.3, learning_rate = 0.01, fraction = 0.2;

// A layer with its parameters: also those that are off are parameters like all others.
struct Switches {
  std::uint32_t inputs;
  std::vector<Value> weights;
  std::vector<Value> biases;
  std::vector<bool> is_on;

  Switches(Graph& graph, std::uint32_t read, std::uint32_t neurons, Rng& rng) : inputs(read) {
    for (std::uint32_t place = 0; place < neurons * inputs; ++place) {
      weights.push_back(graph.parameter(0.01 * rng.normal()));
      is_on.push_back(rng.uniform() < density);
    }
    for (std::uint32_t k = 0; k < neurons; ++k) biases.push_back(graph.parameter(0));
  }

  // Flaw 3: the gradient of a weight is the switch times that of weight * switch. Where the
  // switch is 0, so is the gradient, whatever the connection could do.
  std::vector<Value> effective() const {
    std::vector<Value> products;
    for (std::size_t place = 0; place < weights.size(); ++place) {
      products.push_back(weights[place] * (is_on[place] ? 1.0 : 0.0));
    }
    return products;
  }

  SwitchedLayer numbers() const {
    SwitchedLayer layer{.weights = {}, .gradients = {}, .is_on = is_on};
    for (const Value weight : weights) {
      layer.weights.push_back(weight.data());
      layer.gradients.push_back(weight.grad());
    }
    return layer;
  }

  Topology::Layer snapshot(std::size_t layer, Activation activation) const {
    Topology::Layer result;
    for (std::size_t neuron = 0; neuron < biases.size(); ++neuron) {
      Topology::Neuron& made = result.neurons.emplace_back();
      made = {default_name(layer, neuron), {}, biases[neuron].data(), activation};
      for (std::uint32_t input = 0; input < inputs; ++input) {
        const std::size_t place = neuron * inputs + input;
        if (is_on[place]) made.connections.push_back({input, weights[place].data()});
      }
    }
    return result;
  }
};

class Notebook {
 public:
  Notebook(const Task& task, PublishedRule rule, std::uint32_t seed)
      : task_(task), rule_(rule), order_(Rng(seed).split(1)), choice_(Rng(seed).split(2)) {
    Rng first = Rng(seed).split(3);
    layers_.emplace_back(graph_, task.inputs, hidden, first);
    layers_.emplace_back(graph_, hidden, task.shape().targets, first);
    for (const Switches& layer : layers_) {
      parameters_.insert(parameters_.end(), layer.weights.begin(), layer.weights.end());
      parameters_.insert(parameters_.end(), layer.biases.begin(), layer.biases.end());
    }
    const bool is_set = rule == PublishedRule::set;
    result_.course = {.name = is_set ? "published_set" : "published_deep-r",
                      .method = is_set ? "SET as published" : "\"DEEP R\" as published",
                      .series = {{0, snapshot()}},
                      .cost = 1};  // what is off is multiplied like all others
  }

  PublishedRewiring run() {
    for (int epoch = 1; epoch <= epochs; ++epoch) {
      result_.course.epochs.push_back(pass({.epoch = epoch}));
    }
    result_.course.final = snapshot();
    return std::move(result_);
  }

 private:
  EpochRecord pass(EpochRecord record) {
    std::vector<std::size_t> order(task_.train.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    order_.shuffle(std::span(order));
    double sum = 0;
    int batches = 0;
    for (std::size_t begin = 0; begin < order.size(); begin += batch_size, ++batches) {
      const auto size = std::min(batch_size, order.size() - begin);
      sum += step(subset(task_.train, std::span(order).subspan(begin, size)), record);
    }
    const Topology now = snapshot();
    record.step = step_;
    record.loss = sum / batches;
    record.train_score = score(now, task_.train);
    record.test_score = score(now, task_.test);
    record.connections = connection_count(now);
    return record;
  }

  double step(const Samples& batch, EpochRecord& record) {
    const StepScope scope(graph_);
    graph_.zero_grad();
    const Value loss = loss_of(batch);
    loss.backward();
    adam_.step(parameters_, learning_rate);
    if (++step_ % interval == 0) update(record);
    return loss.data();
  }

  Value loss_of(const Samples& batch) {
    const std::vector<Value> first = layers_[0].effective(), second = layers_[1].effective();
    std::vector<Value> losses;
    for (std::size_t sample = 0; sample < batch.size(); ++sample) {
      std::vector<Value> between =
          outputs(layers_[0], first, constants(graph_, batch.input(sample)));
      for (Value& sum : between) sum = relu(sum);
      losses.push_back(softmax_cross_entropy(outputs(layers_[1], second, between),
                                             constants(graph_, batch.target(sample))));
    }
    return mean(losses);
  }

  static std::vector<Value> outputs(const Switches& layer, std::span<const Value> weights,
                                    std::span<const Value> inputs) {
    std::vector<Value> sums;
    for (std::size_t neuron = 0; neuron < layer.biases.size(); ++neuron) {
      const auto row = weights.subspan(neuron * layer.inputs, layer.inputs);
      sums.push_back(affine(layer.biases[neuron], row, inputs));
    }
    return sums;
  }

  void update(EpochRecord& record) {
    PublishedUpdate now{.step = step_, .connections = {}};
    for (std::uint32_t k = 0; k < layers_.size(); ++k) {
      Switches& layer = layers_[k];
      const SwitchedLayer numbers = layer.numbers();
      for (const std::size_t place : places_that_are(false, layer.is_on)) {
        ++now.absent;
        if (numbers.gradients[place] == 0) ++now.zero_gradients;
        look_at_dropped(k, place);
      }
      const Exchange exchange = published_exchange(rule_, numbers, fraction, choice_);
      for (const std::size_t place : exchange.dropped) {
        layer.is_on[place] = false;
        now.largest_gradient =
            std::max(now.largest_gradient, std::abs(numbers.gradients[place]));
      }
      for (const std::size_t place : exchange.grown) layer.is_on[place] = true;
      note(k, exchange);
      record.dropped += exchange.dropped.size();
      record.grown += exchange.grown.size();
      now.connections.push_back(places_that_are(true, layer.is_on).size());
    }
    result_.updates.push_back(now);
    result_.course.series.push_back({step_, snapshot()});
  }

  // Flaw 4: Adam moves by the momentum, which outlives the connection: so does the weight.
  void look_at_dropped(std::uint32_t layer, std::size_t place) {
    const auto found = dropped_.find({layer, place});
    if (found == dropped_.end() || found->second.step != step_ - interval) return;
    ++result_.watched;
    if (found->second.weight != layers_[layer].weights[place].data()) ++result_.moved;
  }

  // Flaw 5: what is grown has the weight that stands there, from the first draw or from an
  // earlier life.
  void note(std::uint32_t layer, const Exchange& exchange) {
    const std::vector<Value>& weights = layers_[layer].weights;
    for (const std::size_t place : exchange.grown) {
      if (std::ranges::count(exchange.dropped, place) > 0) continue;
      const auto found = dropped_.find({layer, place});
      if (found == dropped_.end()) {
        ++result_.never_used;
        continue;
      }
      result_.returns.push_back({position(layer, place), found->second.step,
                                 found->second.weight, step_, weights[place].data()});
    }
    for (const std::size_t place : exchange.dropped) {
      if (layers_[layer].is_on[place]) continue;
      dropped_[{layer, place}] = {step_, weights[place].data()};
    }
  }

  Position position(std::uint32_t layer, std::size_t place) const {
    const std::size_t inputs = layers_[layer].inputs;
    return {layer, static_cast<std::uint32_t>(place / inputs),
            static_cast<std::uint32_t>(place % inputs)};
  }

  Topology snapshot() const {
    return {.inputs = task_.inputs,
            .layers = {layers_[0].snapshot(0, Activation::relu),
                       layers_[1].snapshot(1, Activation::linear)}};
  }

  static double score(const Topology& topology, const Samples& samples) {
    std::vector<double> outputs;
    for (std::size_t sample = 0; sample < samples.size(); ++sample) {
      const std::vector<double> these = evaluate(topology, samples.input(sample));
      outputs.insert(outputs.end(), these.begin(), these.end());
    }
    return accuracy(outputs, labels(samples));
  }

  struct Dropped {
    int step = 0;
    double weight = 0;
  };

  const Task& task_;
  PublishedRule rule_;
  Rng order_;
  Rng choice_;
  Graph graph_;
  std::vector<Switches> layers_;
  std::vector<Value> parameters_;
  Adam adam_;
  int step_ = 0;
  std::map<std::pair<std::uint32_t, std::size_t>, Dropped> dropped_;  // by layer and place
  PublishedRewiring result_;
};

}  // namespace

PublishedRewiring run_published_rewiring(const Task& task, PublishedRule rule,
                                         std::uint32_t seed) {
  return Notebook(task, rule, seed).run();
}

}  // namespace sprig::course
