#include "demos/say.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "engine/error.h"

namespace sprig {

void say(std::string_view text) {
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
                       std::fputc('\n', stdout) != EOF && std::fflush(stdout) == 0;
  if (written || errno == EPIPE) return;
  fail("standard output cannot be written (", std::strerror(errno), "); send it elsewhere");
}

}  // namespace sprig
