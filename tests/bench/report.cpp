#include "tests/bench/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace sprig::bench {
namespace {

constexpr const char* limit = "hand-written, lanes + CSR";

// About three digits: 0.97, 12.3, 1575.
std::string rounded(double number) {
  char text[32];
  const int digits = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

const Result* find(std::span<const Result> results, const std::string& name, int threads = 1) {
  const auto found = std::ranges::find_if(results, [&](const Result& result) {
    return result.row.name == name && result.row.threads == threads && result.skipped.empty();
  });
  return found == results.end() ? nullptr : &*found;
}

double nanoseconds_per_connection(const Measured& measured, const Result& result) {
  return 1e9 * result.seconds / static_cast<double>(measured.connections * measured.batch);
}

// What the row's time is compared with: nothing for a row that is missing.
const Result* yardstick(const Measured& measured, const Result& result, bool is_ladder) {
  if (is_ladder) return &measured.results.back();
  return find(measured.results, limit + std::string(result.row.is_float ? ", float" : ""));
}

std::string remark_on(const Result& result) {
  if (!result.is_same_work()) {
    char text[64];
    std::snprintf(text, sizeof text, "not the same work: loss is off by %.1e",
                  result.difference);
    return text;
  }
  return result.note.empty() ? "same loss" : "same loss; " + result.note;
}

std::string title_of(const Workload& workload) {
  std::string title = workload.name + ": " + shape_of(workload.topology) + ", " +
                      std::to_string(connection_count(workload.topology)) + " of " +
                      std::to_string(possible_connection_count(workload.topology)) +
                      " connections, batch " + std::to_string(workload.batch) + ", ";
  title += workload.loss == Loss::hinge ? "hinge" : "softmax cross-entropy";
  return title + (workload.l2 == 0 ? "" : " + L2");
}

}  // namespace

Measured::Measured(const Workload& workload, std::vector<Result> its_results)
    : name(workload.name),
      title(title_of(workload)),
      connections(connection_count(workload.topology)),
      batch(workload.batch),
      results(std::move(its_results)) {}

Table table_of(const Measured& measured, bool is_ladder) {
  Table table({"row", "threads", "µs a step", "ratio", "ns/connection/sample", "peak MB",
               "after 20 steps"});
  for (const Result& result : measured.results) {
    const std::string threads = std::to_string(result.row.threads);
    if (!result.skipped.empty()) {
      table.add({result.row.name, threads, "", "", "", "", "skipped: " + result.skipped});
      continue;
    }
    const Result* to = yardstick(measured, result, is_ladder);
    table.add({result.row.name, threads, rounded(1e6 * result.seconds),
               to == nullptr ? "" : rounded(result.seconds / to->seconds),
               rounded(nanoseconds_per_connection(measured, result)),
               std::isnan(result.megabytes) ? "" : rounded(result.megabytes),
               remark_on(result)});
  }
  return table;
}

Table numbers_of(const Measured& measured) {
  Table table({"workload", "connections", "batch", "row", "precision", "threads", "seconds",
               "ratio", "ns_per_connection_sample", "peak_megabytes", "loss_difference",
               "same_work", "remark"});
  for (const Result& result : measured.results) {
    const bool is_there = result.skipped.empty();
    const Result* to = yardstick(measured, result, false);
    const auto number = [&](double value) { return is_there ? exact(value) : ""; };
    table.add({measured.name, std::to_string(measured.connections),
               std::to_string(measured.batch), result.row.name,
               result.row.is_float ? "float" : "double", std::to_string(result.row.threads),
               number(result.seconds),
               to == nullptr ? "" : number(result.seconds / to->seconds),
               number(nanoseconds_per_connection(measured, result)), number(result.megabytes),
               number(result.difference),
               !is_there               ? ""
               : result.is_same_work() ? "yes"
                                       : "no",
               is_there ? result.note : "skipped: " + result.skipped});
  }
  return table;
}

}  // namespace sprig::bench
