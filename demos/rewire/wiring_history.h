// The wiring of a single neuron after every update, as a picture: which inputs it read, and when.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "demos/gnuplot.h"
#include "demos/rewire/report.h"

namespace sprig::course {

// A panel for each course, of networks whose first layer has one neuron. A row for each update,
// the wiring before training on top; a method that has no more of them keeps its last wiring,
// with the final weights. A column for each input: blue for the marked ones, grey for others,
// the darker the larger |weight|; white where there is no connection.
std::string plot_wiring_history(const std::string& title, std::span<const Course> courses,
                                std::span<const std::size_t> marked, PictureFormat format);

}  // namespace sprig::course
