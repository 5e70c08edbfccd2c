#include "demos/run_reader.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "demos/table.h"
#include "engine/error.h"

namespace sprig {
namespace {

namespace fs = std::filesystem;

// Takes the next whole line off the text, and gives it without its newline.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

struct Head {
  std::string settings;
  std::vector<std::string> columns;
};

// Takes the two lines above the runs off the text.
Head take_head(const std::string& name, std::string_view& text) {
  constexpr std::string_view mark = "# settings: ";
  const auto settings = take_line(text);
  const auto names = take_line(text);
  const std::vector<std::string> cells = csv_cells(names.value_or(""));
  if (!names || !settings->starts_with(mark) || cells.size() < 2 || cells[0] != "method" ||
      cells[1] != "seed") {
    fail(name, ": is no table of runs; move it away, or give another");
  }
  return {std::string(settings->substr(mark.size())), {cells.begin() + 2, cells.end()}};
}

std::vector<std::string> parts_of(std::string_view settings) {
  std::vector<std::string> parts;
  for (std::size_t comma; (comma = settings.find(", ")) != std::string_view::npos;) {
    parts.emplace_back(settings.substr(0, comma));
    settings.remove_prefix(comma + 2);
  }
  parts.emplace_back(settings);
  return parts;
}

bool read_seed(const std::string& text, std::uint32_t& seed) {
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seed);
  return read.ec == std::errc() && read.ptr == end;
}

bool read_number(const std::string& text, double& number) {
  char* end = nullptr;
  number = std::strtod(text.c_str(), &end);
  return !text.empty() && end == text.c_str() + text.size();
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || fs::is_directory(path)) {
    fail(path.string(), ": cannot be read; give a table of runs");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

RunReader::RunReader(RunTable& table, std::string remedy)
    : table_(table), remedy_(std::move(remedy)) {}

std::size_t RunReader::read(const fs::path& name, std::string_view bytes) {
  std::string_view rest = bytes;
  const Head head = take_head(name.string(), rest);
  check_head(name.string(), head.settings, head.columns);
  for (std::size_t number = 3; const auto line = take_line(rest); ++number) {
    read_run(name.string() + ":" + std::to_string(number), *line);
  }
  return bytes.size() - rest.size();
}

void RunReader::check_head(const std::string& name, const std::string& settings,
                           const std::vector<std::string>& columns) const {
  const auto refuse = [&](const std::string& theirs, const std::string& ours) {
    fail(name, ": its runs have '", theirs, "', not '", ours, "'; ", remedy_);
  };
  const Experiment& experiment = table_.experiment;
  const std::vector<std::string> theirs = parts_of(settings);
  const std::vector<std::string> ours = parts_of(experiment.settings);
  const auto [their_part, our_part] = std::ranges::mismatch(theirs, ours);
  if (their_part != theirs.end() || our_part != ours.end()) {
    refuse(their_part == theirs.end() ? "" : *their_part,
           our_part == ours.end() ? "" : *our_part);
  }
  if (columns != experiment.columns) refuse(csv_line(columns), csv_line(experiment.columns));
}

void RunReader::read_run(const std::string& place, std::string_view line) {
  const std::vector<std::string> cells = csv_cells(line);
  const RunId id = read_id(place, cells);
  std::vector<double> numbers;
  for (std::size_t k = 2; k < cells.size(); ++k) {
    if (!read_number(cells[k], numbers.emplace_back())) {
      fail(place, ": '", cells[k], "' is no number; take out the line");
    }
  }
  const Experiment& experiment = table_.experiment;
  const auto [run, is_new] = table_.runs.emplace(id, numbers);
  const std::string& first = places_.emplace(id, place).first->second;
  // As text, in which NaN equals NaN and -0 does not equal 0.
  if (!is_new && csv_row(experiment, id, run->second) != csv_row(experiment, id, numbers)) {
    fail(place, ": ", experiment.methods[id.method], " with seed ", id.seed,
         " has other numbers than in ", first, "; take out the line that is wrong");
  }
}

RunId RunReader::read_id(const std::string& place,
                         const std::vector<std::string>& cells) const {
  const std::size_t columns = table_.experiment.columns.size() + 2;
  if (cells.size() != columns) {
    fail(place, ": got ", cells.size(), " cells for ", columns, " columns; take out the line");
  }
  const std::vector<std::string>& methods = table_.experiment.methods;
  const auto method = std::ranges::find(methods, cells[0]);
  if (method == methods.end()) {
    fail(place, ": there is no method '", cells[0], "'; take out the line");
  }
  RunId id{static_cast<std::size_t>(method - methods.begin()), 0};
  if (!read_seed(cells[1], id.seed)) {
    fail(place, ": '", cells[1], "' is no seed; take out the line");
  }
  return id;
}

RunTable join_runs(std::span<const fs::path> files, const std::vector<std::string>& methods) {
  if (files.empty()) fail("join: got no file; give tables of runs");
  RunTable table{{"", methods, {}}, {}};
  RunReader reader(table, "join only runs of the same settings");
  for (const fs::path& file : files) {
    const std::string bytes = bytes_of(file);
    if (&file == &files.front()) {
      std::string_view text = bytes;
      const Head head = take_head(file.string(), text);
      table.experiment = {head.settings, methods, head.columns};
    }
    reader.read(file, bytes);
  }
  return table;
}

}  // namespace sprig
