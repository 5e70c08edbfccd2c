// CSV text as rows of cells, which may hold anything. What they mean is in csv_task.h; writing
// is in table.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sprig {

struct CsvRow {
  std::size_t line = 0;  // where it begins, from 1
  std::vector<std::string> cells;
};

// The rows that are not blank, all with as many cells. Cells are separated by commas, lines end
// in \n, \r\n or \r. A cell in double quotes may hold commas, line breaks and doubled quotes;
// blanks around any other cell, or around the quotes, are dropped. Throws Error, naming
// `source` and the line, for a text that is not UTF-8, a quote that stays open or has something
// behind it, and a row of more or fewer cells than the first.
std::vector<CsvRow> parse_csv(std::string_view text, std::string_view source);

}  // namespace sprig
