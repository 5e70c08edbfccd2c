#include "tests/bench/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <ctime>
#include <exception>
#include <fstream>
#include <sstream>
#include <utility>

#include "engine/error.h"

#ifdef __linux__
#include <sched.h>
#endif

namespace sprig::bench {
namespace {

// What a step costs. A row on one thread is timed in processor time: what other programs take
// in between does not count. Threads wait for each other, so there it is the time that passes.
double seconds_now(int threads) {
  timespec now{};
  clock_gettime(threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Keeps this process on the last `threads` processors that it may use: the first one is where
// interrupts and other programs tend to run.
void keep_to_processors(int threads) {
#ifdef __linux__
  cpu_set_t allowed, kept;
  CPU_ZERO(&kept);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && CPU_COUNT(&kept) < threads; --cpu) {
    if (CPU_ISSET(cpu, &allowed)) CPU_SET(cpu, &kept);
  }
  sched_setaffinity(0, sizeof kept, &kept);
#else
  (void)threads;
#endif
}

// The most memory that this process ever had; nan where the system does not tell.
double megabytes_of_this_process() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return NAN;
}

// Seconds a step: steps in bunches long enough for the clock, the median over the bunches. The
// first fifth of the time only warms up.
double time_steps(const Step& step, double seconds, int threads) {
  const double start = seconds_now(threads);
  double now = start;
  std::size_t warm = 0;
  do {
    step();
    ++warm;
    now = seconds_now(threads);
  } while (now - start < seconds / 5);
  const double guess = (now - start) / static_cast<double>(warm);
  const auto bunch = static_cast<std::size_t>(std::max(1.0, 200e-6 / guess));
  std::vector<double> times;
  while (times.empty() || now - start < seconds) {
    for (std::size_t k = 0; k < bunch; ++k) step();
    const double before = std::exchange(now, seconds_now(threads));
    times.push_back((now - before) / static_cast<double>(bunch));
  }
  std::ranges::nth_element(times, times.begin() + times.size() / 2);
  return times[times.size() / 2];
}

// What the child process of a row in C++ does until nobody asks any more.
void serve(const Row& row, const Workload& workload, std::FILE* in, std::FILE* out) {
  keep_to_processors(row.threads);
  const Step step = row.make(workload);
  std::fputs("ready\n", out);
  std::fflush(out);
  char line[64];
  while (std::fgets(line, sizeof line, in) != nullptr) {
    int count = 0;
    double seconds = 0;
    if (std::sscanf(line, "losses %d", &count) == 1) {
      for (int k = 0; k < count; ++k) std::fprintf(out, "%.17g ", step());
    } else if (std::sscanf(line, "time %lf", &seconds) == 1) {
      std::fprintf(out, "%.9g", time_steps(step, seconds, row.threads));
    } else {
      std::fprintf(out, "%.6g", megabytes_of_this_process());
    }
    std::fputc('\n', out);
    std::fflush(out);
  }
}

[[noreturn]] void be_the_row(const Row& row, const Workload& workload, int in, int out) {
  signal(SIGPIPE, SIG_DFL);  // where the asker has gone, so does the row
  if (!row.command.empty()) {
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    std::vector<char*> arguments;
    for (const std::string& word : row.command) {
      arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    keep_to_processors(row.threads);
    execvp(arguments[0], arguments.data());
    dprintf(STDOUT_FILENO, "skipped %s cannot be run (%s)\n", arguments[0], strerror(errno));
    _exit(1);
  }
  std::FILE* answers = fdopen(out, "w");
  try {
    serve(row, workload, fdopen(in, "r"), answers);
  } catch (const std::exception& error) {
    std::fprintf(answers, "skipped it failed: %s\n", error.what());
    std::fflush(answers);
  }
  _exit(0);
}

}  // namespace

RowProcess::RowProcess(const Row& row, const Workload& workload)
    : name_(row.name), skipped_(row.skipped) {
  if (!skipped_.empty()) return;
  start(row, workload);
  if (!row.command.empty()) {
    std::fputs(workload_text(workload).c_str(), to_);
    std::fflush(to_);
  }
  std::string first = "skipped it does not start";
  try {
    first = answer();
  } catch (const Error&) {  // such as a Python that is not there
  }
  if (first.starts_with("skipped ")) {
    skipped_ = first.substr(8);
  } else if (first.size() > 6) {
    note_ = first.substr(6);
  }
}

void RowProcess::start(const Row& row, const Workload& workload) {
  int question[2], reply[2];
  if (pipe(question) != 0 || pipe(reply) != 0) {
    fail("bench: cannot make a pipe (", std::strerror(errno), ")");
  }
  std::fflush(nullptr);
  process_ = fork();
  if (process_ < 0) fail("bench: cannot make a process (", std::strerror(errno), ")");
  if (process_ == 0) {
    close(question[1]);
    close(reply[0]);
    be_the_row(row, workload, question[0], reply[1]);
  }
  close(question[0]);
  close(reply[1]);
  for (const int end : {question[1], reply[0]}) fcntl(end, F_SETFD, FD_CLOEXEC);
  to_ = fdopen(question[1], "w");
  from_ = fdopen(reply[0], "r");
}

RowProcess::~RowProcess() {
  if (process_ <= 0) return;
  std::fclose(to_);
  std::fclose(from_);
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

std::string RowProcess::answer() {
  std::string line;
  for (int c; (c = std::fgetc(from_)) != EOF;) {
    if (c == '\n') return line;
    line += static_cast<char>(c);
  }
  fail("the row '", name_, "' has ended without an answer; leave it out with --row");
}

// It is stopped while it is not asked: threads that look out for work would take the time of
// another row's.
std::vector<double> RowProcess::ask(const std::string& question) {
  kill(process_, SIGCONT);
  std::fprintf(to_, "%s\n", question.c_str());
  std::fflush(to_);
  std::istringstream words(answer());
  kill(process_, SIGSTOP);
  std::vector<double> numbers;
  for (std::string word; words >> word;) {
    char* end = nullptr;
    numbers.push_back(std::strtod(word.c_str(), &end));
    if (*end != '\0') fail("the row '", name_, "' says: ", words.str());
  }
  return numbers;
}

std::vector<double> RowProcess::losses(int count) {
  return ask("losses " + std::to_string(count));
}
double RowProcess::time(double seconds) { return ask("time " + std::to_string(seconds)).at(0); }
double RowProcess::megabytes() { return ask("memory").at(0); }

std::string workload_text(const Workload& workload) {
  std::ostringstream text;
  text.precision(17);
  const auto line = [&](const auto& numbers) {
    for (const double number : numbers) text << number << ' ';
    text << '\n';
  };
  const Topology& topology = workload.topology;
  text << workload.name << '\n'
       << (workload.loss == Loss::hinge ? "hinge" : "softmax_cross_entropy") << '\n'
       << workload.l2 << ' ' << workload.learning_rate << ' ' << workload.batch << ' '
       << topology.inputs << ' ' << topology.layers.size() << '\n';
  for (const auto& layer : topology.layers) {
    std::size_t connections = 0;
    for (const auto& neuron : layer.neurons) connections += neuron.connections.size();
    text << layer.neurons.size() << ' ' << connections << '\n';
    std::vector<double> biases;
    for (std::size_t neuron = 0; neuron < layer.neurons.size(); ++neuron) {
      biases.push_back(layer.neurons[neuron].bias);
      for (const auto& [input, weight] : layer.neurons[neuron].connections) {
        text << neuron << ' ' << input << ' ' << weight << '\n';
      }
    }
    line(biases);
  }
  for (std::size_t sample = 0; sample < workload.batch; ++sample) {
    line(std::span(workload.inputs).subspan(sample * topology.inputs, topology.inputs));
  }
  line(workload.targets);
  return text.str();
}

}  // namespace sprig::bench
