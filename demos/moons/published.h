// The blog post's run, step by step, with its flaws: "Implementing Sparse Networks with
// MicroGrad" (Evci 2020). What differs from sprig's own training is said in published.cpp, flaw
// by flaw.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "demos/two_moons.h"
#include "nn/topology.h"

namespace sprig {

struct PublishedStep {
  int step = 0;
  double loss = 0;      // before the update of this step
  double accuracy = 0;  // in [0, 1]
};

struct PublishedRun {
  std::vector<PublishedStep> printed;  // the lines of the post
  Topology initial;
  Topology final;
  double final_accuracy = 0;  // of the network after the last update
};

// 100 samples, noise .1, seed 1337, as the post's figures show.
Moons post_moons();

// 2-16-16-1 with sparsities 0, .9, .8 and 101 parameters, drawn with Python's
// random.seed(seed).
Topology published_topology(std::uint32_t seed);

// That network trained for 400 steps. on_step hears each printed step as it happens.
PublishedRun run_published(const Moons& moons, std::uint32_t seed, bool rigl,
                           const std::function<void(const PublishedStep&)>& on_step = {});

// The post's strip_deadneurons: one pass, biases forgotten. strip() is the mended one.
Topology published_strip(const Topology& topology);

// "step 20 loss 0.9501034046836242, accuracy 50.0%", as Python prints it.
std::string line_of(const PublishedStep& step);

}  // namespace sprig
