// A program as a shell sees it: exit status, standard output and standard error of a child
// process.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>

struct Outcome {
  int status = 0;
  std::string out;
  std::string err;
};

inline std::string contents_and_close(std::FILE* file) {
  std::rewind(file);
  std::string text;
  for (int c; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

// Runs `program` in a child process whose standard output is `out`, or caught if that is
// negative.
inline Outcome in_child(const std::function<int()>& program, int out = -1) {
  std::FILE* caught_out = std::tmpfile();
  std::FILE* caught_err = std::tmpfile();
  std::fflush(nullptr);  // else the child would write what is buffered here once more
  const pid_t child = fork();
  if (child == 0) {
    dup2(out < 0 ? fileno(caught_out) : out, STDOUT_FILENO);
    dup2(fileno(caught_err), STDERR_FILENO);
    _exit(program());
  }
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  return {WEXITSTATUS(status), contents_and_close(caught_out), contents_and_close(caught_err)};
}
