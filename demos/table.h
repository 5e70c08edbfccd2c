// A table of text, and three ways to show it: aligned columns on a terminal, CSV for other
// programs, and (page.h) HTML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sprig {

class Table {
 public:
  explicit Table(std::vector<std::string> header);

  // Throws Error unless there are as many cells as columns.
  void add(std::vector<std::string> row);

  const std::vector<std::string>& header() const { return header_; }
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }

  // Whether every filled cell below the header is a number; such columns are set to the right.
  bool is_numeric(std::size_t column) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

// One line each, columns two blanks apart, without a newline at the end.
std::string aligned(const Table& table);

// RFC 4180, but lines end in a plain newline.
std::string csv(const Table& table);

// One line of it, without the newline, and the cells of such a line.
std::string csv_line(const std::vector<std::string>& cells);
std::vector<std::string> csv_cells(std::string_view line);

// The shortest digits that read back as the same number.
std::string exact(double number);

}  // namespace sprig
