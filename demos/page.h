// The index.html that shows what a demo made: headings, sentences, pictures, tables. One file
// with everything inside but the pictures, which lie beside it, so that the folder can be
// copied, opened offline, and each picture taken out by itself. All text is escaped; `code` may
// stand in backticks.
#pragma once

#include <span>
#include <string>

#include "demos/table.h"

namespace sprig {

struct Picture {
  std::string file;     // its name in the folder of the page
  std::string alt;      // what it shows, for who cannot see it
  std::string caption;  // one sentence
};

class Page {
 public:
  // The title, and the sentence below it.
  Page(std::string title, std::string summary);

  void heading(const std::string& text);
  void paragraph(const std::string& text);
  void code(const std::string& lines);
  void table(const Table& table, const std::string& caption);

  // Links to files in the folder of the page.
  void files(std::span<const std::string> names);

  // Selecting a picture opens it alone. Throws Error if it has no file or no alt text.
  void picture(const Picture& picture);

  // Pictures shown one at a time, with a slider and a play button; all below each other on
  // paper and without scripts. Throws Error as picture() does, and for no picture.
  void filmstrip(std::span<const Picture> pictures);

  std::string html() const;

 private:
  std::string title_;
  std::string summary_;
  std::string body_;
};

}  // namespace sprig
