// StagedFiles on real folders: what is in the place of each file after publish, and after one
// that failed. A folder that appears where a file was to go stands for a file that cannot be
// replaced.

#include "engine/staged_files.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "engine/error.h"
#include "tests/full_disk.h"
#include "tests/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using sprig::Error;
using sprig::StagedFiles;
using Names = std::set<std::string>;

class Folder : public TemporaryFolder {
 public:
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(path() / name) << text;
  }
  std::string text_of(const std::string& name) const { return text_of_file(path() / name); }
  Names names() const {
    Names names;
    for (const auto& entry : fs::directory_iterator(path())) {
      names.insert(entry.path().filename());
    }
    return names;
  }
};

}  // namespace

TEST_SUITE("staged files") {
  TEST_CASE("nothing is in its place before publish, and nothing is left without it") {
    const Folder folder;
    folder.put("a", "old");
    {
      StagedFiles files;
      files.add(folder / "a", "new");
      files.add(folder / "b", "new");
      CHECK(folder.text_of("a") == "old");
      CHECK_FALSE(fs::exists(folder / "b"));
    }
    CHECK(folder.names() == Names{"a"});
  }

  TEST_CASE("publish puts every byte of every file in its place and nothing beside it") {
    const Folder folder;
    const std::string bytes("a\0b\r\n\xff", 6);
    folder.put("a", "old");
    StagedFiles files;
    files.add(folder / "a", bytes);
    files.add(folder / "b", "");
    files.publish();
    CHECK(folder.text_of("a") == bytes);
    CHECK(folder.names() == Names{"a", "b"});
  }

  TEST_CASE("when a later file cannot be replaced, those before it are put back") {
    for (const char* blocked : {"c", "d"}) {  // not the last one, and the last
      CAPTURE(blocked);
      const Folder folder;
      folder.put("a", "old");
      StagedFiles files;
      for (const char* name : {"a", "b", "c", "d"}) files.add(folder / name, "new");
      fs::create_directory(folder / blocked);
      CHECK_THROWS_WITH_AS(
          files.publish(),
          doctest::Contains(((folder / blocked).string() + ": cannot be written: ").c_str()),
          Error);
      CHECK(folder.text_of("a") == "old");
      CHECK(folder.names() == Names{"a", blocked});
      CHECK(fs::is_directory(folder / blocked));
    }
  }

  TEST_CASE("when new bytes have vanished, the old file stays and nothing beside it") {
    const Folder folder;
    folder.put("a", "old");
    StagedFiles files;
    files.add(folder / "a", "new");
    files.add(folder / "b", "new");
    for (const std::string& name : folder.names()) {
      if (name != "a") fs::remove(folder / name);
    }
    CHECK_THROWS_AS(files.publish(), Error);
    CHECK(folder.text_of("a") == "old");
    CHECK(folder.names() == Names{"a"});
  }

  TEST_CASE("two paths to one place are put back to what was there before both") {
    const Folder folder;
    folder.put("a", "old");
    fs::create_symlink("a", folder / "link");
    StagedFiles files;
    for (const char* name : {"a", "link", "c"}) files.add(folder / name, name);
    fs::create_directory(folder / "c");
    CHECK_THROWS_AS(files.publish(), Error);
    CHECK(folder.text_of("a") == "old");
    CHECK(folder.names() == Names{"a", "link", "c"});
  }

  TEST_CASE("files and folders that have the names it would take are left alone") {
    const Folder folder;
    folder.put("sprig-part-0", "mine");
    fs::create_directory(folder / "sprig-part-1");
    fs::create_symlink("nowhere", folder / "sprig-part-2");
    folder.put("a", "old");
    const Names before = folder.names();
    StagedFiles files;
    for (const char* name : {"a", "b", "c"}) files.add(folder / name, "new");
    fs::create_directory(folder / "c");
    CHECK_THROWS_AS(files.publish(), Error);
    fs::remove(folder / "c");
    CHECK(folder.names() == before);
    CHECK(folder.text_of("sprig-part-0") == "mine");
  }

  TEST_CASE("a symbolic link stays one, and what it leads to is written or made") {
    const Folder folder;
    fs::create_directory(folder / "sub");
    folder.put("sub/real", "old");
    fs::create_symlink("sub/real", folder / "link");
    fs::create_symlink("sub/missing", folder / "dangling");
    fs::create_symlink("loop", folder / "loop");
    StagedFiles files;
    files.add(folder / "link", "new");
    files.add(folder / "dangling", "made");
    CHECK_THROWS_WITH_AS(files.add(folder / "loop", ""),
                         doctest::Contains("Too many levels of symbolic links"), Error);
    files.publish();
    CHECK(fs::is_symlink(folder / "link"));
    CHECK(fs::is_symlink(folder / "dangling"));
    CHECK(folder.text_of("sub/real") == "new");
    CHECK(folder.text_of("sub/missing") == "made");
  }

  TEST_CASE("a full disk leaves no part, and a name as long as can be is written") {
    const Folder folder;
    StagedFiles files;
    {
      const FullDisk disk(1000);
      CHECK_THROWS_WITH_AS(files.add(folder / "a", std::string(100000, 'x')),
                           doctest::Contains("File too large"), Error);
    }
    CHECK(folder.names().empty());
    const std::string longest(255, 'n');
    files.add(folder / longest, "new");
    files.publish();
    CHECK(folder.names() == Names{longest});
  }
}
