#include "demos/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "engine/thread_team.h"

namespace sprig {

void in_parallel(std::size_t count, std::size_t jobs,
                 const std::function<void(std::size_t)>& work) {
  if (jobs == 0) jobs = std::max(1u, std::thread::hardware_concurrency());
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex mutex;
  ThreadTeam team(std::min(jobs, count));
  team.run([&](std::size_t) {
    for (std::size_t item; (item = next++) < count;) {
      try {
        work(item);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  });
  if (failure) std::rethrow_exception(failure);
}

}  // namespace sprig
