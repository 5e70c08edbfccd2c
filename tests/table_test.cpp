// Tables as aligned text and as CSV, against what a person would write by hand and RFC 4180.

#include "demos/table.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "engine/error.h"

using namespace sprig;

TEST_SUITE("table") {
  TEST_CASE("words are set to the left, numbers to the right") {
    Table table({"model", "loss", "accuracy"});
    table.add({"static", "0.2865", "88%"});
    table.add({"RigL", "-1e-05", "100%"});
    CHECK(aligned(table) ==
          "model     loss  accuracy\n"
          "static  0.2865       88%\n"
          "RigL    -1e-05      100%");
  }

  TEST_CASE("a column with one word in it is no column of numbers, one with a blank may be") {
    Table table({"a", "b"});
    table.add({"1", ""});
    table.add({"2x", "22"});
    CHECK(!table.is_numeric(0));
    CHECK(table.is_numeric(1));
    CHECK(aligned(table) == "a    b\n1\n2x  22");
  }

  TEST_CASE("a letter of several bytes takes one column") {
    Table table({"name", "n"});
    table.add({"Ångström", "1"});
    CHECK(aligned(table) == "name      n\nÅngström  1");
  }

  TEST_CASE("CSV quotes what has a comma, a quote or a line break in it, and nothing else") {
    Table table({"a", "b,c"});
    table.add({"plain text", "say \"hi\""});
    table.add({"two\nlines", ""});
    CHECK(csv(table) == "a,\"b,c\"\nplain text,\"say \"\"hi\"\"\"\n\"two\nlines\",\n");
  }

  TEST_CASE("the cells of a CSV line are those that it was made of") {
    const std::vector<std::string> cells{"a,b", "", "\"", "say \"hi\"", "1.5", "\"\"", ""};
    CHECK(csv_line(cells) == "\"a,b\",,\"\"\"\",\"say \"\"hi\"\"\",1.5,\"\"\"\"\"\",");
    CHECK(csv_cells(csv_line(cells)) == cells);
    CHECK(csv_cells("") == std::vector<std::string>{""});
  }

  TEST_CASE("exact has as few digits as read back to the same bits") {
    CHECK(exact(0.1) == "0.1");
    CHECK(exact(100) == "100");
    CHECK(exact(0.1 + 0.2) == "0.30000000000000004");
    for (double x : {1.0 / 3, 5e-324, 1.7976931348623157e308, -2.5e-7}) {
      CHECK(std::strtod(exact(x).c_str(), nullptr) == x);
    }
  }

  TEST_CASE("a row of the wrong length, and a table without columns, are refused") {
    Table table({"a", "b"});
    CHECK_THROWS_WITH_AS(table.add({"1"}),
                         "Table: got a row of 1 cells for 2 columns; give one for each", Error);
    CHECK_THROWS_WITH_AS(Table({}), "Table: got no column; give at least one", Error);
    CHECK(csv(table) == "a,b\n");
  }
}
