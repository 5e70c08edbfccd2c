#include "demos/idx.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "engine/error.h"

namespace sprig {
namespace {

constexpr std::size_t most_numbers = std::size_t{1} << 30;
constexpr std::size_t block = std::size_t{1} << 20;

std::string hex(std::span<const std::uint8_t> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    if (!text.empty()) text += ' ';
    text += {digits[byte >> 4], digits[byte & 15]};
  }
  return text;
}

class IdxReader {
 public:
  IdxReader(const ReadBytes& read, const std::string& source, IdxKind kind)
      : read_(read), source_(source), is_images_(kind == IdxKind::images) {}

  Idx idx() {
    check_magic();
    for (std::size_t k = 0; k < dimensions(); ++k) idx_.sizes.push_back(next_size());
    read_numbers(size_of_numbers());
    return std::move(idx_);
  }

 private:
  template <class... Parts>
  [[noreturn]] void wrong(const Parts&... parts) const {
    fail(source_, ": ", parts...);
  }

  std::uint8_t dimensions() const { return is_images_ ? 3 : 1; }
  const char* kind() const { return is_images_ ? "images" : "labels"; }

  // "60000 images of 28x28", "60000 labels".
  std::string what() const {
    std::string text = std::to_string(idx_.sizes[0]) + " " + kind();
    if (is_images_) {
      text += " of " + std::to_string(idx_.sizes[1]) + "x" + std::to_string(idx_.sizes[2]);
    }
    return text;
  }

  using Word = std::array<std::uint8_t, 4>;

  Word next_word() {
    Word word{};
    const std::size_t got = read_(word);
    at_ += got;
    if (got == word.size()) return word;
    wrong("ends at byte ", at_, ", expected a header of ", 4 + 4 * dimensions(), " bytes of ",
          kind(), "; it was cut off, or is another file: get it again");
  }

  void check_magic() {
    const Word found = next_word();
    const Word expected{0, 0, 8, dimensions()};
    if (found == expected) return;
    const Word other{0, 0, 8, is_images_ ? std::uint8_t{1} : std::uint8_t{3}};
    if (found == other) {
      wrong("byte 3: expected ", int{dimensions()}, " for ", kind(), ", found ", int{found[3]},
            " for ", is_images_ ? "labels" : "images",
            "; the two kinds of files were swapped: give the other one");
    }
    wrong("byte 0: expected ", hex(expected), ", found ", hex(found), "; it is no idx file of ",
          kind(), " in bytes: give one, plain or as .gz");
  }

  std::uint32_t next_size() {
    const Word word = next_word();
    const std::uint32_t size = std::uint32_t{word[0]} << 24 | std::uint32_t{word[1]} << 16 |
                               std::uint32_t{word[2]} << 8 | std::uint32_t{word[3]};
    if (size > 0) return size;
    wrong("byte ", at_ - 4,
          ": expected a size of at least 1, found 0; the file is empty or "
          "damaged: get it again");
  }

  std::size_t size_of_numbers() const {
    std::size_t size = 1;
    for (const std::uint32_t factor : idx_.sizes) {
      if (factor > most_numbers / size) {
        wrong("byte 4: expected at most 1 GiB of numbers, found ", what(),
              "; the file is damaged, or far too large");
      }
      size *= factor;
    }
    return size;
  }

  // In blocks, as a damaged file claims more than it has.
  void read_numbers(std::size_t size) {
    const std::size_t end = at_ + size;
    while (at_ < end) {
      const std::size_t before = idx_.numbers.size();
      const std::size_t wanted = std::min(block, end - at_);
      idx_.numbers.resize(before + wanted);
      const std::size_t got = read_(std::span(idx_.numbers).subspan(before));
      at_ += got;
      if (got < wanted) {
        wrong("ends at byte ", at_, ", expected ", end, " bytes for ", what(),
              "; it was cut off: get it again");
      }
    }
    std::uint8_t more = 0;
    if (read_(std::span(&more, 1)) == 0) return;
    wrong("byte ", end, ": expected the end behind ", what(), ", found ", hex({&more, 1}),
          "; the file is damaged: get it again");
  }

  const ReadBytes& read_;
  const std::string& source_;
  bool is_images_;
  std::size_t at_ = 0;  // bytes read
  Idx idx_;
};

struct CloseFile {
  void operator()(gzFile file) const { gzclose(file); }
};
using File = std::unique_ptr<gzFile_s, CloseFile>;

// gzread takes files as they are that are not compressed.
std::size_t read_file(gzFile file, std::span<std::uint8_t> bytes, const std::string& source) {
  const int got = gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  if (got == static_cast<int>(bytes.size())) return bytes.size();
  int code = Z_OK;
  std::string_view reason = gzerror(file, &code);
  if (reason.starts_with(source)) reason.remove_prefix(source.size() + 2);  // "file: "
  if (code == Z_ERRNO) fail(source, ": cannot be read: ", std::strerror(errno));
  if (code == Z_BUF_ERROR) {
    fail(source, ": the compressed file ends too early, at byte ", gzoffset(file),
         "; it was cut off: get it again");
  }
  if (got < 0) {
    fail(source, ": cannot be unpacked near byte ", gzoffset(file), ": ", reason,
         "; the file is damaged: get it again");
  }
  return static_cast<std::size_t>(got);
}

}  // namespace

Idx read_idx(const ReadBytes& read, const std::string& source, IdxKind kind) {
  return IdxReader(read, source, kind).idx();
}

Idx load_idx(const std::filesystem::path& path, IdxKind kind) {
  const std::string source = path.string();
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) {
    fail(source, ": is a directory; give the idx file in it");
  }
  const File file(gzopen(source.c_str(), "rb"));
  if (file == nullptr) {
    fail(source, ": cannot be read: ", std::strerror(errno), "; check the path");
  }
  gzbuffer(file.get(), block);
  return read_idx(
      [&](std::span<std::uint8_t> bytes) { return read_file(file.get(), bytes, source); },
      source, kind);
}

}  // namespace sprig
