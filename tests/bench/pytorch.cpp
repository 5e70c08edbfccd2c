// PyTorch, in a Python of its own (pytorch_rows.py): dense layers, weights without a connection
// kept at zero.
#include <filesystem>

#include "tests/bench/row.h"

namespace sprig::bench {

std::vector<Row> pytorch_rows(int threads) {
  // The system's Python is the one that a package of the system belongs to.
  const char* python = "/usr/bin/python3";
  if (!std::filesystem::exists(python)) python = "python3";
  std::vector<Row> rows;
  for (const bool is_float : {false, true}) {
    const std::string count = std::to_string(threads);
    rows.push_back(
        {.name = is_float ? "PyTorch, float" : "PyTorch",
         .is_float = is_float,
         .threads = threads,
         .command = {"env", "OPENBLAS_NUM_THREADS=" + count, "OMP_NUM_THREADS=" + count, python,
                     PYTORCH_ROWS, is_float ? "float" : "double", count}});
  }
  return rows;
}

}  // namespace sprig::bench
