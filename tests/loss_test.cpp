// Losses: values and gradients that PyTorch gave (tests/oracles/losses.py has script and
// command), kinks and extremes worked by hand, and the batches that are refused.

#include "nn/loss.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "engine/error.h"
#include "engine/graph.h"

namespace {

using namespace sprig;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::vector<Value> values(Graph& graph, const std::vector<double>& numbers) {
  std::vector<Value> made;
  for (const double number : numbers) made.push_back(graph.value(number));
  return made;
}

using Loss = std::function<Value(std::span<const Value>, const std::vector<double>& targets)>;

// Every line of losses.txt that tells of `name`. Logits of 1000 leave an error of 1e-13 in
// log_sum_exp, as it is rounded to their size.
void check_against_pytorch(const std::string& name, const Loss& loss) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "oracles" / "losses.txt");
  int lines = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string field;
    std::vector<std::vector<double>> columns;
    std::getline(fields, field, '|');
    if (field != name + " ") continue;
    while (std::getline(fields, field, '|')) {
      std::istringstream words(field);
      auto& column = columns.emplace_back();
      for (std::string word; words >> word;) column.push_back(std::stod(word));
    }
    REQUIRE(columns.size() == 4);
    CAPTURE(line);
    Graph graph;
    const std::vector<Value> inputs = values(graph, columns[0]);
    const Value value = loss(inputs, columns[1]);
    value.backward();
    const double tolerance = std::abs(columns[0][0]) < 1000 ? 1e-14 : 1e-13;
    CHECK(value.data() == doctest::Approx(columns[2].at(0)).epsilon(tolerance));
    REQUIRE(columns[3].size() == inputs.size());
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      CHECK(inputs[k].grad() == doctest::Approx(columns[3][k]).epsilon(tolerance));
    }
    ++lines;
  }
  CHECK(lines >= 4);
}

}  // namespace

TEST_SUITE("loss") {
  TEST_CASE("hinge_loss has PyTorch's values and gradients") {
    check_against_pytorch(
        "hinge", [](auto inputs, const auto& targets) { return hinge_loss(inputs, targets); });
  }

  TEST_CASE("l2_penalty has PyTorch's values and gradients") {
    check_against_pytorch(
        "l2", [](auto inputs, const auto& targets) { return l2_penalty(inputs, targets[0]); });
  }

  TEST_CASE("mean_squared_error has PyTorch's values and gradients") {
    check_against_pytorch("mse", [](auto inputs, const auto& targets) {
      return mean_squared_error(inputs, targets);
    });
  }

  TEST_CASE("softmax_cross_entropy has PyTorch's values and gradients, also at +-1000") {
    check_against_pytorch("cross_entropy", [](auto inputs, const auto& targets) {
      return softmax_cross_entropy(inputs, static_cast<std::size_t>(targets[0]));
    });
  }

  TEST_CASE("hinge_loss is flat from its margin on, the margin included") {
    Graph graph;
    const std::vector<Value> scores = values(graph, {1.0, -3.0, 0.5, 0.0});
    const std::vector<double> labels{1, -1, 1, -1};
    const Value loss = hinge_loss(scores, labels);
    loss.backward();
    CHECK(loss.data() == (0 + 0 + 0.5 + 1) / 4);
    CHECK(scores[0].grad() == 0);
    CHECK(scores[1].grad() == 0);
    CHECK(scores[2].grad() == -0.25);
    CHECK(scores[3].grad() == 0.25);
  }

  TEST_CASE("logits of +-1e307 give a finite cross-entropy and gradient") {
    Graph graph;
    const std::vector<Value> logits = values(graph, {1e307, -1e307, 0});
    const Value loss = softmax_cross_entropy(logits, 1);
    loss.backward();
    CHECK(loss.data() == 2e307);
    CHECK(logits[0].grad() == 1);
    CHECK(logits[1].grad() == -1);
    CHECK(logits[2].grad() == 0);
  }

  TEST_CASE("two equal logits share the gradient equally, however large they are") {
    for (const double logit : {0.0, 1e3, 1e8, 1e16}) {
      CAPTURE(logit);
      Graph graph;
      const std::vector<Value> logits{graph.value(logit), graph.value(logit)};
      softmax_cross_entropy(logits, 0).backward();
      CHECK(logits[0].grad() == -0.5);
      CHECK(logits[1].grad() == 0.5);
    }
  }

  TEST_CASE("mean is the sum over the count, and binary_accuracy counts the right sides") {
    Graph graph;
    const std::vector<Value> scores = values(graph, {2.0, -1.0, 0.0, 0.5});
    CHECK(mean(scores).data() == 1.5 / 4);
    CHECK(binary_accuracy(scores, std::vector<double>{1, -1, -1, -1}) == 0.75);
    CHECK(binary_accuracy(scores, std::vector<double>{-1, 1, 1, -1}) == 0.0);
  }

  TEST_CASE("binary_accuracy is the same for Values and for their numbers") {
    const std::vector<double> numbers{2.0, -1.0, 0.0, 0.5};
    const std::vector<double> labels{1, -1, 1, -1};
    Graph graph;
    CHECK(binary_accuracy(numbers, labels) == 0.5);
    CHECK(binary_accuracy(values(graph, numbers), labels) == 0.5);
  }

  TEST_CASE("accuracy counts the samples whose largest output is their label's") {
    const std::vector<double> outputs{0.1, 0.7, 0.2, /**/ 3, -1, 2, /**/ -5, -4, -3};
    CHECK(accuracy(outputs, std::vector<std::size_t>{1, 0, 2}) == 1.0);
    CHECK(accuracy(outputs, std::vector<std::size_t>{1, 1, 2}) == 2.0 / 3);
    CHECK(accuracy(outputs, std::vector<std::size_t>{0, 2, 0}) == 0.0);
  }

  TEST_CASE(
      "of equal outputs accuracy takes the first, so a constant network knows one class") {
    const std::vector<double> outputs{4, 4, 4, 4};
    CHECK(accuracy(outputs, std::vector<std::size_t>{0, 1}) == 0.5);
    CHECK(accuracy({{infinity, -infinity}}, std::vector<std::size_t>{0}) == 1.0);
  }

  TEST_CASE("an empty batch is refused, and so is one with more or fewer targets") {
    Graph graph;
    const std::vector<Value> two = values(graph, {1, 2});
    const std::vector<double> three{1, 1, 1};
    CHECK_THROWS_WITH_AS((void)hinge_loss(std::vector<Value>{}, std::vector<double>{}),
                         "hinge_loss: the batch is empty; give at least one sample", Error);
    CHECK_THROWS_WITH_AS((void)mean_squared_error({}, {}),
                         "mean_squared_error: the batch is empty; give at least one sample",
                         Error);
    CHECK_THROWS_WITH_AS((void)hinge_loss(two, three),
                         "hinge_loss: got 2 values for 3 targets; give as many of both", Error);
    CHECK_THROWS_WITH_AS((void)mean_squared_error(two, three),
                         "mean_squared_error: got 2 values for 3 targets; give as many of both",
                         Error);
    CHECK_THROWS_WITH_AS(binary_accuracy(two, three),
                         "binary_accuracy: got 2 values for 3 targets; give as many of both",
                         Error);
    CHECK_THROWS_AS((void)mean({}), Error);
    CHECK(graph.size() == 2);
  }

  TEST_CASE("hinge_loss refuses a label that is neither -1 nor +1") {
    Graph graph;
    const std::vector<Value> scores = values(graph, {1, 2});
    CHECK_THROWS_WITH_AS((void)hinge_loss(scores, std::vector<double>{1, 0}),
                         "hinge_loss: label 1 is 0; labels are -1 or +1", Error);
    CHECK_THROWS_WITH_AS((void)hinge_loss(scores, std::vector<double>{not_a_number, 1}),
                         "hinge_loss: label 0 is nan; labels are -1 or +1", Error);
    CHECK(graph.size() == 2);
  }

  TEST_CASE("mean_squared_error refuses a target that is not finite") {
    Graph graph;
    const std::vector<Value> outputs = values(graph, {1, 2});
    CHECK_THROWS_WITH_AS(
        (void)mean_squared_error(outputs, std::vector<double>{1, not_a_number}),
        "mean_squared_error: target 1 is nan; clean the data first", Error);
    CHECK_THROWS_WITH_AS((void)mean_squared_error(outputs, std::vector<double>{-infinity, 0}),
                         "mean_squared_error: target 0 is -inf; clean the data first", Error);
    CHECK(graph.size() == 2);
  }

  TEST_CASE("softmax_cross_entropy refuses a label that no logit stands for") {
    Graph graph;
    const std::vector<Value> logits = values(graph, {1, 2, 3});
    CHECK_THROWS_WITH_AS(
        (void)softmax_cross_entropy(logits, 3),
        "softmax_cross_entropy: label 3 but only 3 logits; labels count from 0", Error);
    CHECK_THROWS_AS((void)softmax_cross_entropy({}, 0), Error);
    CHECK(graph.size() == 3);
  }

  TEST_CASE("binary_accuracy refuses a score that is on neither side") {
    Graph graph;
    const std::vector<Value> scores{graph.value(1.0), graph.value(std::nan(""))};
    CHECK_THROWS_WITH_AS((void)binary_accuracy(scores, std::vector<double>{1, -1}),
                         "binary_accuracy: sample 1 has score nan and label -1; a nan is on "
                         "neither side",
                         Error);
    CHECK_THROWS_AS(binary_accuracy(std::vector{1.0}, std::vector{not_a_number}), Error);
  }

  TEST_CASE("accuracy refuses outputs without a largest one, and labels without an output") {
    using Labels = std::vector<std::size_t>;
    const std::vector<double> four{1, 2, 3, 4};
    CHECK_THROWS_WITH_AS(accuracy({}, Labels{}),
                         "accuracy: the batch is empty; give at least one sample", Error);
    CHECK_THROWS_WITH_AS(
        accuracy(four, Labels{0, 0, 0}),
        "accuracy: got 4 outputs for 3 labels; give every sample as many outputs", Error);
    CHECK_THROWS_WITH_AS(
        accuracy(four, Labels{1, 2}),
        "accuracy: sample 1 has label 2 but only 2 outputs; labels count from 0", Error);
    CHECK_THROWS_WITH_AS(
        accuracy({}, Labels{0}),
        "accuracy: sample 0 has label 0 but only 0 outputs; labels count from 0", Error);
    CHECK_THROWS_WITH_AS(accuracy(std::vector{1.0, not_a_number}, Labels{0}),
                         "accuracy: sample 0 has an output that is nan; it has no largest one",
                         Error);
  }
}
