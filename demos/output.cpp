#include "demos/output.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include "engine/error.h"
#include "engine/staged_files.h"

namespace sprig {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_at(const char* what, const fs::path& path, int reason) {
  fail("output: cannot ", what, " ", path.string(), " (", std::strerror(reason),
       "); see to its rights and space, or choose another folder");
}

volatile std::sig_atomic_t waiting_signal = 0;

// While it lives, Ctrl-C and the like wait: the few milliseconds of a commit are not cut short.
class SignalsWait {
 public:
  SignalsWait() {
    for (std::size_t k = 0; k < signals.size(); ++k) {
      handlers_[k] = std::signal(signals[k], [](int number) { waiting_signal = number; });
    }
  }

  ~SignalsWait() {
    for (std::size_t k = 0; k < signals.size(); ++k) std::signal(signals[k], handlers_[k]);
    if (const int number = std::exchange(waiting_signal, 0); number != 0) std::raise(number);
  }

  SignalsWait(const SignalsWait&) = delete;

 private:
  static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};
  std::array<void (*)(int), signals.size()> handlers_;
};

}  // namespace

OutputFolder::OutputFolder(fs::path folder) : folder_(std::move(folder)) {
  if (folder_.empty()) fail("output: got no name of a folder; give one");
  std::error_code error;
  fs::path existing = fs::absolute(folder_);
  while (!fs::exists(existing, error) && existing.has_relative_path()) {
    existing = existing.parent_path();
  }
  if (!fs::is_directory(existing, error)) {
    fail_at("make the folder", folder_, error ? error.value() : ENOTDIR);
  }
  if (access(existing.c_str(), W_OK | X_OK) != 0) fail_at("write to", existing, errno);
}

void OutputFolder::add(const std::string& name, std::string bytes) {
  if (name.empty() || name != fs::path(name).filename() || name == "." || name == "..") {
    fail("output: got the file name \"", name, "\"; give a name without folders");
  }
  std::erase_if(files_, [&](const File& file) { return file.name == name; });
  files_.push_back({name, std::move(bytes)});
}

std::vector<std::string> OutputFolder::names() const {
  std::vector<std::string> names;
  for (const File& file : files_) names.push_back(file.name);
  return names;
}

void OutputFolder::commit() {
  const SignalsWait wait;
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) fail_at("make the folder", folder_, error.value());
  StagedFiles staged;
  for (const File& file : files_) staged.add(folder_ / file.name, file.bytes);
  staged.publish();
  files_.clear();
}

}  // namespace sprig
