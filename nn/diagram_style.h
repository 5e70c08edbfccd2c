// How a topology's diagram looks: the Graphviz attributes of its circles, lines and texts.
// Kinds of lines differ by dash, width or doubling as well as by colour, for readers who are
// colour-blind.
#pragma once

#include <set>
#include <string>

#include "engine/dot_graph.h"
#include "nn/diagram_layout.h"

namespace sprig {

enum class Circle { input, hidden, output };
enum class Line { positive, negative, zero, dead, grown, dropped };

DotAttributes canvas_looks(Direction direction);
DotAttributes circle_defaults();
DotAttributes line_defaults();

// `diameter` in points; what is not shown is in the graph, but in no picture.
DotAttributes circle_looks(Circle circle, bool dead, double diameter, bool shown);

// `strength`: |weight| as a fraction of the largest in the picture, 0 to 1.
DotAttributes line_looks(Line line, double strength);
DotAttributes hidden_line_looks();

// A text on its own, `font_size` in points.
DotAttributes note_looks(double font_size);

// HTML for the kinds of lines that are in the picture, and for the largest |weight| if above 0.
std::string legend(const std::set<Line>& lines, double largest_weight);

// HTML for a title with a remark below it, which may be empty.
std::string titled(const std::string& title, const std::string& remark);

bool is_shown(const DotAttributes& looks);

}  // namespace sprig
