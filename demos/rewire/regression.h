// build/rewire --task regression: a notebook's regression on noise as it was published, then by
// real methods with a real budget, then on a target that three of ten inputs decide.
#pragma once

#include "demos/output.h"
#include "demos/rewire/lesson.h"

namespace sprig::course {

// Prints the three parts; writes curves, the wiring after every update and index.html into the
// folder. The setting is for the tasks `sparse` and `noise` alike.
void run_regression(const LessonOptions& options, OutputFolder& folder);

}  // namespace sprig::course
