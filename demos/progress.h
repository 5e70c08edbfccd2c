// A line that tells how far a long computation is, rewritten in place on a terminal. Elsewhere
// (a file, a pipe) a plain line for each tenth of the way.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace sprig {

class Progress {
 public:
  // `total` steps, at least 1, of `what`. Throws Error for no steps.
  Progress(std::string what, std::size_t total, std::FILE* out = stdout);

  // Takes the line away from a terminal.
  ~Progress();

  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` steps of the total are done. A terminal that cannot be written is no error.
  void show(std::size_t done, std::string_view note = "");

 private:
  std::string what_;
  std::size_t total_;
  std::FILE* out_;
  bool is_terminal_;
  std::size_t tenths_ = 0;  // shown so far, when it is not a terminal
};

}  // namespace sprig
