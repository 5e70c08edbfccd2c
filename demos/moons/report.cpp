#include "demos/moons/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "demos/boundaries.h"
#include "demos/page.h"
#include "demos/plot.h"
#include "demos/table.h"
#include "nn/topology_statistics.h"

namespace sprig {
namespace {

std::string file_name(const Run& run, const std::string& what) {
  return std::string(run.method == Method::rigl ? "rigl" : "static") + "_" + what;
}

std::string_view extension(DiagramFormat format) {
  switch (format) {
    case DiagramFormat::dot:
      return ".dot";
    case DiagramFormat::svg:
      return ".svg";
    case DiagramFormat::png:
      return ".png";
    case DiagramFormat::pdf:
      return ".pdf";
  }
  return "";
}

void add_diagram(const Report& report, const std::string& name, const Topology& topology,
                 const DrawOptions& options, OutputFolder& folder) {
  for (const DiagramFormat format : report.formats) {
    folder.add(name + std::string(extension(format)), draw(topology, format, options));
  }
  const bool has_svg = std::ranges::count(report.formats, DiagramFormat::svg) > 0;
  if (!has_svg) folder.add(name + ".svg", draw(topology, DiagramFormat::svg, options));
}

std::string title_of(const Run& run, const std::string& when, const Topology& topology) {
  return fmt::format("{}, {}: {}, {} of {} connections", name_of(run.method), when,
                     shape_of(topology), connection_count(topology),
                     possible_connection_count(topology));
}

void add_diagrams(const Report& report, OutputFolder& folder) {
  const Run& first = report.runs.front();
  add_diagram(report, "initial", first.initial, {}, folder);
  for (const Run& run : report.runs) {
    add_diagram(report, file_name(run, "final"), run.final,
                {.title = title_of(run, "after training", run.final)}, folder);
    add_diagram(report, file_name(run, "stripped"), run.stripped,
                {.title = title_of(run, "stripped", run.stripped)}, folder);
  }
}

// What the rewirings did to the wiring, frame by frame.
std::vector<Picture> add_film(const Run& run, OutputFolder& folder) {
  std::vector<Picture> pictures;
  const Topology* before = &run.initial;
  for (const TopologyAtStep& frame : run.film) {
    const std::string file = fmt::format("film_{:04}.svg", frame.step);
    const std::string title = fmt::format("rewiring at step {}", frame.step);
    folder.add(file, draw(frame.topology, DiagramFormat::svg,
                          {.title = title, .compare_with = before}));
    pictures.push_back({file, "topology after the " + title,
                        fmt::format("Step {}: dropped in red, grown in green.", frame.step)});
    before = &frame.topology;
  }
  return pictures;
}

Rectangle area_around(const Moons& moons) {
  Rectangle area{.x_low = moons.points[0][0],
                 .x_high = moons.points[0][0],
                 .y_low = moons.points[0][1],
                 .y_high = moons.points[0][1]};
  for (const auto& [x, y] : moons.points) {
    area = {std::min(area.x_low, x), std::max(area.x_high, x), std::min(area.y_low, y),
            std::max(area.y_high, y)};
  }
  return {area.x_low - 0.5, area.x_high + 0.5, area.y_low - 0.5, area.y_high + 0.5};
}

ScoreField score_field(const std::string& title, const Topology& topology,
                       const Rectangle& area) {
  constexpr std::size_t columns = 241;
  constexpr std::size_t rows = 181;
  ScoreField field{title, columns, {}};
  for (const auto& point : grid_points(area, columns, rows)) {
    field.scores.push_back(evaluate(topology, point)[0]);
  }
  return field;
}

void add_boundaries(const Report& report, OutputFolder& folder) {
  const Rectangle area = area_around(report.moons);
  std::vector<ScoreField> fields;
  for (const Run& run : report.runs) {
    fields.push_back(score_field(
        fmt::format("{}, {}", name_of(run.method), percent(run.steps.back().accuracy)),
        run.final, area));
  }
  const Run& last = report.runs.back();
  const std::string title =
      fmt::format("{} stripped, {}", name_of(last.method), shape_of(last.stripped));
  fields.push_back(score_field(title, last.stripped, area));
  folder.add("boundaries.png", plot_boundaries(fields, area, report.moons.points,
                                               report.moons.labels, PictureFormat::png));
}

void add_curves(const Report& report, OutputFolder& folder) {
  CurvePanel loss{"Loss", "step", "hinge loss + L2", true, {}};
  CurvePanel accuracy{"Accuracy", "step", "accuracy", false, {}};
  for (const Run& run : report.runs) {
    Curve losses{std::string(name_of(run.method)), {}, {}};
    Curve accuracies = losses;
    for (const StepRecord& record : run.steps) {
      losses.x.push_back(record.step);
      losses.y.push_back(record.loss);
      accuracies.x.push_back(record.step);
      accuracies.y.push_back(record.accuracy);
    }
    loss.curves.push_back(losses);
    accuracy.curves.push_back(accuracies);
  }
  folder.add("curves.png",
             plot_curves(std::vector<CurvePanel>{loss, accuracy}, PictureFormat::png));
}

void add_steps(const Report& report, OutputFolder& folder) {
  Table steps({"method", "step", "loss", "accuracy", "dropped", "grown"});
  for (const Run& run : report.runs) {
    for (const StepRecord& record : run.steps) {
      steps.add({std::string(name_of(run.method)), std::to_string(record.step),
                 exact(record.loss), exact(record.accuracy), std::to_string(record.dropped),
                 std::to_string(record.grown)});
    }
  }
  folder.add("steps.csv", csv(steps));
}

Table summary(std::span<const Run> runs) {
  Table table({"method", "accuracy %", "loss", "connections", "effective", "dead neurons",
               "stripped", "its parameters"});
  for (const Run& run : runs) {
    const TopologyStatistics before = statistics(run.final);
    const TopologyStatistics after = statistics(run.stripped);
    table.add({std::string(name_of(run.method)),
               fmt::format("{:.1f}", 100 * run.steps.back().accuracy),
               fmt::format("{:.4f}", run.steps.back().loss), std::to_string(before.connections),
               std::to_string(before.effective_connections),
               std::to_string(before.dead_neurons), shape_of(run.stripped),
               std::to_string(after.parameters)});
  }
  return table;
}

std::string sentence_on_wiring(const Run& run) {
  if (run.method == Method::static_wiring) {
    return "Static training moves the weights, never the connections.";
  }
  std::size_t moved = 0;
  for (const StepRecord& record : run.steps) moved += record.grown;
  const TopologyStatistics counts = statistics(run.final);
  return fmt::format("RigL moved connections {} times, always {} in all; {} neurons are dead.",
                     moved, counts.connections, counts.dead_neurons);
}

void show_topologies(Page& page, const Report& report) {
  page.heading("The network before training");
  page.picture({"initial.svg", "the random topology before training",
                "Every neuron draws its connections at random from all neurons of the layer "
                "below; what is on no path from an input to the output is grey."});
  for (const Run& run : report.runs) {
    const std::string name(name_of(run.method));
    page.heading("After training: " + name);
    page.picture({file_name(run, "final.svg"), "the topology after training with " + name,
                  sentence_on_wiring(run)});
    page.picture({file_name(run, "stripped.svg"), "the stripped topology of " + name,
                  "The same outputs after strip: dead neurons are gone, constants are folded "
                  "into the biases, and names stay."});
  }
}

std::string page_of(const Report& report, std::span<const Picture> film,
                    std::span<const std::string> files) {
  Page page("Two moons: how a sparse network rewires itself",
            fmt::format("{} samples, {} steps, seed {}. Made by `build/moons`; `build/moons "
                        "--seeds 1..100` tells how typical this seed is.",
                        report.moons.points.size(), report.options.steps, report.options.seed));
  page.table(summary(report.runs),
             "Effective connections lie on a path from an input to the "
             "output; strip keeps every output.");
  page.heading("What they learned");
  page.picture({"boundaries.png", "decision boundaries of the networks",
                "The black line is where the score is 0; the stripped network draws the same "
                "one."});
  page.heading("How they learned it");
  page.picture({"curves.png", "loss and accuracy over the steps",
                "Loss on a logarithmic axis, and accuracy; every step is in `steps.csv`."});
  if (!film.empty()) {
    page.heading("Every rewiring");
    page.filmstrip(film);
  }
  show_topologies(page, report);
  page.heading("All files");
  page.files(files);
  return page.html();
}

}  // namespace

std::string percent(double fraction) {
  const double hundredfold = 100 * fraction;
  const bool is_whole = std::abs(hundredfold - std::round(hundredfold)) < 1e-9;
  return is_whole ? fmt::format("{:.0f}%", hundredfold) : fmt::format("{:.1f}%", hundredfold);
}

void add_report(const Report& report, OutputFolder& folder) {
  add_diagrams(report, folder);
  add_boundaries(report, folder);
  add_curves(report, folder);
  add_steps(report, folder);
  std::vector<Picture> film;
  for (const Run& run : report.runs) {
    if (run.method == Method::rigl) film = add_film(run, folder);
  }
  folder.add("index.html", page_of(report, film, folder.names()));
}

}  // namespace sprig
