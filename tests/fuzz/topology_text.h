// What must hold for any text that is read as a topology: it is refused with an Error, or it is
// a valid topology that can be written and reads back to the same bits. Shared by the fuzzer
// and the unit test that runs over the fuzzer's corpus.
#pragma once

#include <stdexcept>
#include <string_view>

#include "engine/error.h"
#include "nn/topology_file.h"
#include "tests/random_topology.h"

// True if the text was accepted. Throws std::logic_error if what was accepted does not read
// back.
inline bool check_topology_text(std::string_view text) {
  sprig::Topology topology;
  try {
    topology = sprig::read_topology(text, "text");
  } catch (const sprig::Error&) {
    return false;
  }
  const std::string written = sprig::write_topology(topology);
  if (!same_bits(sprig::read_topology(written, "written"), topology)) {
    throw std::logic_error("a topology reads back differently");
  }
  return true;
}
