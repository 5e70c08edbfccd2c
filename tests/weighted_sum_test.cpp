// Weighted sums that share lists of operands: the bits are those of affine(), however the nodes
// lie, and no handle that is gone gets through.

#include "engine/weighted_sum.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

#include "engine/error.h"

namespace {

using namespace sprig;

// Sums of random terms over the same inputs. In order, weights and inputs are consecutive nodes
// and every sum reads all inputs; else they are picked at random, some of them twice.
struct RandomLayer {
  RandomLayer(unsigned seed, std::size_t sizes, bool in_order) : rng(seed) {
    for (std::size_t k = 0; k < sizes; ++k) inputs.push_back(graph.value(draw()));
    std::vector<Value> spare;
    for (int k = 0; k < 5; ++k) spare.push_back(graph.value(draw()));
    if (!in_order) inputs.back() = spare[0];
    for (int sum = 0; sum < 9; ++sum) {
      std::vector<Term> terms;
      for (std::uint32_t k = 0; k < sizes; ++k) {
        const auto any = static_cast<std::uint32_t>(rng() % sizes);
        const bool fresh = in_order || rng() % 2 == 0;
        terms.push_back({in_order ? k : any, fresh ? graph.value(draw()) : spare[rng() % 5]});
      }
      sums.emplace_back(graph.value(draw()), terms);
    }
  }

  double draw() { return std::ldexp(static_cast<double>(rng()), -31) - 1; }

  std::vector<double> numbers(const std::vector<Value>& results) {
    std::vector<double> numbers;
    for (const Value result : results) numbers.push_back(result.data());
    sum(results).backward();
    for (std::uint32_t k = 0; k < leaves; ++k) numbers.push_back(graph.at(k).grad());
    return numbers;
  }

  std::vector<double> recorded() {
    leaves = static_cast<std::uint32_t>(graph.size());
    std::vector<const WeightedSum*> pointers;
    for (const WeightedSum& sum : sums) pointers.push_back(&sum);
    std::vector<Value> results(sums.size());
    WeightedSum::record(pointers, inputs, results);
    for (Value& result : results) result = tanh(result);
    return numbers(results);
  }

  std::vector<double> written_out() {
    leaves = static_cast<std::uint32_t>(graph.size());
    std::vector<Value> results;
    for (const WeightedSum& sum : sums) {
      Value y = sum.bias();
      for (const auto& [input, weight] : sum.terms()) y += weight * inputs[input];
      results.push_back(y);
    }
    for (Value& result : results) result = tanh(result);
    return numbers(results);
  }

  std::mt19937 rng;
  Graph graph;
  std::vector<Value> inputs;
  std::vector<WeightedSum> sums;
  std::uint32_t leaves = 0;
};

struct OneSum {
  Graph graph;
  Value bias = graph.parameter(0.5), weight = graph.parameter(2);
  WeightedSum sum{bias, {{1, weight}}};
  std::vector<Value> inputs = {graph.constant(10), graph.constant(20)};
};

}  // namespace

TEST_SUITE("weighted sum") {
  TEST_CASE("a layer's sums have the bits of + and *, forward and backward, however they lie") {
    for (unsigned seed = 0; seed < 100; ++seed) {
      for (const std::size_t size : {1, 3, 5, 17}) {
        for (const bool in_order : {true, false}) {
          CAPTURE(seed);
          CAPTURE(size);
          CAPTURE(in_order);
          REQUIRE(RandomLayer(seed, size, in_order).recorded() ==
                  RandomLayer(seed, size, in_order).written_out());
        }
      }
    }
  }

  TEST_CASE("a sum without terms is its bias") {
    Graph graph;
    const Value bias = graph.parameter(3);
    const WeightedSum sum(bias, {});
    const Value y = sum({});
    y.backward();
    CHECK(y.data() == 3);
    CHECK(bias.grad() == 1);
  }

  TEST_CASE("operands come as bias, weight, input, weight, input") {
    OneSum one;
    const std::vector<Value> operands = one.graph.operands(one.sum(one.inputs));
    REQUIRE(operands.size() == 3);
    CHECK(operands[0].same_node(one.bias));
    CHECK(operands[1].same_node(one.weight));
    CHECK(operands[2].same_node(one.inputs[1]));
  }

  TEST_CASE("what is read beyond the inputs is an error, and no node is made") {
    OneSum one;
    const std::size_t size = one.graph.size();
    CHECK_THROWS_WITH_AS(one.sum(std::span(one.inputs).first(1)).data(),
                         "affine: got 1 inputs but a term reads input 1; give at least 2",
                         Error);
    CHECK(one.graph.size() == size);
  }

  TEST_CASE("a weight that was released is refused, also when the sum was used before") {
    OneSum one;
    CHECK(one.sum(one.inputs).data() == 40.5);
    one.graph.release(one.weight);
    CHECK_THROWS_AS(one.sum(one.inputs).data(), Error);
    CHECK(one.graph.parameter(7).index() == one.weight.index());
    CHECK_THROWS_AS(one.sum(one.inputs).data(), Error);
  }

  TEST_CASE("weights that ended with their scope are refused") {
    Graph graph;
    const Value bias = graph.parameter(1), input = graph.constant(2);
    WeightedSum sum(bias, {});
    {
      const StepScope scope(graph);
      sum.append({0, graph.value(3)});
      CHECK(sum(std::span(&input, 1)).data() == 7);
    }
    const Value other = graph.value(5);
    CHECK_THROWS_AS(sum(std::span(&input, 1)).data(), Error);
    sum.erase(0);
    sum.append({0, other});
    CHECK(sum(std::span(&input, 1)).data() == 11);
  }

  TEST_CASE("a sum that many scopes use sees the data of each, and leaves the memory alone") {
    OneSum one;
    std::size_t bytes = 0;
    for (int step = 0; step < 1000; ++step) {
      const StepScope scope(one.graph);
      one.weight.set_data(step);
      CHECK(one.sum(one.inputs).data() == 0.5 + 20 * step);
      if (step == 0) bytes = one.graph.bytes();
    }
    CHECK(one.graph.bytes() == bytes);
  }

  TEST_CASE("sums of two graphs do not mix") {
    OneSum here, there;
    const std::vector<const WeightedSum*> sums = {&here.sum, &there.sum};
    std::vector<Value> results(2);
    CHECK_THROWS_AS(WeightedSum::record(sums, here.inputs, results), Error);
    CHECK_THROWS_AS(here.sum(there.inputs).data(), Error);
  }
}
