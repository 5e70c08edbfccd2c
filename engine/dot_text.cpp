// Escapes and checks of DOT texts; the rules are those of Graphviz's scanner
// (lib/cgraph/scan.l).
#include "engine/dot_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/error.h"

namespace sprig {
namespace {

constexpr int most_nested_braces = 100;  // Graphviz reads and frees subgraphs by recursion

std::size_t line_of(std::string_view text, std::size_t offset) {
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + offset, '\n'));
}

[[noreturn]] void fail_at(std::string_view text, std::size_t offset, std::string_view source,
                          const std::string& what) {
  fail(source, ":", line_of(text, offset), ": ", what);
}

std::string hex(unsigned char byte) {
  const char* digits = "0123456789abcdef";
  return {'0', 'x', digits[byte >> 4], digits[byte & 15]};
}

// Bytes of the UTF-8 character that starts at `at`; 0 if there is none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const unsigned lead = byte(at);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (length == 1) return 1;
  constexpr std::array<std::uint32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
  std::uint32_t code = lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(at + i) & 0x3f);
  }
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return lead < 0xf8 && code >= least[length] && code <= 0x10ffff && !surrogate ? length : 0;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

// The offset just behind what opens at `open`: a text, an HTML-like label, a comment, or else
// one character. npos if it never closes. The rules are those of Graphviz's scanner.
std::size_t end_of_token(std::string_view text, std::size_t open) {
  const auto behind = [](std::size_t found, std::size_t width) {
    return found == std::string_view::npos ? found : found + width;
  };
  const bool line_start = open == 0 || text[open - 1] == '\n';
  if (text[open] == '"') {
    std::size_t at = open + 1;
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return at < text.size() ? at + 1 : std::string_view::npos;
  }
  if (text[open] == '<') {
    std::size_t at = open;
    for (int nested = 0; at < text.size(); ++at) {
      nested += text[at] == '<' ? 1 : text[at] == '>' ? -1 : 0;
      if (nested == 0) return at + 1;
    }
    return std::string_view::npos;
  }
  if (text.substr(open, 2) == "/*") return behind(text.find("*/", open + 2), 2);
  if (text.substr(open, 2) == "//" || (text[open] == '#' && line_start)) {
    return std::min(text.find('\n', open), text.size());
  }
  return open + 1;
}

std::string between(const std::string& text, const std::string& before, char after) {
  const std::size_t found = text.find(before);
  if (found == std::string::npos) return "";
  const std::size_t from = found + before.size();
  return text.substr(from, text.find(after, from) - from);
}

}  // namespace

std::string dot_escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped.append(c == '\\' ? 2 : 1, c);
  return escaped;
}

std::string dot_unescape(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) == "\\\\") ++at;
    plain += text[at];
  }
  return plain;
}

std::string html_escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\\':
        escaped += "\\\\";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

void check_utf8(std::string_view text, std::string_view source) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    if (length == 0 || is_control(text[at])) {
      const std::string byte = "byte " + hex(static_cast<unsigned char>(text[at]));
      fail_at(text, at, source,
              length == 0 ? byte + " is not UTF-8; save the text as UTF-8"
                          : byte + " is a control character; take it out");
    }
    at += length;
  }
}

void check_dot_closed(std::string_view text, std::string_view source) {
  int nested = 0;
  for (std::size_t at = 0; at < text.size();) {
    nested += text[at] == '{' ? 1 : text[at] == '}' ? -1 : 0;
    if (nested > most_nested_braces) fail_at(text, at, source, "braces nest deeper than 100");
    const std::size_t end = end_of_token(text, at);
    if (end == std::string_view::npos) {
      const std::string closer = text[at] == '"' ? "\"" : text[at] == '<' ? ">" : "*/";
      fail_at(text, at, source, "what opens here is never closed; add the missing " + closer);
    }
    at = end;
  }
}

void check_dot_text(std::string_view text, bool html) {
  check_utf8(text, "text for DOT");
  const std::string wrapped = html ? "<" + std::string(text) + ">" : "";
  if (html && end_of_token(wrapped, 0) != wrapped.size()) {
    fail("text for DOT: < and > do not balance in the label ", wrapped,
         "; use html_escape for what is not a tag");
  }
  for (std::size_t at = 0; !html && at < text.size(); ++at) {
    if (text[at] != '\\') continue;
    if (++at == text.size() || text[at] == '"' || text[at] == '\n') {
      throw Error(
          "text for DOT: a single backslash stands before a quote, a newline or the end of \"" +
          std::string(text) + "\"; use dot_escape");
    }
  }
}

void fail_dot_syntax(std::string_view source, std::size_t line, const std::string& messages) {
  const std::string number = between(messages, "badly delimited number '", '\'');
  if (!number.empty()) {
    fail(source, ":", between(messages, "in line ", ' '), ": the number ", number,
         " runs into what follows; put names like 1_3 and numbers like 1e-5 into quotes");
  }
  const std::size_t near = messages.find("near ");
  if (near != std::string::npos) {
    const std::string first = messages.substr(near, messages.find(" Error: ", near) - near);
    fail(source, ":", line, ": syntax error ", first);
  }
  if (messages.starts_with("syntax error")) {
    fail(source, ":", line, ": syntax error: the text ends too early; add the missing }");
  }
  fail(source, ":", line, ": ", messages);
}

}  // namespace sprig
