// idx files against the format's description: what is read, and the line that refuses the rest.

#include "demos/idx.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <fstream>

#include "engine/error.h"
#include "tests/fuzz/idx_bytes.h"
#include "tests/temporary_folder.h"

namespace {

using namespace sprig;
namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

const Bytes two_images{0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255};
const Bytes three_labels{0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9};

Bytes with(Bytes bytes, std::size_t place, Bytes others) {
  std::ranges::copy(others, bytes.begin() + static_cast<std::ptrdiff_t>(place));
  return bytes;
}

std::string refusal(const Bytes& bytes, IdxKind kind) {
  try {
    (void)read_idx(reader_of(bytes), "file", kind);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string refusal(const fs::path& path) {
  try {
    (void)load_idx(path, IdxKind::labels);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void write(const fs::path& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<long>(bytes.size()));
}

void write_compressed(const fs::path& path, const Bytes& bytes) {
  const gzFile file = gzopen(path.c_str(), "wb");
  REQUIRE(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) > 0);
  REQUIRE(gzclose(file) == Z_OK);
}

}  // namespace

TEST_SUITE("idx") {
  TEST_CASE("sizes and numbers are those of the format's description") {
    const Idx images = read_idx(reader_of(two_images), "file", IdxKind::images);
    CHECK(images.sizes == std::vector<std::uint32_t>{2, 1, 3});
    CHECK(images.numbers == Bytes{1, 2, 3, 4, 5, 255});
    const Idx labels = read_idx(reader_of(three_labels), "file", IdxKind::labels);
    CHECK(labels.sizes == std::vector<std::uint32_t>{3});
    CHECK(labels.numbers == Bytes{7, 0, 9});
  }

  TEST_CASE("a compressed file is read as the plain one, also beyond a block of reading") {
    const TemporaryFolder folder;
    Bytes many{0, 0, 8, 1, 0, 0x20, 0, 1};  // 2 MiB and one more
    while (many.size() < 8 + (2 << 20) + 1) many.push_back(many.size() % 251 % 10);
    write(folder / "plain", many);
    write_compressed(folder / "compressed", many);
    const Idx plain = load_idx(folder / "plain", IdxKind::labels);
    CHECK(plain.numbers.size() == (2 << 20) + 1);
    CHECK(plain.numbers == load_idx(folder / "compressed", IdxKind::labels).numbers);
  }

  TEST_CASE("images and labels that were swapped are told apart") {
    CHECK(
        refusal(three_labels, IdxKind::images) ==
        "file: byte 3: expected 3 for images, found 1 for labels; the two kinds of files were "
        "swapped: give the other one");
    CHECK(
        refusal(two_images, IdxKind::labels) ==
        "file: byte 3: expected 1 for labels, found 3 for images; the two kinds of files were "
        "swapped: give the other one");
  }

  TEST_CASE("other files are refused with their first bytes") {
    CHECK(
        refusal({0x89, 'P', 'N', 'G', 13, 10}, IdxKind::images) ==
        "file: byte 0: expected 00 00 08 03, found 89 50 4e 47; it is no idx file of images in "
        "bytes: give one, plain or as .gz");
    CHECK(refusal(with(three_labels, 2, {13}), IdxKind::labels)
              .starts_with("file: byte 0: expected 00 00 08 01, found 00 00 0d 01; it is no"));
  }

  TEST_CASE("a file cut off anywhere says where, and how long it should be") {
    for (std::size_t size = 0; size < two_images.size(); ++size) {
      const std::string message = refusal(
          {two_images.begin(), two_images.begin() + static_cast<long>(size)}, IdxKind::images);
      const std::string place = "file: ends at byte " + std::to_string(size) + ", expected ";
      CHECK(message == place + (size < 16
                                    ? "a header of 16 bytes of images; it was cut off, or is "
                                      "another file: get it again"
                                    : "22 bytes for 2 images of 1x3; it was cut off: get it "
                                      "again"));
    }
  }

  TEST_CASE("bytes behind the last number are refused") {
    Bytes longer = three_labels;
    longer.push_back(4);
    CHECK(refusal(longer, IdxKind::labels) ==
          "file: byte 11: expected the end behind 3 labels, found 04; the file is damaged: get "
          "it again");
  }

  TEST_CASE("sizes of 0 and sizes beyond a GiB are refused where they stand") {
    CHECK(refusal(with(two_images, 8, {0, 0, 0, 0}), IdxKind::images) ==
          "file: byte 8: expected a size of at least 1, found 0; the file is empty or damaged: "
          "get it again");
    CHECK(refusal(with(two_images, 4, Bytes(12, 255)), IdxKind::images) ==
          "file: byte 4: expected at most 1 GiB of numbers, found 4294967295 images of "
          "4294967295x4294967295; the file is damaged, or far too large");
  }

  TEST_CASE("a folder and a missing file are refused by name") {
    const TemporaryFolder folder;
    CHECK(refusal(folder.path()) ==
          folder.path().string() + ": is a directory; give the idx file in it");
    const fs::path missing = folder / "missing";
    CHECK(refusal(missing) ==
          missing.string() + ": cannot be read: No such file or directory; check the path");
  }

  TEST_CASE("a compressed file that is cut off or damaged is refused") {
    const TemporaryFolder folder;
    const fs::path path = folder / "labels.gz";
    write_compressed(path, three_labels);
    const std::string whole = text_of_file(path);
    for (std::size_t size = 14; size < whole.size(); ++size) {
      std::ofstream(path, std::ios::binary) << whole.substr(0, size);
      CHECK(refusal(path).starts_with(path.string() + ": the compressed file ends too early"));
    }
    std::string damaged = whole;
    damaged[whole.size() - 8] ^= 1;  // of the checksum
    std::ofstream(path, std::ios::binary) << damaged;
    CHECK(refusal(path).starts_with(path.string() + ": cannot be unpacked near byte "));
    CHECK(refusal(path).ends_with(": incorrect data check; the file is damaged: get it again"));
  }

  TEST_CASE("good files of the corpus are accepted, broken ones refused") {
    int files = 0;
    const fs::path corpus = fs::path(__FILE__).parent_path() / "fuzz" / "corpus" / "idx";
    for (const auto& entry : fs::directory_iterator(corpus)) {
      const std::string text = text_of_file(entry.path());
      const Bytes bytes(text.begin(), text.end());
      const bool accepted =
          check_idx_bytes(bytes, IdxKind::images) || check_idx_bytes(bytes, IdxKind::labels);
      CHECK_MESSAGE(accepted == entry.path().filename().string().starts_with("good"),
                    entry.path());
      ++files;
    }
    CHECK(files >= 14);
  }
}
