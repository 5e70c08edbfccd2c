// What a demo says on standard output.
#pragma once

#include <string_view>

namespace sprig {

// Writes the text and a newline at once. Throws Error if it cannot be written, but not if its
// reader has gone away.
void say(std::string_view text);

}  // namespace sprig
