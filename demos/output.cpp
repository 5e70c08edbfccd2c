#include "demos/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "engine/error.h"

namespace sprig {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_at(const char* what, const fs::path& path, int reason) {
  fail("output: cannot ", what, " ", path.string(), " (", std::strerror(reason),
       "); see to its rights and space, or choose another folder");
}

// A file written beside its place. It is removed unless publish() has renamed it.
class WrittenBeside {
 public:
  WrittenBeside(fs::path path, const std::string& bytes)
      : path_(std::move(path)), part_(path_.string() + fmt::format(".part-{}", getpid())) {
    std::error_code error;
    const fs::file_status status = fs::status(path_, error);
    if (fs::exists(status) && !fs::is_regular_file(status)) {
      fail("output: ", path_.string(), " is not a plain file; choose another folder");
    }
    std::FILE* file = std::fopen(part_.c_str(), "wb");
    if (file == nullptr) fail_at("make", path_, errno);
    bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() &&
                   std::fflush(file) == 0 && fsync(fileno(file)) == 0;
    int reason = errno;
    if (std::fclose(file) != 0 && written) {
      written = false;
      reason = errno;
    }
    if (written) return;
    std::remove(part_.c_str());
    fail_at("write", path_, reason);
  }

  WrittenBeside(WrittenBeside&& other) noexcept
      : path_(std::move(other.path_)), part_(std::exchange(other.part_, {})) {}

  ~WrittenBeside() {
    if (!part_.empty()) std::remove(part_.c_str());
  }

  void publish() {
    if (std::rename(part_.c_str(), path_.c_str()) != 0) fail_at("replace", path_, errno);
    part_.clear();
  }

 private:
  fs::path path_;
  std::string part_;
};

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

void OutputFolder::commit() {
  const SignalsWait wait;
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) fail_at("make the folder", folder_, error.value());
  std::vector<WrittenBeside> written;
  for (const File& file : files_) written.emplace_back(folder_ / file.name, file.bytes);
  for (WrittenBeside& file : written) file.publish();
  files_.clear();
}

}  // namespace sprig
