#include "demos/csv_reader.h"

#include <algorithm>

#include "engine/dot_text.h"
#include "engine/error.h"

namespace sprig {
namespace {

class CsvParser {
 public:
  CsvParser(std::string_view text, std::string_view source) : text_(text), source_(source) {}

  std::vector<CsvRow> rows() {
    std::vector<CsvRow> rows;
    while (at_ < text_.size()) {
      CsvRow row = next_row();
      const bool blank = row.cells.size() == 1 && row.cells[0].empty();
      if (!blank) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  bool is_at(std::string_view any) const {
    return at_ < text_.size() && any.find(text_[at_]) != any.npos;
  }

  void skip_blanks() {
    while (is_at(" \t")) ++at_;
  }

  // A line may end in two characters.
  void skip_line_end() {
    if (text_.substr(at_, 2) == "\r\n") ++at_;
    ++at_;
    ++line_;
  }

  CsvRow next_row() {
    CsvRow row{line_, {next_cell()}};
    while (is_at(",")) {
      ++at_;
      row.cells.push_back(next_cell());
    }
    if (at_ < text_.size()) skip_line_end();
    return row;
  }

  // Up to the comma or the end of the line.
  std::string next_cell() {
    skip_blanks();
    if (is_at("\"")) return quoted_cell();
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string cell(text_.substr(at_, end - at_));
    cell.erase(cell.find_last_not_of(" \t") + 1);
    at_ = end;
    return cell;
  }

  std::string quoted_cell() {
    const std::size_t opening_line = line_;
    std::string cell;
    for (++at_; !is_at("\"") || text_.substr(at_, 2) == "\"\""; ++at_) {
      if (at_ >= text_.size()) {
        fail(source_, ":", opening_line, ": a quote opens here and is never closed; close it");
      }
      if (is_at("\"")) ++at_;
      if (is_at("\n")) ++line_;
      cell += text_[at_];
    }
    ++at_;
    skip_blanks();
    if (at_ < text_.size() && !is_at(",\r\n")) {
      fail(source_, ":", line_,
           ": something stands behind a closing quote; put a comma there, or double the quotes "
           "that belong to the cell");
    }
    return cell;
  }

  std::string_view text_;
  std::string_view source_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

std::vector<CsvRow> parse_csv(std::string_view text, std::string_view source) {
  check_utf8(text, source);
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<CsvRow> rows = CsvParser(text, source).rows();
  for (const CsvRow& row : rows) {
    const std::size_t cells = row.cells.size(), expected = rows[0].cells.size();
    if (cells != expected) {
      fail(source, ":", row.line, ": got ", cells, " cells, but line ", rows[0].line, " has ",
           expected, "; give every row as many");
    }
  }
  return rows;
}

}  // namespace sprig
