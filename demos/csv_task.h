// Tasks from CSV files of the user's own, whose layout csv_samples.h describes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "demos/tasks.h"

namespace sprig {

struct CsvTaskOptions {
  bool regression = false;     // the last column is a number to hit, not a class
  double test_fraction = 0.3;  // of the rows, drawn by the seed; above 0 and below 1
  std::uint32_t seed = 1;
};

// The samples of read_csv_samples(), split and scaled.
//
// Every input is standardised: minus its mean, over its standard deviation, both taken from the
// samples to train on (the deviation over n, not n - 1). So are the targets of a regression:
// a mean squared error of 1 is that of always answering the mean. An input that is the same in
// all these samples is only shifted.
//
// Throws Error as read_csv_samples() does, and for a test_fraction out of range. The task's name
// is `source`.
Task parse_csv_task(std::string_view text, const std::string& source,
                    const CsvTaskOptions& options = {});

// The same of a file, named after it without the extension. Throws Error, too, if it cannot be
// read or is larger than 256 MB.
Task load_csv_task(const std::filesystem::path& file, const CsvTaskOptions& options = {});

}  // namespace sprig
