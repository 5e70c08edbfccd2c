// Images to classify, as MNIST and Fashion-MNIST: four idx files in a folder, which `make data`
// puts below build/data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "demos/tasks.h"
#include "engine/batch.h"

namespace sprig {

// Bytes stay bytes: 60,000 images of 28x28 take 47 MB so, and 376 MB as doubles. A minibatch
// becomes numbers when it is asked for.
struct Images {
  std::vector<std::uint8_t> pixels;  // image by image, row by row: 0 to 255
  std::vector<std::uint8_t> labels;

  std::size_t size() const { return labels.size(); }
};

struct ImageSet {
  std::string name;  // of the folder
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t classes = 0;  // labels are 0 to classes - 1
  Images train;
  Images test;

  // Pixels and classes of a sample.
  SampleShape shape() const { return {width * height, classes}; }
};

// Reads train-images-idx3-ubyte, train-labels-idx1-ubyte and the two of t10k, each plain or as
// .gz, also with a dot in the place of -idx, as some archives unpack them. The classes are those
// of the training labels. Throws Error in one line, naming file, place and remedy: for a file
// that is missing or that load_idx() refuses, if there are not as many labels as images, if test
// images are of another size than training images, for a training label whose next lower one
// occurs nowhere, and for a test label that does not occur in training.
ImageSet load_images(const std::filesystem::path& folder);

// A minibatch: the images of these indices, in this order, their pixels as pixel / 255, with a 1
// at the label. `part` is set.train or set.test. Throws Error for an index that does not exist.
Samples samples_of(const ImageSet& set, const Images& part,
                   std::span<const std::size_t> indices);

// The same for a Program, in float or double.
Batch batch_of(const ImageSet& set, const Images& part, std::span<const std::size_t> indices,
               const BatchOptions& options = {});

}  // namespace sprig
