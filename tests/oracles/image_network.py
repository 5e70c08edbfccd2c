"""Writes the oracle of tests/sequential_test.cpp: what PyTorch makes, in float64, of two images in
the network of 1,708 parameters, and the gradient of the mean cross-entropy. Everything that goes
in is a simple fraction: see `parameter` and `pixel`.
Lines: logits | 20 numbers; loss | a number; gradient | filter by filter, neuron by neuron, that of
its weights and then of its bias.

Run, from the top of the tree, with Debian 12's python3-torch (1.13):
    /usr/bin/python3 tests/oracles/image_network.py > tests/oracles/image_network.txt
"""

import itertools

import torch
from torch import nn


def parameter(k):
    return (k * 37 % 101 - 50) / 200


def pixel(sample, k):
    return (k * 29 + sample * 13) % 97 / 96


def line(name, numbers):
    print(name, " ".join(map(repr, numbers)), sep=" | ")


network = nn.Sequential(nn.Conv2d(1, 3, 3), nn.SiLU(), nn.AvgPool2d(2), nn.Conv2d(3, 6, 3), nn.SiLU(),
                        nn.AvgPool2d(2), nn.Flatten(), nn.Linear(150, 10)).double()
layers = [layer for layer in network if hasattr(layer, "weight")]
count = itertools.count()
with torch.no_grad():
    for layer in layers:
        for weights, bias in zip(layer.weight.view(len(layer.bias), -1), layer.bias):
            for k in range(len(weights)):
                weights[k] = parameter(next(count))
            bias.fill_(parameter(next(count)))

images = torch.tensor([[pixel(sample, k) for k in range(784)] for sample in range(2)],
                      dtype=torch.float64).view(2, 1, 28, 28)
logits = network(images)
loss = nn.functional.cross_entropy(logits, torch.tensor([3, 7]))
loss.backward()
line("logits", logits.reshape(-1).tolist())
line("loss", [loss.item()])
line("gradient", [number for layer in layers
                  for weights, bias in zip(layer.weight.grad.view(len(layer.bias), -1), layer.bias.grad)
                  for number in [*weights.tolist(), bias.item()]])
