#include "demos/run_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <system_error>

#include "demos/output.h"
#include "demos/run_reader.h"
#include "engine/error.h"

namespace sprig {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_to_write(const fs::path& path, int reason) {
  fail(path.string(), ": cannot be written (", std::strerror(reason),
       "); see to its rights and space, then give the same command again");
}

// Throws Error for names that would not come back from the file, or not as themselves.
const Experiment& checked(const Experiment& experiment) {
  const auto& methods = experiment.methods;
  if (std::set<std::string>(methods.begin(), methods.end()).size() < methods.size()) {
    fail("runs: two methods have the same name; give each its own");
  }
  std::string text = csv_head(experiment);
  for (const std::string& method : methods) text += method;
  if (std::ranges::count(text, '\n') != 2) {
    fail("runs: the settings or a name have a line break; give them one line each");
  }
  return experiment;
}

bool is_at(const fs::path& path, int file) {
  struct stat opened {};
  struct stat there {};
  return fstat(file, &opened) == 0 && stat(path.c_str(), &there) == 0 &&
         opened.st_ino == there.st_ino && opened.st_dev == there.st_dev;
}

// The file, made if it is not there, and locked as long as it is open.
int open_locked(const fs::path& path) {
  OutputFolder(path.parent_path()).commit();  // makes the folder
  for (;;) {
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0) fail_to_write(path, errno);
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
      const int reason = errno;
      close(file);
      if (reason != EWOULDBLOCK) fail_to_write(path, reason);
      fail(path.string(), ": in use by another process; wait for it, or give another folder");
    }
    // Between the two calls another process may have replaced the file, as sort() does.
    if (is_at(path, file)) return file;
    close(file);
  }
}

}  // namespace

Descriptor::~Descriptor() { close(number_); }

RunFile::RunFile(const fs::path& folder, const Experiment& experiment)
    : path_(folder / "runs.csv"), table_{checked(experiment), {}}, file_(open_locked(path_)) {
  read();
}

void RunFile::read() {
  std::ifstream file(path_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const std::string head = csv_head(table_.experiment);
  if (bytes.size() < head.size() && head.starts_with(bytes)) {
    fs::resize_file(path_, 0);
    write(head);
    return;
  }
  RunReader reader(table_, "give the old ones again, or another folder");
  size_ = reader.read(path_, bytes);
  if (size_ < bytes.size()) fs::resize_file(path_, size_);
}

void RunFile::append(const RunId& id, std::span<const double> numbers) {
  const Experiment& experiment = table_.experiment;
  if (numbers.size() != experiment.columns.size()) {
    fail("runs: ", experiment.methods.at(id.method), " with seed ", id.seed, " gave ",
         numbers.size(), " numbers for ", experiment.columns.size(),
         " columns; give one for each");
  }
  write(csv_row(experiment, id, numbers));
  table_.runs[id].assign(numbers.begin(), numbers.end());
}

// All at once, but for a disk that is full: then what got there is taken back.
void RunFile::write(std::string_view bytes) {
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written < 0) {
      const int reason = errno;
      std::error_code error;  // a torn line that stays is found at the next start
      fs::resize_file(path_, size_, error);
      fail_to_write(path_, reason);
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  size_ += bytes.size();
}

void RunFile::sort() {
  OutputFolder folder(path_.parent_path());
  folder.add(path_.filename().string(), csv(table_));
  folder.commit();
}

void RunFile::merge(const RunTable& other) {
  const Experiment& experiment = table_.experiment;
  for (const auto& [id, numbers] : other.runs) {
    const auto [run, is_new] = table_.runs.emplace(id, numbers);
    if (!is_new && csv_row(experiment, id, run->second) != csv_row(experiment, id, numbers)) {
      fail(path_.string(), ": ", experiment.methods.at(id.method), " with seed ", id.seed,
           " is there with other numbers; give another folder");
    }
  }
  sort();
}

}  // namespace sprig
