// What every demo program shares: parsing its command line, and ending with one clear line and
// status 2 when something is wrong.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace sprig {

// A command line whose --help shows the defaults.
class DemoApp : public CLI::App {
 public:
  DemoApp(std::string name, std::string description);
};

// For an option's check(): a number of at least `low`.
CLI::Validator at_least(double low);

// Parses the command line, runs the body, and gives the status for main to return: 0 when all
// went well or help was asked for; 2 after one line on standard error for a bad command line,
// an Error, any other exception, or standard output that cannot be written; 130, as the shell
// has it for Ctrl-C, after one line for Interrupted (interrupt.h). A reader that goes away
// (`| head`) is no error: the demo finishes its files in silence.
int run_demo(DemoApp& app, int argc, const char* const* argv,
             const std::function<void()>& body);

}  // namespace sprig
