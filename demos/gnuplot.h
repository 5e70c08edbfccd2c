// gnuplot as a child process: a script in, a picture out, and an Error for anything that goes
// wrong in between. The only file that knows how to run it. What to draw is in plot.h and
// boundaries.h, which build their scripts from the pieces below.
#pragma once

#include <string>
#include <string_view>

namespace sprig {

enum class PictureFormat { png, svg };

// The bytes of the picture that gnuplot draws by `script`. Throws Error if there is no gnuplot,
// if it fails or complains (in its own words), or if the picture is not complete.
std::string run_gnuplot(const std::string& script);

// How every script begins: the picture's format and size, and the look that all plots share. A
// PNG has two pixels for each unit of width and height, so that it stays sharp on a projector.
std::string gnuplot_preamble(PictureFormat format, double width, double height);

// Text in quotes. It is shown as it is (for a subscript write x₁); control characters become
// blanks.
std::string gnuplot_quoted(std::string_view text);

// All digits that matter; what is not finite is a gap.
std::string gnuplot_number(double x);

// Rows of numbers, each ended by a newline, that plots refer to as $name.
std::string gnuplot_datablock(const std::string& name, const std::string& rows);

}  // namespace sprig
