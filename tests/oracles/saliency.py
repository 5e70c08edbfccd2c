"""Writes the oracle of tests/saliency_test.cpp: the scores of SNIP, GraSP and SynFlow by PyTorch,
in float64, of small dense networks.

Run, from the top of the tree, with Debian 12's python3-torch (1.13):
    /usr/bin/python3 tests/oracles/saliency.py > tests/oracles/saliency.txt

A network is some lines of a word and numbers: its shape; its activation, which the last layer
does not have; weights, layer by layer, neuron by neuron, input by input; biases, in the same
order; samples, one after the other; their labels; and the scores, in the order of the weights.
As in the official code, GraSP takes the cross-entropy of logits / 200, its gradient twice, once
as plain numbers, and weight times the gradient of their product.
"""

import torch
from torch.nn import functional

TEMPERATURE = 200
SAMPLES = 5

torch.manual_seed(1337)


def line(word, *tensors):
    numbers = [repr(number) for tensor in tensors for number in tensor.reshape(-1).tolist()]
    print(word, *numbers)


def forward(weights, biases, samples, activation):
    outputs = samples
    for weight, bias in zip(weights[:-1], biases[:-1]):
        outputs = activation(functional.linear(outputs, weight, bias))
    return functional.linear(outputs, weights[-1], biases[-1])


def snip(weights, loss):
    gradients = torch.autograd.grad(loss, weights, retain_graph=True)
    return [(g * w).abs() for g, w in zip(gradients, weights)]


def grasp(weights, loss):
    gradients = torch.autograd.grad(loss, weights, create_graph=True)
    flow = sum((g.detach() * g).sum() for g in gradients)
    return [h * w for h, w in zip(torch.autograd.grad(flow, weights), weights)]


def synflow(weights):
    positive = [w.detach().abs().requires_grad_() for w in weights]
    flow = torch.ones(weights[0].shape[1], dtype=torch.float64)
    for weight in positive:
        flow = weight @ flow
    return [g * w for g, w in zip(torch.autograd.grad(flow.sum(), positive), positive)]


def network(shape, name):
    activation = {"relu": torch.relu, "tanh": torch.tanh, "softplus": functional.softplus}[name]
    random = lambda *size: torch.randn(*size, dtype=torch.float64)
    weights = [random(o, i).requires_grad_() for i, o in zip(shape, shape[1:])]
    biases = [random(o) for o in shape[1:]]
    samples, labels = random(SAMPLES, shape[0]), torch.randint(shape[-1], (SAMPLES,))
    logits = forward(weights, biases, samples, activation)
    print("shape", *shape)
    print("activation", name)
    line("weights", *weights)
    line("biases", *biases)
    line("samples", samples)
    line("labels", labels)
    line("snip", *snip(weights, functional.cross_entropy(logits, labels)))
    line("grasp", *grasp(weights, functional.cross_entropy(logits / TEMPERATURE, labels)))
    line("synflow", *synflow(weights))


for name in ["relu", "tanh", "softplus"]:
    for shape in [(3, 2), (2, 4, 3), (4, 6, 5, 3), (3, 5, 4, 4, 2)]:
        network(shape, name)
