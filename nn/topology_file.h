// The diagram is the checkpoint: a topology's DOT diagram holds every number of it, draws well
// in any DOT tool, can be edited by hand, and is read back to the last bit.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "nn/topology.h"

namespace sprig {

// The DOT text of draw(topology, dot); nn/topology_dot.h says what is where. Throws Error if
// the topology is not valid.
std::string write_topology(const Topology& topology);

// The topology in a text that write_topology made, also after a DOT tool has rewritten it or a
// person has edited it. `source` names the text in errors. Throws Error with source and line of
// a syntax error, or with what is wrong in which neuron or connection.
Topology read_topology(std::string_view text, std::string_view source);

// write_topology into a file, through a symbolic link if `path` is one. Throws Error if that
// fails; an old file is then left as it was.
void save(const Topology& topology, const std::filesystem::path& path);

// read_topology of a file. Throws Error, also when the file cannot be read.
Topology load(const std::filesystem::path& path);

}  // namespace sprig
