// Where a demo's files go. Nothing reaches the disk before commit(), which replaces all files
// or none (engine/staged_files.h): Ctrl-C, a full disk or an error leaves them as they were.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sprig {

class OutputFolder {
 public:
  // Finds out now, before anything long is computed, whether the folder can be written to or
  // made. Throws Error if not. It makes nothing yet.
  explicit OutputFolder(std::filesystem::path folder);

  // Keeps the bytes for the file `name`, which must be a plain file name. A name given twice is
  // written once, with the later bytes.
  void add(const std::string& name, std::string bytes);

  // Makes the folder if need be and writes all added files; other files in it stay as they are.
  // Throws Error if a file cannot be written, and every file is then as it was before.
  void commit();

  const std::filesystem::path& path() const { return folder_; }
  std::vector<std::string> names() const;  // of the files added and not yet committed

 private:
  struct File {
    std::string name;
    std::string bytes;
  };

  std::filesystem::path folder_;
  std::vector<File> files_;
};

}  // namespace sprig
