// Graphviz behind its door: what is written reads back, faults are told with their line and
// only as Error, pictures have the right format and place. The dot program is the oracle where
// one is needed.

#include "engine/graphviz.h"

#include <doctest/doctest.h>
#include <locale.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <locale>
#include <thread>
#include <vector>

#include "engine/error.h"

namespace {

using sprig::dot_escape;
using sprig::dot_html;
using sprig::dot_unescape;
using sprig::DotGraph;
using sprig::Error;
using sprig::html_escape;
using sprig::ImageFormat;
using sprig::NodePlacement;
using sprig::parse_dot;
using sprig::render;
using sprig::text_of;
using sprig::to_dot;

std::string complaint(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no complaint";
}

std::string parse_complaint(std::string_view text) {
  return complaint([&] { parse_dot(text, "net.dot"); });
}

// A graph of one node with one label, and of one node with that name.
DotGraph labelled(sprig::DotValue label) {
  return {.name = "g", .nodes = {{"node", {{"label", std::move(label)}}}}};
}
DotGraph named(const std::string& name) { return {.name = "g", .nodes = {{name, {}}}}; }

// How many bytes `action` writes to stderr, also from C.
long bytes_on_stderr(const auto& action) {
  std::FILE* caught = std::tmpfile();
  std::fflush(stderr);
  const int kept = dup(2);
  dup2(fileno(caught), 2);
  action();
  std::fflush(stderr);
  dup2(kept, 2);
  close(kept);
  const long bytes = lseek(fileno(caught), 0, SEEK_END);
  std::fclose(caught);
  return bytes;
}

// What stands in the picture of a graph with one node.
std::string shown_label(const DotGraph& graph) {
  const std::string svg = render(graph, {});
  const auto end = svg.find("</text>");
  return svg.substr(0, end).substr(svg.rfind('>', end) + 1);
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_SUITE("graphviz") {
  TEST_CASE("a graph reads back as it was written") {
    const DotGraph graph = {
        .name = "two words",
        .attributes = {{"rankdir", "LR"}, {"label", dot_html("<b>bold</b> &amp; plain")}},
        .node_defaults = {},
        .edge_defaults = {},
        .nodes = {{"z", {{"weight", "1e-05"}}}, {"a", {}}, {"graph", {{"shape", "box"}}}},
        .edges = {{"z", "a", {}}, {"graph", "z", {{"weight", "-0.5"}}}, {"graph", "a", {}}}};
    const DotGraph read = parse_dot(to_dot(graph), "written");
    CHECK(read.edges == graph.edges);
    CHECK(read.attributes == graph.attributes);
    CHECK(read.name == graph.name);
    CHECK(read.nodes[0] == graph.nodes[0]);
    CHECK(read.nodes.size() == 3);
  }

  TEST_CASE("any text in UTF-8 survives as a name and as a label once it is escaped") {
    for (const std::string text :
         {"a\\",    "\\",     "\\\\",          "\"",  "a\\\"b", "a\nb", "a\\\nb",
          "x{|}<>", "<b>",    "ŷ ⇒ 木",        "-.5", "007",    "node", "strict",
          "a:b",    "a -> b", "/* no comment", "#",   "",       " ",    "\t\r\n",
          "1_3",    "a,b;c",  "&amp;",         "\\N", "\\l\\G", "'"}) {
      CAPTURE(text);
      const DotGraph read = parse_dot(to_dot(named(dot_escape(text))), "written");
      CHECK(dot_unescape(read.nodes.at(0).name) == text);
      const DotGraph label = parse_dot(to_dot(labelled(dot_escape(text))), "written");
      CHECK(dot_unescape(text_of(label.nodes.at(0).attributes, "label")) == text);
    }
  }

  TEST_CASE("a text longer than any line of cgraph's is not changed") {
    std::string text;
    for (int i = 0; i < 3000; ++i) text += i % 7 ? "word, " : "ŷ\\\\ \" ";
    const DotGraph read = parse_dot(to_dot(labelled(text)), "written");
    CHECK(text_of(read.nodes.at(0).attributes, "label") == text);
  }

  TEST_CASE("plain and HTML texts of equal letters stay apart") {
    DotGraph graph = named("x");
    graph.nodes[0].attributes = {{"label", dot_html("x")}, {"tooltip", "x"}};
    const DotGraph read = parse_dot(to_dot(graph), "written");
    CHECK(read.nodes.at(0).attributes.at("label") == dot_html("x\n"));
    CHECK(read.nodes.at(0).attributes.at("tooltip") == "x");
    CHECK(occurrences(render(graph, {}), ">x</text>") == 1);
  }

  TEST_CASE("a text that would break the file is refused") {
    CHECK(complaint([] { to_dot(named("a\\")); }) ==
          "text for DOT: a single backslash stands before a quote, a newline or the end of "
          "\"a\\\"; use dot_escape");
    CHECK(complaint([] { to_dot(labelled(dot_html("a < b"))); }) ==
          "text for DOT: < and > do not balance in the label <a < b>; use html_escape for what "
          "is not a tag");
    CHECK(complaint([] { to_dot(named(std::string("a\0b", 3))); }) ==
          "text for DOT:1: byte 0x00 is a control character; take it out");
    CHECK(complaint([] { to_dot(labelled("caf\xe9")); }) ==
          "text for DOT:1: byte 0xe9 is not UTF-8; save the text as UTF-8");
    CHECK(complaint([] { to_dot(named("%5")); }) ==
          "text for DOT: the name of a node starts with %, which Graphviz would change; change "
          "it");
  }

  TEST_CASE("a syntax error is told with its source and line") {
    CHECK(parse_complaint("digraph {\n  a -> b;\n  c [x=;\n}\n") ==
          "net.dot:3: syntax error near ';'");
    CHECK(parse_complaint("digraph {\n  node [a=1\n  b -> c\n}") ==
          "net.dot:3: syntax error near '->'");
    CHECK(parse_complaint("# 100 \"other\"\ndigraph {\n  \"two\nlines\" a [;\n}") ==
          "net.dot:4: syntax error near ';'");
    CHECK(parse_complaint("digraph {\n a\n") ==
          "net.dot:2: syntax error: the text ends too early; add the missing }");
    CHECK(parse_complaint("digraph {\n a } }") == "net.dot:2: syntax error near '}'");
    CHECK(parse_complaint("digraph {\n\n node a = [x=1] }") ==
          "net.dot:3: Warning: attribute macros not implemented");
    CHECK(parse_complaint("{}") == "net.dot:1: syntax error near '{'");
  }

  TEST_CASE("what is never closed is told with the line where it opens") {
    CHECK(parse_complaint("digraph {\n a [l=\"abc\n\n }") ==
          "net.dot:2: what opens here is never closed; add the missing \"");
    CHECK(parse_complaint("digraph {\n a [l=\"abc\\\"];\n }") ==
          "net.dot:2: what opens here is never closed; add the missing \"");
    CHECK(parse_complaint("digraph {\n\n a [l=<a<b>] }") ==
          "net.dot:3: what opens here is never closed; add the missing >");
    CHECK(parse_complaint("digraph { /* a\n }") ==
          "net.dot:1: what opens here is never closed; add the missing */");
    CHECK(parse_complaint("// \"\n# \"\ndigraph { a [l=<\">]; } /* \" */") == "no complaint");
  }

  TEST_CASE("what is not one directed graph is refused") {
    CHECK(parse_complaint("") == "net.dot: holds 0 graphs, expected one: digraph { ... }");
    CHECK(parse_complaint("digraph {} digraph {}") ==
          "net.dot: holds 2 graphs, expected one: digraph { ... }");
    CHECK(parse_complaint("graph { a -- b }") ==
          "net.dot: is undirected; write digraph and -> instead of graph and --");
    CHECK(parse_complaint("digraph { \"%1\" }") ==
          "net.dot: the name of a node starts with %, which Graphviz would change; change it");
    CHECK(parse_complaint("digraph {\n a\n b\xff }") ==
          "net.dot:3: byte 0xff is not UTF-8; save the text as UTF-8");
    const std::string deep = "digraph " + std::string(200, '{') + std::string(200, '}');
    CHECK(parse_complaint(deep) == "net.dot:1: braces nest deeper than 100");
  }

  TEST_CASE("a name that begins like a number and has no quotes is refused, not cut in two") {
    CHECK(
        parse_complaint("digraph {\n x1 -> 1_3;\n}") ==
        "net.dot:2: the number 1_ runs into what follows; put names like 1_3 and numbers like "
        "1e-5 into quotes");
  }

  TEST_CASE("a broken text leaves nothing behind that would spoil the next") {
    for (const char* broken :
         {"digraph { a [;", "digraph {} }", "graph { a -> b }", "digraph {} x", "}",
          "digraph { \"%2\" } digraph", "digraph \"x\" { a @ b }"}) {
      CHECK(parse_complaint(broken) != "no complaint");
      CHECK(parse_dot("digraph { a -> b }", "good").edges.size() == 1);
    }
  }

  TEST_CASE(
      "nodes in subgraphs, defaults, chains, comments and a byte order mark are read like dot "
      "reads them") {
    const DotGraph read = parse_dot(
        "\ufeffdigraph g { node [a=1]; x -> y -> z [w=2]; node [a=2]; subgraph s { v [b=3]; } "
        "// v\n"
        "{p q} -> r }",
        "net.dot");
    CHECK(read.nodes.size() == 7);
    CHECK(text_of(read.nodes[1].attributes, "a") == "1");
    CHECK(text_of(read.nodes[3].attributes, "a") == "2");
    CHECK(text_of(read.nodes[3].attributes, "b") == "3");
    CHECK(read.edges.size() == 4);
    CHECK(text_of(read.edges[1].attributes, "w") == "2");
  }

  TEST_CASE("nothing is ever printed to stderr") {
    CHECK(bytes_on_stderr([] {
            parse_complaint("digraph { a [;");
            parse_complaint("digraph { 1_3 }");
            complaint([] { render(labelled(dot_html("<b>x</i>")), {}); });
            complaint([] {
              render({.name = "g", .nodes = {{"a", {{"shape", "none such"}}}}}, {});
            });
            render(labelled("x"), {.format = ImageFormat::png});
          }) == 0);
  }

  TEST_CASE("drawing changes nothing in what is written and read afterwards") {
    const DotGraph graph = named("x");
    const std::string before = to_dot(graph);
    render(graph, {});
    CHECK(to_dot(graph) == before);
    CHECK(parse_dot(before, "written") == graph);
    CHECK(shown_label(graph) == "x");
  }

  TEST_CASE("a picture begins with the mark of its format") {
    const DotGraph graph = labelled("x");
    CHECK(render(graph, {.format = ImageFormat::svg}).starts_with("<?xml"));
    CHECK(render(graph, {.format = ImageFormat::png}).starts_with("\x89PNG\r\n"));
    CHECK(render(graph, {.format = ImageFormat::pdf}).starts_with("%PDF-"));
  }

  TEST_CASE("a PNG has the asked resolution, and SVG ignores dpi, which would clip it") {
    DotGraph graph = labelled("x");
    const std::string svg = render(graph, {});
    const auto width = [&](int dpi) {  // big-endian at byte 16 of a PNG
      const std::string png = render(graph, {.format = ImageFormat::png, .png_dpi = dpi});
      return static_cast<unsigned char>(png[18]) * 256 + static_cast<unsigned char>(png[19]);
    };
    CHECK(std::abs(width(216) - 3 * width(72)) <= 3);
    graph.attributes["dpi"] = "300";
    CHECK(render(graph, {}) == svg);
  }

  TEST_CASE("nodes stand where they are told to") {
    DotGraph graph = {.name = "g",
                      .nodes = {{"a", {{"pos", "0,0"}}}, {"b", {{"pos", "70,90!"}}}}};
    graph.node_defaults = {{"shape", "circle"}, {"width", "0.5"}, {"label", " "}};
    graph.edges = {{"a", "b", {}}};
    const std::string svg = render(graph, {.placement = NodePlacement::as_given});
    const auto number = [&](std::size_t from, const char* name) {
      const auto at = svg.find(name, from) + std::string(name).size();
      return std::stod(svg.substr(at));
    };
    const auto first = svg.find("<ellipse"), second = svg.find("<ellipse", first + 1);
    CHECK(number(second, "cx=\"") - number(first, "cx=\"") == doctest::Approx(70));
    CHECK(number(second, "cy=\"") - number(first, "cy=\"") == doctest::Approx(-90));
  }

  TEST_CASE("what cannot be drawn is told in Graphviz's own words") {
    CHECK(complaint([] { render(labelled("x"), {.placement = NodePlacement::as_given}); }) ==
          "render: node node has no pos; give every node one, or let dot place them");
    const std::string said = complaint([] { render(labelled(dot_html("<b>x</i>")), {}); });
    CHECK(said.starts_with("render: Graphviz cannot draw this as svg: "));
    CHECK(said.find("mismatched tag") != said.npos);
    CHECK(complaint([] {
            render({.name = "g", .nodes = {{"a", {{"pos", "left"}}}}},
                   {.placement = NodePlacement::as_given});
          }).find("left") != std::string::npos);
  }

  TEST_CASE("an escaped text is shown as it is, in a label and in an HTML-like one") {
    const std::string text = "\\N \\G <b> \"q\" & \\";
    const std::string shown = "\\N \\G &lt;b&gt; &quot;q&quot; &amp; \\</text>";
    CHECK(render(labelled(dot_escape(text)), {}).find(shown) != std::string::npos);
    CHECK(render(labelled(dot_html(html_escape(text))), {}).find(shown) != std::string::npos);
  }

  TEST_CASE("numbers have a point whatever the locale says") {
    struct Comma : std::numpunct<char> {
      char do_decimal_point() const override { return ','; }
    };
    DotGraph graph = labelled("x");
    graph.attributes["pad"] = "0.5";
    const std::string before = render(graph, {});
    const std::locale old = std::locale::global(std::locale(std::locale(), new Comma));
    setlocale(LC_ALL, "de_DE.UTF-8");  // where it is installed
    const std::string after = render(graph, {});
    setlocale(LC_ALL, "C");
    std::locale::global(old);
    CHECK(after == before);
  }

  TEST_CASE("threads may read, write and draw at the same time") {
    const DotGraph graph = labelled("x");
    const std::string svg = render(graph, {});
    std::vector<std::string> drawn(4);
    std::vector<std::thread> threads;
    for (std::string& each : drawn) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10; ++i) {
          each = render(parse_dot(to_dot(graph), "written"), {});
          parse_complaint("digraph { a [;");
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& each : drawn) CHECK(each == svg);
  }
}
