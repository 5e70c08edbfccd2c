#include "demos/csv_task.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numeric>
#include <vector>

#include "demos/csv_samples.h"
#include "engine/error.h"
#include "nn/random.h"

namespace sprig {
namespace {

struct Scale {
  double mean = 0;
  double deviation = 1;
};

// Of the numbers at `column`, one in each `columns`.
Scale scale_of(std::span<const double> numbers, std::size_t column, std::size_t columns) {
  const auto count = static_cast<double>(numbers.size() / columns);
  bool constant = true;
  double sum = 0, squares = 0;
  for (std::size_t k = column; k < numbers.size(); k += columns) {
    constant = constant && numbers[k] == numbers[column];
    sum += numbers[k];
  }
  if (constant) return {numbers[column], 1};  // sum / count might round to a neighbour
  const double mean = sum / count;
  for (std::size_t k = column; k < numbers.size(); k += columns) {
    squares += (numbers[k] - mean) * (numbers[k] - mean);
  }
  const double deviation = std::sqrt(squares / count);
  return {mean, deviation > 0 ? deviation : 1};
}

void standardise(std::vector<double>& train, std::vector<double>& test, std::size_t columns) {
  for (std::size_t column = 0; column < columns; ++column) {
    const Scale scale = scale_of(train, column, columns);
    for (std::vector<double>* numbers : {&train, &test}) {
      for (std::size_t k = column; k < numbers->size(); k += columns) {
        (*numbers)[k] = ((*numbers)[k] - scale.mean) / scale.deviation;
      }
    }
  }
}

std::string contents(const std::filesystem::path& path) {
  constexpr std::size_t largest_file = 256 << 20;
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) {
    fail(path.string(), ": is a directory; give a CSV file");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text;
  char block[65536];
  while (file.read(block, sizeof block) || file.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(file.gcount()));
    if (text.size() > largest_file) fail(path.string(), ": is larger than 256 MB; shorten it");
  }
  if (!file.eof()) {
    fail(path.string(), ": cannot be read: ", std::strerror(errno), "; check the path");
  }
  return text;
}

}  // namespace

Task parse_csv_task(std::string_view text, const std::string& source,
                    const CsvTaskOptions& options) {
  if (!(options.test_fraction > 0 && options.test_fraction < 1)) {
    fail("CSV task: got a test fraction of ", options.test_fraction,
         "; give one above 0 and below 1");
  }
  const Samples all = read_csv_samples(text, source, options.regression);

  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng(options.seed).shuffle(std::span(order));
  const auto wanted = std::lround(options.test_fraction * static_cast<double>(all.size()));
  const auto tests =
      std::clamp(static_cast<std::size_t>(wanted), std::size_t{1}, all.size() - 2);

  Task task{source, all.shape.inputs, options.regression ? 0 : all.shape.targets, {}, {}, {}};
  task.test = subset(all, std::span(order).first(tests));
  task.train = subset(all, std::span(order).subspan(tests));
  standardise(task.train.inputs, task.test.inputs, all.shape.inputs);
  if (options.regression) standardise(task.train.targets, task.test.targets, 1);
  return task;
}

Task load_csv_task(const std::filesystem::path& file, const CsvTaskOptions& options) {
  Task task = parse_csv_task(contents(file), file.string(), options);
  task.name = file.stem().string();
  return task;
}

}  // namespace sprig
