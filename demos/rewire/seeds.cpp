#include "demos/rewire/seeds.h"

#include <fmt/format.h>

#include <algorithm>

#include "demos/rewire/methods.h"
#include "demos/say.h"

namespace sprig::course {

RunPlan plan_of_runs(const std::vector<std::string>& methods, const SeedRange& seeds,
                     std::size_t jobs) {
  RunPlan plan{.methods = {}, .seeds = seeds, .jobs = jobs};
  for (const std::string& method : methods) {
    const auto place = std::ranges::find(method_names(), method) - method_names().begin();
    plan.methods.push_back(static_cast<std::size_t>(place));
  }
  return plan;
}

void finish_page(Page& page, OutputFolder& folder) {
  std::vector<std::string> files = folder.names();
  files.insert(files.begin(), "runs.csv");
  page.heading("All files");
  page.files(files);
  folder.add("index.html", page.html());
  folder.commit();
  say(fmt::format("\nEvery run: {}; all of it: {}", (folder.path() / "runs.csv").string(),
                  (folder.path() / "index.html").string()));
}

}  // namespace sprig::course
