"""Writes the oracle of tests/two_moons_test.cpp: numbers of Python's random and of NumPy's
legacy RandomState. Each line is: what, its arguments (seed first), a colon, the numbers.

Run, from the top of the tree, with Debian 12's python3 (3.11.2) and python3-numpy (1.24.2):
    /usr/bin/python3 tests/oracles/published_random.py > tests/oracles/published_random.txt
"""

import random

import numpy as np


def line(what, arguments, numbers):
    print(what, *arguments, ":", *(repr(number) for number in numbers))


for seed in [0, 1, 1337, 4294967295]:
    python = random.Random(seed)
    line("python.random", [seed], [python.random() for _ in range(5)])
    python = random.Random(seed)
    line("python.uniform", [seed, -0.1, 0.1], [python.uniform(-0.1, 0.1) for _ in range(5)])

# Around every border of the choice between a pool and a set: 21, 21 + 4^k.
for n, k in [(1, 1), (2, 2), (16, 2), (16, 16), (21, 5), (22, 5), (85, 6), (86, 6), (784, 20),
             (277, 22), (278, 22), (1045, 85), (1046, 85), (1045, 86), (5, 0)]:
    line("python.sample", [1337, n, k], random.Random(1337).sample(range(n), k))

for seed in [0, 1337, 4294967295]:
    line("numpy.random_sample", [seed], np.random.RandomState(seed).random_sample(5).tolist())
    line("numpy.standard_normal", [seed], np.random.RandomState(seed).normal(size=7).tolist())
    for n in [1, 2, 5, 100]:
        order = np.arange(n)
        np.random.RandomState(seed).shuffle(order)
        line("numpy.shuffle", [seed, n], order.tolist())

for stop, count in [(np.pi, 50), (np.pi, 2), (np.pi, 1), (np.pi, 3), (1.0, 11)]:
    line("numpy.linspace", [repr(stop), count], np.linspace(0, stop, count).tolist())
