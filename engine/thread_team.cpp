#include "engine/thread_team.h"

#include <chrono>
#include <system_error>

#include "engine/error.h"

namespace sprig {
namespace {

// Looks as long as an optimiser may take between two runs, then sleeps until it changes: to be
// woken takes as long as a small step. Where there are fewer processors than threads, a yield
// lets the one run that is waited for.
void wait_while(const std::atomic<std::uint32_t>& number, std::uint32_t old) {
  using namespace std::chrono_literals;
  const auto end = std::chrono::steady_clock::now() + 200us;
  do {
    for (int look = 0; look < 200; ++look) {
      if (number.load(std::memory_order_acquire) != old) return;
    }
    std::this_thread::yield();
  } while (std::chrono::steady_clock::now() < end);
  number.wait(old, std::memory_order_acquire);
}

}  // namespace

ThreadTeam::ThreadTeam(std::size_t threads) {
  try {
    for (std::size_t thread = 1; thread < threads; ++thread) {
      others_.emplace_back([this, thread] { serve(thread); });
    }
  } catch (const std::system_error&) {
    const std::size_t started = size();
    dismiss();
    fail("Program: the system gave ", started, " of ", threads, " threads; ask for fewer");
  }
}

ThreadTeam::~ThreadTeam() { dismiss(); }

void ThreadTeam::dismiss() {
  work_ = nullptr;
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& other : others_) other.join();
  others_.clear();
}

void ThreadTeam::run(const std::function<void(std::size_t)>& work) {
  if (others_.empty()) return work(0);
  work_ = &work;
  busy_.store(static_cast<std::uint32_t>(others_.size()), std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  work(0);
  for (std::uint32_t left = busy_.load(std::memory_order_acquire); left > 0;
       left = busy_.load(std::memory_order_acquire)) {
    wait_while(busy_, left);
  }
}

void ThreadTeam::serve(std::size_t thread) {
  for (std::uint32_t seen = 0;;) {
    wait_while(round_, seen);
    ++seen;
    if (work_ == nullptr) return;
    (*work_)(thread);
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_all();
  }
}

}  // namespace sprig
