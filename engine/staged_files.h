// Files that are replaced as a whole or not at all. New bytes are first written beside the old
// file, under a name that nobody has, and take its place when all files are written; so an
// error or a full disk leaves everything as it was.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace sprig {

class StagedFiles {
 public:
  StagedFiles() = default;
  StagedFiles(const StagedFiles&) = delete;
  StagedFiles& operator=(const StagedFiles&) = delete;

  // Removes what is staged and not published.
  ~StagedFiles();

  // Writes the bytes to a new file beside `path`; if that is a symbolic link, beside the file
  // that it leads to, which needs not exist. Throws Error if `path` is there and no regular
  // file, or the bytes cannot be written.
  void add(const std::filesystem::path& path, std::string_view bytes);

  // Puts every staged file in its place, in the order of add. Throws Error if one cannot be;
  // those before it are then put back as they were. Nothing is staged after either. An old file
  // that cannot even be put back is left beside its place.
  void publish();

 private:
  struct File {
    std::filesystem::path place;
    std::filesystem::path part;  // the new bytes; empty once they are in their place
    std::filesystem::path kept;  // the old file, until all are published; empty if none
  };

  void put_back();
  void clear();

  std::vector<File> files_;
};

}  // namespace sprig
