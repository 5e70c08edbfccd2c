#include "demos/rewire/lesson.h"

#include <fmt/format.h>

#include <deque>

#include "demos/progress.h"
#include "demos/rewire/trainer.h"
#include "demos/say.h"

namespace sprig::course {

std::vector<Course> train(const Task& task, const Setting& setting,
                          const std::vector<std::string>& methods, std::uint32_t seed) {
  std::deque<Trainer> trainers;
  std::size_t epochs = 0, done = 0;
  for (const std::string& method : methods) {
    trainers.emplace_back(task, setting, method, seed);
    epochs += static_cast<std::size_t>(trainers.back().epochs());
  }
  Progress progress("epochs", epochs);
  std::vector<Course> courses;
  for (std::size_t k = 0; k < trainers.size(); ++k) {
    Trainer& trainer = trainers[k];
    Course& course =
        courses.emplace_back(Course{.name = methods[k], .method = display_name(methods[k])});
    while (!trainer.is_done()) {
      course.epochs.push_back(trainer.epoch());
      progress.show(++done, course.method);
    }
    course.series = trainer.series();
    course.final = trainer.topology();
    course.cost = trainer.cost();
  }
  return courses;
}

void run_lesson(const Task& task, const LessonOptions& options, OutputFolder& folder) {
  say(fmt::format("{}; seed {}", description(options.setting, task), options.seed));
  const std::vector<Course> courses =
      train(task, options.setting, options.methods, options.seed);
  const Report report{task, options.setting, courses, options.seed};
  say(aligned(summary(report)));
  add_report(report, folder);
  folder.commit();
  say(fmt::format("Open {}", (folder.path() / "index.html").string()));
}

}  // namespace sprig::course
