// The letters of a DOT file, before Graphviz sees them: what may stand in a text, and how any
// text is written as one. Standard library only; engine/graphviz.h is the file's meaning.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sprig {

// `text` with every backslash doubled: Graphviz shows it as it is, in a name, a label or a
// tooltip. (A single backslash would start an escape such as \n or \N, and at the end break the
// file.)
std::string dot_escape(std::string_view text);

// The inverse of dot_escape. A single backslash, which a person may write, stays.
std::string dot_unescape(std::string_view text);

// `text` for an HTML-like label: & < > " as entities, backslashes doubled.
std::string html_escape(std::string_view text);

// Throws Error unless `text` is UTF-8 without control characters other than tab, newline and
// carriage return; the message starts with `source` and the line.
void check_utf8(std::string_view text, std::string_view source);

// Throws Error if a text, a comment or an HTML-like label is still open at the end of the DOT
// file `text`, naming `source` and the line where it opens, or if braces nest deeper than 100.
void check_dot_closed(std::string_view text, std::string_view source);

// Throws Error unless a DOT file can hold `text`: as a plain text, no backslash may escape the
// closing quote, a quote or a newline; as HTML, < and > must balance.
void check_dot_text(std::string_view text, bool html);

// Throws Error for what Graphviz said when it read a text up to `line` of `source`. A number
// that runs into a name, as in 1_3 without quotes, is an error, too; Graphviz warns and reads
// two names.
[[noreturn]] void fail_dot_syntax(std::string_view source, std::size_t line,
                                  const std::string& messages);

}  // namespace sprig
