#include "demos/rewire/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "demos/plot.h"
#include "nn/draw.h"
#include "nn/topology_series.h"
#include "nn/topology_statistics.h"

namespace sprig::course {
namespace {

std::string percent(double fraction) { return fmt::format("{:.1f}", 100 * fraction); }

std::string score_name(const Task& task) { return task.is_regression() ? "R²" : "accuracy"; }

std::string score_text(const Task& task, double score) {
  return task.is_regression() ? fmt::format("{:.3f}", score) : percent(score) + "%";
}

// At most `most` of the series, evenly chosen, the first and the last among them.
std::vector<TopologyAtStep> thinned(const std::vector<TopologyAtStep>& series,
                                    std::size_t most) {
  if (series.size() <= most) return series;
  std::vector<TopologyAtStep> chosen;
  for (std::size_t k = 0; k < most; ++k) {
    chosen.push_back(series[k * (series.size() - 1) / (most - 1)]);
  }
  return chosen;
}

std::vector<Topology> topologies(const std::vector<TopologyAtStep>& series) {
  std::vector<Topology> result;
  for (const auto& [step, topology] : series) result.push_back(topology);
  return result;
}

// The axis of time: epochs or steps, or the share of its own training where one method trains
// longer than another, as a lottery ticket does round after round.
class TimeAxis {
 public:
  explicit TimeAxis(std::span<const Course> courses) {
    for (const Course& course : courses) {
      is_shared_ &= course.epochs.size() == courses[0].epochs.size();
    }
  }

  std::string label(const std::string& unit) const {
    return is_shared_ ? unit : "share of the method's training";
  }
  double place(int done, int in_all) const {
    return is_shared_ ? done : static_cast<double>(done) / in_all;
  }

 private:
  bool is_shared_ = true;
};

Curve curve_of(const Course& course, const TimeAxis& time, auto number) {
  Curve curve{course.method, {}, {}};
  for (const EpochRecord& record : course.epochs) {
    curve.x.push_back(time.place(record.epoch, course.epochs.back().epoch));
    curve.y.push_back(number(record));
  }
  return curve;
}

// How far each method has looked around, and how much each update changed. Static wiring is a
// flat line in both: every method keeps its colour from picture to picture.
void add_exploration(const Report& report, OutputFolder& folder) {
  const TimeAxis time(report.courses);
  CurvePanel explored{"Explored so far",
                      time.label("step"),
                      "R_s, share of all possible connections",
                      false,
                      {}};
  CurvePanel changed{"Turnover at each update",
                     time.label("step"),
                     "share of connections exchanged",
                     false,
                     {}};
  for (const Course& course : report.courses) {
    const int steps = course.epochs.back().step;
    const std::vector<Topology> series = topologies(course.series);
    Curve rate{course.method, {}, exploration(series)};
    Curve turnovers{course.method, {}, {}};
    for (std::size_t k = 0; k < series.size(); ++k) {
      rate.x.push_back(time.place(course.series[k].step, steps));
      if (k == 0) continue;
      turnovers.x.push_back(rate.x.back());
      turnovers.y.push_back(turnover(series[k - 1], series[k]));
    }
    rate.x.push_back(time.place(steps, steps));
    rate.y.push_back(rate.y.back());
    if (series.size() == 1) turnovers = {course.method, rate.x, {0, 0}};
    explored.curves.push_back(rate);
    changed.curves.push_back(turnovers);
  }
  folder.add("exploration.png",
             plot_curves(std::vector<CurvePanel>{explored, changed}, PictureFormat::png));
}

void add_epochs(const Report& report, OutputFolder& folder) {
  Table epochs(
      {"method", "epoch", "step", "loss", "train", "test", "connections", "dropped", "grown"});
  for (const Course& course : report.courses) {
    for (const EpochRecord& record : course.epochs) {
      epochs.add({course.name, std::to_string(record.epoch), std::to_string(record.step),
                  exact(record.loss), exact(record.train_score), exact(record.test_score),
                  std::to_string(record.connections), std::to_string(record.dropped),
                  std::to_string(record.grown)});
    }
  }
  folder.add("epochs.csv", csv(epochs));
}

std::vector<Picture> add_film(const Course& course, OutputFolder& folder) {
  std::vector<Picture> pictures;
  const std::vector<TopologyAtStep> series = thinned(course.series, 16);
  const Topology* before = nullptr;
  for (const auto& [step, topology] : series) {
    const std::string file = fmt::format("{}_film_{:05}.svg", course.name, step);
    const std::string title = fmt::format("{} after {} steps", course.method, step);
    folder.add(file,
               draw(topology, DiagramFormat::svg, {.title = title, .compare_with = before}));
    pictures.push_back({file, "topology of " + title,
                        fmt::format("After {} steps: dropped in red, grown in green.", step)});
    before = &topology;
  }
  return pictures;
}

std::string sentence_on(const Course& course) {
  std::size_t dropped = 0, grown = 0, fewest = course.epochs[0].connections, most = fewest;
  for (const EpochRecord& record : course.epochs) {
    dropped += record.dropped;
    grown += record.grown;
    fewest = std::min(fewest, record.connections);
    most = std::max(most, record.connections);
  }
  const std::string count = fewest == most ? fmt::format("always {} connections", most)
                                           : fmt::format("{} to {} connections", most, fewest);
  return fmt::format("{} updates, {} dropped and {} grown in all; {} at the end of an epoch.",
                     course.series.size() - 1, dropped, grown, count);
}

void show_course(Page& page, const Course& course, OutputFolder& folder) {
  page.heading(course.method);
  page.paragraph(sentence_on(course));
  for (std::size_t layer = 0; layer < course.final.layers.size(); ++layer) {
    page.picture(add_matrices(course, layer, folder));
  }
  const std::vector<Picture> film = add_film(course, folder);
  if (film.size() > 1) {
    page.filmstrip(film);
  } else {
    page.picture(film[0]);
  }
}

}  // namespace

Table summary(const Report& report) {
  const std::string score = score_name(report.task);
  Table table({"method", "loss", "train " + score, "test " + score, "connections", "effective",
               "dead", "explored", "moved", "cost"});
  for (const Course& course : report.courses) {
    const EpochRecord& last = course.epochs.back();
    const TopologyStatistics counts = statistics(course.final);
    std::size_t moved = 0;
    for (const EpochRecord& record : course.epochs) moved += record.grown;
    table.add({course.method, fmt::format("{:.4f}", last.loss),
               score_text(report.task, last.train_score),
               score_text(report.task, last.test_score), std::to_string(counts.connections),
               std::to_string(counts.effective_connections),
               std::to_string(counts.dead_neurons),
               percent(exploration(topologies(course.series)).back()) + "%",
               std::to_string(moved), percent(course.cost) + "%"});
  }
  return table;
}

void add_curves(const Report& report, OutputFolder& folder) {
  const TimeAxis time(report.courses);
  CurvePanel loss{"Loss", time.label("epoch"), "mean over the epoch", true, {}};
  CurvePanel test{"Test samples", time.label("epoch"), score_name(report.task), false, {}};
  CurvePanel sparsity{
      "Sparsity", time.label("epoch"), "share of absent connections", false, {}};
  const auto possible =
      static_cast<double>(possible_connection_count(report.courses[0].series[0].topology));
  for (const Course& course : report.courses) {
    loss.curves.push_back(curve_of(course, time, [](const EpochRecord& r) { return r.loss; }));
    test.curves.push_back(
        curve_of(course, time, [](const EpochRecord& r) { return r.test_score; }));
    sparsity.curves.push_back(curve_of(course, time, [=](const EpochRecord& r) {
      return 1 - static_cast<double>(r.connections) / possible;
    }));
  }
  folder.add("curves.png",
             plot_curves(std::vector<CurvePanel>{loss, test, sparsity}, PictureFormat::png));
}

Picture add_matrices(const Course& course, std::size_t layer, OutputFolder& folder) {
  const std::string file = fmt::format("{}_matrices_{}.png", course.name, layer + 1);
  const std::string title =
      fmt::format("{}: connections of layer {}", course.method, layer + 1);
  folder.add(file, plot_matrices(title, course.series, layer, PictureFormat::png));
  return {file, title + ", update by update",
          "A row for each neuron, a column for each of its inputs; added in blue, removed in "
          "red since the panel before."};
}

void add_report(const Report& report, OutputFolder& folder) {
  Page page("Rewiring: " + report.task.name,
            fmt::format("{}; seed {}. Made by `build/rewire`.",
                        description(report.setting, report.task), report.seed));
  page.table(summary(report),
             "Explored: share of all possible connections that ever existed (R_s). Moved: "
             "connections grown. Cost: of the training, where a dense one is 100%.");
  add_curves(report, folder);
  page.heading("How they learned");
  page.picture(
      {"curves.png", "loss, test score and sparsity by epoch",
       "Methods that exchange connections keep their sparsity; those that begin dense, or "
       "grow more than their budget for a while, come down to it."});
  add_exploration(report, folder);
  page.picture({"exploration.png", "exploration and turnover over the training",
                "How much of the dense network was tried, and how much each update changed."});
  for (const Course& course : report.courses) show_course(page, course, folder);
  add_epochs(report, folder);
  page.heading("All files");
  page.files(folder.names());
  folder.add("index.html", page.html());
}

}  // namespace sprig::course
