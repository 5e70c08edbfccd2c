"""Writes the oracle of tests/statistics_test.cpp: NumPy's and SciPy's numbers.
Each line is: values | others | what mean, deviation and 95% interval are of the values | what
mean difference, its 95% interval, better, equal, worse and sign test are of the pairs.

Run, from the top of the tree, with Debian 12's python3-scipy (1.10):
    /usr/bin/python3 tests/oracles/statistics.py > tests/oracles/statistics.txt
"""

import numpy
from scipy import stats

random = numpy.random.default_rng(1337)


def interval(values):
    return stats.t.interval(0.95, len(values) - 1, numpy.mean(values), stats.sem(values))


def sign_test(better, worse):
    return stats.binomtest(better, better + worse, 0.5).pvalue if better + worse else 1.0


def text(numbers):
    return " ".join(repr(float(number)) for number in numbers)


def line(values, others):
    differences = values - others
    counts = [numpy.sum(numpy.sign(differences) == sign) for sign in (1, 0, -1)]
    alone = [numpy.mean(values), numpy.std(values, ddof=1), *interval(values)]
    pairs = [numpy.mean(differences), *interval(differences), *counts]
    pairs.append(sign_test(int(counts[0]), int(counts[2])))
    print(*map(text, (values, others, alone, pairs)), sep=" | ")


for count in [2, 3, 10, 30, 100]:
    line(random.normal(5, 2, count), random.normal(4, 2, count))

# Accuracies on 100 samples: bounded, skewed, many of them equal.
for count in [5, 40, 100]:
    line(1 - random.poisson(2, count) / 100, 1 - random.poisson(3, count) / 100)
