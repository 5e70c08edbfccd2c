#include "demos/run_table.h"

#include <algorithm>

#include "demos/table.h"
#include "engine/error.h"

namespace sprig {
namespace {

std::size_t place_in(const std::vector<std::string>& names, const std::string& name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) fail("runs: there is no '", name, "'; give a name of the table");
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace

std::vector<double> RunTable::numbers(const std::string& method,
                                      const std::string& column) const {
  return paired_numbers(method, method, column).first;
}

std::pair<std::vector<double>, std::vector<double>> RunTable::paired_numbers(
    const std::string& method, const std::string& other, const std::string& column) const {
  const std::size_t first = place_in(experiment.methods, method);
  const std::size_t second = place_in(experiment.methods, other);
  const std::size_t place = place_in(experiment.columns, column);
  std::pair<std::vector<double>, std::vector<double>> pairs;
  for (const auto& [id, row] : runs) {
    if (id.method != first) continue;
    const auto partner = runs.find({second, id.seed});
    if (partner == runs.end()) continue;
    pairs.first.push_back(row.at(place));
    pairs.second.push_back(partner->second.at(place));
  }
  return pairs;
}

std::string csv(const RunTable& table) {
  std::string text = csv_head(table.experiment);
  for (const auto& [id, numbers] : table.runs) text += csv_row(table.experiment, id, numbers);
  return text;
}

std::string csv_head(const Experiment& experiment) {
  std::vector<std::string> cells{"method", "seed"};
  cells.insert(cells.end(), experiment.columns.begin(), experiment.columns.end());
  return "# settings: " + experiment.settings + "\n" + csv_line(cells) + "\n";
}

std::string csv_row(const Experiment& experiment, const RunId& id,
                    std::span<const double> numbers) {
  std::vector<std::string> cells{experiment.methods.at(id.method), std::to_string(id.seed)};
  for (const double number : numbers) cells.push_back(exact(number));
  return csv_line(cells) + "\n";
}

}  // namespace sprig
