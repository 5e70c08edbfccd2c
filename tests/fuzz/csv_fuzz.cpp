// libFuzzer's way in: any bytes as a CSV task (see csv_text.h). `make fuzz` runs it.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/csv_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool regression : {false, true}) check_csv_text(text, regression);
  return 0;
}
