// The expression graph as a diagram: what stands in nodes and on arrows, and that Graphviz
// reads and draws it.

#include "engine/expression.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/error.h"
#include "engine/graph.h"
#include "tests/operations.h"

namespace {

using namespace sprig;

const DotNode& node_of(const DotGraph& diagram, Value value) {
  const std::string name = "n" + std::to_string(value.index());
  const auto found = std::ranges::find(diagram.nodes, name, &DotNode::name);
  REQUIRE(found != diagram.nodes.end());
  return *found;
}

std::string text(const DotAttributes& attributes, const char* name) {
  return std::string(text_of(attributes, name));
}

// What a reader sees of an HTML-like label: its words, without the markup.
std::string words(const std::string& markup) {
  std::string seen;
  bool inside = false;
  for (const char c : markup) {
    if (c == '<' && !seen.empty() && seen.back() != ' ') seen += ' ';
    inside = c == '<' || (inside && c != '>');
    if (!inside && c != '>') seen += c;
  }
  return seen;
}

std::string shown(const DotGraph& diagram, Value value) {
  return words(text(node_of(diagram, value).attributes, "label"));
}

// The numbers on the arrows into `result`, in the order of its operands.
std::vector<std::string> numbers_into(const DotGraph& diagram, Value result) {
  std::vector<std::string> numbers;
  for (const DotEdge& edge : diagram.edges) {
    if (edge.head != "n" + std::to_string(result.index())) continue;
    numbers.push_back(text(edge.attributes, "label"));
  }
  return numbers;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_SUITE("expression") {
  TEST_CASE("a node shows label, operation, and data and grad in four digits") {
    Graph graph;
    const Value a = graph.value(-2.0 / 3, "a");
    const Value y = exp(a).label("y");
    y.backward();
    const DotGraph diagram = expression(y);
    CHECK(diagram.nodes.size() == 2);
    CHECK(shown(diagram, a) == "a data −0.6667 grad 0.5134 ");
    CHECK(shown(diagram, y) == "y   =  exp data 0.5134 grad 1 ");
  }

  TEST_CASE("an arrow shows the local derivative, whatever came down from the root") {
    Graph graph;
    const Value a = graph.value(2), b = graph.value(-3);
    const Value product = a * b;
    const Value y = 100 * tanh(product + 6);
    y.backward();
    const DotGraph diagram = expression(y);
    CHECK(numbers_into(diagram, product) == Texts{" −3 ", " 2 "});
    CHECK(a.grad() == -300);
  }

  TEST_CASE("a constant has no grad, and the arrow from it no number") {
    Graph graph;
    const Value x = graph.value(2), c = graph.constant(5);
    const Value y = x - c;
    const DotGraph diagram = expression(y);
    CHECK(shown(diagram, c) == "data 5 ");
    CHECK(numbers_into(diagram, y) == Texts{" 1 ", ""});
  }

  TEST_CASE("a value used twice has two arrows, and an n-ary node one for each operand") {
    Graph graph;
    const Value x = graph.value(3), w = graph.value(-2), b = graph.value(0.5);
    const Value ratio = x / x;
    CHECK(numbers_into(expression(ratio), ratio) == Texts{" 0.3333 ", " −0.3333 "});
    const Value y = affine(b, std::vector{w, w}, std::vector{x, b});
    CHECK(numbers_into(expression(y), y) == Texts{" 1 ", " 3 ", " −2 ", " 0.5 ", " −2 "});
  }

  TEST_CASE("only what the root is made of is drawn, the oldest first") {
    Graph graph;
    const Value x = graph.value(3), unrelated = graph.value(1);
    const Value beside = unrelated * x, y = x * 2, younger = y + beside;
    const DotGraph diagram = expression(y);
    Texts names;
    for (const DotNode& node : diagram.nodes) names.push_back(node.name);
    CHECK(names == Texts{"n0", "n3", "n4"});
    CHECK(expression(younger).nodes.size() == 6);
  }

  TEST_CASE("leaves, constants, operations and the root look different") {
    Graph graph;
    const Value x = graph.value(3), c = graph.constant(1);
    const Value middle = x * c, y = exp(middle);
    const DotGraph diagram = expression(y);
    Texts fills;
    for (const Value value : {x, c, middle, y}) {
      fills.push_back(text(node_of(diagram, value).attributes, "fillcolor"));
    }
    std::ranges::sort(fills);
    CHECK(std::ranges::adjacent_find(fills) == fills.end());
  }

  TEST_CASE("highlighted nodes and the arrows between them are orange, others are not") {
    Graph graph;
    const Value a = graph.value(3), b = graph.value(1);
    const Value y = a * b;
    const DotGraph diagram = expression(y, {.highlight = {a, y}});
    CHECK(text(node_of(diagram, a).attributes, "color") == "#ea580c");
    CHECK(text(node_of(diagram, b).attributes, "color") != "#ea580c");
    CHECK(text(diagram.edges[0].attributes, "color") == "#ea580c");
    CHECK(text(diagram.edges[1].attributes, "color") == "");
  }

  TEST_CASE("a graph above the limit is refused with its size, and drawn with a larger limit") {
    Graph graph;
    Value y = graph.value(1);
    for (int k = 0; k < 150; ++k) y = -y;
    CHECK_THROWS_WITH_AS(expression(y),
                         "expression: the value is made of 151 nodes, but most_nodes is 100; "
                         "pass a larger one, or draw a part",
                         Error);
    CHECK(expression(y, {.most_nodes = 151}).nodes.size() == 151);
  }

  TEST_CASE("an empty or stale value, or a highlight of another graph, is refused") {
    Graph graph, other;
    const Value x = graph.value(1);
    CHECK_THROWS_AS(expression(Value()), Error);
    CHECK_THROWS_AS(expression(x, {.highlight = {other.value(1)}}), Error);
    Value gone;
    {
      const StepScope scope(graph);
      gone = x * x;
    }
    CHECK_THROWS_AS(expression(gone), Error);
  }

  TEST_CASE("labels and titles may hold any letters that mean something to DOT or HTML") {
    Graph graph;
    const Value x = graph.value(1, "<b>\"x\" & \\N ŷ\\");
    const ExpressionOptions options = {.title = "a < b > c & \"d\" \\"};
    CHECK(parse_dot(expression_dot(x, options), "x.dot").nodes.size() == 1);
    const std::string svg = render(expression(x, options), {});
    CHECK(svg.find(">&lt;b&gt;&quot;x&quot; &amp; \\N ŷ\\</text>") != std::string::npos);
    CHECK(svg.find(">a &lt; b &gt; c &amp; &quot;d&quot; \\</text>") != std::string::npos);
  }

  TEST_CASE("every operation is drawn by Graphviz, with its name and all its arrows") {
    for (const Op op : every_operation) {
      Graph graph;
      const std::vector<double> point = smooth_points(op).back();
      std::vector<Value> xs;
      for (const double x : point) xs.push_back(graph.value(x));
      const Value y = operate(op, xs);
      CAPTURE(name_of(op));
      const DotGraph diagram = parse_dot(expression_dot(y), "op.dot");
      CHECK(shown(diagram, y).starts_with(std::string(name_of(op)) + " data "));
      CHECK(diagram.edges.size() == xs.size());
      CHECK(render(expression(y), {}).find("</svg>") != std::string::npos);
    }
  }

  TEST_CASE("the DOT text is the same, run after run") {
    const auto text = [] {
      Graph graph;
      const Value x = graph.value(1, "x");
      return expression_dot(tanh(x * x + 3));
    };
    CHECK(text() == text());
  }
}
