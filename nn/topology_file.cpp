// Files of topologies; the contracts are in topology_file.h.
#include "nn/topology_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "engine/error.h"
#include "engine/graphviz.h"
#include "engine/staged_files.h"
#include "nn/draw.h"
#include "nn/topology_dot.h"

namespace sprig {

namespace fs = std::filesystem;

std::string write_topology(const Topology& topology) {
  return draw(topology, DiagramFormat::dot);
}

Topology read_topology(std::string_view text, std::string_view source) {
  return topology_of(parse_dot(text, source), source);
}

void save(const Topology& topology, const fs::path& path) {
  const std::string text = write_topology(topology);
  StagedFiles file;
  file.add(path, text);
  file.publish();
}

Topology load(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  char block[65536];
  while (file.read(block, sizeof block) || file.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof()) {
    fail(path.string(), ": cannot be read: ", std::strerror(errno), "; check the path");
  }
  return read_topology(text, path.string());
}

}  // namespace sprig
