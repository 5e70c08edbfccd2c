// Files of topologies, written beside the old one and then renamed.
#include "nn/topology_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "engine/error.h"
#include "engine/graphviz.h"
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
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) {
    fail(path.string(), ": cannot be written: it is not a regular file; give another path");
  }
  const fs::path beside = path.string() + ".new";
  std::ofstream file(beside, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) error.assign(errno, std::generic_category());
  if (!error) fs::rename(beside, path, error);
  if (!error) return;
  std::error_code ignored;
  fs::remove(beside, ignored);
  fail(path.string(), ": cannot be written: ", error.message(),
       "; make room or give another path");
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
