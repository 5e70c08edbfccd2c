#include "demos/images.h"

#include <array>
#include <optional>
#include <utility>

#include "demos/idx.h"
#include "engine/error.h"

namespace sprig {
namespace {

namespace fs = std::filesystem;

struct Part {
  fs::path image_file;
  fs::path label_file;
  std::uint32_t height = 0;
  std::uint32_t width = 0;
  Images images;
};

// `name` is "train-images", `kind` "idx3-ubyte".
fs::path find_file(const fs::path& folder, const std::string& name, const std::string& kind) {
  for (const char* separator : {"-", "."}) {
    for (const char* compressed : {"", ".gz"}) {
      fs::path file = folder / (name + separator + kind + compressed);
      std::error_code unknown;
      if (fs::exists(file, unknown)) return file;
    }
  }
  fail(folder.string(), ": there is no ", name, "-", kind,
       ", plain or as .gz; run `make data`, or give --data FOLDER");
}

Part load_part(const fs::path& folder, const std::string& name) {
  Part part;
  part.image_file = find_file(folder, name + "-images", "idx3-ubyte");
  part.label_file = find_file(folder, name + "-labels", "idx1-ubyte");
  Idx labels = load_idx(part.label_file, IdxKind::labels);
  Idx images = load_idx(part.image_file, IdxKind::images);
  if (images.sizes[0] != labels.sizes[0]) {
    fail(part.label_file.string(), ": byte 4: expected ", images.sizes[0],
         " labels, as many as there are images in ", part.image_file.filename().string(),
         ", found ", labels.sizes[0], "; give files of one set");
  }
  part.height = images.sizes[1];
  part.width = images.sizes[2];
  part.images = {std::move(images.numbers), std::move(labels.numbers)};
  return part;
}

// Where the first image with each label stands.
using Places = std::array<std::optional<std::size_t>, 256>;

Places first_places(std::span<const std::uint8_t> labels) {
  Places places;
  for (std::size_t k = labels.size(); k-- > 0;) places[labels[k]] = k;
  return places;
}

// Labels begin behind a header of 8 bytes.
std::size_t byte_of(std::size_t label) { return 8 + label; }

std::uint32_t count_classes(const Part& train) {
  const Places places = first_places(train.images.labels);
  std::uint32_t classes = 0;
  while (classes < places.size() && places[classes]) ++classes;
  for (std::size_t label = classes; label < places.size(); ++label) {
    if (!places[label]) continue;
    fail(train.label_file.string(), ": byte ", byte_of(*places[label]), ": found label ", label,
         ", but no image has label ", classes,
         "; labels must count up from 0 without a gap: get the file again");
  }
  return classes;
}

void check_test(const Part& train, const Part& test, std::uint32_t classes) {
  if (test.height != train.height || test.width != train.width) {
    fail(test.image_file.string(), ": byte 8: expected images of ", train.height, "x",
         train.width, ", as in ", train.image_file.filename().string(), ", found ", test.height,
         "x", test.width, "; give files of one set");
  }
  const Places places = first_places(test.images.labels);
  for (std::size_t label = classes; label < places.size(); ++label) {
    if (!places[label]) continue;
    fail(test.label_file.string(), ": byte ", byte_of(*places[label]),
         ": expected labels 0 to ", classes - 1, ", as in ",
         train.label_file.filename().string(), ", found ", label, "; give files of one set");
  }
}

// pixel / 255 of every byte. To look it up takes half the time of a division.
constexpr std::array<double, 256> brightness = [] {
  std::array<double, 256> numbers{};
  for (std::size_t pixel = 0; pixel < numbers.size(); ++pixel) {
    numbers[pixel] = static_cast<double>(pixel) / 255;
  }
  return numbers;
}();

void check_index(std::size_t index, const Images& part) {
  if (index < part.size()) return;
  fail("ImageSet: asked for image ", index, " of ", part.size(), "; they are counted from 0");
}

}  // namespace

ImageSet load_images(const fs::path& folder) {
  Part train = load_part(folder, "train");
  const std::uint32_t classes = count_classes(train);
  Part test = load_part(folder, "t10k");
  check_test(train, test, classes);
  const fs::path name = folder.has_filename() ? folder : folder.parent_path();
  return {.name = name.filename().string(),
          .width = train.width,
          .height = train.height,
          .classes = classes,
          .train = std::move(train.images),
          .test = std::move(test.images)};
}

Samples samples_of(const ImageSet& set, const Images& part,
                   std::span<const std::size_t> indices) {
  const SampleShape shape = set.shape();
  Samples samples{.shape = shape, .inputs = {}, .targets = {}};
  samples.inputs.resize(indices.size() * shape.inputs);
  samples.targets.resize(indices.size() * shape.targets);
  double* input = samples.inputs.data();
  double* target = samples.targets.data();
  for (const std::size_t index : indices) {
    check_index(index, part);
    const std::uint8_t* pixels = part.pixels.data() + index * shape.inputs;
    for (std::size_t k = 0; k < shape.inputs; ++k) input[k] = brightness[pixels[k]];
    target[part.labels[index]] = 1;
    input += shape.inputs;
    target += shape.targets;
  }
  return samples;
}

Batch batch_of(const ImageSet& set, const Images& part, std::span<const std::size_t> indices,
               const BatchOptions& options) {
  const Samples samples = samples_of(set, part, indices);
  return Batch(samples.shape, samples.inputs, samples.targets, options);
}

}  // namespace sprig
