// What a Program keeps: the user's code, and what was made of it. For program.cpp and
// program_check.cpp.
#pragma once

#include <variant>

#include "engine/program.h"
#include "engine/program_replay.h"

namespace sprig {

struct Program::State {
  using Replays = std::variant<Replay<double>, Replay<float>>;

  State(Graph& its_graph, SampleShape its_shape, Record its_record,
        const ProgramOptions& its_options);

  // Forward, and more; gradients are added to those of the parameters. Records first if that is
  // needed.
  double run(const Batch& batch, Pass pass);

  // One sample through the user's code, as it would be without a Program.
  Recording record_sample(const Batch& batch, std::size_t sample) const;

  const Plan& plan() const;

  void check(const Batch& batch) const;
  void record_if_needed(const Batch& batch);
  void check_values(const Recording& recording) const;
  void check_leaves(const Plan& plan) const;

  Graph& graph;
  SampleShape shape;
  Record record;
  ProgramOptions options;
  Replays replay;
  std::uint32_t recorded_at = 0;  // parameter changes that the graph had seen
  std::size_t recordings = 0;
};

}  // namespace sprig
