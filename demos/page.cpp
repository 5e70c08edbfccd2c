#include "demos/page.h"

#include <fmt/format.h>

#include <utility>

#include "engine/error.h"

namespace sprig {
namespace {

constexpr const char* style = R"(
:root {
  color-scheme: light dark;
  --text: #0f172a; --soft: #475569; --paper: #ffffff; --shade: #f1f5f9; --line: #cbd5e1;
  --accent: #2563eb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e2e8f0; --soft: #a3b1c6; --paper: #0f172a; --shade: #1e293b; --line: #334155;
    --accent: #7daaff;
  }
}
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 5rem; max-width: 68rem;
  font: 1.25rem/1.55 system-ui, "DejaVu Sans", sans-serif;
  color: var(--text); background: var(--paper);
  counter-reset: figure;
}
h1 { font-size: 2.6rem; line-height: 1.15; margin: 0 0 .4rem; }
h2 {
  font-size: 1.8rem; margin: 3rem 0 .6rem; padding-top: .6rem;
  border-top: 3px solid var(--accent);
}
p, figcaption, caption { max-width: 48rem; }
.summary { font-size: 1.45rem; color: var(--soft); margin: 0 0 1rem; }
code, pre {
  font-family: "DejaVu Sans Mono", ui-monospace, monospace; background: var(--shade);
}
code { font-size: .9em; padding: .1em .3em; border-radius: 4px; }
pre {
  font-size: 1rem; line-height: 1.45; padding: 1rem 1.2rem; border-radius: 8px;
  overflow-x: auto;
}
figure { margin: 1.6rem 0 2.2rem; }
figure img {
  display: block; box-sizing: border-box; width: 100%; max-height: 44rem; object-fit: contain;
  padding: .8rem; background: #ffffff; border: 1px solid var(--line); border-radius: 8px;
}
figcaption, caption {
  color: var(--soft); font-size: 1.1rem; margin-top: .6rem; text-align: left;
}
figcaption::before {
  counter-increment: figure; content: "Figure " counter(figure) ". "; font-weight: 600;
}
.scroll { overflow-x: auto; }
table {
  border-collapse: collapse; margin: 1.4rem 0 2rem; font-variant-numeric: tabular-nums;
}
caption { caption-side: bottom; }
th, td { padding: .4rem 1.1rem .4rem 0; text-align: left; border-bottom: 1px solid var(--line); }
thead th { border-bottom: 2px solid var(--text); }
.number { text-align: right; }
.controls { display: flex; gap: 1rem; align-items: center; margin-top: 1.6rem; }
.controls button { font: inherit; padding: .2rem 1.2rem; min-width: 6.5rem; }
.controls input { flex: 1; max-width: 34rem; accent-color: var(--accent); }
.controls + figure { margin-top: 1rem; }
@media print {
  body { max-width: none; font-size: 11pt; }
  figure, table { break-inside: avoid; }
  .controls { display: none; }
  .filmstrip figure { display: block; }
}
)";

constexpr const char* filmstrip_script = R"(
for (const strip of document.querySelectorAll(".filmstrip")) {
  const pictures = strip.querySelectorAll("figure");
  const [controls, button, slider] = [".controls", "button", "input"].map(
      name => strip.querySelector(name));
  const show = () => pictures.forEach((picture, k) => picture.hidden = k != slider.value);
  let timer = null;
  const stop = () => { clearInterval(timer); timer = null; button.textContent = "play"; };
  const next = () => {
    slider.value = Number(slider.value) + 1;
    show();
    if (slider.value == slider.max) stop();
  };
  button.onclick = () => {
    if (timer !== null) return stop();
    if (slider.value == slider.max) slider.value = 0;
    show();
    timer = setInterval(next, 800);
    button.textContent = "pause";
  };
  slider.oninput = () => { stop(); show(); };
  controls.hidden = false;
  show();
}
)";

std::string escaped(const std::string& text) {
  std::string html;
  for (char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

// Escaped text in which each pair of backticks becomes a <code> element.
std::string inline_html(const std::string& text) {
  std::string html = escaped(text);
  std::size_t open = 0, close = 0;
  while ((open = html.find('`', close)) != std::string::npos &&
         (close = html.find('`', open + 1)) != std::string::npos) {
    html.replace(close, 1, "</code>");
    html.replace(open, 1, "<code>");
    close += 12;
  }
  return html;
}

std::string figure(const Picture& picture) {
  if (picture.file.empty() || picture.alt.empty()) {
    fail("Page: got a picture with file \"", picture.file, "\" and alt text \"", picture.alt,
         "\"; give both");
  }
  const std::string file = escaped(picture.file);
  return fmt::format(
      "<figure><a href=\"{0}\"><img src=\"{0}\" alt=\"{1}\"></a>\n"
      "<figcaption>{2}</figcaption></figure>\n",
      file, escaped(picture.alt), inline_html(picture.caption));
}

std::string table_row(const Table& table, const std::vector<std::string>& cells,
                      const char* element) {
  std::string html = "<tr>";
  for (std::size_t k = 0; k < cells.size(); ++k) {
    html += fmt::format("<{0}{1}>{2}</{0}>", element,
                        table.is_numeric(k) ? " class=\"number\"" : "", inline_html(cells[k]));
  }
  return html + "</tr>\n";
}

}  // namespace

Page::Page(std::string title, std::string summary)
    : title_(std::move(title)), summary_(std::move(summary)) {}

void Page::heading(const std::string& text) { body_ += "<h2>" + inline_html(text) + "</h2>\n"; }

void Page::paragraph(const std::string& text) { body_ += "<p>" + inline_html(text) + "</p>\n"; }

void Page::files(std::span<const std::string> names) {
  std::string links;
  for (const std::string& name : names) {
    links += fmt::format("{}<a href=\"{}\">{}</a>", links.empty() ? "" : ", ", escaped(name),
                         escaped(name));
  }
  body_ += "<p>" + links + "</p>\n";
}

void Page::code(const std::string& lines) { body_ += "<pre>" + escaped(lines) + "</pre>\n"; }

void Page::table(const Table& table, const std::string& caption) {
  std::string rows;
  for (const auto& row : table.rows()) rows += table_row(table, row, "td");
  body_ += fmt::format(
      "<div class=\"scroll\"><table><caption>{}</caption>\n<thead>{}</thead>\n"
      "<tbody>{}</tbody></table></div>\n",
      inline_html(caption), table_row(table, table.header(), "th"), rows);
}

void Page::picture(const Picture& picture) { body_ += figure(picture); }

void Page::filmstrip(std::span<const Picture> pictures) {
  if (pictures.empty()) fail("Page: got a filmstrip without pictures; give at least one");
  std::string figures;
  for (const Picture& picture : pictures) figures += figure(picture);
  body_ += fmt::format(
      "<div class=\"filmstrip\"><div class=\"controls\" hidden><button>play</button>"
      "<input type=\"range\" min=\"0\" max=\"{}\" value=\"0\" aria-label=\"picture\"></div>\n"
      "{}</div>\n",
      pictures.size() - 1, figures);
}

std::string Page::html() const {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n"
      "<h1>{}</h1>\n<p class=\"summary\">{}</p>\n{}<script>{}</script>\n</body>\n</html>\n",
      escaped(title_), style, inline_html(title_), inline_html(summary_), body_,
      filmstrip_script);
}

}  // namespace sprig
