// The command line of build/moons. Three ways to run it: the story (default), the blog post as
// it was published (--as-published), and many seeds (--seeds 1..100).
#pragma once

namespace sprig {

// The status for main to return: 0, or 2 after one line on standard error.
int moons_main(int argc, const char* const* argv);

}  // namespace sprig
