// CSV as cells, against RFC 4180 and what spreadsheets write.

#include "demos/csv_reader.h"

#include <doctest/doctest.h>

#include "demos/table.h"
#include "engine/error.h"

namespace {

using namespace sprig;
using Cells = std::vector<std::vector<std::string>>;

Cells cells(std::string_view text) {
  Cells cells;
  for (const CsvRow& row : parse_csv(text, "t.csv")) cells.push_back(row.cells);
  return cells;
}

std::string refusal(std::string_view text) {
  try {
    (void)parse_csv(text, "t.csv");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_SUITE("csv_reader") {
  TEST_CASE("commas separate cells, line ends separate rows") {
    CHECK(cells("a,b\n1,2\n") == Cells{{"a", "b"}, {"1", "2"}});
    CHECK(cells("a,,\n,,c") == Cells{{"a", "", ""}, {"", "", "c"}});
  }

  TEST_CASE(
      "all three line ends, a missing last one and a byte order mark make no difference") {
    const Cells expected{{"a", "b"}, {"1", "2"}};
    for (const char* text : {"a,b\r\n1,2\r\n", "a,b\r1,2\r", "a,b\n1,2", "\ufeffa,b\n1,2\n"}) {
      CHECK(cells(text) == expected);
    }
  }

  TEST_CASE("quoted cells may hold commas, quotes, line breaks and outer blanks") {
    CHECK(cells("\"a,b\",\"say \"\"hi\"\"\"\n\"two\r\nlines\",\" c \"\n") ==
          Cells{{"a,b", "say \"hi\""}, {"two\r\nlines", " c "}});
    CHECK(cells("\"\", \"x\" ,y\n") == Cells{{"", "x", "y"}});
  }

  TEST_CASE("blanks around a cell are dropped, a quote inside it is kept") {
    CHECK(cells(" 1 ,\t2\t\n5\" disk,x y\n") == Cells{{"1", "2"}, {"5\" disk", "x y"}});
  }

  TEST_CASE("blank lines are ignored, and lines are counted as an editor does") {
    const auto rows = parse_csv("\n\n1,\"2\n3\"\n  \t\n4,5\r\n\r\n6,7", "t.csv");
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].line == 3);
    CHECK(rows[1].line == 6);
    CHECK(rows[2].line == 8);
    CHECK(cells("").empty());
    CHECK(cells(" \n\n").empty());
  }

  TEST_CASE("what table.h writes as CSV reads back") {
    Table table({"plain", "with, comma"});
    table.add({"say \"hi\"", "two\nlines"});
    table.add({"", "é"});
    CHECK(cells(csv(table)) ==
          Cells{{"plain", "with, comma"}, {"say \"hi\"", "two\nlines"}, {"", "é"}});
  }

  TEST_CASE("broken texts are refused with their line") {
    CHECK(refusal("1,2\n\n3\n") ==
          "t.csv:3: got 1 cells, but line 1 has 2; give every row as many");
    CHECK(refusal("1,2\n3,\"4\n5,6\n") ==
          "t.csv:2: a quote opens here and is never closed; close it");
    CHECK(refusal("1,\"2\"3\n") ==
          "t.csv:1: something stands behind a closing quote; put a comma there, or double the "
          "quotes that belong to the cell");
    CHECK(refusal("\"") == "t.csv:1: a quote opens here and is never closed; close it");
    CHECK(refusal("1,2\n\x89PNG") == "t.csv:2: byte 0x89 is not UTF-8; save the text as UTF-8");
    CHECK(refusal(std::string_view("1,2\0", 4)) ==
          "t.csv:1: byte 0x00 is a control character; take it out");
  }
}
