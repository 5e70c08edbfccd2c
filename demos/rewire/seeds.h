// What the two ways of build/rewire --seeds share: which runs are to be made, and how a page of
// them ends.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "demos/output.h"
#include "demos/page.h"
#include "demos/runs.h"

namespace sprig::course {

// Every one of the methods, which must be in method_names(), with every seed.
RunPlan plan_of_runs(const std::vector<std::string>& methods, const SeedRange& seeds,
                     std::size_t jobs);

// Lists the files, adds the page as index.html, writes everything and says where it is. The runs
// themselves are in the folder already.
void finish_page(Page& page, OutputFolder& folder);

}  // namespace sprig::course
