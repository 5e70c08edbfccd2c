// The fuzzer's check on its corpus and on mutations of it: the same few thousand texts in every
// run. `make fuzz` searches on from here.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/fuzz/topology_text.h"

namespace {

namespace fs = std::filesystem;
using sprig::Rng;

std::vector<std::string> texts_of_corpus(const std::string& kind) {
  std::vector<fs::path> paths;
  const fs::path folder =
      fs::path(__FILE__).parent_path() / "fuzz" / "corpus" / "topology_file";
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with(kind)) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<std::string> texts;
  for (const fs::path& path : paths) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    texts.push_back(text.str());
  }
  return texts;
}

// One to four changes of a byte, a word of the format put in, or a piece doubled or cut.
std::string mutated(std::string text, Rng& rng) {
  const std::vector<std::string> words = {
      "\"",      "\\",      "<",       ">",       "{", "}",          "[",     "]",
      "->",      "--",      ";",       "/*",      "#", "-0",         "nan",   "1e308",
      "weight=", "order=0", "layer=1", "input=1", "%", "class=note", "graph", "strict "};
  for (auto changes = 1 + rng.below(4); changes > 0; --changes) {
    const std::size_t at = rng.below(text.size() + 1), length = rng.below(20);
    switch (rng.below(4)) {
      case 0:
        text.insert(at, words[rng.below(words.size())]);
        break;
      case 1:
        text.insert(at, std::string(text, at, length));
        break;
      case 2:
        text.erase(at, length);
        break;
      default:
        text.insert(at, 1, static_cast<char>(rng.below(256)));
    }
  }
  return text;
}

}  // namespace

TEST_SUITE("topology fuzz") {
  TEST_CASE("good files of the corpus are accepted, broken ones refused") {
    for (const std::string& text : texts_of_corpus("good")) CHECK(check_topology_text(text));
    for (const std::string& text : texts_of_corpus("broken"))
      CHECK_FALSE(check_topology_text(text));
    CHECK(texts_of_corpus("good").size() + texts_of_corpus("broken").size() >= 12);
  }

  TEST_CASE("mutations of the corpus are accepted and read back, or refused with an Error") {
    Rng rng(1);
    int accepted = 0, refused = 0;
    for (const std::string& text : texts_of_corpus("")) {
      for (int i = 0; i < 200; ++i)
        ++(check_topology_text(mutated(text, rng)) ? accepted : refused);
    }
    CHECK(accepted > 100);
    CHECK(refused > 1000);
  }
}
