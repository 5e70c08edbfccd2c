#include "demos/rewire/as_published.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "demos/page.h"
#include "demos/plot.h"
#include "demos/rewire/lesson.h"
#include "demos/rewire/published_rewiring.h"
#include "demos/rewire/report.h"
#include "demos/say.h"
#include "demos/table.h"
#include "nn/sparse/rules.h"
#include "nn/topology_statistics.h"

namespace sprig::course {
namespace {

constexpr const char* claim =
    "With torch 1.13 the notebook's demonstration of its SET prints \"Before: 30 active "
    "connections\", \"After: 23 active connections\" and \"[OK] SET maintains similar sparsity "
    "while evolving topology\". Its training, made for a sparsity of 70%, prints 80.6%, 87.9%, "
    "92.8%, 95.4% and 97.2% after 10, 20, 30, 40 and 50 epochs.";

constexpr const char* random_numbers =
    "torch draws other random numbers than sprig, so wiring, weights and choices are not the "
    "notebook's own. How many connections an update leaves follows from how many there were.";

// Both sides: the notebook's two rules, and the methods that they were meant to be.
struct Sides {
  PublishedRewiring set;
  PublishedRewiring deep_r;
  std::vector<Course> courses;  // published SET, published "DEEP R", SET, soft gradient
};

double density_after(const Course& course, int step) {
  const auto is_later = [=](const TopologyAtStep& at) { return at.step > step; };
  const auto next = std::ranges::find_if(course.series, is_later);
  const Topology& topology = std::prev(next)->topology;
  return static_cast<double>(connection_count(topology)) /
         static_cast<double>(possible_connection_count(topology));
}

Table densities(const Sides& sides) {
  std::vector<std::string> header{"update", "step", "layer 1", "layer 2"};
  for (const Course& course : sides.courses) header.push_back(course.method);
  Table table(header);
  std::size_t update = 0;
  for (const auto& [step, topology] : sides.set.course.series) {
    const TopologyStatistics counts = statistics(topology);
    std::vector<std::string> row{std::to_string(update++), std::to_string(step),
                                 std::to_string(counts.layers[0].connections),
                                 std::to_string(counts.layers[1].connections)};
    for (const Course& course : sides.courses) {
      row.push_back(fmt::format("{:.3f}", density_after(course, step)));
    }
    table.add(row);
  }
  return table;
}

std::string decay(const Sides& sides) {
  const Course& course = sides.set.course;
  const int last = course.series.back().step;
  return fmt::format(
      "Its rule grows regrow_rate × dropped / absent of the absent connections, which is 0.3 "
      "of "
      "what was dropped: 0.2 go, 0.06 come, 0.86 are left. After {} updates the density is "
      "{:.3f} "
      "instead of {:.3f}.",
      course.series.size() - 1, density_after(course, last), density_after(course, 0));
}

std::string gradients(const PublishedRewiring& run) {
  std::size_t zeros = 0, absent = 0;
  for (const PublishedUpdate& update : run.updates) {
    zeros += update.zero_gradients;
    absent += update.absent;
  }
  return fmt::format(
      "{}: {} of {} gradients of absent connections are exactly 0, over all "
      "updates.",
      run.course.method, zeros, absent);
}

std::string why_zero(const Sides& sides) {
  double largest = 0;
  for (const auto& update : sides.deep_r.updates)
    largest = std::max(largest, update.largest_gradient);
  return fmt::format(
      "The loss sees weight × switch, so the gradient of a weight is 0 where its switch is 0, "
      "and the softmax is the same for all of them: \"[OK] DEEP R uses gradients to guide "
      "where "
      "to add connections\" is said of growth at random. Only what was dropped just now has a "
      "gradient, at most {:.4f}, which makes coming back up to {:.2f} times as likely. sprig's "
      "probe gives the gradient that an absent connection would have.",
      largest, std::exp(largest));
}

double change_of(const StaleReturn& back) {
  return std::abs(back.grown_weight - back.dropped_weight);
}

std::string stale(const PublishedRewiring& run) {
  const auto changed = std::ranges::count_if(
      run.returns, [](const StaleReturn& back) { return change_of(back) > 0; });
  std::string text = fmt::format(
      "{}: of {} weights watched from their drop to the next update, Adam's momentum moved {}; "
      "the others had none left that would change a digit. {} connections were grown where "
      "there "
      "had been none before; {} came back with what was left of an earlier weight, {} of them "
      "moved in between",
      run.course.method, run.watched, run.moved, run.never_used, run.returns.size(), changed);
  if (run.returns.empty()) return text + ".";
  const auto& [position, dropped_after, dropped_weight, grown_after, grown_weight] =
      *std::ranges::max_element(run.returns, {}, change_of);
  return text + fmt::format(
                    ", most of all this one: neuron {} of layer {} dropped input {} after step "
                    "{} with weight {:+.4f} and grew it after step {} with {:+.4f}.",
                    position.neuron, position.layer + 1, position.input, dropped_after,
                    dropped_weight, grown_after, grown_weight);
}

// The smallest example that shows it.
std::string ties() {
  const std::vector<double> weights{0.1, -0.1, 0.1, 0.5};
  const SwitchedLayer layer{weights, std::vector<double>(4), std::vector<bool>(4, true)};
  Rng rng(1);
  const Exchange published = published_exchange(PublishedRule::set, layer, 0.25, rng);
  std::vector<Position> places;
  for (std::uint32_t k = 0; k < weights.size(); ++k) places.push_back({.input = k});
  const DropRule mended =
      lowest([&](const Position& place) { return std::abs(weights[place.input]); });
  return fmt::format(
      "Of the weights 0.1, -0.1, 0.1, 0.5 a quarter, one, is to be dropped. `magnitude "
      "<= "
      "threshold` drops {} and leaves {}; sprig drops {}.",
      published.dropped.size(), weights.size() - published.dropped.size(),
      mended(places, 0.25).size());
}

std::string remark_on_end(const Sides& sides) {
  const Course& published = sides.courses[0];
  const EpochRecord& last = published.epochs.back();
  const EpochRecord& mended_last = sides.courses[2].epochs.back();
  return fmt::format(
      "The notebook updates once more after the last step, here {} dropped and {} grown that "
      "are "
      "never trained: the loss is from before, the accuracies from after it. On samples never "
      "seen, the {} connections that are left come to {:.1f}%, SET's {} to {:.1f}%: the task "
      "asks "
      "for 2 of {} inputs, so losing most connections need not hurt. It is another method all "
      "the same, and another sparsity.",
      last.dropped, last.grown, last.connections, 100 * last.test_score,
      mended_last.connections, 100 * mended_last.test_score, published.final.inputs);
}

std::string density_picture(const Sides& sides) {
  CurvePanel density{"Density", "step", "share of possible connections", false, {}};
  for (const Course& course : sides.courses) {
    Curve& curve = density.curves.emplace_back(Curve{course.method, {}, {}});
    for (const auto& [step, topology] : course.series) {
      curve.x.push_back(step);
      curve.y.push_back(density_after(course, step));
    }
    curve.x.push_back(course.epochs.back().step);
    curve.y.push_back(curve.y.back());
  }
  CurvePanel log = density;
  log.title = "The same, logarithmic";
  log.log_y = true;
  return plot_curves(std::vector<CurvePanel>{density, log}, PictureFormat::png);
}

void show_numbers(Page& page, const Sides& sides, const Report& report, OutputFolder& folder) {
  page.heading("Sparsity is not maintained");
  page.paragraph(claim);
  page.paragraph(decay(sides));
  folder.add("density.png", density_picture(sides));
  page.picture({"density.png", "density by step of the four methods",
                "The other three lie on each other. A straight line on the right: every update "
                "takes the same share."});
  page.table(densities(sides), "Layers: connections of SET as published. Then densities.");
  page.heading("What they came to");
  page.table(summary(report), "After the last epoch, as the notebook leaves it.");
  page.paragraph(remark_on_end(sides));
  add_curves(report, folder);
  page.picture({"curves.png", "loss, test score and sparsity by epoch",
                "Losses are means over an epoch, the others are of its end."});
}

void show_reasons(Page& page, const Sides& sides) {
  page.heading("The gradient that is always 0");
  page.paragraph(gradients(sides.set));
  page.paragraph(gradients(sides.deep_r));
  page.paragraph(why_zero(sides));
  page.heading("Weights that come back");
  page.paragraph(stale(sides.set));
  page.paragraph(stale(sides.deep_r));
  page.paragraph("sprig forgets weight and momentum with the connection.");
  page.heading("Ties");
  page.paragraph(ties());
}

void add_page(const Sides& sides, const Report& report, OutputFolder& folder) {
  Page page("Rewiring as published",
            fmt::format("The notebook \"Dynamic Sparse Training\" by its own rules, beside "
                        "sprig's on the same samples: {}; seed {}. Made by `build/rewire "
                        "--as-published`.",
                        description(report.setting, report.task), report.seed));
  page.paragraph(random_numbers);
  show_numbers(page, sides, report, folder);
  show_reasons(page, sides);
  page.heading("Who reads what");
  for (const Course& course : sides.courses) page.picture(add_matrices(course, 0, folder));
  page.heading("All files");
  page.files(folder.names());
  folder.add("index.html", page.html());
}

}  // namespace

void run_as_published(std::uint32_t seed, OutputFolder& folder) {
  const Task task = make_task("halfspace", {.seed = seed});
  const Setting setting = setting_for(task);
  say(fmt::format("{}; seed {}", description(setting, task), seed));
  say(random_numbers);
  Sides sides{.set = run_published_rewiring(task, PublishedRule::set, seed),
              .deep_r = run_published_rewiring(task, PublishedRule::deep_r, seed),
              .courses = train(task, setting, {"set", "soft"}, seed)};
  sides.courses.insert(sides.courses.begin(), {sides.set.course, sides.deep_r.course});
  const Report report{task, setting, sides.courses, seed};
  say("\n" + aligned(densities(sides)));
  say(fmt::format("\n{}\n{}\n", claim, decay(sides)));
  say(aligned(summary(report)));
  say(remark_on_end(sides) + "\n");
  say(gradients(sides.set) + "\n" + gradients(sides.deep_r) + "\n" + why_zero(sides) + "\n");
  say(stale(sides.set) + "\n" + stale(sides.deep_r) + "\n");
  say(ties());
  add_page(sides, report, folder);
  folder.commit();
  say(fmt::format("Open {}", (folder.path() / "index.html").string()));
}

}  // namespace sprig::course
