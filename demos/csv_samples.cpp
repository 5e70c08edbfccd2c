#include "demos/csv_samples.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "demos/csv_reader.h"
#include "demos/table.h"
#include "engine/error.h"

namespace sprig {
namespace {

constexpr std::size_t fewest_samples = 10;
constexpr double largest_number = 1e100;  // whose square, summed over any file, is finite

std::optional<double> number_in(std::string_view cell) {
  if (cell.starts_with('+') && !cell.starts_with("+-")) cell.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  if (error != std::errc() || end != cell.data() + cell.size()) return std::nullopt;
  return number;
}

// A cell as a message shows it: on one line, and not long.
std::string shown(const std::string& cell) {
  std::size_t length = std::min(cell.size(), std::size_t{40});
  while (length < cell.size() && (cell[length] & 0xc0) == 0x80) --length;  // no half letters
  std::string text = cell.substr(0, length) + (length < cell.size() ? "..." : "");
  std::ranges::replace_if(
      text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return "\"" + text + "\"";
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& source)
      : source_(source), rows_(parse_csv(text, source)) {
    if (rows_.empty()) wrong("there is nothing in it; give a row of numbers for each sample");
    const auto is_number = [](const std::string& cell) { return number_in(cell).has_value(); };
    const bool has_header = std::ranges::none_of(rows_[0].cells, is_number);
    if (has_header) rows_.erase(rows_.begin());
    if (rows_.size() < fewest_samples) {
      wrong("got ", rows_.size(), " samples; give at least ", fewest_samples);
    }
    if (rows_[0].cells.size() < 2) {
      wrong("got 1 column; give at least two with commas between, the target in the last");
    }
  }

  Samples classified() const {
    const std::map<Label, std::size_t> classes = class_numbers();
    Samples samples{{width(), static_cast<std::uint32_t>(classes.size())}, inputs(), {}};
    samples.targets.resize(rows_.size() * classes.size());
    for (std::size_t k = 0; k < rows_.size(); ++k) {
      samples.targets[k * classes.size() + classes.at(label_in(rows_[k]))] = 1;
    }
    return samples;
  }

  Samples regression() const {
    Samples samples{{width(), 1}, inputs(), {}};
    for (const CsvRow& row : rows_) samples.targets.push_back(finite(row, width()));
    const auto [least, largest] = std::ranges::minmax(samples.targets);
    if (least == largest) {
      wrong("the target is ", exact(least), " in every sample; give one that differs");
    }
    return samples;
  }

 private:
  using Label = std::pair<double, std::string>;  // a number, or infinity and a name

  template <class... Parts>
  [[noreturn]] void wrong(const Parts&... parts) const {
    fail(source_, ": ", parts...);
  }

  template <class... Parts>
  [[noreturn]] void wrong_at(const CsvRow& row, std::size_t column,
                             const Parts&... parts) const {
    fail(source_, ":", row.line, ": column ", column + 1, ": ", parts...);
  }

  std::uint32_t width() const {  // inputs of a sample
    return static_cast<std::uint32_t>(rows_[0].cells.size() - 1);
  }

  double finite(const CsvRow& row, std::size_t column) const {
    const std::string& cell = row.cells[column];
    const std::optional<double> number = number_in(cell);
    if (number && std::abs(*number) <= largest_number) return *number;
    wrong_at(row, column, shown(cell),
             number ? " is not finite, or beyond 1e100" : " is not a number",
             "; write one such as -0.25, or take the row out");
  }

  std::vector<double> inputs() const {
    std::vector<double> numbers;
    for (const CsvRow& row : rows_) {
      for (std::size_t column = 0; column < width(); ++column) {
        numbers.push_back(finite(row, column));
      }
    }
    return numbers;
  }

  Label label_in(const CsvRow& row) const {
    const std::string& cell = row.cells.back();
    if (cell.empty()) {
      wrong_at(row, width(), "there is no class; name it, or take the row out");
    }
    const std::optional<double> number = number_in(cell);
    if (!number) return {INFINITY, cell};
    if (std::isfinite(*number) && *number == std::round(*number)) return {*number, ""};
    wrong_at(row, width(), shown(cell),
             " is no class; give a whole number or a name, or ask for a regression");
  }

  std::map<Label, std::size_t> class_numbers() const {
    std::map<Label, std::vector<const CsvRow*>> members;
    for (const CsvRow& row : rows_) members[label_in(row)].push_back(&row);
    if (members.size() == 1) {
      wrong("every sample has the class ", shown(rows_[0].cells.back()),
            "; give at least two classes");
    }
    std::map<Label, std::size_t> numbers;
    for (const auto& [label, samples] : members) {
      if (samples.size() == 1) {
        wrong_at(*samples[0], width(), "no other sample has the class ",
                 shown(samples[0]->cells.back()),
                 "; give each class at least two, or ask for a regression");
      }
      numbers.emplace(label, numbers.size());
    }
    return numbers;
  }

  const std::string& source_;
  std::vector<CsvRow> rows_;
};

}  // namespace

Samples read_csv_samples(std::string_view text, const std::string& source, bool regression) {
  const Reader reader(text, source);
  return regression ? reader.regression() : reader.classified();
}

}  // namespace sprig
