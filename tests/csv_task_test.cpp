// Tasks of CSV texts and files: what becomes of the numbers, worked out by hand, and the one
// line that tells what is wrong.

#include "demos/csv_task.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "engine/error.h"
#include "tests/fuzz/csv_text.h"
#include "tests/temporary_folder.h"

namespace {

using namespace sprig;

// Ten good samples of two inputs: 0,10,even / 1,11,odd / ...
std::string ten_rows(const std::string& header = "") {
  std::string text = header;
  for (int k = 0; k < 10; ++k) {
    text += std::to_string(k) + "," + std::to_string(10 + k) + (k % 2 ? ",odd\n" : ",even\n");
  }
  return text;
}

std::string with_targets(const std::vector<std::string>& targets) {
  std::string text;
  for (std::size_t k = 0; k < targets.size(); ++k) {
    text += std::to_string(k) + "," + targets[k] + "\n";
  }
  return text;
}

std::string refusal(const std::string& text, const CsvTaskOptions& options = {}) {
  try {
    (void)parse_csv_task(text, "t.csv", options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// All samples in the order of the file, by their first input, which must rise in it.
Samples in_order(const Task& task) {
  Samples all = task.train;
  all.inputs.insert(all.inputs.end(), task.test.inputs.begin(), task.test.inputs.end());
  all.targets.insert(all.targets.end(), task.test.targets.begin(), task.test.targets.end());
  std::vector<std::size_t> order(all.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
  std::ranges::sort(order, {}, [&](std::size_t k) { return all.input(k)[0]; });
  return subset(all, order);
}

}  // namespace

TEST_SUITE("csv_task") {
  TEST_CASE("rows are split by the fraction, and no sample is lost or doubled") {
    const Task task = parse_csv_task(ten_rows(), "t.csv", {.test_fraction = 0.3});
    CHECK(task.train.size() == 7);
    CHECK(task.test.size() == 3);
    CHECK(task.inputs == 2);
    CHECK(task.classes == 2);
    CHECK(task.name == "t.csv");
    const Samples all = in_order(task);
    for (std::size_t k = 1; k < 10; ++k) CHECK(all.input(k)[0] > all.input(k - 1)[0]);
    CHECK(labels(all) == std::vector<std::size_t>{0, 1, 0, 1, 0, 1, 0, 1, 0, 1});
  }

  TEST_CASE("the seed decides the split") {
    const auto train = [](std::uint32_t seed) {
      return parse_csv_task(ten_rows(), "t.csv", {.seed = seed}).train.inputs;
    };
    CHECK(train(1) == train(1));
    CHECK(train(1) != train(2));
  }

  TEST_CASE("inputs have mean 0 and deviation 1 over the samples to train on") {
    const Task task = parse_csv_task(ten_rows(), "t.csv");
    for (std::size_t input = 0; input < 2; ++input) {
      double sum = 0, squares = 0;
      for (std::size_t k = 0; k < task.train.size(); ++k) {
        sum += task.train.input(k)[input];
        squares += std::pow(task.train.input(k)[input], 2);
      }
      CHECK(std::abs(sum) < 1e-12);
      CHECK(squares == doctest::Approx(7));
    }
    const Samples all = in_order(task);
    CHECK(all.input(9)[0] - all.input(8)[0] ==
          doctest::Approx(all.input(1)[0] - all.input(0)[0]));
  }

  TEST_CASE("an input that never changes becomes 0, whatever it is") {
    std::string text;
    for (int k = 0; k < 10; ++k) text += "0.1," + std::to_string(k % 2) + "\n";
    const Task task = parse_csv_task(text, "t.csv");
    CHECK(task.train.inputs == std::vector<double>(7, 0.0));
    CHECK(task.test.inputs == std::vector<double>(3, 0.0));
  }

  TEST_CASE("a row without any number at the top is a header, any other is a sample") {
    const Samples plain = in_order(parse_csv_task(ten_rows(), "t.csv"));
    const Samples titled = in_order(parse_csv_task(ten_rows("width,height,kind\n"), "t.csv"));
    CHECK(plain.inputs == titled.inputs);
    CHECK(in_order(parse_csv_task(ten_rows("-1,9,odd\n"), "t.csv")).size() == 11);
  }

  TEST_CASE("classes count up by value, names behind numbers") {
    const auto classes = [](const std::vector<std::string>& targets) {
      return labels(in_order(parse_csv_task(with_targets(targets), "t.csv")));
    };
    CHECK(classes({"10", "9", "10", "9", "9.0", "9", "9", "9", "9", "+9"}) ==
          std::vector<std::size_t>{1, 0, 1, 0, 0, 0, 0, 0, 0, 0});
    CHECK(classes({"b", "a", "b", "a", "-1", "-1", "7", "7", "a", "b"}) ==
          std::vector<std::size_t>{3, 2, 3, 2, 0, 0, 1, 1, 2, 3});
  }

  TEST_CASE("the target of a regression is standardised, too") {
    const std::vector<std::string> targets{"5",  "7",  "9",  "11", "13",
                                           "15", "17", "19", "21", "23"};
    const Task task = parse_csv_task(with_targets(targets), "t.csv", {.regression = true});
    CHECK(task.is_regression());
    CHECK(task.shape().targets == 1);
    double squares = 0;
    for (std::size_t k = 0; k < task.train.size(); ++k) {
      CHECK(task.train.target(k)[0] == doctest::Approx(task.train.input(k)[0]));
      squares += std::pow(task.train.target(k)[0], 2);
    }
    CHECK(squares == doctest::Approx(7));
  }

  TEST_CASE("a cell that is no number is refused with its line, its column and the remedy") {
    CHECK(
        refusal(ten_rows() + "1,abc,odd\n") ==
        "t.csv:11: column 2: \"abc\" is not a number; write one such as -0.25, or take the row "
        "out");
    CHECK(
        refusal(ten_rows() + "1,,odd\n").starts_with("t.csv:11: column 2: \"\" is not a num"));
    for (const char* number : {"nan", "inf", "-inf", "1e101"}) {
      CHECK(refusal(ten_rows() + number + ",1,odd\n") ==
            "t.csv:11: column 1: \"" + std::string(number) +
                "\" is not finite, or beyond 1e100; write one such as -0.25, or take the row "
                "out");
    }
    const std::string umlauts = "\"ääääääääää\näääääääääxääää\"";
    CHECK(refusal(ten_rows() + umlauts + ",1,odd\n")
              .starts_with("t.csv:11: column 1: \"ääääääääää äääääääääx...\" is not"));
  }

  TEST_CASE("classes that cannot be learned are refused") {
    CHECK(refusal(with_targets(std::vector<std::string>(10, "a"))) ==
          "t.csv: every sample has the class \"a\"; give at least two classes");
    CHECK(refusal(ten_rows("1,2,kind\n")) ==
          "t.csv:1: column 3: no other sample has the class \"kind\"; give each class at least "
          "two, or ask for a regression");
    CHECK(
        refusal(ten_rows() + "1,2,0.5\n") ==
        "t.csv:11: column 3: \"0.5\" is no class; give a whole number or a name, or ask for a "
        "regression");
    CHECK(refusal(ten_rows() + "1,2,\n") ==
          "t.csv:11: column 3: there is no class; name it, or take the row out");
    CHECK(refusal(with_targets(std::vector<std::string>(10, "2")), {.regression = true}) ==
          "t.csv: the target is 2 in every sample; give one that differs");
  }

  TEST_CASE("texts without enough rows or columns, and bad fractions, are refused") {
    CHECK(refusal("") ==
          "t.csv: there is nothing in it; give a row of numbers for each sample");
    CHECK(refusal("a,b\n1,2\n") == "t.csv: got 1 samples; give at least 10");
    CHECK(refusal("1;2\n1;2\n1;2\n1;2\n1;2\n1;2\n1;2\n1;2\n1;2\n1;2\n1;2\n") ==
          "t.csv: got 1 column; give at least two with commas between, the target in the last");
    for (double fraction : {0.0, 1.0, -0.1, std::nan("")}) {
      CHECK(
          refusal(ten_rows(), {.test_fraction = fraction}).starts_with("CSV task: got a test"));
    }
  }

  TEST_CASE("any fraction leaves samples on both sides") {
    CHECK(parse_csv_task(ten_rows(), "t.csv", {.test_fraction = 0.001}).test.size() == 1);
    CHECK(parse_csv_task(ten_rows(), "t.csv", {.test_fraction = 0.999}).train.size() == 2);
  }

  TEST_CASE("a file gives the same task, named without its extension") {
    const TemporaryFolder folder;
    std::ofstream(folder / "flowers.csv") << ten_rows();
    const Task task = load_csv_task(folder / "flowers.csv");
    CHECK(task.name == "flowers");
    CHECK(task.train.inputs == parse_csv_task(ten_rows(), "t.csv").train.inputs);
  }

  TEST_CASE("a file that is not there, or is a directory, is refused by name") {
    const TemporaryFolder folder;
    const std::string missing = (folder / "none.csv").string();
    CHECK_THROWS_WITH_AS(
        load_csv_task(missing),
        (missing + ": cannot be read: No such file or directory; check the path").c_str(),
        Error);
    CHECK_THROWS_WITH_AS(load_csv_task(folder.path()),
                         (folder.path().string() + ": is a directory; give a CSV file").c_str(),
                         Error);
  }

  TEST_CASE("the fuzzer's good texts are accepted as classes, its broken ones refused") {
    namespace fs = std::filesystem;
    int texts = 0;
    for (const auto& entry :
         fs::directory_iterator(fs::path(__FILE__).parent_path() / "fuzz" / "corpus" / "csv")) {
      CAPTURE(entry.path().filename().string());
      const std::string text = text_of_file(entry.path());
      CHECK(check_csv_text(text, false) ==
            entry.path().filename().string().starts_with("good"));
      CHECK_NOTHROW(check_csv_text(text, true));
      ++texts;
    }
    CHECK(texts >= 16);
  }
}
