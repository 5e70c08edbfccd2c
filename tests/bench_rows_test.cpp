// The rows of the benchmark do the same work as the eager graph: their losses agree over ten
// steps on small networks. How fast they are is no test.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/bench/row.h"

namespace {

using namespace sprig::bench;

std::vector<double> losses_of(const Row& row, const Workload& workload) {
  const Step step = row.make(workload);
  std::vector<double> losses;
  for (int k = 0; k < 10; ++k) losses.push_back(step());
  return losses;
}

void check_rows(const std::vector<Row>& rows, Loss loss, double sparsity, std::size_t batch) {
  const Workload workload = small_workload(loss, sparsity, batch);
  const std::vector<double> expected = losses_of(eager_rows()[0], workload);
  CHECK(expected.back() < expected.front());
  for (const Row& row : rows) {
    if (row.fits && !row.fits(workload)) continue;
    CAPTURE(row.name);
    const std::vector<double> losses = losses_of(row, workload);
    for (std::size_t k = 0; k < losses.size(); ++k) {
      CHECK(losses[k] == doctest::Approx(expected[k]).epsilon(row.is_float ? 1e-5 : 1e-13));
    }
  }
}

void check_all_networks(const std::vector<Row>& rows) {
  for (const Loss loss : {Loss::hinge, Loss::softmax_cross_entropy}) {
    for (const double sparsity : {0.0, 0.6}) {
      for (const std::size_t batch : {32, 100}) check_rows(rows, loss, sparsity, batch);
    }
  }
}

TEST_SUITE("benchmark rows") {
  TEST_CASE("the row of one sample at a time has the losses of the eager graph") {
    check_all_networks(hand_sample_rows());
  }

  TEST_CASE("the row of lanes and CSR has the losses of the eager graph") {
    check_all_networks(hand_lanes_rows());
  }

  TEST_CASE("the row of dense tiles has the losses of the eager graph") {
    check_all_networks(hand_dense_rows());
  }

  TEST_CASE("every tape of the ladder has the losses of the eager graph") {
    check_all_networks(ladder_rows());
  }

  TEST_CASE("a Program, on one thread and on two, has the losses of the eager graph") {
    for (const int threads : {1, 2}) check_all_networks(program_rows(threads));
  }

  TEST_CASE("a workload that does not exist is refused, and those that do are named") {
    CHECK_THROWS_WITH(workload_named("moon"),
                      "there is no workload 'moon'; there is: moons, sparse, wide, lenet-100, "
                      "lenet-50, lenet-20, lenet-10, lenet-5, lenet-2, lenet-1");
  }
}

}  // namespace
