// The notebook "Dynamic Sparse Training" by its own rules, against the notebook run with torch
// (tests/oracles/published_rewiring.py has script and command).

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "demos/rewire/published_rewiring.h"
#include "nn/topology_statistics.h"
#include "tests/rewire_command.h"
#include "tests/temporary_folder.h"

namespace {

using namespace sprig;
using namespace sprig::course;

constexpr std::size_t places_1 = 20 * 64, places_2 = 64 * 2;

// What follows the word and " | " in the lines of the oracle that begin with them.
std::vector<std::string> oracle(const std::string& word) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "oracles" /
                     "published_rewiring.txt");
  std::vector<std::string> rests;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(word + " | ")) rests.push_back(line.substr(word.size() + 3));
  }
  REQUIRE(!rests.empty());
  return rests;
}

std::vector<std::size_t> numbers(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::size_t> result;
  for (std::size_t number; words >> number;) result.push_back(number);
  return result;
}

// `count` random ones of so many places are on.
SwitchedLayer layer_with(std::size_t count, std::size_t places, Rng& rng) {
  SwitchedLayer layer{std::vector<double>(places), std::vector<double>(places),
                      std::vector<bool>(places)};
  for (double& weight : layer.weights) weight = rng.normal();
  for (const std::size_t place : rng.sample(places, count)) layer.is_on[place] = true;
  return layer;
}

std::size_t count_after(PublishedRule rule, std::size_t count, std::size_t places, Rng& rng) {
  const SwitchedLayer layer = layer_with(count, places, rng);
  const Exchange exchange = published_exchange(rule, layer, 0.2, rng);
  return count - exchange.dropped.size() + exchange.grown.size();
}

// From the notebook's first counts on, the rule leaves the notebook's counts at every update.
void check_counts(PublishedRule rule, const std::string& line) {
  Rng rng(1);
  const std::vector<std::size_t> counts = numbers(line);
  REQUIRE(counts.size() == 2 * 17);
  for (std::size_t k = 2; k < counts.size(); ++k) {
    CAPTURE(k);
    const std::size_t places = k % 2 == 0 ? places_1 : places_2;
    CHECK(count_after(rule, counts[k - 2], places, rng) == counts[k]);
  }
}

const PublishedRewiring& run_of(PublishedRule rule) {
  static const Task task = make_task("halfspace", {.seed = 1});
  static const PublishedRewiring set = run_published_rewiring(task, PublishedRule::set, 1);
  static const PublishedRewiring deep_r =
      run_published_rewiring(task, PublishedRule::deep_r, 1);
  return rule == PublishedRule::set ? set : deep_r;
}

}  // namespace

TEST_SUITE("published rewiring") {
  TEST_CASE("SET as published loses its connections as the notebook does with torch") {
    for (const std::string& line : oracle("counts | set")) {
      check_counts(PublishedRule::set, line);
    }
  }

  TEST_CASE("DEEP R as published keeps its count as the notebook does with torch") {
    for (const std::string& line : oracle("counts | deep-r")) {
      check_counts(PublishedRule::deep_r, line);
    }
  }

  TEST_CASE("sixteen updates of SET as published take the density from .3 to .027") {
    const Course& course = run_of(PublishedRule::set).course;
    REQUIRE(course.series.size() == 17);
    const double possible = places_1 + places_2;
    const auto density = [&](const TopologyAtStep& at) {
      return static_cast<double>(connection_count(at.topology)) / possible;
    };
    CHECK(density(course.series.front()) == doctest::Approx(0.3).epsilon(0.1));
    CHECK(density(course.series.back()) == doctest::Approx(0.027).epsilon(0.03));
    CHECK(course.series.back().step == 800);
  }

  TEST_CASE("a whole run's counts follow from its first ones by the rule alone") {
    const PublishedRewiring& run = run_of(PublishedRule::set);
    std::vector<std::size_t> counts;
    for (const auto& layer : statistics(run.course.series[0].topology).layers) {
      counts.push_back(layer.connections);
    }
    for (const PublishedUpdate& update : run.updates) {
      for (std::size_t& count : counts) {  // in whole numbers: 20% go, 30% of that come
        const std::size_t dropped = count / 5;
        count = count - dropped + dropped * 3 / 10;
      }
      CHECK(update.connections == counts);
    }
  }

  TEST_CASE(
      "the sparsities that the notebook prints follow from its first counts by the rule") {
    const std::vector<std::size_t> first = numbers(oracle("counts | set")[0]);
    for (int k = 0; k < 5; ++k) {  // of the oracle's runs the first prints these
      int epoch = 0;
      double loss = 0, sparsity = 0;
      REQUIRE(std::sscanf(oracle("printed")[static_cast<std::size_t>(k)].c_str(),
                          "%d | %lf | %lf", &epoch, &loss, &sparsity) == 3);
      Rng rng(1);
      std::size_t layer_1 = first[0], layer_2 = first[1];
      for (int update = 0; update < epoch * 16 / 50; ++update) {
        layer_1 = count_after(PublishedRule::set, layer_1, places_1, rng);
        layer_2 = count_after(PublishedRule::set, layer_2, places_2, rng);
      }
      const double density =
          (static_cast<double>(layer_1) / places_1 + static_cast<double>(layer_2) / places_2) /
          2;
      CHECK(std::abs(100 * (1 - density) - sparsity) < 0.051);
    }
  }

  TEST_CASE("every gradient of an absent connection is exactly 0, here and with torch") {
    for (const PublishedRule rule : {PublishedRule::set, PublishedRule::deep_r}) {
      for (const PublishedUpdate& update : run_of(rule).updates) {
        CHECK(update.absent > 0);
        CHECK(update.zero_gradients == update.absent);
      }
      CHECK(run_of(rule).updates[0].largest_gradient > 0);  // of those that exist
    }
    for (const std::string& rest : oracle("zero")) {
      std::string method, bar, zero, absent;
      std::istringstream(rest) >> method >> bar >> zero >> bar >> absent;
      CHECK(zero == absent);
    }
  }

  TEST_CASE("Adam moves dropped weights, and some come back with what it left of them") {
    for (const PublishedRule rule : {PublishedRule::set, PublishedRule::deep_r}) {
      const PublishedRewiring& run = run_of(rule);
      CHECK(run.moved > 0);
      CHECK(run.moved <= run.watched);
      const auto changed = [](const StaleReturn& back) {
        CHECK(back.grown_after > back.dropped_after);
        return back.grown_weight != back.dropped_weight;
      };
      CHECK(std::ranges::count_if(run.returns, changed) > 0);
    }
  }

  TEST_CASE("<= drops all 50 weights that tie where 25 should go, and grows for 25") {
    SwitchedLayer layer{std::vector<double>(100), std::vector<double>(100),
                        std::vector<bool>(100, true)};
    std::fill(layer.weights.begin() + 50, layer.weights.end(), 1.0);
    Rng rng(1);
    const Exchange exchange = published_exchange(PublishedRule::set, layer, 0.25, rng);
    CHECK(exchange.dropped.size() == 50);
    CHECK(exchange.dropped.back() == 49);
    CHECK(exchange.grown.size() == 7);  // of the 25 that were to go
  }

  TEST_CASE("nothing happens if the fraction is less than a connection") {
    Rng rng(1);
    const SwitchedLayer layer = layer_with(4, 100, rng);
    const Exchange exchange = published_exchange(PublishedRule::set, layer, 0.2, rng);
    CHECK(exchange.dropped.empty());
    CHECK(exchange.grown.empty());
  }

  TEST_CASE("the same seed gives the same run, another seed another") {
    const Task task = make_task("halfspace", {.seed = 1});
    const PublishedRewiring& run = run_of(PublishedRule::set);
    const PublishedRewiring again = run_published_rewiring(task, PublishedRule::set, 1);
    CHECK(again.course.final == run.course.final);
    const PublishedRewiring other = run_published_rewiring(task, PublishedRule::set, 2);
    CHECK(other.course.final != run.course.final);
  }

  TEST_CASE("--as-published quotes what torch prints and leaves pictures and the page") {
    TemporaryFolder folder;
    const Outcome outcome =
        rewire_command({"--as-published", "--out", (folder / "out").string()});
    CHECK(outcome.err == "");
    REQUIRE(outcome.status == 0);
    std::string before, bar, after;
    std::istringstream(oracle("demo")[0]) >> before >> bar >> after;
    CHECK(outcome.out.find("Before: " + before + " active") != std::string::npos);
    CHECK(outcome.out.find("After: " + after + " active") != std::string::npos);
    for (int k = 0; k < 5; ++k) {
      const std::string line = oracle("printed")[static_cast<std::size_t>(k)];
      const std::string sparsity = line.substr(line.rfind(' ') + 1) + "%";
      CHECK(outcome.out.find(sparsity) != std::string::npos);
    }
    CHECK(outcome.out.find("drops 3 and leaves 1; sprig drops 1") != std::string::npos);
    for (const char* name : {"density.png", "curves.png", "published_set_matrices_1.png"}) {
      CHECK(text_of_file(folder / "out" / name).starts_with("\x89PNG"));
    }
    CHECK(text_of_file(folder / "out" / "index.html").find("density.png") != std::string::npos);
  }

  TEST_CASE("--as-published takes no flag that it would ignore") {
    for (const char* flag :
         {"--task", "--method", "--epochs", "--lr", "--seeds", "--density"}) {
      CAPTURE(flag);
      const Outcome outcome = rewire_command({"--as-published", flag, "1"});
      CHECK(outcome.status == 2);
      CHECK(outcome.out == "");
      CHECK(std::ranges::count(outcome.err, '\n') == 1);
      CHECK(outcome.err.find("exclude") != std::string::npos);
    }
  }
}
