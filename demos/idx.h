// idx files, MNIST's format for images and labels, plain or compressed with gzip alike. Only
// what sprig's demos read: unsigned bytes.
//
//   byte 0   0 0, then 8 for unsigned bytes, then the number of dimensions
//   byte 4   the size of each dimension, in 4 bytes, the highest first: images, rows, columns
//   then     the numbers, the last dimension fastest
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace sprig {

enum class IdxKind { images, labels };  // of 3 dimensions and of 1

struct Idx {
  std::vector<std::uint32_t> sizes;  // how many; of images then rows and columns
  std::vector<std::uint8_t> numbers;
};

// Fills as much of the span as there are bytes left, and returns how many.
using ReadBytes = std::function<std::size_t(std::span<std::uint8_t>)>;

// Throws Error in one line, naming `source`, the byte, what was expected, what was found and
// the remedy, unless `read` gives exactly one such file, of at least one number and at most
// 1 GiB. Sizes that are only claimed take no memory.
Idx read_idx(const ReadBytes& read, const std::string& source, IdxKind kind);

// The same of a file. Bytes are counted in what it unpacks to. Throws Error, too, if it cannot
// be read or unpacked.
Idx load_idx(const std::filesystem::path& file, IdxKind kind);

}  // namespace sprig
