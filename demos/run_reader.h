// Reads tables of runs (run_table.h) back from files, and joins the runs of several files into
// one table.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "demos/run_table.h"

namespace sprig {

class RunReader {
 public:
  // Reads into the table, which must have no runs yet. `remedy` is what to do about a file with
  // other settings: how the message ends.
  RunReader(RunTable& table, std::string remedy);

  // Adds the runs of a file with these bytes; its name is for messages. A last line without a
  // newline was torn off while it was written, and is left out. Gives the number of bytes of
  // the whole lines. Throws Error, with file and line, for what is no table of runs, for other
  // settings or columns, for a line that is no run, for a method that the experiment has not,
  // and for a run that was read before with other numbers.
  std::size_t read(const std::filesystem::path& name, std::string_view bytes);

 private:
  void check_head(const std::string& name, const std::string& settings,
                  const std::vector<std::string>& columns) const;
  void read_run(const std::string& place, std::string_view line);
  RunId read_id(const std::string& place, const std::vector<std::string>& cells) const;

  RunTable& table_;
  std::string remedy_;
  std::map<RunId, std::string> places_;  // file and line of each run
};

// All runs of several files, whose settings and columns must be the same. A run may be in more
// than one if its numbers are the same. `methods` are all there are, as in Experiment. csv() of
// the result is what one file would be into which all runs went. Throws Error as RunReader, for
// no file, and for a file that cannot be read.
RunTable join_runs(std::span<const std::filesystem::path> files,
                   const std::vector<std::string>& methods);

}  // namespace sprig
