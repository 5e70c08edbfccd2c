#include "demos/rewire/lesson.h"

#include <fmt/format.h>

#include "demos/progress.h"
#include "demos/rewire/trainer.h"
#include "demos/say.h"

namespace sprig::course {

Course train(const Task& task, const Setting& setting, const std::string& method,
             std::uint32_t seed) {
  Trainer trainer(task, setting, method, seed);
  Course course{.name = method, .method = display_name(method)};
  Progress progress(course.method, static_cast<std::size_t>(trainer.epochs()));
  while (!trainer.is_done()) {
    course.epochs.push_back(trainer.epoch());
    progress.show(course.epochs.size());
  }
  course.series = trainer.series();
  course.final = trainer.topology();
  course.cost = trainer.cost();
  return course;
}

void run_lesson(const Task& task, const LessonOptions& options, OutputFolder& folder) {
  say(fmt::format("{}; seed {}", description(options.setting, task), options.seed));
  std::vector<Course> courses;
  for (const std::string& method : options.methods) {
    courses.push_back(train(task, options.setting, method, options.seed));
  }
  const Report report{task, options.setting, courses, options.seed};
  say(aligned(summary(report)));
  add_report(report, folder);
  folder.commit();
  say(fmt::format("Open {}", (folder.path() / "index.html").string()));
}

}  // namespace sprig::course
