"""Writes the oracle of tests/pytorch_test.cpp: values and gradients of random expressions.

Run, from the top of the tree, with Debian 12's python3-torch (1.13.0):
    /usr/bin/python3 tests/oracles/expressions.py > tests/oracles/expressions.txt

An expression is its leaves, numbered from 0, and then one operation a line with the numbers of
its operands; each gets the next number. The last one is the root. Every number has the 17 digits
that tell a double exactly. Operations come at random from all that sprig has, and one is taken
only if no operand is near a kink, a tie or a pole, so that its derivative is beyond doubt.
"""

import random

import torch
from torch.nn import functional

EXPRESSIONS = 200
FEWEST, MOST = 5, 60  # operations
LARGEST = 50.0  # |value| of an operation, so that no digits are lost to big sums


def affine(bias, *terms):
    for weight, x in zip(terms[::2], terms[1::2]):
        bias = bias + weight * x
    return bias


def at_least(limit):
    return lambda *xs: all(abs(x) >= limit for x in xs)


def anything(*xs):
    return True


def apart(a, b):
    return abs(a - b) >= 1e-3


# name, operands, the function, where it may be used
OPERATIONS = [
    ("-", 1, torch.neg, anything),
    ("exp", 1, torch.exp, anything),
    ("log", 1, torch.log, lambda x: x >= 0.05),
    ("sqrt", 1, torch.sqrt, lambda x: x >= 0.05),
    ("abs", 1, torch.abs, at_least(1e-3)),
    ("relu", 1, torch.relu, at_least(1e-3)),
    ("tanh", 1, torch.tanh, anything),
    ("sigmoid", 1, torch.sigmoid, anything),
    ("swish", 1, functional.silu, anything),
    # PyTorch calls softplus(x) = x beyond a threshold, which is 20 unless told
    ("softplus", 1, lambda x: functional.softplus(x, threshold=1000), anything),
    ("+", 2, torch.add, anything),
    ("-", 2, torch.sub, anything),
    ("*", 2, torch.mul, anything),
    ("/", 2, torch.div, lambda a, b: abs(b) >= 0.05),
    ("pow", 2, torch.pow, lambda a, b: a >= 0.05 and abs(b) <= 4),
    ("leaky_relu", 2, lambda x, s: torch.where(x > 0, x, s * x), lambda x, s: abs(x) >= 1e-3),
    ("max", 2, torch.maximum, apart),
    ("min", 2, torch.minimum, apart),
    ("sum", 0, lambda *xs: torch.stack(xs).sum(), anything),
    ("sum_of_squares", 0, lambda *xs: torch.stack(xs).square().sum(), anything),
    ("affine", 0, affine, anything),
    ("log_sum_exp", 0, lambda *xs: torch.logsumexp(torch.stack(xs), 0), anything),
]


def operand_count(name, count, rng):
    if name == "affine":
        return 1 + 2 * rng.randint(0, 4)
    return count or rng.randint(1, 6)


def add_operation(values, unused, rng):
    """Appends a random operation to `values`; returns its line, or None if it does not fit."""
    name, count, function, fits = rng.choice(OPERATIONS)
    count = operand_count(name, count, rng)
    recent = sorted(unused) or list(range(len(values)))
    operands = [
        rng.choice(recent) if rng.random() < 0.5 else rng.randrange(len(values))
        for _ in range(count)
    ]
    inputs = [values[k] for k in operands]
    if not fits(*(x.item() for x in inputs)):
        return None
    result = function(*inputs)
    if not abs(result.item()) <= LARGEST:
        return None
    unused.difference_update(operands)
    unused.add(len(values))
    values.append(result)
    return " ".join([name, *map(str, operands)])


def write_expression(number, rng):
    leaves = [rng.uniform(-3, 3) for _ in range(rng.randint(1, 8))]
    values = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in leaves]
    unused = set(range(len(values)))
    lines = []
    wanted = rng.randint(FEWEST, MOST)
    while len(lines) < wanted - 1:
        line = add_operation(values, unused, rng)
        if line:
            lines.append(line)
    last = sorted(unused)  # so that every operation counts
    root = torch.stack([values[k] for k in last]).sum()
    lines.append(" ".join(["sum", *map(str, last)]))
    root.backward()
    grads = [x.grad.item() for x in values[: len(leaves)]]
    print("expression", number)
    print("leaves", *(f"{x:.17g}" for x in leaves))
    print("\n".join(lines))
    print("value", f"{root.item():.17g}")
    print("grads", *(f"{g:.17g}" for g in grads))


def main():
    print("# Written by: /usr/bin/python3 tests/oracles/expressions.py")
    print("# PyTorch", torch.__version__, "in float64; expressions.py says what a line is")
    rng = random.Random(1)
    for number in range(EXPRESSIONS):
        write_expression(number, rng)


if __name__ == "__main__":
    main()
