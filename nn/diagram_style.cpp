// Every colour, width and dash of a diagram; the contracts are in diagram_style.h.
#include "nn/diagram_style.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "nn/diagram_text.h"

namespace sprig {
namespace {

constexpr double widest = 5.5;              // points, of the line with the largest |weight|
constexpr double least_dashed_circle = 14;  // points; dashes around a smaller one are only dots

struct LineStyle {
  const char* name;  // its class in SVG
  const char* color;
  const char* sample;  // in the legend
  const char* meaning;
};

// In the order of enum Line.
constexpr std::array<LineStyle, 6> line_styles = {{
    {"positive", "#2563eb", "━━", "w &gt; 0"},
    {"negative", "#ea580c", "━━", "w &lt; 0"},
    {"zero", "#64748b", "──", "w = 0"},
    {"dead", "#94a3b8", "┅┅", "dead"},
    {"grown", "#15803d", "══", "grown"},
    {"dropped", "#dc2626", "╍╍", "dropped"},
}};

const LineStyle& style_of(Line line) { return line_styles[static_cast<std::size_t>(line)]; }

// Two hex digits of transparency to put behind a colour: 0 is invisible, 1 solid.
std::string opacity(double fraction) {
  const char* digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned>(std::lround(255 * fraction));
  return {digits[byte >> 4], digits[byte & 15]};
}

}  // namespace

DotAttributes canvas_looks(Direction direction) {
  // neato leaves pinned nodes where they are, and finds a place for one that is added by hand.
  return {
      {"layout", "neato"},     {"inputscale", "72"},
      {"notranslate", "true"}, {"rankdir", direction == Direction::left_to_right ? "LR" : "TB"},
      {"splines", "line"},     {"outputorder", "edgesfirst"},
      {"bgcolor", "white"},    {"pad", "0.3"}};
}

DotAttributes circle_defaults() {
  return {{"shape", "circle"},
          {"fixedsize", "true"},
          {"pin", "true"},
          {"label", " "},  // an empty one would not be written, and the name shown instead
          {"style", "filled"},
          {"penwidth", "1.3"},
          {"fontname", "DejaVu Sans,Verdana,sans-serif"},
          {"fontcolor", "#1e293b"}};
}

DotAttributes line_defaults() { return {{"dir", "none"}}; }

DotAttributes circle_looks(Circle circle, bool dead, double diameter, bool shown) {
  DotAttributes looks = {{"class", "hidden"}, {"fillcolor", "#e8eef9"}, {"color", "#334155"}};
  if (circle == Circle::input) {
    looks = {{"class", "input"}, {"fillcolor", "#fef3d7"}, {"color", "#a16207"}};
  } else if (circle == Circle::output) {
    looks = {{"class", "output"}, {"fillcolor", "#dcf3e4"}, {"color", "#15803d"}};
  }
  if (dead) looks["class"].text += " dead";
  if (dead && diameter >= least_dashed_circle) looks["style"] = "filled,dashed";
  if (dead && circle != Circle::output) {
    looks["fillcolor"] = "#f5f5f5";
    looks["color"] = looks["fontcolor"] = style_of(Line::dead).color;
  }
  if (!shown) looks["style"] = "invis";
  looks["width"] = looks["height"] = rounded(diameter / 72);
  return looks;
}

DotAttributes line_looks(Line line, double strength) {
  const LineStyle& style = style_of(line);
  const std::string color = style.color;
  DotAttributes looks = {{"class", style.name}};
  if (line == Line::dead) {
    looks.insert({{"color", color + opacity(0.7)}, {"penwidth", "0.9"}, {"style", "dashed"}});
  } else if (line == Line::grown) {
    looks.insert({{"color", color + ":white:" + color}, {"penwidth", "1.5"}});  // a double line
  } else if (line == Line::dropped) {
    looks.insert({{"color", color}, {"penwidth", "1.8"}, {"style", "dashed"}});
  } else {
    looks["color"] = color + opacity(0.4 + 0.55 * strength);
    looks["penwidth"] = rounded(std::max(0.6, widest * strength));
  }
  return looks;
}

DotAttributes hidden_line_looks() { return {{"style", "invis"}}; }

DotAttributes note_looks(double font_size) {
  return {{"class", "note"},  {"shape", "plaintext"},   {"fixedsize", "false"},
          {"style", "solid"}, {"fontcolor", "#475569"}, {"fontsize", rounded(font_size)},
          {"tooltip", " "}};
}

std::string legend(const std::set<Line>& lines, double largest_weight) {
  std::string html;
  for (const Line line : lines) {
    const LineStyle& style = style_of(line);
    html += std::string("<font color=\"") + style.color + "\">" + style.sample + " " +
            style.meaning + "</font>     ";
  }
  return largest_weight > 0 ? html + "width ∝ |w|, at most " + rounded(largest_weight) : html;
}

std::string titled(const std::string& title, const std::string& remark) {
  const std::string large =
      "<font point-size=\"21\" color=\"#0f172a\">" + html_escape(title) + "</font>";
  if (remark.empty()) return large;
  return large + "<br/><font point-size=\"5\"> </font><br/>" + html_escape(remark);
}

bool is_shown(const DotAttributes& looks) { return text_of(looks, "style") != "invis"; }

}  // namespace sprig
