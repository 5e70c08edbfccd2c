#include "demos/moons/as_published.h"

#include <sstream>

#include "demos/moons/published.h"
#include "demos/say.h"
#include "nn/mlp.h"
#include "nn/strip.h"

namespace sprig {
namespace {

constexpr std::uint32_t post_seed = 1337;

std::string printed(const Topology& topology) {
  Graph graph;
  std::ostringstream text;
  text << Mlp(graph, topology);
  return text.str();
}

PublishedRun run_and_print(const Moons& moons, bool rigl) {
  return run_published(moons, post_seed, rigl,
                       [](const PublishedStep& step) { say(line_of(step)); });
}

}  // namespace

void run_as_published() {
  const Moons moons = post_moons();
  const Topology initial = published_topology(post_seed);
  say("# Static sparse network\n");
  say(printed(initial));
  say("number of parameters " + std::to_string(parameter_count(initial)));
  (void)run_and_print(moons, false);

  say("\n# RigL\n");
  const PublishedRun rigl = run_and_print(moons, true);

  say("\n# Stripped, in one pass as the post did\n");
  say(printed(published_strip(rigl.final)));

  say("\n# Stripped to a fixed point, as sprig does\n");
  const Topology stripped = strip(rigl.final);
  say(printed(stripped));
  say("The same outputs with " + shape_of(stripped) + ": the post's pass leaves " +
      shape_of(published_strip(rigl.final)) + ".");
}

}  // namespace sprig
