// The blog post's run: every line that the post prints (tests/oracles/post.txt), its model
// before training and its stripped one. A changed result anywhere below the run shows here.

#include "demos/moons/published.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "nn/mlp.h"
#include "nn/strip.h"

namespace {

using namespace sprig;

// The lines of post.txt below "# section".
std::vector<std::string> post(const std::string& section) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "oracles" / "post.txt");
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) {
      inside = line == "# " + section;
    } else if (inside) {
      lines.push_back(line);
    }
  }
  return lines;
}

std::vector<PublishedStep> printed_in_post(const std::string& section) {
  std::vector<PublishedStep> steps;
  for (const std::string& line : post(section)) {
    PublishedStep& step = steps.emplace_back();
    REQUIRE(std::sscanf(line.c_str(), "step %d loss %lf, accuracy %lf%%", &step.step,
                        &step.loss, &step.accuracy) == 3);
    step.accuracy /= 100;
  }
  return steps;
}

std::vector<std::string> printed(const Topology& topology) {
  Graph graph;
  std::stringstream text;
  text << Mlp(graph, topology);
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

// Step and accuracy are equal; the loss is within a half of its twelfth digit.
void check_run(const std::vector<PublishedStep>& run, const std::vector<PublishedStep>& post) {
  REQUIRE(run.size() == post.size());
  for (std::size_t k = 0; k < post.size(); ++k) {
    CAPTURE(post[k].step);
    CHECK(run[k].step == post[k].step);
    CHECK(run[k].accuracy == doctest::Approx(post[k].accuracy).epsilon(1e-15));
    const double digit = std::pow(10, std::floor(std::log10(post[k].loss)) - 11);
    CHECK(std::abs(run[k].loss - post[k].loss) <= 0.5 * digit);
  }
}

// The post's two runs, made once.
const PublishedRun& fixed_run() {
  static const PublishedRun run = run_published(post_moons(), 1337, false);
  return run;
}

const PublishedRun& rigl_run() {
  static const PublishedRun run = run_published(post_moons(), 1337, true);
  return run;
}

}  // namespace

TEST_SUITE("published") {
  TEST_CASE("the static run prints the post's 21 losses to 12 digits, and its accuracies") {
    const auto expected = printed_in_post("static");
    REQUIRE(expected.size() == 21);
    check_run(fixed_run().printed, expected);
  }

  TEST_CASE("the RigL run prints the post's 20 losses to 12 digits, and its accuracies") {
    const auto expected = printed_in_post("RigL");
    REQUIRE(expected.size() == 20);
    check_run(rigl_run().printed, expected);
  }

  TEST_CASE("line_of writes the post's lines character by character") {
    for (const std::string section : {"static", "RigL"}) {
      const auto steps = printed_in_post(section);
      std::vector<std::string> lines;
      for (const PublishedStep& step : steps) lines.push_back(line_of(step));
      CHECK(lines == post(section));
    }
    CHECK(line_of({.step = 7, .loss = 1.0, .accuracy = 0.28}) ==
          "step 7 loss 1.0, accuracy 28.000000000000004%");  // as Python's .28 * 100
  }

  TEST_CASE("the model before training prints as in the post and has its 101 parameters") {
    const Topology initial = published_topology(1337);
    std::vector<std::string> lines = printed(initial);
    Graph graph;
    lines.push_back("number of parameters " +
                    std::to_string(Mlp(graph, initial).parameters().size()));
    CHECK(lines == post("before training"));
  }

  TEST_CASE("as in the post, all neurons of layer 2 read the first two inputs") {
    const Topology topology = published_topology(1337);
    for (const auto& neuron : topology.layers[1].neurons) {
      REQUIRE(neuron.connections.size() == 2);
      CHECK(neuron.connections[0].input + neuron.connections[1].input == 1);
    }
  }

  TEST_CASE("both runs start from the same network, and only RigL rewires it") {
    CHECK(fixed_run().initial == published_topology(1337));
    CHECK(rigl_run().initial == published_topology(1337));
    CHECK(printed(fixed_run().final) == printed(fixed_run().initial));
    CHECK(printed(rigl_run().final) != printed(rigl_run().initial));
    CHECK(connection_count(rigl_run().final) == connection_count(rigl_run().initial));
    CHECK(rigl_run().final_accuracy == 1.0);
  }

  TEST_CASE("stripped in one pass, the RigL network prints as in the post, 10-4-1") {
    const Topology stripped = published_strip(rigl_run().final);
    CHECK(printed(stripped) == post("stripped"));
    CHECK_NOTHROW(validate(stripped));
  }

  TEST_CASE("strip goes on where the post's one pass stops, to 7-4-1 and the same outputs") {
    const Topology& final = rigl_run().final;
    const Topology stripped = strip(final);
    CHECK(shape_of(stripped) == "2-7-4-1");
    const Moons moons = post_moons();
    for (const auto& point : moons.points) {
      CHECK(evaluate(stripped, point)[0] == doctest::Approx(evaluate(final, point)[0]));
    }
  }

  TEST_CASE("published_strip forgets the bias of a neuron without inputs, as the post does") {
    const Topology topology{.inputs = 1,
                            .layers = {{{{"a", {}, 3.0}, {"b", {{0, 1.0}}, 0.0}}},
                                       {{{"c", {{0, 1.0}, {1, 1.0}}, 1.0}}}}};
    const Topology stripped = published_strip(topology);
    CHECK(evaluate(topology, std::vector<double>{2})[0] == 6.0);
    CHECK(evaluate(stripped, std::vector<double>{2})[0] == 3.0);
  }

  TEST_CASE("on_step hears every printed step, in order, and another seed prints others") {
    std::vector<double> heard;
    const PublishedRun run =
        run_published(post_moons(), 1338, true,
                      [&](const PublishedStep& step) { heard.push_back(step.loss); });
    REQUIRE(heard.size() == run.printed.size());
    for (std::size_t k = 0; k < heard.size(); ++k) CHECK(heard[k] == run.printed[k].loss);
    CHECK(heard[0] != rigl_run().printed[0].loss);
  }
}
