// The file runs.csv of a folder while runs are being made: every finished run is in it at once
// as a whole line, so that neither Ctrl-C nor `kill -9` nor a full disk loses one, and the next
// start goes on from there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "demos/run_table.h"

namespace sprig {

// A file of the operating system, closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  operator int() const { return number_; }

 private:
  int number_;
};

class RunFile {
 public:
  // Reads runs.csv if it is there, else makes it, and the folder too. No other process may have
  // it open as a RunFile. A last line that was torn off is taken out. Throws Error if another
  // has it open, for what RunReader throws, and if it cannot be written; what was in the file
  // is then still there.
  RunFile(const std::filesystem::path& folder, const Experiment& experiment);

  // All runs in the file.
  const RunTable& table() const { return table_; }

  // Adds a run at the end of the file. Throws Error if it has not one number for each column,
  // or cannot be written; the file is then as it was.
  void append(const RunId& id, std::span<const double> numbers);

  // Replaces the file by one in the order of the table. Nothing can be added any more.
  void sort();

  // Adds all runs of a table of the same experiment, and sorts. Throws Error, and leaves the
  // file as it is, if it has one of them with other numbers.
  void merge(const RunTable& other);

 private:
  void read();
  void write(std::string_view bytes);

  std::filesystem::path path_;
  RunTable table_;
  Descriptor file_;  // locked
  std::uintmax_t size_ = 0;
};

}  // namespace sprig
