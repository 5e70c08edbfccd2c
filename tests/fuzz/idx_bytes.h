// What must hold for any bytes that are read as an idx file: they are refused with an Error of
// one line, or its numbers are the last bytes, as many as its sizes say. Shared by the fuzzer
// and the unit test that runs over the corpus.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "demos/idx.h"
#include "engine/error.h"

// Gives the bytes out one piece after the other.
inline sprig::ReadBytes reader_of(std::span<const std::uint8_t> bytes) {
  return [bytes](std::span<std::uint8_t> to) mutable {
    const std::size_t count = std::min(to.size(), bytes.size());
    std::ranges::copy(bytes.first(count), to.begin());
    bytes = bytes.subspan(count);
    return count;
  };
}

// True if the bytes were accepted. Throws std::logic_error if what was accepted is not sound.
inline bool check_idx_bytes(std::span<const std::uint8_t> bytes, sprig::IdxKind kind) {
  sprig::Idx idx;
  try {
    idx = sprig::read_idx(reader_of(bytes), "bytes", kind);
  } catch (const sprig::Error& error) {
    if (std::string_view(error.what()).find('\n') == std::string_view::npos) return false;
    throw std::logic_error("an Error has several lines");
  }
  std::size_t count = 1;
  for (const std::uint32_t size : idx.sizes) count *= size;
  if (idx.numbers.size() != count || count == 0) {
    throw std::logic_error("the sizes are not those of the numbers");
  }
  if (!std::ranges::equal(idx.numbers, bytes.last(count))) {
    throw std::logic_error("the numbers are not those of the file");
  }
  return true;
}
