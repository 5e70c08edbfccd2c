"""Writes the oracle of tests/loss_test.cpp: PyTorch's losses and their gradients, in float64.
Each line is: loss | what goes in | targets | value | gradient.

Run, from the top of the tree, with Debian 12's python3-torch (1.13):
    /usr/bin/python3 tests/oracles/losses.py > tests/oracles/losses.txt
"""

import torch
from torch.nn import functional

torch.manual_seed(1337)


def numbers(tensor):
    return " ".join(repr(number) for number in tensor.reshape(-1).tolist())


def line(name, inputs, targets, loss):
    inputs = inputs.double().detach().clone().requires_grad_()
    value = loss(inputs, targets)
    value.backward()
    print(name, *map(numbers, (inputs, targets, value, inputs.grad)), sep=" | ")


def hinge(scores, labels):
    return functional.margin_ranking_loss(scores, torch.zeros_like(scores), labels, margin=1.0)


def l2(parameters, strength):
    return strength * torch.linalg.vector_norm(parameters) ** 2


def cross_entropy(logits, label):
    return functional.cross_entropy(logits[None], label[None])


for size in [1, 2, 7, 20]:
    inputs = 2 * torch.randn(size, dtype=torch.float64)
    line("hinge", inputs, torch.randn(size, dtype=torch.float64).sign(), hinge)
    line("mse", inputs, torch.randn(size, dtype=torch.float64), functional.mse_loss)
    line("l2", inputs, torch.tensor(1e-4, dtype=torch.float64), l2)
    for label in sorted({0, size // 2, size - 1}):
        line("cross_entropy", inputs, torch.tensor(label), cross_entropy)

for logits in [[1000, -1000], [-1000, 1000, 999], [1000, 1000, 1000], [-1000, -1000, -999.5]]:
    for label in range(len(logits)):
        line("cross_entropy", torch.tensor(logits), torch.tensor(label), cross_entropy)
