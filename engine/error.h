// The one exception of sprig. A message says where, what was given and what to do about it, and
// it is thrown before anything has changed. Programs print it on one line and exit with
// status 2.
#pragma once

#include <locale>
#include <sstream>
#include <stdexcept>

namespace sprig {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws Error with all parts printed one after the other:
//   fail("Neuron: got ", given, " inputs but it has ", expected, "; give exactly ", expected);
template <class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  (text << ... << parts);
  throw Error(text.str());
}

}  // namespace sprig
