// Distributions of a budget against what get_sparsities_erdos_renyi and get_mask_random of
// RigL's official code (rigl/sparse_utils.py) give for the same layers, and against properties
// that the definition has: one eps, found here by bisection.

#include "nn/distribution.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "engine/error.h"
#include "nn/topology_statistics.h"

namespace {

using namespace sprig;

using Counts = std::vector<std::size_t>;
using Shapes = std::vector<LayerShape>;

const Shapes lenet{{784, 300}, {300, 100}, {100, 10}};
const Shapes convolutions{{1, 8, KernelSize{3, 3}},
                          {8, 16, KernelSize{3, 3}},
                          {16, 16, KernelSize{5, 5}},
                          {16, 32, KernelSize{1, 1}},
                          {256, 64},
                          {64, 10}};
constexpr auto er = Distribution::erdos_renyi;
constexpr auto erk = Distribution::erdos_renyi_kernel;

std::size_t sum(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

std::vector<double> densities_at(Distribution distribution, const Shapes& shapes,
                                 double sparsity) {
  return densities(distribution, shapes, total_budget(shapes, sparsity));
}

Counts exact(Distribution distribution, const Shapes& shapes, double sparsity) {
  return budgets(distribution, shapes, total_budget(shapes, sparsity));
}

Counts as_rigl(Distribution distribution, const Shapes& shapes, double sparsity) {
  return budgets(shapes, densities_at(distribution, shapes, sparsity));
}

void check_four_digits(const std::vector<double>& numbers, std::vector<double> expected) {
  REQUIRE(numbers.size() == expected.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    CHECK(std::round(numbers[i] * 1e4) / 1e4 == expected[i]);
  }
}

std::string message_of(auto function) {
  try {
    function();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

Shapes random_shapes(Rng& rng) {
  Shapes shapes(1 + rng.below(5));
  for (LayerShape& shape : shapes) {
    shape = {.inputs = static_cast<std::uint32_t>(1 + rng.below(40)),
             .neurons = static_cast<std::uint32_t>(1 + rng.below(40)),
             .dense = rng.below(5) == 0};
    if (rng.below(3) > 0) continue;
    shape.kernel = KernelSize{static_cast<std::uint32_t>(1 + rng.below(5)),
                              static_cast<std::uint32_t>(1 + rng.below(5))};
  }
  return shapes;
}

// Any total from one connection for each layer (all, for a dense one) to all connections.
std::size_t random_total(const Shapes& shapes, Rng& rng) {
  std::size_t least = 0, most = 0;
  for (const LayerShape& shape : shapes) {
    most += possible_connection_count(shape);
    least += shape.dense ? possible_connection_count(shape) : 1;
  }
  return least + rng.below(most - least + 1);
}

// min(1, eps * p) with the eps that spends the total, by bisection.
std::vector<double> densities_by_bisection(const Shapes& shapes, const std::vector<double>& p,
                                           std::size_t total) {
  std::vector<double> result(shapes.size());
  double low = 0, high = 1e6;
  for (int step = 0; step < 200; ++step) {
    const double eps = (low + high) / 2;
    double spent = 0;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      result[i] = shapes[i].dense ? 1 : std::min(1.0, eps * p[i]);
      spent += result[i] * static_cast<double>(possible_connection_count(shapes[i]));
    }
    (spent < static_cast<double>(total) ? low : high) = eps;
  }
  return result;
}

}  // namespace

TEST_SUITE("distribution") {
  TEST_CASE("Erdos-Renyi gives 784-300-100-10 the densities of RigL's official code") {
    check_four_digits(densities_at(er, lenet, 0.90), {0.0796, 0.2302, 1.0});
    check_four_digits(densities_at(er, lenet, 0.95), {0.0385, 0.1113, 0.9185});
    check_four_digits(densities_at(er, lenet, 0.98), {0.0154, 0.0445, 0.3674});
    check_four_digits(densities_at(er, lenet, 0.99), {0.0077, 0.0223, 0.1837});
  }

  TEST_CASE("Erdos-Renyi budgets for 784-300-100-10 add up to the total exactly") {
    CHECK(exact(er, lenet, 0.90) == Counts{18714, 6906, 1000});  // 26620
    CHECK(exact(er, lenet, 0.95) == Counts{9051, 3340, 919});    // 13310
    CHECK(exact(er, lenet, 0.98) == Counts{3621, 1336, 367});    // 5324
    CHECK(exact(er, lenet, 0.99) == Counts{1810, 668, 184});     // 2662
  }

  TEST_CASE("budgets of densities have the counts that RigL's official code has") {
    CHECK(as_rigl(er, lenet, 0.90) == Counts{18715, 6906, 1000});
    CHECK(as_rigl(er, lenet, 0.98) == Counts{3621, 1337, 368});
    CHECK(as_rigl(er, lenet, 0.99) == Counts{1811, 669, 184});
    CHECK(as_rigl(er, convolutions, 0.5) == Counts{72, 1152, 6400, 512, 3804, 640});
    CHECK(as_rigl(er, convolutions, 0.8) == Counts{72, 736, 2723, 164, 1090, 252});
    CHECK(as_rigl(erk, convolutions, 0.5) == Counts{72, 870, 1217, 512, 9271, 640});
    CHECK(as_rigl(erk, convolutions, 0.8) == Counts{72, 294, 411, 489, 3130, 640});
    CHECK(as_rigl(erk, convolutions, 0.9) == Counts{72, 143, 200, 238, 1519, 352});
  }

  TEST_CASE("a layer kept dense has no part in the sparsity of the others, as in RigL") {
    Shapes shapes = lenet;
    shapes[0].dense = true;
    CHECK(total_budget(shapes, 0.98) == 235200 + 620);
    CHECK(as_rigl(er, shapes, 0.98) == Counts{235200, 487, 134});
    CHECK(exact(er, shapes, 0.98) == Counts{235200, 486, 134});
    CHECK(exact(Distribution::uniform, shapes, 0.98) == Counts{235200, 600, 20});
  }

  TEST_CASE("uniform gives every layer the same density") {
    CHECK(exact(Distribution::uniform, lenet, 0.98) == Counts{4704, 600, 20});
    for (const double density : densities(Distribution::uniform, lenet, 26620)) {
      CHECK(density == doctest::Approx(0.1));
    }
  }

  TEST_CASE("a kernel of 1 x 1 is a convolution, and no kernel is none") {
    const Shapes with{{16, 8, KernelSize{1, 1}}, {16, 8}};
    CHECK(densities(erk, with, 50)[0] / densities(erk, with, 50)[1] ==
          doctest::Approx(26.0 / 24));
    CHECK(densities(er, with, 50)[0] == densities(er, with, 50)[1]);
    CHECK(densities(erk, lenet, 5324) == densities(er, lenet, 5324));
  }

  TEST_CASE("densities are min(1, eps * p) with one eps, for 1000 random networks") {
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      const Shapes shapes = random_shapes(rng);
      const std::size_t total = random_total(shapes, rng);
      std::vector<double> one, two, three;  // p of the three distributions
      for (const auto& [inputs, neurons, kernel, dense] : shapes) {
        const double both = inputs + neurons, area = double(inputs) * neurons;
        one.push_back(1);
        two.push_back(both / area);
        three.push_back(kernel ? (both + kernel->width + kernel->height) /
                                     (area * kernel->width * kernel->height)
                               : both / area);
      }
      const auto check = [&](Distribution distribution, const std::vector<double>& p) {
        const auto expected = densities_by_bisection(shapes, p, total);
        const auto result = densities(distribution, shapes, total);
        for (std::size_t i = 0; i < shapes.size(); ++i) {
          REQUIRE(result[i] == doctest::Approx(expected[i]).epsilon(1e-9));
        }
      };
      check(Distribution::uniform, one);
      check(er, two);
      check(erk, three);
    }
  }

  TEST_CASE("budgets are within one of their share and add up to the total, on 1000 networks") {
    int refused = 0;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      const Shapes shapes = random_shapes(rng);
      const std::size_t total = random_total(shapes, rng);
      const auto distribution = static_cast<Distribution>(rng.below(3));
      const auto density = densities(distribution, shapes, total);
      const Counts rounded_up = budgets(shapes, density);
      CHECK(sum(rounded_up) >= total);
      CHECK(sum(rounded_up) < total + shapes.size());
      Counts result;
      try {
        result = budgets(distribution, shapes, total);
      } catch (const Error&) {
        ++refused;  // a layer would get nothing
        continue;
      }
      REQUIRE(sum(result) == total);
      for (std::size_t i = 0; i < shapes.size(); ++i) {
        const auto possible = possible_connection_count(shapes[i]);
        REQUIRE(result[i] <= possible);
        REQUIRE(std::abs(double(result[i]) - density[i] * double(possible)) < 1 + 1e-9);
      }
    }
    CHECK(refused < 50);
  }

  TEST_CASE("a total of all connections makes every layer dense") {
    for (const auto distribution : {Distribution::uniform, er, erk}) {
      CHECK(budgets(distribution, lenet, 266200) == Counts{235200, 30000, 1000});
      CHECK(budgets(distribution, lenet, 266199) != Counts{235200, 30000, 1000});
    }
    CHECK(total_budget(lenet, 0) == 266200);
  }

  TEST_CASE("a sparsity in thousandths gives the total that whole numbers give") {
    std::size_t wrong = 0;
    for (std::uint32_t inputs = 1; inputs <= 400; ++inputs) {
      for (std::uint32_t sparsity = 0; sparsity < 1000; ++sparsity) {
        const Shapes shapes{{inputs, 3}};
        wrong += total_budget(shapes, sparsity / 1000.0) !=
                 3 * inputs - 3 * inputs * sparsity / 1000;
      }
    }
    CHECK(wrong == 0);
  }

  TEST_CASE("the densities of a list are rounded up, but not by floating point") {
    const Shapes shapes{{10, 1}, {10, 1}, {10, 10, {}, true}};
    CHECK(std::ceil((1 - 0.7) * 10) == 4);
    CHECK(budgets(shapes, std::vector{1 - 0.7, 0.31, 0.5}) == Counts{3, 4, 100});
    CHECK(budgets(shapes, std::vector{1e-300, 1.0, 1.0}) == Counts{1, 10, 100});
  }

  TEST_CASE("a network wired with budgets has them") {
    WiringOptions options{.inputs = 20, .layers = {{.neurons = 30}, {.neurons = 10}, {}}};
    const Shapes shapes = layer_shapes(options);
    const Counts shares = budgets(er, shapes, 100);
    Rng rng(1);
    const auto counts = statistics(random_topology(with_budgets(options, shares), rng));
    for (std::size_t layer = 0; layer < 3; ++layer) {
      CHECK(counts.layers[layer].connections == shares[layer]);
      CHECK(counts.layers[layer].possible == possible_connection_count(shapes[layer]));
    }
    CHECK(counts.connections == 100);
  }

  TEST_CASE("what cannot be distributed is refused with the numbers") {
    CHECK(message_of([] { total_budget({}, 0.5); }) ==
          "distribution: no layers; give at least one shape");
    CHECK(message_of([] { total_budget(lenet, 1); }) ==
          "total_budget: the sparsity is 1; give one in [0, 1)");
    CHECK_THROWS_AS(total_budget(lenet, -0.1), Error);
    CHECK_THROWS_AS(total_budget(lenet, std::nan("")), Error);
    const Shapes no_kernel{{3, 3}, {3, 3, KernelSize{0, 3}}};
    CHECK(message_of([&] { total_budget(no_kernel, 0); }) ==
          "distribution: layer 2 has no possible connection; give at least 1 input, 1 neuron "
          "and a 1 x 1 kernel");
    CHECK(message_of([] { densities(er, lenet, 2); }) ==
          "distribution: a total of 2 connections does not fit; give 3 to 266200, such as "
          "total_budget for a sparsity");
    CHECK_THROWS_AS(budgets(er, lenet, 266201), Error);
    const Shapes kept{{10, 10, {}, true}, {10, 2}};
    CHECK(message_of([&] { densities(er, kept, 100); }) ==
          "distribution: a total of 100 connections does not fit; give 101 to 120, such as "
          "total_budget for a sparsity");
    CHECK(message_of([] { budgets(Distribution::uniform, lenet, 10); }) ==
          "budgets: layer 3 would get none of the 10 connections; give a larger total, or keep "
          "that layer dense");
    CHECK(message_of([] {
            budgets(lenet, std::vector{0.5, 0.0, 1.0});
          }) == "budgets: layer 2 has density 0; give one above 0, at most 1");
    CHECK(message_of([] {
            budgets(lenet, std::vector{0.5, 0.5});
          }) == "budgets: got 2 densities for 3 layers; give one per layer");
    CHECK(message_of([] {
            with_budgets({.layers = {{}}}, Counts{1, 1});
          }) == "with_budgets: got 2 budgets for 1 layers; give one per layer");
  }
}
