// The expression graph behind a Value as a diagram: data and grad in every node, and on every
// arrow the local derivative by which backward multiplies on its way from result to operand.
//
//   y.backward();
//   std::ofstream("y.dot") << expression_dot(y);
//
// Chapter: docs/02-backward.md.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/graphviz.h"
#include "engine/value.h"

namespace sprig {

struct ExpressionOptions {
  std::string title = {};             // plain text above the diagram
  std::vector<Value> highlight = {};  // drawn in orange, with the arrows between them
  std::size_t most_nodes = 100;       // a larger graph is an Error, not a picture
  bool legend = true;                 // says what the numbers are
};

// All that `root` was made of, from left to right, the operands of a node from top to bottom:
// leaves amber (constants grey), operations blue, root green. Numbers have four significant
// digits. What is made of constants only has no grad, and its arrows carry no number. Draw the
// diagram with render(), or with any program that reads DOT. Throws Error if there are more
// nodes than most_nodes, saying how many there are, or if a highlighted Value is of another
// graph; one that root is not made of is not drawn.
DotGraph expression(Value root, const ExpressionOptions& options = {});

// The same as DOT text.
std::string expression_dot(Value root, const ExpressionOptions& options = {});

}  // namespace sprig
