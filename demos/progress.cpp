#include "demos/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "engine/error.h"

namespace sprig {

Progress::Progress(std::string what, std::size_t total, std::FILE* out)
    : what_(std::move(what)), total_(total), out_(out), is_terminal_(isatty(fileno(out)) == 1) {
  if (total == 0) fail("Progress: got 0 steps; give at least 1");
}

Progress::~Progress() {
  if (!is_terminal_) return;
  std::fputs("\r\x1b[K", out_);
  std::fflush(out_);
}

void Progress::show(std::size_t done, std::string_view note) {
  const std::size_t tenths = 10 * done / total_;
  if (!is_terminal_ && tenths <= tenths_) return;
  tenths_ = tenths;
  const std::string line =
      fmt::format("{} {} of {}{}{}", what_, done, total_, note.empty() ? "" : ", ", note);
  std::fputs((is_terminal_ ? "\r\x1b[K" + line : line + "\n").c_str(), out_);
  std::fflush(out_);
}

}  // namespace sprig
