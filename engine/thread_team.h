// Threads that wait for work together. For steps that take microseconds: they look out for the
// next one a short while before they go to sleep.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace sprig {

class ThreadTeam {
 public:
  // The caller's thread is one of them. Throws Error if the system does not give as many.
  explicit ThreadTeam(std::size_t threads);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  std::size_t size() const { return others_.size() + 1; }

  // Calls work(0) in this thread and work(1), work(2), ... in the others; returns when all are
  // done. `work` must not throw.
  void run(const std::function<void(std::size_t thread)>& work);

 private:
  void serve(std::size_t thread);
  void dismiss();

  std::atomic<std::uint32_t> round_ = 0;                    // one more for each run
  std::atomic<std::uint32_t> busy_ = 0;                     // other threads not yet done
  const std::function<void(std::size_t)>* work_ = nullptr;  // none: the team is dismissed
  std::vector<std::thread> others_;
};

}  // namespace sprig
