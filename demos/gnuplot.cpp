#include "demos/gnuplot.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>

#include "engine/error.h"

extern char** environ;

namespace sprig {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// A file without a name that vanishes when it is closed. Files instead of pipes: gnuplot may
// stop reading or write a lot at any time, and with files neither SIGPIPE nor a deadlock can
// follow.
File temporary_file() {
  File file(std::tmpfile());
  if (!file)
    fail("gnuplot: cannot make a temporary file (", std::strerror(errno), "); free some space");
  return file;
}

File temporary_file_with(const std::string& text) {
  File file = temporary_file();
  if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fflush(file.get()) != 0) {
    fail("gnuplot: cannot write a temporary file (", std::strerror(errno),
         "); free some space");
  }
  std::rewind(file.get());
  return file;
}

std::string contents(std::FILE* file) {
  std::rewind(file);
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, file)) {
    text.append(buffer, count);
  }
  if (std::ferror(file) != 0)
    fail("gnuplot: cannot read back what it wrote (", std::strerror(errno), ")");
  return text;
}

// Runs gnuplot with the three files as its standard input, output and error; gives its status.
int spawn_and_wait(std::FILE* input, std::FILE* output, std::FILE* complaints) {
  posix_spawn_file_actions_t redirect;
  posix_spawn_file_actions_init(&redirect);
  posix_spawn_file_actions_adddup2(&redirect, fileno(input), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&redirect, fileno(output), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&redirect, fileno(complaints), STDERR_FILENO);
  char name[] = "gnuplot";
  char no_personal_settings[] = "-d";
  char* arguments[] = {name, no_personal_settings, nullptr};
  pid_t child = 0;
  const int reason = posix_spawnp(&child, name, &redirect, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&redirect);
  if (reason == ENOENT) {
    fail("gnuplot: not found; install it (apt install gnuplot-nox, brew install gnuplot)");
  }
  if (reason != 0) fail("gnuplot: cannot be started (", std::strerror(reason), ")");
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail("gnuplot: cannot be waited for (", std::strerror(errno), ")");
  }
  return status;
}

// gnuplot's last words, without the blanks around them: "line 7: undefined variable: x".
std::string last_line(const std::string& said) {
  const auto end = said.find_last_not_of(" \n");
  if (end == std::string::npos) return "";
  const auto start = said.find_first_not_of(' ', said.find_last_of('\n', end) + 1);
  return said.substr(start, end + 1 - start);
}

bool is_complete_picture(const std::string& bytes) {
  const bool png = bytes.starts_with("\x89PNG") && bytes.ends_with("IEND\xae\x42\x60\x82");
  return png || (bytes.starts_with("<?xml") && bytes.find("</svg>") != std::string::npos);
}

constexpr const char* look = R"(set encoding utf8
set datafile missing 'NaN'
set border 3 linecolor '#475569'
set tics nomirror out scale 0.6 textcolor '#334155'
set title font ',16' textcolor '#0f172a' offset 0,0.3
set xlabel textcolor '#334155' offset 0,0.4
set ylabel textcolor '#334155'
set key below center horizontal reverse Left height 0.8 textcolor '#334155'
set grid linecolor '#e5e7eb' linetype 1 linewidth 0.7
)";

}  // namespace

std::string run_gnuplot(const std::string& script) {
  const File input = temporary_file_with(script);
  const File output = temporary_file();
  const File complaints = temporary_file();
  const int status = spawn_and_wait(input.get(), output.get(), complaints.get());

  if (status != 0) {  // a mere warning (a curve without points, a missing font) leaves it 0
    fail("gnuplot: failed with status ", status, " (", last_line(contents(complaints.get())),
         ")");
  }
  std::string picture = contents(output.get());
  if (!is_complete_picture(picture)) {
    fail("gnuplot: the picture is not complete (", picture.size(),
         " bytes); free some space for temporary files");
  }
  return picture;
}

std::string gnuplot_quoted(std::string_view text) {
  std::string quoted = "'";
  for (char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    quoted += control ? ' ' : c;
    if (c == '\'') quoted += '\'';
  }
  return quoted + "'";
}

std::string gnuplot_preamble(PictureFormat format, double width, double height) {
  const bool png = format == PictureFormat::png;
  return fmt::format(
             "set terminal {} size {:.0f},{:.0f} {} font 'DejaVu Sans,13' noenhanced "
             "background '#ffffff'\n",
             png ? "pngcairo" : "svg", png ? 2 * width : width, png ? 2 * height : height,
             png ? "fontscale 1.8 linewidth 2 pointscale 2.6" : "fontscale 1.1") +
         look;
}

std::string gnuplot_number(double x) { return std::isfinite(x) ? fmt::format("{}", x) : "NaN"; }

std::string gnuplot_datablock(const std::string& name, const std::string& rows) {
  return "$" + name + " << EOD\n" + rows + "EOD\n";
}

}  // namespace sprig
