#include "demos/cli.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

#include "demos/interrupt.h"
#include "demos/say.h"
#include "engine/error.h"

namespace sprig {
namespace {

// Standard files that the caller closed go nowhere; else the next file that is opened would
// take their number, and what the demo says would end up in it.
void open_standard_files() {
  for (int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(file, F_GETFD) < 0 && open("/dev/null", O_RDWR) != file) std::abort();
  }
}

int complain(const CLI::App& app, std::string message, int status = 2) {
  std::ranges::replace(message, '\n', ' ');
  const std::string line = app.get_name() + ": " + message + "\n";
  std::fputs(line.c_str(), stderr);
  return status;
}

// False when help was asked for, and given.
bool wants_to_run(CLI::App& app, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
    return true;
  } catch (const CLI::CallForHelp&) {
    std::string help = app.help();
    help.erase(help.find_last_not_of('\n') + 1);
    say(help);
    return false;
  }
}

}  // namespace

DemoApp::DemoApp(std::string name, std::string description)
    : CLI::App(std::move(description), std::move(name)) {
  option_defaults()->always_capture_default();
}

CLI::Validator at_least(double low) {
  const auto check = [low](const std::string& text) {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    const bool fits =
        end != text.c_str() && *end == '\0' && std::isfinite(number) && number >= low;
    return fits ? std::string()
                : fmt::format("got {}; give a number of at least {}", text, low);
  };
  return CLI::Validator(check, fmt::format(">={}", low));
}

int run_demo(DemoApp& app, int argc, const char* const* argv,
             const std::function<void()>& body) {
  open_standard_files();
  signal(SIGPIPE, SIG_IGN);
  try {
    if (wants_to_run(app, argc, argv)) body();
    return 0;
  } catch (const CLI::ParseError& error) {
    return complain(app, fmt::format("{}; see {} --help", error.what(), app.get_name()));
  } catch (const std::bad_alloc&) {
    return complain(app, "out of memory; ask for a smaller network or fewer samples");
  } catch (const Interrupted& interrupted) {
    return complain(app, interrupted.what(), 130);
  } catch (const std::exception& error) {
    return complain(app, error.what());
  }
}

}  // namespace sprig
