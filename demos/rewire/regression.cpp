#include "demos/rewire/regression.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "demos/page.h"
#include "demos/plot.h"
#include "demos/rewire/published_regression.h"
#include "demos/rewire/recovery.h"
#include "demos/rewire/wiring_history.h"
#include "demos/say.h"
#include "demos/table.h"
#include "nn/topology_statistics.h"

namespace sprig::course {
namespace {

// The losses that the notebook shows below its training.
constexpr std::array printed_losses{1.07757, 1.14357, 1.14369, 1.14537, 1.15858,
                                    1.16022, 1.17139, 1.16954, 1.16957, 1.18031};

constexpr const char* published_setting =
    "10 inputs and 1 output, all targets noise; weights 0 at first, all samples at once, Adam "
    "0.001; after each step the smallest tenth of the weights is set to 0, and as many zeros "
    "get "
    "a normal weight with deviation 0.1.";

std::string listed(const std::vector<WeightAt>& changes) {
  std::string text;
  for (const auto& [input, weight] : changes) {
    text += fmt::format("{}x{} {:+.4f}", text.empty() ? "" : ", ", input, weight);
  }
  return text;
}

Table epochs_table(const std::vector<PublishedEpoch>& epochs, const Task& task) {
  Table table({"epoch", "loss", "notebook's loss", "dropped", "grown", "density"});
  for (std::size_t k = 0; k < epochs.size(); ++k) {
    const PublishedEpoch& now = epochs[k];
    table.add({std::to_string(now.epoch), fmt::format("{:.4f}", now.loss),
               fmt::format("{:.4f}", printed_losses.at(k)), listed(now.dropped),
               listed(now.grown),
               fmt::format("{:.1f}", static_cast<double>(now.after_growing) / task.inputs)});
  }
  return table;
}

std::string sentence_on(const std::vector<PublishedEpoch>& epochs) {
  const auto back_in_place = std::ranges::count_if(epochs, [](const PublishedEpoch& now) {
    return std::ranges::equal(now.dropped, now.grown, {}, &WeightAt::input, &WeightAt::input);
  });
  return fmt::format(
      "After {} of {} epochs the dropped connection is the grown one: Adam's first step makes "
      "the "
      "layer dense, and then what was dropped is the only 0 that can grow. All that changes is "
      "a "
      "weight, for one drawn at random: the loss goes from {:.4f} to {:.4f} (the notebook's "
      "own, "
      "on other noise: {:.4f} to {:.4f}).",
      back_in_place, epochs.size(), epochs.front().loss, epochs.back().loss,
      printed_losses.front(), printed_losses.back());
}

std::string loss_picture(const std::vector<PublishedEpoch>& epochs) {
  Curve ours{"by its rules, sprig's random numbers", {}, {}};
  Curve printed{"as the notebook shows it", {}, {}};
  for (std::size_t k = 0; k < epochs.size(); ++k) {
    ours.x.push_back(epochs[k].epoch);
    ours.y.push_back(epochs[k].loss);
    printed.x.push_back(epochs[k].epoch);
    printed.y.push_back(printed_losses.at(k));
  }
  return plot_curves(
      std::vector<CurvePanel>{{"Loss", "epoch", "mean squared error", false, {ours, printed}}},
      PictureFormat::png);
}

std::string on_noise(std::span<const Course> courses) {
  const auto best = std::ranges::max_element(
      courses, {}, [](const Course& course) { return course.epochs.back().test_score; });
  return fmt::format(
      "On samples never seen, {} does best with an R² of {:.4f}; 0 is what always answering "
      "the mean gives. There is nothing to learn, and no way of wiring that learns it.",
      best->method, best->epochs.back().test_score);
}

std::string cell(std::optional<std::size_t> update) {
  return update ? std::to_string(*update) : "no";
}

Table recovery(std::span<const Course> courses, const Task& task) {
  std::vector<std::string> header{"method", "reads in the end"};
  for (const std::size_t input : task.true_inputs) header.push_back(fmt::format("x{}", input));
  header.push_back("all");
  Table table(header);
  for (const Course& course : courses) {
    std::vector<std::uint32_t> inputs;
    for (const auto& connection : course.final.layers[0].neurons[0].connections) {
      inputs.push_back(connection.input);
    }
    std::ranges::sort(inputs);
    std::vector<std::string> row{course.method, fmt::format("{}", fmt::join(inputs, " "))};
    for (const std::size_t input : task.true_inputs) {
      row.push_back(cell(found_after(course.series, input)));
    }
    row.push_back(cell(all_found_after(course.series, task.true_inputs)));
    table.add(row);
  }
  return table;
}

constexpr const char* recovery_caption =
    "The number of the update after which the input is read, then and ever after; 0: from the "
    "start; no: not in the end.";

// How likely a draw of `connections` of the inputs has all true ones.
std::string on_luck(std::size_t connections, const Task& task) {
  double chance = 1;
  for (std::size_t k = 0; k < task.true_inputs.size(); ++k) {
    chance *= (static_cast<double>(connections) - static_cast<double>(k)) /
              (static_cast<double>(task.inputs) - static_cast<double>(k));
  }
  const std::string text =
      chance > 0 ? fmt::format(
                       "{} of {} inputs drawn at random have all {} that count in 1 of "
                       "{:.4g} draws. ",
                       connections, task.inputs, task.true_inputs.size(), 1 / chance)
                 : fmt::format("{} connections cannot read all {} inputs that count. ",
                               connections, task.true_inputs.size());
  if (connections > task.true_inputs.size()) {
    return text + fmt::format(
                      "{} connections are to spare, so an update can drop one that does "
                      "not count; `--density 0.3` leaves none.",
                      connections - task.true_inputs.size());
  }
  return text +
         "None is to spare: once all are found, an update that drops one drops one that "
         "counts.";
}

struct Lesson {
  const LessonOptions& options;
  Task noise, sparse;
  std::vector<PublishedEpoch> published;
  std::vector<Course> on_noise, on_sparse;

  Report report_on_noise() const { return {noise, options.setting, on_noise, options.seed}; }
  Report report_on_sparse() const { return {sparse, options.setting, on_sparse, options.seed}; }
  std::size_t budget() const { return on_sparse[0].epochs.back().connections; }
};

void say_all(const Lesson& lesson) {
  say("As published: " + std::string(published_setting) + "\n");
  say(aligned(epochs_table(lesson.published, lesson.noise)));
  say("\n" + sentence_on(lesson.published) + "\n");
  say(description(lesson.options.setting, lesson.noise) + "\n");
  say(aligned(summary(lesson.report_on_noise())));
  say("\n" + on_noise(lesson.on_noise) + "\n");
  say("A target that can be learned, 2 x2 - 1.5 x5 + x7 + 0.1 noise:\n");
  say(aligned(summary(lesson.report_on_sparse())));
  say("\n" + aligned(recovery(lesson.on_sparse, lesson.sparse)));
  say(fmt::format("{}\n\n{}", recovery_caption, on_luck(lesson.budget(), lesson.sparse)));
}

void show_published(Page& page, const Lesson& lesson, OutputFolder& folder) {
  page.heading("As published: a sparse layer that is dense");
  page.paragraph(published_setting);
  page.table(
      epochs_table(lesson.published, lesson.noise),
      "Loss before the step, and the notebook's own; the weight that is set to 0, the one "
      "that is grown; the share of weights that are not 0 afterwards.");
  page.paragraph(sentence_on(lesson.published));
  folder.add("published_loss.png", loss_picture(lesson.published));
  page.picture({"published_loss.png", "loss by epoch as published",
                "A constant 0 would stay where the curves begin."});
}

void show_on_noise(Page& page, const Lesson& lesson) {
  page.heading("Mended, on noise");
  page.paragraph(description(lesson.options.setting, lesson.noise) + ".");
  page.table(summary(lesson.report_on_noise()), "After the last epoch.");
  page.paragraph(on_noise(lesson.on_noise));
}

void show_on_sparse(Page& page, const Lesson& lesson, OutputFolder& folder) {
  page.heading("Mended, on a target that three inputs decide");
  page.paragraph("The target is 2 x2 - 1.5 x5 + x7 + 0.1 noise; the other inputs say nothing.");
  folder.add(
      "wiring.png",
      plot_wiring_history("Which inputs the neuron reads, update by update", lesson.on_sparse,
                          lesson.sparse.true_inputs, PictureFormat::png));
  page.picture({"wiring.png", "inputs read after every update, by method",
                "The wiring before training on top, each row below it an update later. What is "
                "not read is white."});
  page.table(recovery(lesson.on_sparse, lesson.sparse), recovery_caption);
  page.paragraph(on_luck(lesson.budget(), lesson.sparse));
  page.table(summary(lesson.report_on_sparse()), "After the last epoch.");
  add_curves(lesson.report_on_sparse(), folder);
  page.picture({"curves.png", "loss, test R² and sparsity by epoch",
                "0.01 is the variance of the noise in the target."});
  page.paragraph("One seed cannot tell; `--task regression --seeds 1..100` shows how often.");
}

void add_page(const Lesson& lesson, OutputFolder& folder) {
  Page page(
      "Rewiring: which inputs matter?",
      fmt::format("A notebook's regression, as it was published and mended; seed {}. Made "
                  "by `build/rewire --task regression`.",
                  lesson.options.seed));
  show_published(page, lesson, folder);
  show_on_noise(page, lesson);
  show_on_sparse(page, lesson, folder);
  page.heading("All files");
  page.files(folder.names());
  folder.add("index.html", page.html());
}

}  // namespace

void run_regression(const LessonOptions& options, OutputFolder& folder) {
  Lesson lesson{.options = options,
                .noise = make_task("noise", {.seed = options.seed}),
                .sparse = make_task("sparse", {.seed = options.seed}),
                .published = {},
                .on_noise = {},
                .on_sparse = {}};
  lesson.published = run_published_regression(lesson.noise, options.seed);
  lesson.on_noise = train(lesson.noise, options.setting, options.methods, options.seed);
  lesson.on_sparse = train(lesson.sparse, options.setting, options.methods, options.seed);
  say_all(lesson);
  add_page(lesson, folder);
  folder.commit();
  say(fmt::format("Open {}", (folder.path() / "index.html").string()));
}

}  // namespace sprig::course
