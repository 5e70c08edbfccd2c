#include "engine/program_group.h"

#include <algorithm>

namespace sprig {
namespace {

// Rows of 512 bytes: as many as leave room for sums and weights in 32 KiB.
constexpr Index block_rows = 48;

// Sums that read at least a tenth of many rows go through them in blocks, each as long as the
// first-level cache remembers, and so in the order of rows, not of connections. Sparser ones
// would load and store sums more often than rows.
Index rows_per_block(std::size_t neurons, std::size_t connections, Index first, Index end) {
  const std::size_t rows = end - first;
  const bool is_dense = 10 * connections >= neurons * rows;
  return is_dense && rows > block_rows ? block_rows : std::max<Index>(1, end - first);
}

struct Neurons {
  std::span<const Index> ends;
  std::span<PlannedConnection> connections;

  std::span<PlannedConnection> of(std::size_t neuron) const {
    const std::size_t begin = neuron == 0 ? 0 : ends[neuron - 1];
    return connections.subspan(begin, ends[neuron] - begin);
  }
};

bool same_rows(std::span<const PlannedConnection> a, std::span<const PlannedConnection> b) {
  return std::ranges::equal(a, b, {}, &PlannedConnection::row, &PlannedConnection::row);
}

// Writes the tiles of one block: `in_block[n]` are the connections of neuron n in it.
struct TileWriter {
  AffineGroup& group;
  std::vector<Index> weights;

  void write(std::span<const std::span<PlannedConnection>> in_block, bool starts, bool ends) {
    for (std::size_t first = 0; first < in_block.size();) {
      std::size_t end = first + 1;
      while (end < in_block.size() && same_rows(in_block[first], in_block[end])) ++end;
      if (starts || ends || !in_block[first].empty()) {
        write_tile(in_block.subspan(first, end - first), static_cast<Index>(first));
        group.tiles.back().starts = starts;
        group.tiles.back().ends = ends;
      }
      first = end;
    }
  }

  void write_tile(std::span<const std::span<PlannedConnection>> alike, Index first) {
    group.tiles.push_back({.first = first,
                           .count = static_cast<Index>(alike.size()),
                           .begin = static_cast<Index>(group.rows.size()),
                           .size = static_cast<Index>(alike[0].size()),
                           .connection = static_cast<Index>(weights.size())});
    Tile& tile = group.tiles.back();
    tile.is_run = true;
    for (const PlannedConnection& connection : alike[0]) {
      tile.is_run &= group.rows.size() == tile.begin || connection.row == group.rows.back() + 1;
      group.rows.push_back(connection.row);
    }
    for (const auto& connections : alike) {
      for (const PlannedConnection& connection : connections) {
        weights.push_back(connection.weight);
      }
    }
  }
};

}  // namespace

std::vector<Index> plan_tiles(AffineGroup& group, std::span<const Index> ends,
                              std::span<PlannedConnection> connections) {
  const Neurons neurons{ends, connections};
  TileWriter writer{group, {}};
  writer.weights.reserve(connections.size());
  Index first = Plan::none;
  Index end = 0;
  for (const PlannedConnection& connection : connections) {
    first = std::min(first, connection.row);
    end = std::max(end, connection.row + 1);
  }
  first = std::min(first, end);
  const Index block = rows_per_block(ends.size(), connections.size(), first, end);
  const auto block_of = [&](const PlannedConnection& connection) {
    return (connection.row - first) / block;
  };
  std::vector<std::span<PlannedConnection>> rest(ends.size());
  std::vector<std::span<PlannedConnection>> in_block(ends.size());
  for (std::size_t n = 0; n < ends.size(); ++n) {
    rest[n] = neurons.of(n);
    if (block < end - first) std::ranges::sort(rest[n], {}, &PlannedConnection::row);
  }
  const Index blocks = std::max<Index>(1, (end - first + block - 1) / block);
  for (Index k = 0; k < blocks; ++k) {
    for (std::size_t n = 0; n < ends.size(); ++n) {
      auto count = static_cast<std::size_t>(std::ranges::upper_bound(rest[n], k, {}, block_of) -
                                            rest[n].begin());
      if (k + 1 < blocks) count -= count % 4;  // their gradients are made four at a time
      in_block[n] = rest[n].first(count);
      rest[n] = rest[n].subspan(count);
    }
    writer.write(in_block, k == 0, k + 1 == blocks);
  }
  return std::move(writer.weights);
}

void plan_leaves(AffineGroup& group, std::span<const Index> leaves) {
  for (Tile& tile : group.tiles) {
    tile.leaves = static_cast<Index>(group.leaves.size());
    for (Index n = 0; n < tile.count; ++n) {
      const auto of_neuron = leaves.subspan(tile.connection + n * tile.size, tile.size);
      for (Index k = 1; k < tile.size; ++k) {
        if (of_neuron[k] == of_neuron[0] + k) continue;
        group.leaves.clear();
        return;
      }
      group.leaves.push_back(of_neuron.empty() ? 0 : of_neuron[0]);
    }
  }
  group.in_graph = true;
}

}  // namespace sprig
