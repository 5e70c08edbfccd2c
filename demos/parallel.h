// Independent pieces of work on all cores.
#pragma once

#include <cstddef>
#include <functional>

namespace sprig {

// Calls work(0), ..., work(count - 1), at most `jobs` of them at the same time; with 0 jobs, as
// many as the machine has hardware threads. They begin in this order and may end in any. The
// first exception keeps others from beginning and is thrown here once all have ended. Throws
// Error if the system does not give as many threads.
void in_parallel(std::size_t count, std::size_t jobs,
                 const std::function<void(std::size_t)>& work);

}  // namespace sprig
