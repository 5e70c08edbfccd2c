// The command line of build/rewire: a lesson on one seed (default), many seeds (--seeds), joining
// their files (--join), and the notebooks as they were published (--as-published).
#pragma once

namespace sprig::course {

// The status for main to return: 0, 2 after one line on standard error, 130 after Ctrl-C.
int rewire_main(int argc, const char* const* argv);

}  // namespace sprig::course
