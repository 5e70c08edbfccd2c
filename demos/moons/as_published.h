// build/moons --as-published: what the blog post printed, run again.
#pragma once

namespace sprig {

// Prints the static run, the RigL run and the stripped network in the post's own format, then
// how sprig's strip differs.
void run_as_published();

}  // namespace sprig
