// libFuzzer's way in: any bytes as an idx file (see idx_bytes.h). `make fuzz` runs it.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/idx_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto kind : {sprig::IdxKind::images, sprig::IdxKind::labels}) {
    check_idx_bytes({data, size}, kind);
  }
  return 0;
}
