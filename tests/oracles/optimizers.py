"""Writes the oracle of tests/optimizer_test.cpp: 20 steps of PyTorch's optimisers, in float64, on
    (1 - x)^2 + 10 (y - x^2)^2 + x z + z^2   from (x, y, z) = (-0.5, 1.5, 0.75)
with the learning rate going linearly from `rate` towards 0 at step 40.
Each line is: optimiser | its options and `rate` | x y z after each step.

Run, from the top of the tree, with Debian 12's python3-torch (1.13):
    /usr/bin/python3 tests/oracles/optimizers.py > tests/oracles/optimizers.txt
"""

import torch


def line(name, options, rate, optimizer_class, **arguments):
    point = torch.tensor([-0.5, 1.5, 0.75], dtype=torch.float64, requires_grad=True)
    optimizer = optimizer_class([point], lr=rate, **arguments)
    path = []
    for step in range(20):
        optimizer.param_groups[0]["lr"] = rate - rate * step / 40
        optimizer.zero_grad()
        x, y, z = point
        ((1 - x) ** 2 + 10 * (y - x**2) ** 2 + x * z + z**2).backward()
        optimizer.step()
        path += point.tolist()
    print(name, " ".join(map(repr, [*options, rate])), " ".join(map(repr, path)), sep=" | ")


for momentum, nesterov, decay in [(0.0, 0, 0.0), (0.0, 0, 0.1), (0.9, 0, 0.0), (0.9, 0, 0.01),
                                  (0.9, 1, 0.0), (0.5, 1, 0.1)]:
    line("sgd", [momentum, nesterov, decay], 0.01, torch.optim.SGD,
         momentum=momentum, nesterov=bool(nesterov), weight_decay=decay)

for beta1, beta2, epsilon, decay in [(0.9, 0.999, 1e-8, 0.0), (0.9, 0.999, 1e-8, 0.1),
                                     (0.5, 0.9, 1e-3, 0.0), (0.0, 0.0, 1e-8, 0.01)]:
    line("adam", [beta1, beta2, epsilon, decay], 0.05, torch.optim.Adam,
         betas=(beta1, beta2), eps=epsilon, weight_decay=decay)
