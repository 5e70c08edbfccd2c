// Topologies in files: the same bits after writing, after Graphviz's programs have rewritten
// the file and after edits by hand, and every complaint word for word.

#include "nn/topology_file.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <locale>
#include <sstream>

#include "engine/error.h"
#include "nn/strip.h"
#include "tests/random_topology.h"
#include "tests/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using sprig::Activation;
using sprig::Error;
using sprig::load;
using sprig::read_topology;
using sprig::Rng;
using sprig::save;
using sprig::strip;
using sprig::Topology;
using sprig::write_topology;

std::string complaint(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no complaint";
}

// What a program of Graphviz makes of `text`.
std::string rewritten(const std::string& text, const std::string& program) {
  const TemporaryFolder folder;
  std::ofstream(folder / "net.dot") << text;
  const std::string command = program + " '" + (folder / "net.dot").string() + "' > '" +
                              (folder / "out.dot").string() + "' 2> '" +
                              (folder / "errors").string() + "'";
  REQUIRE(system(command.c_str()) == 0);
  CHECK(text_of_file(folder / "errors") == "");
  return text_of_file(folder / "out.dot");
}

// As a person would write it: 2-2-1 without any looks.
const std::string by_hand = R"(digraph {
  graph [sprig="topology 1", inputs=2, layer_count=2];
  x1 [input=1]; x2 [input=2];
  "1_0" [layer=1, bias=0.5, activation=relu];
  "1_1" [layer=1, bias=-1, activation=tanh];
  "2_0" [layer=2, bias=0, activation=linear];
  x1 -> "1_0" [weight=1];
  x2 -> "1_0" [weight=2];
  x2 -> "1_1" [weight=-3];
  "1_0" -> "2_0" [weight="+.25"];
  "1_1" -> "2_0" [weight="1e-3"];
}
)";

Topology by_hand_meant() {
  return {.inputs = 2,
          .layers = {{{{"1_0", {{0, 1}, {1, 2}}, 0.5, Activation::relu},
                       {"1_1", {{1, -3}}, -1, Activation::tanh}}},
                     {{{"2_0", {{0, 0.25}, {1, 0.001}}, 0, Activation::linear}}}}};
}

std::string edited(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

// What is said of the hand-written file after one edit.
std::string complaint_after(const std::string& from, const std::string& to) {
  return complaint([&] { read_topology(edited(by_hand, from, to), "net.dot"); });
}

Topology one_neuron(const std::string& name, double bias, double weight) {
  return {.inputs = 1, .layers = {{{{name, {{0, weight}}, bias, Activation::relu}}}}};
}

}  // namespace

TEST_SUITE("topology file") {
  TEST_CASE("random topologies read back to the last bit") {
    Rng rng(1);
    for (int i = 0; i < 100; ++i) {
      const Topology topology = random_topology(rng);
      const Topology read = read_topology(write_topology(topology), "net.dot");
      CHECK(same_bits(read, topology));
      const Topology stripped = strip(topology);
      CHECK(same_bits(read_topology(write_topology(stripped), "net.dot"), stripped));
    }
  }

  TEST_CASE("every finite number reads back to the last bit, also -0, denormals and giants") {
    using Limits = std::numeric_limits<double>;
    Rng rng(2);
    std::vector<double> numbers = {
        0.0,  -0.0,  0.1,           1.0 / 3,        1e308,
        1e-5, 1e300, Limits::min(), -Limits::max(), Limits::denorm_min()};
    for (int i = 0; i < 300; ++i) numbers.push_back(any_double(rng));
    for (const double number : numbers) {
      const Topology topology = one_neuron("n", number, -number);
      CHECK(same_bits(read_topology(write_topology(topology), "net.dot"), topology));
    }
  }

  TEST_CASE("Graphviz's programs may rewrite the file, again and again") {
    Rng rng(3);
    for (const char* program :
         {"dot -Tdot", "neato -n -Tdot", "dot -Kdot -Tdot", "dot -Tcanon", "dot -Txdot"}) {
      CAPTURE(program);
      const Topology topology = random_topology({3, 7, 5, 2}, 0.6, rng);
      const std::string once = rewritten(write_topology(topology), program);
      CHECK(same_bits(read_topology(once, "net.dot"), topology));
      CHECK(same_bits(read_topology(rewritten(once, program), "net.dot"), topology));
    }
  }

  TEST_CASE("the order of neurons and connections outlives statements in reverse order") {
    Topology topology = by_hand_meant();
    std::swap(topology.layers[1].neurons[0].connections[0],
              topology.layers[1].neurons[0].connections[1]);
    topology.layers[0].neurons[0].name = "z";  // a sort by name would tell
    const std::string text = rewritten(write_topology(topology), "gvpr -c 'BEG_G { }'");
    CHECK(same_bits(read_topology(text, "net.dot"), topology));
    const std::string backwards = R"(digraph {
      graph [sprig="topology 1", inputs=2, layer_count=1];
      x2 -> b [order=1, weight=4]; x1 -> b [order=0, weight=3];
      x2 -> a [order=0, weight=2]; x1 -> a [order=1, weight=1];
      b [layer=1, order=1, bias=0, activation=relu]; a [layer=1, order=0, bias=0, activation=relu];
      x2 [input=2]; x1 [input=1]; })";
    CHECK(read_topology(backwards, "net.dot") ==
          Topology{.inputs = 2,
                   .layers = {{{{"a", {{1, 2}, {0, 1}}, 0, Activation::relu},
                                {"b", {{0, 3}, {1, 4}}, 0, Activation::relu}}}}});
  }

  TEST_CASE("names may hold anything but control characters") {
    for (const std::string name : {"a\\", "\"", "a\\\"\nb", "x1", "x1'", "legend", "title",
                                   "graph", "ŷ ⇒ 木", "-1", "a:b", "<b>x</b>", "\\N", " "}) {
      CAPTURE(name);
      const Topology topology = one_neuron(name, 0.5, 2);
      const std::string text = write_topology(topology);
      CHECK(same_bits(read_topology(text, "net.dot"), topology));
      CHECK(same_bits(read_topology(rewritten(text, "dot -Tdot"), "net.dot"), topology));
    }
    CHECK(complaint([] { write_topology(one_neuron("%1", 0, 1)); }) ==
          "text for DOT: the name of a node starts with %, which Graphviz would change; change "
          "it");
  }

  TEST_CASE("a file written by hand, without looks and order, is read in its order") {
    CHECK(same_bits(read_topology(by_hand, "net.dot"), by_hand_meant()));
  }

  TEST_CASE("edits by hand mean what they say") {
    const auto read_after = [](const std::string& from, const std::string& to) {
      return read_topology(edited(by_hand, from, to), "net.dot");
    };
    Topology meant = by_hand_meant();
    meant.layers[0].neurons[1].connections[0].weight = 7.5;
    CHECK(read_after("weight=-3", "weight=7.5") == meant);

    meant = by_hand_meant();
    meant.layers[0].neurons[1].connections.clear();
    CHECK(read_after("x2 -> \"1_1\" [weight=-3];", "") == meant);

    meant = by_hand_meant();
    meant.layers[0].neurons[0].bias = 9;
    meant.layers[0].neurons[0].activation = Activation::swish;
    CHECK(read_after("bias=0.5, activation=relu", "bias=9, activation=swish") == meant);

    meant = by_hand_meant();
    meant.layers[0].neurons.push_back({"extra", {{0, 4}}, 1, Activation::relu});
    meant.layers[1].neurons[0].connections.push_back({2, 5});
    CHECK(read_after("x1 -> ",
                     "extra [layer=1, bias=1, activation=relu]; x1 -> extra [weight=4];"
                     "extra -> \"2_0\" [weight=5, order=99]; x1 -> ")
              .layers[0] == meant.layers[0]);
  }

  TEST_CASE("an edge added with only a weight comes last in its neuron's sum") {
    const std::string written = write_topology(by_hand_meant());
    const std::string text =
        edited(written, "x2 -> \"1_1\"", "x1 -> \"1_1\" [weight=0.125];\n\tx2 -> \"1_1\"");
    Topology meant = by_hand_meant();
    meant.layers[0].neurons[1].connections.push_back({0, 0.125});
    CHECK(read_topology(text, "net.dot") == meant);
  }

  TEST_CASE("a neuron deleted with its edges leaves the others as they were") {
    Topology meant = by_hand_meant();
    std::string text = write_topology(meant);
    for (std::size_t at; (at = text.find("\n\t\"1_0\"\t[")) != text.npos ||
                         (at = text.find("x1 -> \"1_0\"")) != text.npos ||
                         (at = text.find("x2 -> \"1_0\"")) != text.npos ||
                         (at = text.find("\"1_0\" -> ")) != text.npos;) {
      text.erase(at, text.find("];", at) + 2 - at);
    }
    meant.layers[0].neurons.erase(meant.layers[0].neurons.begin());
    meant.layers[1].neurons[0].connections = {{0, 0.001}};
    CHECK(read_topology(text, "net.dot") == meant);
  }

  TEST_CASE("a syntax error is told with its line") {
    CHECK(complaint_after("[weight=2]", "[weight=]") == "net.dot:8: syntax error near ']'");
    CHECK(
        complaint_after("weight=-3", "weight=1e-3") ==
        "net.dot:9: the number 1e runs into what follows; put names like 1_3 and numbers like "
        "1e-5 into quotes");
  }

  TEST_CASE("a wrong number is told with its place, what it says and what is expected") {
    const std::string place = "net.dot: connection x2 -> 1_0", weight = "[weight=2]";
    const std::string expected = ", expected a finite number such as -0.25";
    CHECK(complaint_after(weight, "") ==
          place + " has no weight; add weight=..., a finite number such as -0.25");
    for (const char* said : {"heavy", "nan", "inf", "-inf", "1e999", "1e-999", "0x1p3", "1,5",
                             "+-2", "2 ", "--2", "1.5.2"}) {
      CHECK(complaint_after(weight, std::string("[weight=\"") + said + "\"]") ==
            place + ": weight is \"" + said + "\"" + expected);
    }
    CHECK(complaint_after("bias=0.5, ", "bias=big, ") ==
          "net.dot: neuron 1_0: bias is \"big\"" + expected);
    CHECK(complaint_after("bias=0.5, ", "") ==
          "net.dot: neuron 1_0 has no bias; add bias=..., a finite number such as -0.25");
    CHECK(complaint_after(weight, "[weight=2, order=second]") ==
          place + ": order is \"second\", expected a whole number from 0 to 4294967295");
  }

  TEST_CASE("a wrong node is told with what is expected") {
    CHECK(complaint_after("activation=tanh", "activation=tahn")
              .starts_with("net.dot: neuron 1_1: "));
    CHECK(complaint_after(", activation=tanh", "").starts_with("net.dot: neuron 1_1: "));
    CHECK(complaint_after("[layer=1, bias=-1", "[layer=3, bias=-1") ==
          "net.dot: neuron 1_1: layer is \"3\", expected a whole number from 1 to 2");
    CHECK(complaint_after("x2 [input=2]", "x2 [input=1]") ==
          "net.dot: input x2: another node has input=1, too; delete one");
    CHECK(complaint_after("x2 [input=2]", "x2 [input=3]") ==
          "net.dot: input x2: input is \"3\", expected a whole number from 1 to 2");
    for (const char* node : {"lost;", "lost [input=2, layer=1];", "lost [bias=1];"}) {
      CHECK(
          complaint_after("x1 -> ", std::string(node) + " x1 -> ") ==
          "net.dot: node lost must have either input=... or layer=..., or class=note if it is "
          "only a text");
    }
    CHECK(complaint_after("x1 -> ", "more [class=note]; x1 -> ") == "no complaint");
  }

  TEST_CASE("a wrong connection is told with what is expected") {
    CHECK(
        complaint_after("\"1_0\" -> \"2_0\"", "x1 -> \"2_0\"") ==
        "net.dot: connection x1 -> 2_0 goes from layer 0 to layer 2, expected one to the next "
        "layer (the inputs are layer 0)");
    CHECK(
        complaint_after("\"1_0\" -> \"2_0\"", "\"2_0\" -> \"1_0\"") ==
        "net.dot: connection 2_0 -> 1_0 goes from layer 2 to layer 1, expected one to the next "
        "layer (the inputs are layer 0)");
    CHECK(complaint_after("\"1_0\" -> \"2_0\"", "\"9_9\" -> \"2_0\"") ==
          "net.dot: connection 9_9 -> 2_0: there is no neuron or input 9_9; add it, delete the "
          "connection, or correct the name");
    CHECK(complaint_after("x2 -> \"1_1\"", "x2 -> \"1_0\"") ==
          "net.dot: connection x2 -> 1_0 is there twice; delete one");
  }

  TEST_CASE("what is not a topology of sprig's is refused") {
    CHECK(complaint([] { read_topology("digraph { a -> b }", "net.dot"); }) ==
          "net.dot: is not a sprig topology: the graph attribute sprig is \"\", expected "
          "\"topology 1\"");
    CHECK(complaint_after("topology 1", "topology 2") ==
          "net.dot: is not a sprig topology: the graph attribute sprig is \"topology 2\", "
          "expected "
          "\"topology 1\"");
    CHECK(complaint_after("layer_count=2", "layer_count=0") ==
          "net.dot: graph: layer_count is \"0\", expected a whole number from 1 to 1000");
    CHECK(complaint_after(", layer_count=2", "") ==
          "net.dot: graph has no layer_count; add layer_count=..., a whole number from 1 to "
          "1000");
    CHECK(complaint_after("inputs=2", "inputs=4000000000") ==
          "net.dot: graph: inputs is \"4000000000\", expected a whole number from 1 to 100000");
    CHECK(complaint_after("layer_count=2", "layer_count=3").starts_with("net.dot: Topology: "));
    const Topology wide{.inputs = 100001, .layers = by_hand_meant().layers};
    CHECK(complaint([&] { write_topology(wide); }) ==
          "topology 100001-2-1 is too large for a file, which may have 100000 inputs and 1000 "
          "layers");
  }

  TEST_CASE("the global locale changes neither the file nor its meaning") {
    struct Comma : std::numpunct<char> {
      char do_decimal_point() const override { return ','; }
      char do_thousands_sep() const override { return '.'; }
      std::string do_grouping() const override { return "\3"; }
    };
    const std::string text = write_topology(by_hand_meant());
    const std::locale old = std::locale::global(std::locale(std::locale(), new Comma));
    const std::string comma_text = write_topology(by_hand_meant());
    const Topology read = read_topology(by_hand, "net.dot");
    std::locale::global(old);
    CHECK(comma_text == text);
    CHECK(same_bits(read, by_hand_meant()));
  }

  TEST_CASE("save and load are the inverse of each other, and save replaces an old file") {
    const TemporaryFolder folder;
    save(one_neuron("old", 1, 2), folder / "net.dot");
    save(by_hand_meant(), folder / "net.dot");
    CHECK(same_bits(load(folder / "net.dot"), by_hand_meant()));
    CHECK(std::distance(fs::directory_iterator(folder / ""), {}) == 1);
  }

  TEST_CASE("a file that cannot be read or written is told with its path and the reason") {
    const TemporaryFolder folder;
    const std::string missing = (folder / "none").string(), self = (folder / "").string();
    CHECK(complaint([&] { load(missing); }) ==
          missing + ": cannot be read: No such file or directory; check the path");
    CHECK(complaint([&] { load(self); }) ==
          self + ": cannot be read: Is a directory; check the path");
    CHECK(complaint([&] { save(by_hand_meant(), self); }) ==
          self + ": cannot be written: it is not a regular file; give another path");
    CHECK(complaint([&] { save(by_hand_meant(), missing + "/net.dot"); }) ==
          missing +
              "/net.dot: cannot be written: No such file or directory; make room or give "
              "another path");
    CHECK(complaint([&] { save(by_hand_meant(), "/dev/full"); }) ==
          "/dev/full: cannot be written: it is not a regular file; give another path");
  }

  TEST_CASE("save follows a symbolic link and leaves a net.dot.new of the user's alone") {
    const TemporaryFolder folder;
    std::ofstream(folder / "net.dot.new") << "mine";
    fs::create_symlink("real.dot", folder / "net.dot");
    save(by_hand_meant(), folder / "net.dot");
    CHECK(fs::is_symlink(folder / "net.dot"));
    CHECK(same_bits(load(folder / "real.dot"), by_hand_meant()));
    CHECK(text_of_file(folder / "net.dot.new") == "mine");
  }

  TEST_CASE("a disk that gets full leaves the old file and nothing else") {
    const TemporaryFolder folder;
    save(one_neuron("old", 1, 2), folder / "net.dot");
    const std::string before = text_of_file(folder / "net.dot");
    rlimit old_limit{};
    getrlimit(RLIMIT_FSIZE, &old_limit);
    const auto old_handler = signal(SIGXFSZ, SIG_IGN);
    const rlimit tight{1000, old_limit.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    const std::string said = complaint([&] { save(by_hand_meant(), folder / "net.dot"); });
    setrlimit(RLIMIT_FSIZE, &old_limit);
    signal(SIGXFSZ, old_handler);
    CHECK(said == (folder / "net.dot").string() +
                      ": cannot be written: File too large; make room or give another path");
    CHECK(text_of_file(folder / "net.dot") == before);
    CHECK(std::distance(fs::directory_iterator(folder / ""), {}) == 1);
  }

  TEST_CASE("a topology that is not valid is refused before a file is touched") {
    const TemporaryFolder folder;
    save(by_hand_meant(), folder / "net.dot");
    CHECK(complaint([&] { save({}, folder / "net.dot"); }).starts_with("Topology: "));
    CHECK(same_bits(load(folder / "net.dot"), by_hand_meant()));
  }
}
