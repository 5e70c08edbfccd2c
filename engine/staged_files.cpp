// Every name beside a file is made exclusively (fopen with x, or a hard link), so it is this
// object's own to rename or remove, whatever else is in the folder.
#include "engine/staged_files.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "engine/error.h"

namespace sprig {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_to_write(const fs::path& path, const std::error_code& error) {
  fail(path.string(), ": cannot be written: ", error.message(),
       "; make room or give another path");
}

std::error_code last_error() { return {errno, std::generic_category()}; }

// What a symbolic link leads to in the end, even if that does not exist; else the path itself.
fs::path followed(fs::path path) {
  std::error_code error;
  for (int links = 0; links < 40 && fs::is_symlink(path, error); ++links) {
    path = path.parent_path() / fs::read_symlink(path, error);
  }
  return path;
}

// Calls make(name) for names beside `place` until one is not taken. `make` gives file_exists if
// it is, and must not touch it then. A short name, as that of `place` may be as long as can be.
template <class Make>
fs::path make_beside(const fs::path& place, std::error_code& error, const Make& make) {
  for (int number = 0;; ++number) {
    const fs::path name = place.parent_path() / ("sprig-part-" + std::to_string(number));
    error = make(name);
    if (!error) return name;
    if (error != std::errc::file_exists) return {};
  }
}

// Leaves no file if it fails.
std::error_code write_new(const fs::path& name, std::string_view bytes) {
  std::FILE* file = std::fopen(name.c_str(), "wbx");
  if (file == nullptr) return last_error();
  std::error_code error;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() &&
                       std::fflush(file) == 0 && fsync(fileno(file)) == 0;
  if (!written) error = last_error();
  if (std::fclose(file) != 0 && !error) error = last_error();
  if (error) std::remove(name.c_str());
  return error;
}

// The old file's only name from now on, for file systems without hard links: until the new file
// comes, nothing is at `place`.
fs::path move_aside(const fs::path& place, std::error_code& error) {
  const auto reserve = [](const fs::path& name) { return write_new(name, ""); };
  const fs::path name = make_beside(place, error, reserve);
  if (error) return {};
  fs::rename(place, name, error);
  if (!error) return name;
  std::remove(name.c_str());
  return {};
}

// A second name for the old file, under which it outlives its replacement. Empty if there is no
// old file.
fs::path keep(const fs::path& place, std::error_code& error) {
  constexpr auto no_file = std::errc::no_such_file_or_directory;
  fs::path kept = make_beside(place, error, [&](const fs::path& name) {
    std::error_code link_error;
    fs::create_hard_link(place, name, link_error);
    return link_error;
  });
  if (error && error != no_file) kept = move_aside(place, error);
  if (error == no_file) error.clear();
  return kept;
}

}  // namespace

StagedFiles::~StagedFiles() { clear(); }

void StagedFiles::add(const fs::path& path, std::string_view bytes) {
  const fs::path place = followed(path);
  std::error_code error;
  const fs::file_status status = fs::status(place, error);
  if (status.type() == fs::file_type::none) fail_to_write(path, error);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    fail(path.string(), ": cannot be written: it is not a regular file; give another path");
  }
  const fs::path part =
      make_beside(place, error, [&](const fs::path& name) { return write_new(name, bytes); });
  if (error) fail_to_write(path, error);
  files_.push_back({place, part, {}});
}

void StagedFiles::publish() {
  for (File& file : files_) {
    std::error_code error;
    const bool is_last = &file == &files_.back();  // after it, nothing can fail
    if (!is_last) file.kept = keep(file.place, error);
    if (!error) fs::rename(file.part, file.place, error);
    if (error) {
      const fs::path place = file.place;
      put_back();
      clear();
      fail_to_write(place, error);
    }
    file.part.clear();
  }
  clear();
}

// In reverse: two paths may lead to one place.
void StagedFiles::put_back() {
  for (auto at = files_.rbegin(); at != files_.rend(); ++at) {
    File& file = *at;
    if (!file.kept.empty()) {
      std::error_code error;
      fs::rename(file.kept, file.place, error);
      // A rename between two names of one file leaves both.
      if (!error) std::remove(file.kept.c_str());
      file.kept.clear();
    } else if (file.part.empty()) {
      std::remove(file.place.c_str());
    }
  }
}

void StagedFiles::clear() {
  for (const File& file : files_) {
    if (!file.part.empty()) std::remove(file.part.c_str());
    if (!file.kept.empty()) std::remove(file.kept.c_str());
  }
  files_.clear();
}

}  // namespace sprig
