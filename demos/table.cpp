#include "demos/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "engine/error.h"

namespace sprig {
namespace {

// Characters, not bytes: in UTF-8 every byte but 10xxxxxx begins one.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

bool is_number(const std::string& text) {
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return end != text.c_str() && (*end == '\0' || (*end == '%' && end[1] == '\0'));
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

Table::Table(std::vector<std::string> header) : header_(std::move(header)) {
  if (header_.empty()) fail("Table: got no column; give at least one");
}

void Table::add(std::vector<std::string> row) {
  if (row.size() != header_.size()) {
    fail("Table: got a row of ", row.size(), " cells for ", header_.size(),
         " columns; give one for each");
  }
  rows_.push_back(std::move(row));
}

bool Table::is_numeric(std::size_t column) const {
  return std::ranges::all_of(
      rows_, [&](const auto& row) { return row[column].empty() || is_number(row[column]); });
}

std::string aligned(const Table& table) {
  std::vector<std::vector<std::string>> lines = table.rows();
  lines.insert(lines.begin(), table.header());
  std::vector<std::size_t> widths(table.header().size());
  for (const auto& cells : lines) {
    for (std::size_t k = 0; k < cells.size(); ++k) {
      widths[k] = std::max(widths[k], width_of(cells[k]));
    }
  }
  std::string text;
  for (const auto& cells : lines) {
    std::string line;
    for (std::size_t k = 0; k < cells.size(); ++k) {
      const std::string padding(widths[k] - width_of(cells[k]), ' ');
      line += (k == 0 ? "" : "  ") +
              (table.is_numeric(k) ? padding + cells[k] : cells[k] + padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += (text.empty() ? "" : "\n") + line;
  }
  return text;
}

std::string csv(const Table& table) {
  std::string text = csv_line(table.header()) + "\n";
  for (const auto& row : table.rows()) text += csv_line(row) + "\n";
  return text;
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells)
    line += (&cell == &cells[0] ? "" : ",") + csv_cell(cell);
  return line;
}

std::vector<std::string> csv_cells(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t k = 0; k < line.size(); ++k) {
    if (line[k] == '"') {
      if (!quoted && k > 0 && line[k - 1] == '"') cells.back() += '"';
      quoted = !quoted;
    } else if (line[k] == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += line[k];
    }
  }
  return cells;
}

std::string exact(double number) { return fmt::format("{}", number); }

}  // namespace sprig
