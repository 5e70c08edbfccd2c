// OutputFolder on real folders: what is there after a commit, and that nothing has changed when
// one fails. A path below a file stands for a folder that cannot be made, a limit on the size
// of files for a full disk.

#include "demos/output.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "engine/error.h"
#include "tests/full_disk.h"
#include "tests/temporary_folder.h"

namespace {

using namespace sprig;
namespace fs = std::filesystem;

void put(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.insert(entry.path().filename());
  return names;
}

}  // namespace

TEST_SUITE("output") {
  TEST_CASE("commit makes the folder and writes the added files, byte for byte") {
    const TemporaryFolder folder;
    const std::string bytes("a\0b\r\n\xff", 6);
    OutputFolder output(folder / "out/moons");
    output.add("data.bin", bytes);
    output.add("empty.txt", "");
    output.commit();
    CHECK(names_in(folder / "out/moons") == std::set<std::string>{"data.bin", "empty.txt"});
    CHECK(text_of_file(folder / "out/moons/data.bin") == bytes);
  }

  TEST_CASE("nothing is on the disk before commit, and nothing without one") {
    const TemporaryFolder folder;
    {
      OutputFolder output(folder / "out");
      output.add("a.txt", "a");
    }
    CHECK(!fs::exists(folder / "out"));
  }

  TEST_CASE("commit replaces files of the same name and leaves the others alone") {
    const TemporaryFolder folder;
    put(folder / "old.txt", "old");
    put(folder / "mine.txt", "mine");
    OutputFolder output(folder / "");
    output.add("old.txt", "new");
    output.commit();
    CHECK(text_of_file(folder / "old.txt") == "new");
    CHECK(text_of_file(folder / "mine.txt") == "mine");
  }

  TEST_CASE("of a name added twice the later bytes are written") {
    const TemporaryFolder folder;
    OutputFolder output(folder / "");
    output.add("a.txt", "first");
    output.add("a.txt", "second");
    output.commit();
    CHECK(text_of_file(folder / "a.txt") == "second");
  }

  TEST_CASE("when the disk is full, every file stays as it was and no part is left") {
    const TemporaryFolder folder;
    put(folder / "small.txt", "old");
    OutputFolder output(folder / "");
    output.add("small.txt", "new");
    output.add("big.txt", std::string(100000, 'x'));
    {
      const FullDisk disk(1000);
      CHECK_THROWS_WITH_AS(
          output.commit(),
          ((folder / "big.txt").string() +
           ": cannot be written: File too large; make room or give another path")
              .c_str(),
          Error);
    }
    CHECK(text_of_file(folder / "small.txt") == "old");
    CHECK(names_in(folder / "") == std::set<std::string>{"small.txt"});
  }

  TEST_CASE("when one name is taken by a folder, no other file is replaced") {
    const TemporaryFolder folder;
    put(folder / "a.txt", "old");
    fs::create_directory(folder / "b.txt");
    OutputFolder output(folder / "");
    output.add("a.txt", "new");
    output.add("b.txt", "new");
    CHECK_THROWS_WITH_AS(output.commit(), doctest::Contains("not a regular file"), Error);
    CHECK(text_of_file(folder / "a.txt") == "old");
  }

  TEST_CASE("a folder that cannot be made is refused before anything is computed") {
    const TemporaryFolder folder;
    put(folder / "file", "");
    const std::string path = folder / "file/out/moons";
    CHECK_THROWS_WITH_AS(
        OutputFolder{path},
        ("output: cannot make the folder " + path +
         " (Not a directory); see to its rights and space, or choose another folder")
            .c_str(),
        Error);
    CHECK_THROWS_AS(OutputFolder{folder / "file"}, Error);
    CHECK_THROWS_WITH_AS(OutputFolder{""}, "output: got no name of a folder; give one", Error);
  }

  TEST_CASE("a folder without the right to write is refused, but for root") {
    const TemporaryFolder folder;
    fs::permissions(folder / "", fs::perms::owner_read | fs::perms::owner_exec);
    if (geteuid() != 0) {
      CHECK_THROWS_WITH_AS(OutputFolder(folder / "out"),
                           doctest::Contains("(Permission denied)"), Error);
    }
    fs::permissions(folder / "", fs::perms::owner_all);
  }

  TEST_CASE("a file name with folders in it is refused") {
    const TemporaryFolder folder;
    OutputFolder output(folder / "");
    for (const char* name : {"", ".", "..", "a/b", "/etc/passwd", "../a", "a/"}) {
      CAPTURE(name);
      CHECK_THROWS_AS(output.add(name, ""), Error);
    }
  }

  TEST_CASE("commit gives signals back to whoever handled them before") {
    const TemporaryFolder folder;
    void (*const mine)(int) = [](int) {};
    const auto before = std::signal(SIGINT, mine);
    OutputFolder(folder / "out").commit();
    const bool mine_again = std::signal(SIGINT, before) == mine;
    CHECK(mine_again);
  }
}
