// build/bench: how fast sprig is, against hand-written code and other people's libraries.
#include <algorithm>
#include <cctype>
#include <iterator>

#include "demos/cli.h"
#include "demos/output.h"
#include "demos/say.h"
#include "engine/error.h"
#include "tests/bench/report.h"

namespace sprig::bench {
namespace {

struct Flags {
  std::vector<std::string> workloads = workload_names();
  std::vector<std::string> rows;
  bool is_ladder = false;
  bool is_quick = false;
  int threads = 2;
  std::string out = "out/bench";
};

void add_to(std::vector<Row>& rows, const std::vector<Row>& more) {
  rows.insert(rows.end(), more.begin(), more.end());
}

// On one core first, then on several.
std::vector<Row> all_rows(int threads) {
  std::vector<Row> rows;
  for (const auto& of : {hand_sample_rows, hand_lanes_rows, hand_dense_rows, eager_rows}) {
    add_to(rows, of());
  }
  add_to(rows, program_rows(1));
  for (const auto& of : {adolc_rows, sacado_rows, stan_rows}) add_to(rows, of());
  add_to(rows, pytorch_rows(1));
  if (threads > 1) {
    add_to(rows, program_rows(threads));
    add_to(rows, pytorch_rows(threads));
  }
  return rows;
}

// From a tape of + and * to the limit, each rung on the one before. All in double.
std::vector<Row> ladder() {
  std::vector<Row> rows = ladder_rows();
  for (const auto& of : {eager_rows, hand_sample_rows}) add_to(rows, of());
  add_to(rows, program_rows(1));
  for (const auto& of : {hand_lanes_rows, hand_dense_rows}) add_to(rows, of());
  std::erase_if(rows, [](const Row& row) { return row.is_float; });
  return rows;
}

bool contains(const std::string& text, const std::string& part) {
  const auto equal = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), equal) != text.end();
}

// The rows whose name has one of the parts. Throws Error for a part that none has.
std::vector<Row> picked(const std::vector<Row>& rows, const std::vector<std::string>& parts) {
  if (parts.empty()) return rows;
  for (const std::string& part : parts) {
    const auto fits = [&](const Row& row) { return contains(row.name, part); };
    if (std::ranges::any_of(rows, fits)) continue;
    std::string names;
    for (const Row& row : rows) {
      if (names.find(row.name) == std::string::npos) {
        names += (names.empty() ? "" : "; ") + row.name;
      }
    }
    fail("there is no row with '", part, "' in its name; there is: ", names);
  }
  std::vector<Row> chosen;
  std::ranges::copy_if(rows, std::back_inserter(chosen), [&](const Row& row) {
    return std::ranges::any_of(parts,
                               [&](const auto& part) { return contains(row.name, part); });
  });
  return chosen;
}

// The rows that are asked for, and those that ratios need.
std::vector<Row> to_measure(const std::vector<Row>& rows, const std::vector<Row>& asked) {
  std::vector<Row> measured;
  for (const Row& row : rows) {
    const auto is_same = [&](const Row& other) {
      return other.name == row.name && other.threads == row.threads;
    };
    const auto limits = hand_lanes_rows();
    if (std::ranges::any_of(asked, is_same) || std::ranges::any_of(limits, is_same)) {
      measured.push_back(row);
    }
  }
  return measured;
}

void run(const Flags& flags) {
  const std::vector<Row> rows = flags.is_ladder ? ladder() : all_rows(flags.threads);
  const std::vector<Row> chosen = to_measure(rows, picked(rows, flags.rows));
  for (const std::string& name : flags.workloads) (void)workload_named(name);  // all are known
  OutputFolder folder(flags.out);
  MeasureOptions options;
  if (flags.is_quick) options = {.rounds = 3, .seconds = 0.01};
  std::vector<Measured> all;
  for (const std::string& name : flags.workloads) {
    const Workload workload = workload_named(name);
    all.emplace_back(workload, measure(workload, chosen, options));
    say(all.back().title);
    say(aligned(table_of(all.back(), flags.is_ladder)) + "\n");
    folder.add((flags.is_ladder ? "ladder-" : "") + name + ".csv", csv(numbers_of(all.back())));
  }
  folder.commit();  // the numbers are there even if there is no gnuplot
  if (const std::string svg = picture_of(all, PictureFormat::svg); !svg.empty()) {
    folder.add("lenet.svg", svg);
    folder.add("lenet.png", picture_of(all, PictureFormat::png));
  }
  folder.commit();
  say("Numbers and picture: " + folder.path().string());
}

int bench_main(int argc, const char* const* argv) {
  DemoApp app("bench",
              "Times one training step: sprig, hand-written code, other people's libraries.");
  Flags flags;
  CLI::Option* workloads =
      app.add_option("--workload", flags.workloads, "which to run")->delimiter(',');
  workloads->allow_extra_args(false);
  app.add_option("--row", flags.rows, "only rows with this in their name; default: all")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--threads", flags.threads, "of the rows that take more than one")
      ->check(CLI::Range(1, 256));
  app.add_option("--out", flags.out, "folder for the numbers and the picture");
  app.add_flag("--quick", flags.is_quick, "three short rounds: a first look; default: no");
  app.add_flag("--ladder", flags.is_ladder,
               "only the steps from a tape of + and * to the limit, on moons; default: no");
  return run_demo(app, argc, argv, [&] {
    if (flags.is_ladder && workloads->empty()) flags.workloads = {"moons"};
    run(flags);
  });
}

}  // namespace
}  // namespace sprig::bench

int main(int argc, char** argv) { return sprig::bench::bench_main(argc, argv); }
