// Image sets of small files that are written here: what becomes of pixels and labels, and the
// line that says which file does not fit.

#include "demos/images.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "engine/error.h"
#include "tests/temporary_folder.h"

namespace {

using namespace sprig;
namespace fs = std::filesystem;

// A picture of 4 rows of 3 pixels for each label: as many of them are bright, from the last on.
std::string drawn(const std::string& labels) {
  std::string pixels;
  for (const char label : labels) {
    for (int k = 12; k-- > 0;) pixels += static_cast<char>(k < label ? 255 - k : 0);
  }
  return pixels;
}

std::string size_word(std::size_t size) {
  return {'\0', '\0', static_cast<char>(size / 256), static_cast<char>(size % 256)};
}

std::string image_file(const std::string& labels, std::size_t rows = 4) {
  return std::string("\0\0\x08\x03", 4) + size_word(labels.size() * 4 / rows) +
         size_word(rows) + size_word(3) + drawn(labels);
}

std::string label_file(const std::string& labels) {
  return std::string("\0\0\x08\x01", 4) + size_word(labels.size()) + labels;
}

const std::string train_labels("\0\3\1\2\0\1", 6), test_labels("\2\0", 2);

// A folder with four files that fit; a test spoils one of them.
struct Folder : TemporaryFolder {
  Folder() {
    write("train-images-idx3-ubyte", image_file(train_labels));
    write("train-labels-idx1-ubyte", label_file(train_labels));
    write("t10k-images-idx3-ubyte", image_file(test_labels));
    write("t10k-labels-idx1-ubyte", label_file(test_labels));
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(*this / name, std::ios::binary) << text;
  }
  // What load_images says, from the file's name on.
  std::string refusal() const {
    try {
      (void)load_images(path());
    } catch (const Error& error) {
      return std::string(error.what()).substr(path().string().size() + 1);
    }
    return "";
  }
};

}  // namespace

TEST_SUITE("images") {
  TEST_CASE("sizes, classes and numbers are those of the files") {
    const Folder folder;
    const ImageSet set = load_images(folder.path());
    CHECK(set.name == folder.path().filename());
    CHECK(set.width == 3);
    CHECK(set.height == 4);
    CHECK(set.classes == 4);
    CHECK(set.shape() == SampleShape{12, 4});
    CHECK(set.train.size() == 6);
    CHECK(set.test.size() == 2);
    CHECK(set.train.pixels.size() == 6 * 12);
    CHECK(set.train.pixels[12 + 9] == 255 - 2);  // the first bright pixel of a 3
    CHECK(set.test.labels == std::vector<std::uint8_t>{2, 0});
  }

  TEST_CASE("names with a dot in the place of -idx are found, too") {
    const Folder folder;
    fs::rename(folder / "t10k-images-idx3-ubyte", folder / "t10k-images.idx3-ubyte");
    CHECK(load_images(folder.path()).test.size() == 2);
    CHECK(load_images(folder.path() / "").name == folder.path().filename());
  }

  TEST_CASE(
      "a minibatch has pixels from 0 to 1, and a 1 at the label, in the order asked for") {
    const Folder folder;
    const ImageSet set = load_images(folder.path());
    const Samples samples = samples_of(set, set.train, std::vector<std::size_t>{3, 0, 1});
    CHECK(labels(samples) == std::vector<std::size_t>{2, 0, 3});
    CHECK(samples.input(0)[10] == 254.0 / 255);
    CHECK(samples.input(0)[11] == 1);
    CHECK(std::ranges::count(samples.input(0), 0.0) == 10);
    CHECK(std::ranges::count(samples.input(1), 0.0) == 12);
  }

  TEST_CASE("a batch has the numbers of the samples, in double and rounded to float") {
    const Folder folder;
    const ImageSet set = load_images(folder.path());
    const std::vector<std::size_t> indices{1, 4};
    const Samples samples = samples_of(set, set.train, indices);
    for (const Precision precision : {Precision::float64, Precision::float32}) {
      const Batch batch = batch_of(set, set.train, indices, {.precision = precision});
      CHECK(batch.precision() == precision);
      CHECK(batch.size() == 2);
      for (std::size_t k = 0; k < 12; ++k) {
        CHECK(std::abs(batch.number(0, k) - samples.input(0)[k]) <= 0x1p-24);
      }
      CHECK(batch.number(0, 12 + 3) == 1);
      CHECK(batch.number(1, 12 + 0) == 1);
    }
  }

  TEST_CASE("an image that does not exist is refused") {
    const Folder folder;
    const ImageSet set = load_images(folder.path());
    CHECK_THROWS_WITH_AS((void)samples_of(set, set.test, std::vector<std::size_t>{0, 2}),
                         "ImageSet: asked for image 2 of 2; they are counted from 0", Error);
  }

  TEST_CASE("a missing file or folder says how to get the data") {
    const Folder folder;
    fs::remove(folder / "t10k-labels-idx1-ubyte");
    const std::string how = ", plain or as .gz; run `make data`, or give --data FOLDER";
    CHECK(folder.refusal() == " there is no t10k-labels-idx1-ubyte" + how);
    CHECK_THROWS_WITH_AS(load_images("no/such"),
                         ("no/such: there is no train-images-idx3-ubyte" + how).c_str(), Error);
  }

  TEST_CASE("files that are not of one set are refused with both numbers") {
    const Folder counts, sizes, range;
    counts.write("train-labels-idx1-ubyte", label_file(train_labels + '\1'));
    CHECK(counts.refusal() ==
          "train-labels-idx1-ubyte: byte 4: expected 6 labels, as many as there are images in "
          "train-images-idx3-ubyte, found 7; give files of one set");
    sizes.write("t10k-images-idx3-ubyte", image_file(test_labels + test_labels, 8));
    CHECK(sizes.refusal() ==
          "t10k-images-idx3-ubyte: byte 8: expected images of 4x3, as in "
          "train-images-idx3-ubyte, found 8x3; give files of one set");
    range.write("t10k-labels-idx1-ubyte", label_file("\1\5"));
    CHECK(range.refusal() ==
          "t10k-labels-idx1-ubyte: byte 9: expected labels 0 to 3, as in "
          "train-labels-idx1-ubyte, found 5; give files of one set");
  }

  TEST_CASE("training labels with a gap are refused") {
    const Folder folder;
    folder.write("train-labels-idx1-ubyte", label_file(std::string("\0\1\2\0\xc8\1", 6)));
    CHECK(folder.refusal() ==
          "train-labels-idx1-ubyte: byte 12: found label 200, but no image has label 3; labels "
          "must count up from 0 without a gap: get the file again");
  }

  TEST_CASE("swapped files are refused by the file's name") {
    const Folder folder;
    folder.write("t10k-images-idx3-ubyte", label_file(test_labels));
    CHECK(folder.refusal().starts_with(
        "t10k-images-idx3-ubyte: byte 3: expected 3 for images, found 1 for labels"));
  }
}
