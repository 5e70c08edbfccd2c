// build/moons: two moons, static against RigL. Three ways to run it: the story (default), the
// blog post as it was published, and many seeds.
#include "demos/moons/app.h"

#include <algorithm>

#include "demos/cli.h"
#include "demos/moons/as_published.h"
#include "demos/moons/seeds.h"
#include "demos/moons/story.h"
#include "engine/error.h"

namespace sprig {
namespace {

struct Flags {
  std::vector<std::string> methods{"static", "rigl"};
  std::string scope = "layer";
  std::vector<std::string> formats{"dot", "svg", "png"};
  std::string out = "out/moons";
  std::string seeds;
  bool as_published = false;
  StoryOptions story;
};

Method method_named(const std::string& name) {
  return name == "rigl" ? Method::rigl : Method::static_wiring;
}

Scope scope_named(const std::string& name) {
  if (name == "neuron") return Scope::neuron;
  return name == "model" ? Scope::model : Scope::layer;
}

DiagramFormat format_named(const std::string& name) {
  if (name == "dot") return DiagramFormat::dot;
  if (name == "svg") return DiagramFormat::svg;
  return name == "pdf" ? DiagramFormat::pdf : DiagramFormat::png;
}

// One argument with commas between.
void add_list(CLI::App& app, const std::string& flag, auto& list, const std::string& help,
              const CLI::Validator& validator) {
  app.add_option(flag, list, help)->delimiter(',')->allow_extra_args(false)->check(validator);
}

void add_network_flags(CLI::App& app, Flags& flags) {
  TrainingOptions& training = flags.story.training;
  add_list(app, "--method", flags.methods, "which to train: static, rigl",
           CLI::IsMember({"static", "rigl"}));
  add_list(app, "--layers", training.layers, "neurons per layer; the last must be 1",
           CLI::Range(1, 1000));
  add_list(app, "--sparsity", training.sparsity, "of each layer, in [0, 1)", at_least(0));
  app.add_option("--scope", flags.scope, "in which connections compete: neuron, layer, model")
      ->check(CLI::IsMember({"neuron", "layer", "model"}));
  app.add_option("--interval", training.interval, "steps between rewirings")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--fraction", training.fraction, "of the connections dropped at first")
      ->check(CLI::Range(0.0, 1.0));
}

void add_training_flags(CLI::App& app, Flags& flags) {
  TrainingOptions& training = flags.story.training;
  app.add_option("--steps", training.steps, "full-batch steps")->check(CLI::Range(1, 1000000));
  app.add_option("--lr", training.learning_rate, "Adam's learning rate; a tenth at the end")
      ->check(CLI::Range(0.0, 100.0));
  app.add_option("--l2", training.l2, "strength of the penalty on squares")
      ->check(CLI::Range(0.0, 100.0));
  app.add_option("--samples", flags.story.samples, "points")->check(CLI::Range(2, 100000));
  app.add_option("--noise", flags.story.noise, "standard deviation")
      ->check(CLI::Range(0.0, 100.0));
  app.add_option("--seed", training.seed, "of data, wiring and weights");
  app.add_flag("--eager", training.eager,
               "run the eager graph, the reference, instead of the recorded Program; it rounds "
               "differently, so long runs may part ways; default: no");
}

void add_output_flags(CLI::App& app, Flags& flags) {
  app.add_option("--out", flags.out, "folder for everything that is made");
  add_list(app, "--format", flags.formats, "of the topologies: dot, svg, png, pdf",
           CLI::IsMember({"dot", "svg", "png", "pdf"}));
}

// Neither takes the flags that it would have to ignore.
void add_other_ways(CLI::App& app, Flags& flags) {
  const std::vector<CLI::Option*> others =
      app.get_options([](const CLI::Option* option) { return option->get_name() != "--help"; });
  CLI::Option* seeds = app.add_option(
      "--seeds", flags.seeds, "compare over many seeds instead, such as 1..100; default: no");
  CLI::Option* published =
      app.add_flag("--as-published", flags.as_published,
                   "repeat the blog post instead, line for line, flaws and all; default: no");
  published->excludes(seeds);
  for (CLI::Option* option : others) {
    published->excludes(option);
    const std::string name = option->get_name();
    if (name == "--method" || name == "--format" || name == "--seed") seeds->excludes(option);
  }
}

void run(Flags& flags) {
  if (flags.as_published) return run_as_published();
  StoryOptions& story = flags.story;
  story.training.scope = scope_named(flags.scope);
  if (!flags.seeds.empty()) {
    const SeedRange seeds = parse_seeds(flags.seeds);
    OutputFolder folder(flags.out);
    return run_seeds(seeds, story.training, {story.samples, story.noise}, folder);
  }
  story.methods.clear();
  for (const std::string& name : flags.methods) {
    const Method method = method_named(name);
    if (std::ranges::count(story.methods, method) > 0) {
      fail("--method: '", name, "' is there twice; give each method once");
    }
    story.methods.push_back(method);
  }
  story.formats.clear();
  for (const std::string& name : flags.formats) story.formats.push_back(format_named(name));
  OutputFolder folder(flags.out);
  run_story(story, folder);
}

}  // namespace

int moons_main(int argc, const char* const* argv) {
  DemoApp app("moons", "Two moons: a static sparse network against one that RigL rewires.");
  Flags flags;
  add_network_flags(app, flags);
  add_training_flags(app, flags);
  add_output_flags(app, flags);
  add_other_ways(app, flags);
  return run_demo(app, argc, argv, [&] { run(flags); });
}

}  // namespace sprig
