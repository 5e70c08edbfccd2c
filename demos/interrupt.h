// Ctrl-C as a request: long work comes to an end at the next good place and keeps what it has.
#pragma once

#include <signal.h>

#include <array>
#include <stdexcept>

namespace sprig {

// Thrown by work that stops because it was asked to; run_demo (cli.h) prints it on one line and
// gives status 130.
class Interrupted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// While it lives, SIGINT and SIGTERM are requests to stop. Further ones change nothing, as some
// senders, such as timeout(1), send one twice; SIGQUIT (Ctrl-\) still ends the program at once.
// What the program was started to ignore it goes on to ignore. There must be one Interrupt at a
// time; its functions may be called in any thread.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // As a signal does.
  void request();

  bool is_requested() const;

  // For the inside of long work: throws Interrupted if it is requested.
  void poll() const;

 private:
  static constexpr std::array signals{SIGINT, SIGTERM};
  std::array<struct sigaction, signals.size()> before_;
};

}  // namespace sprig
