#include "demos/interrupt.h"

#include <atomic>
#include <cstddef>

namespace sprig {
namespace {

// What a signal handler may write to and other threads may read.
std::atomic<bool> requested = false;
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

Interrupt::Interrupt() {
  requested = false;
  struct sigaction action {};
  action.sa_handler = [](int) { requested = true; };
  action.sa_flags = SA_RESTART;  // no write is cut short
  for (std::size_t k = 0; k < signals.size(); ++k) {
    sigaction(signals[k], nullptr, &before_[k]);
    if (before_[k].sa_handler != SIG_IGN) sigaction(signals[k], &action, nullptr);
  }
}

Interrupt::~Interrupt() {
  for (std::size_t k = 0; k < signals.size(); ++k) sigaction(signals[k], &before_[k], nullptr);
}

void Interrupt::request() { requested = true; }

bool Interrupt::is_requested() const { return requested; }

void Interrupt::poll() const {
  if (requested) throw Interrupted("interrupted");
}

}  // namespace sprig
