// libFuzzer's way in: any bytes as a topology file (see topology_text.h). `make fuzz` runs it.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/topology_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8192) return 0;  // DOT's {a b c} -> {d e f} makes many edges of few bytes
  check_topology_text({reinterpret_cast<const char*>(data), size});
  return 0;
}
