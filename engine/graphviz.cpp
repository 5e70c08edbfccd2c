// The only file that includes Graphviz: cgraph builds, writes and reads graphs, gvc draws them.
// Its pitfalls are met here and said where they are met: shared text copies, defaults that leak
// from picture to file, decimal commas, state that outlives an error.
#include "engine/graphviz.h"

#include <graphviz/cgraph.h>
#include <graphviz/gvc.h>
#include <locale.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>

#include "engine/error.h"

namespace sprig {
namespace {

// Graphviz keeps its state in globals and takes a message handler without a user pointer, so
// this file needs globals, too. Whoever calls Graphviz holds a Session.
std::mutex graphviz_mutex;
std::string graphviz_messages;

int collect_message(char* part) {
  graphviz_messages += part;
  return 0;
}

char* unconst(const std::string& text) { return const_cast<char*>(text.c_str()); }

// What a node without a label shows. gvContext sets it for every later graph, also for files.
void set_default_label(const std::string& label) {
  agattr(nullptr, AGNODE, unconst("label"), unconst(label));
}

class Session {
 public:
  Session()
      : lock_(graphviz_mutex),
        previous_handler_(agseterrf(collect_message)),
        point_decimals_(newlocale(LC_ALL_MASK, "C", nullptr)),
        previous_locale_(uselocale(point_decimals_)) {
    graphviz_messages.clear();
    set_default_label("");
  }
  ~Session() {
    uselocale(previous_locale_);
    freelocale(point_decimals_);
    agseterrf(previous_handler_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  bool failed() const { return graphviz_messages.find("Error: ") != std::string::npos; }

  // What Graphviz said, on one line, without its prefix.
  std::string messages() const {
    std::string line = graphviz_messages;
    std::replace(line.begin(), line.end(), '\n', ' ');
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line.starts_with("Error: ") ? line.substr(7) : line;
  }

 private:
  std::lock_guard<std::mutex> lock_;
  agusererrf previous_handler_;
  locale_t point_decimals_, previous_locale_;  // of this thread; Graphviz reads pad=0,3 as 0
};

struct CloseGraph {
  void operator()(Agraph_t* graph) const { agclose(graph); }
};
using GraphPointer = std::unique_ptr<Agraph_t, CloseGraph>;

int append_text(void* text, const char* part) {
  static_cast<std::string*>(text)->append(part);
  return 0;
}

int flush_nothing(void*) { return 0; }

struct Input {
  std::string_view rest;
  std::size_t line = 0;  // that was last handed to Graphviz, or a part of it
  bool line_ended = true;
};

// Hands out one line at a time, so that `line` is where a syntax error is.
int read_line(void* channel, char* buffer, int size) {
  auto& input = *static_cast<Input*>(channel);
  if (input.rest.empty()) return 0;
  const std::size_t end = std::min(input.rest.find('\n'), input.rest.size() - 1) + 1;
  const std::size_t count = std::min(end, static_cast<std::size_t>(size));
  std::memcpy(buffer, input.rest.data(), count);
  input.rest.remove_prefix(count);
  input.line += input.line_ended;
  input.line_ended = count == end;
  return static_cast<int>(count);
}

Agiodisc_t io_functions = {read_line, append_text, flush_nothing};

Agdisc_t disciplines() {
  Agdisc_t functions{};
  functions.id = &AgIdDisc;
  functions.io = &io_functions;
  return functions;
}

// cgraph holds one copy of equal texts, and with it one mark "is HTML". Plain texts are set
// first; HTML equal to one of them is told apart by a newline, which HTML-like labels ignore.
void set_html(Agraph_t* graph, void* object, Agsym_t* attribute, std::string markup) {
  char* held = agstrdup_html(graph, unconst(markup));
  while (!aghtmlstr(held)) {
    agstrfree(graph, held);
    markup += '\n';
    held = agstrdup_html(graph, unconst(markup));
  }
  agxset(object, attribute, held);
  agstrfree(graph, held);
}

Agsym_t* declared(Agraph_t* graph, int kind, const std::string& name) {
  Agsym_t* attribute = agattr(graph, kind, unconst(name), nullptr);
  return attribute ? attribute : agattr(graph, kind, unconst(name), unconst(""));
}

void set_attributes(Agraph_t* graph, void* object, const DotAttributes& attributes, bool html) {
  for (const auto& [name, value] : attributes) {
    if (value.html != html) continue;
    Agsym_t* attribute = declared(graph, AGTYPE(object), name);
    if (html) {
      set_html(graph, object, attribute, value.text);
    } else {
      agxset(object, attribute, unconst(value.text));
    }
  }
}

void set_defaults(Agraph_t* graph, int kind, const DotAttributes& defaults) {
  for (const auto& [name, value] : defaults) {
    agattr(graph, kind, unconst(name), unconst(value.text));
  }
}

GraphPointer build(const DotGraph& graph) {
  Agdisc_t functions = disciplines();
  GraphPointer built(
      agopen(graph.name.empty() ? nullptr : unconst(graph.name), Agdirected, &functions));
  set_defaults(built.get(), AGNODE, graph.node_defaults);
  set_defaults(built.get(), AGEDGE, graph.edge_defaults);
  const auto node = [&](const std::string& name) {
    return agnode(built.get(), unconst(name), 1);
  };
  std::vector<void*> objects = {built.get()};
  for (const DotNode& each : graph.nodes) objects.push_back(node(each.name));
  for (const DotEdge& each : graph.edges) {
    objects.push_back(agedge(built.get(), node(each.tail), node(each.head), nullptr, 1));
  }
  for (const bool html : {false, true}) {
    auto object = objects.begin();
    const auto set = [&](const DotAttributes& attributes) {
      set_attributes(built.get(), *object++, attributes, html);
    };
    set(graph.attributes);
    for (const DotNode& each : graph.nodes) set(each.attributes);
    for (const DotEdge& each : graph.edges) set(each.attributes);
  }
  return built;
}

DotAttributes attributes_of(Agraph_t* graph, void* object, int kind) {
  DotAttributes attributes;
  for (Agsym_t* each = agnxtattr(graph, kind, nullptr); each;
       each = agnxtattr(graph, kind, each)) {
    char* text = agxget(object, each);
    if (!text || !*text) continue;
    DotValue& value = attributes[each->name];
    value.text = text;
    value.html = aghtmlstr(text) != 0;
  }
  return attributes;
}

DotGraph plain_value_of(Agraph_t* graph) {
  DotGraph value;
  value.name = agnameof(graph);
  if (value.name.starts_with('%')) value.name.clear();
  value.attributes = attributes_of(graph, graph, AGRAPH);
  std::vector<Agedge_t*> edges;
  for (Agnode_t* node = agfstnode(graph); node; node = agnxtnode(graph, node)) {
    value.nodes.push_back({agnameof(node), attributes_of(graph, node, AGNODE)});
    for (Agedge_t* edge = agfstout(graph, node); edge; edge = agnxtout(graph, edge)) {
      edges.push_back(edge);
    }
  }
  std::sort(edges.begin(), edges.end(),
            [](Agedge_t* left, Agedge_t* right) { return AGSEQ(left) < AGSEQ(right); });
  for (Agedge_t* edge : edges) {
    value.edges.push_back(
        {agnameof(agtail(edge)), agnameof(aghead(edge)), attributes_of(graph, edge, AGEDGE)});
  }
  return value;
}

// Reads on to the end of the input, also after a first graph: what is left would be taken for
// the beginning of the next text.
std::vector<GraphPointer> read_graphs(Input& input) {
  Agdisc_t functions = disciplines();
  std::vector<GraphPointer> graphs;
  agreadline(1);
  agsetfile(nullptr);
  while (Agraph_t* graph = agread(&input, &functions)) graphs.emplace_back(graph);
  return graphs;
}

// gvRenderData counts in unsigned int or in size_t, depending on the version of Graphviz.
template <class Length>
std::optional<std::string> render_data(int (*call)(GVC_t*, graph_t*, const char*, char**,
                                                   Length*),
                                       GVC_t* context, Agraph_t* graph, const char* format) {
  char* data = nullptr;
  Length length = 0;
  if (call(context, graph, format, &data, &length) != 0 || !data) return std::nullopt;
  std::string bytes(data, length);
  gvFreeRenderData(data);
  return bytes;
}

// One context for all pictures: the pango plugin remembers a font that a context would free.
GVC_t* lasting_context() {
  static GVC_t* const context = gvContext();
  return context;
}

const char* name_of(ImageFormat format) {
  switch (format) {
    case ImageFormat::svg:
      return "svg";
    case ImageFormat::png:
      return "png";
    case ImageFormat::pdf:
      return "pdf";
  }
  fail("render: unknown image format");
}

void check_positions(const DotGraph& graph) {
  for (const DotNode& node : graph.nodes) {
    if (text_of(node.attributes, "pos").empty()) {
      fail("render: node ", node.name,
           " has no pos; give every node one, or let dot place them");
    }
  }
}

}  // namespace

std::string to_dot(const DotGraph& graph) {
  check_writable(graph);
  const Session session;
  std::string text;
  if (agwrite(build(graph).get(), &text) != 0) fail("to_dot: ", session.messages());
  return text;
}

DotGraph parse_dot(std::string_view text, std::string_view source) {
  if (text.starts_with("\ufeff")) text.remove_prefix(3);  // some editors put this mark in front
  check_utf8(text, source);
  check_dot_closed(text, source);
  const Session session;
  Input input{text};
  const std::vector<GraphPointer> graphs = read_graphs(input);
  if (!session.messages().empty()) fail_dot_syntax(source, input.line, session.messages());
  if (graphs.size() != 1) {
    fail(source, ": holds ", graphs.size(), " graphs, expected one: digraph { ... }");
  }
  if (!agisdirected(graphs[0].get())) {
    fail(source, ": is undirected; write digraph and -> instead of graph and --");
  }
  const DotGraph graph = plain_value_of(graphs[0].get());
  for (const DotNode& node : graph.nodes) check_node_name(node.name, source);
  return graph;
}

std::string render(const DotGraph& graph, const RenderOptions& options) {
  check_writable(graph);
  const bool as_given = options.placement == NodePlacement::as_given;
  if (as_given) check_positions(graph);
  DotGraph scaled = graph;
  scaled.attributes.erase("dpi");  // other than 72 clips SVG
  const bool png = options.format == ImageFormat::png;
  if (png) scaled.attributes["dpi"] = std::to_string(options.png_dpi);

  const Session session;
  GVC_t* const context = lasting_context();
  set_default_label("\\N");
  const GraphPointer drawn = build(scaled);
  const char* format = name_of(options.format);
  std::optional<std::string> bytes;
  if (gvLayout(context, drawn.get(), as_given ? "nop" : "dot") == 0) {
    bytes = render_data(gvRenderData, context, drawn.get(), format);
    gvFreeLayout(context, drawn.get());
  }
  if (!bytes || session.failed()) {
    fail("render: Graphviz cannot draw this as ", format, ": ", session.messages(),
         "; if its plugin is missing, run `dot -c` or install graphviz anew");
  }
  return *std::move(bytes);
}

}  // namespace sprig
