// The samples in a CSV text, as they stand there. csv_task.h makes a task of them.
#pragma once

#include <string>
#include <string_view>

#include "demos/tasks.h"

namespace sprig {

// A sample for each row of what parse_csv() takes: its class or the number to hit in the last
// column, its inputs in all others. The first row is a header if none of its cells is a number.
// Classes are whole numbers or names, two or more, each of at least two samples; they count up
// from 0 by value, the names behind the numbers in the order of their bytes.
//
// Throws Error, naming `source`, the line and, where there is one, the column, for any other
// text: fewer than 10 samples or 2 columns, an input that is not a finite number up to 1e100, a
// class or a target that cannot be learned.
Samples read_csv_samples(std::string_view text, const std::string& source, bool regression);

}  // namespace sprig
