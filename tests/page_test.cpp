// The HTML of a page: everything in it is escaped, nothing in it comes from the network.

#include "demos/page.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/error.h"

namespace {

using namespace sprig;

bool has(const Page& page, const std::string& text) {
  return page.html().find(text) != std::string::npos;
}

}  // namespace

TEST_SUITE("page") {
  TEST_CASE("a page is a whole HTML document with title and summary") {
    const Page page("Two moons", "One sentence.");
    CHECK(page.html().starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    CHECK(page.html().ends_with("</html>\n"));
    CHECK(has(page, "<title>Two moons</title>"));
    CHECK(has(page, "<h1>Two moons</h1>"));
    CHECK(has(page, ">One sentence.</p>"));
  }

  TEST_CASE("text is escaped wherever it stands") {
    const std::string bad = "<b>\"&", good = "&lt;b&gt;&quot;&amp;";
    Page page(bad, bad);
    page.heading(bad);
    page.paragraph(bad);
    page.code(bad);
    page.picture({bad, bad, bad});
    Table table({bad});
    table.add({bad});
    page.table(table, bad);
    CHECK(!has(page, bad));
    CHECK(has(page, "<img src=\"" + good + "\" alt=\"" + good + "\">"));
    CHECK(has(page, "<th>" + good + "</th>"));
    CHECK(has(page, "<td>" + good + "</td>"));
  }

  TEST_CASE("what stands in a pair of backticks becomes code, a lone one stays") {
    Page page("t", "s");
    page.paragraph("use `a<b` or `c`");
    page.paragraph("one ` alone, ``");
    CHECK(has(page, "<p>use <code>a&lt;b</code> or <code>c</code></p>"));
    CHECK(has(page, "<p>one <code> alone, </code>`</p>"));
  }

  TEST_CASE("a picture opens alone when it is selected, and has its sentence") {
    Page page("t", "s");
    page.picture({"loss.svg", "two falling curves", "RigL falls further."});
    CHECK(has(page,
              "<a href=\"loss.svg\"><img src=\"loss.svg\" alt=\"two falling curves\"></a>"));
    CHECK(has(page, "<figcaption>RigL falls further.</figcaption>"));
  }

  TEST_CASE("the slider of a filmstrip reaches the last picture") {
    Page page("t", "s");
    page.filmstrip(
        std::vector<Picture>{{"0.svg", "a", ""}, {"1.svg", "b", ""}, {"2.svg", "c", ""}});
    CHECK(has(page, "min=\"0\" max=\"2\" value=\"0\""));
    CHECK(has(page, "2.svg"));
  }

  TEST_CASE("columns of numbers are marked, so that their digits line up") {
    Table table({"model", "loss"});
    table.add({"RigL", "0.03"});
    Page page("t", "s");
    page.table(table, "After 400 steps.");
    CHECK(has(page, "<td>RigL</td><td class=\"number\">0.03</td>"));
    CHECK(has(page, "<caption>After 400 steps.</caption>"));
  }

  TEST_CASE("a page asks nothing of the network") {
    Page page("t", "s");
    page.picture({"a.svg", "a", "a"});
    page.filmstrip(std::vector<Picture>{{"0.svg", "a", "a"}});
    for (const char* address : {"http:", "https:", "//", "@import", "url("}) {
      CAPTURE(address);
      CHECK(!has(page, address));
    }
  }

  TEST_CASE("pictures without a file or alt text, and empty filmstrips, are refused") {
    Page page("t", "s");
    CHECK_THROWS_WITH_AS(page.picture({"a.svg", "", "x"}),
                         "Page: got a picture with file \"a.svg\" and alt text \"\"; give both",
                         Error);
    CHECK_THROWS_AS(page.picture({"", "a", "x"}), Error);
    CHECK_THROWS_WITH_AS(page.filmstrip({}),
                         "Page: got a filmstrip without pictures; give at least one", Error);
  }
}
