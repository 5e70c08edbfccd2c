"""Writes the oracle of tests/rewire_published_test.cpp: what the notebook "Dynamic Sparse
Training" (a course's module 7) does with torch, its rules written as it writes them.

  demo | connections before | after            what its cell "SET Algorithm" prints
  printed | epoch | loss | sparsity %          what its training prints
  counts | method | of both layers at first and after each of 16 updates
  zero | method | gradients of absent connections that are exactly 0 | all of absent ones, both
                                               added up over the updates

Run, from the top of the tree, with Debian 12's python3-torch (1.13):
    /usr/bin/python3 tests/oracles/published_rewiring.py > tests/oracles/published_rewiring.txt
"""

import torch
import torch.nn.functional as F


def drop(weights, mask, rate):
    active = torch.where(mask == 1)
    magnitudes = (weights * mask)[active].abs()
    n_prune = int(len(magnitudes) * rate)
    new_mask = mask.clone()
    if n_prune > 0:
        threshold = torch.kthvalue(magnitudes, n_prune).values
        gone = magnitudes <= threshold
        new_mask[active[0][gone], active[1][gone]] = 0
    return new_mask, n_prune


def set_rewire(weights, mask, prune_rate, regrow_rate=0.3):
    new_mask, n_prune = drop(weights, mask, prune_rate)
    inactive = torch.where(new_mask == 0)
    n_regrow = int(len(inactive[0]) * regrow_rate * (n_prune / max(1, len(inactive[0]))))
    n_regrow = min(n_regrow, n_prune, len(inactive[0]))
    if n_regrow > 0:
        chosen = torch.randperm(len(inactive[0]))[:n_regrow]
        new_mask[inactive[0][chosen], inactive[1][chosen]] = 1
    return new_mask


def deep_r_rewire(weights, mask, gradients, prune_rate, temperature=1.0):
    new_mask, n_prune = drop(weights, mask, prune_rate)
    inactive = torch.where(new_mask == 0)
    if len(inactive[0]) > 0 and n_prune > 0:
        probabilities = F.softmax(gradients[inactive].abs() / temperature, dim=0)
        n_regrow = min(n_prune, len(inactive[0]))
        chosen = torch.multinomial(probabilities, n_regrow, replacement=False)
        new_mask[inactive[0][chosen], inactive[1][chosen]] = 1
    return new_mask


class Linear(torch.nn.Module):
    def __init__(self, inputs, outputs, density):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(outputs, inputs) * 0.01)
        self.bias = torch.nn.Parameter(torch.zeros(outputs))
        self.mask = (torch.rand(outputs, inputs) < density).float()

    def forward(self, x):
        return F.linear(x, self.weight * self.mask, self.bias)

    def rewire(self, method):
        with torch.no_grad():
            if method == "set":
                self.mask = set_rewire(self.weight.data, self.mask, 0.2)
            else:
                self.mask = deep_r_rewire(self.weight.data, self.mask, self.weight.grad, 0.2)


def train(method):
    inputs = torch.randn(500, 20)
    classes = (inputs[:, 0] + inputs[:, 1] > 0).long()
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs, classes),
                                         batch_size=32, shuffle=True)
    layers = [Linear(20, 64, 0.3), Linear(64, 2, 0.3)]
    optimizer = torch.optim.Adam([p for layer in layers for p in layer.parameters()], lr=0.01)
    counts, zeros, absent, step = [[int(layer.mask.sum()) for layer in layers]], 0, 0, 0
    for epoch in range(50):
        epoch_loss = 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(layers[1](F.relu(layers[0](x))), y)
            loss.backward()
            optimizer.step()
            epoch_loss += loss.item()
            step += 1
            if step % 50 != 0:
                continue
            for layer in layers:
                zeros += int((layer.weight.grad[layer.mask == 0] == 0).sum())
                absent += int((layer.mask == 0).sum())
                layer.rewire(method)
            counts.append([int(layer.mask.sum()) for layer in layers])
        if method == "set" and (epoch + 1) % 10 == 0:
            sparsity = sum(1 - (layer.mask.sum() / layer.mask.numel()).item()
                           for layer in layers) / 2
            print(f"printed | {epoch + 1} | {epoch_loss / len(loader):.4f} | {100 * sparsity:.1f}")
    print("counts |", method, "|", " ".join(str(c) for pair in counts for c in pair))
    print("zero |", method, "|", zeros, "|", absent)


def draws_before_training():
    """The random numbers of the notebook's cells above its training, in their order."""
    mask = (torch.rand(20, 20) > 0.7).float()
    for _ in range(5):
        active = torch.where(mask == 1)
        n = len(active[0]) // 10
        for k in torch.randperm(len(active[0]))[:n]:
            mask[active[0][k], active[1][k]] = 0
        inactive = torch.where(mask == 0)
        for k in torch.randperm(len(inactive[0]))[:n]:
            mask[inactive[0][k], inactive[1][k]] = 1
    weights, mask = torch.randn(10, 10), (torch.rand(10, 10) > 0.7).float()
    before = mask.sum().item()
    print(f"demo | {before:.0f} | {set_rewire(weights, mask, 0.3).sum().item():.0f}")
    weights, mask = torch.randn(10, 10), (torch.rand(10, 10) > 0.7).float()
    deep_r_rewire(weights, mask, torch.randn(10, 10), 0.3)
    layer = Linear(100, 50, 0.2)
    layer(torch.randn(8, 100))
    layer.rewire("set")


torch.manual_seed(42)
draws_before_training()
train("set")
train("deep-r")
for seed in range(3):
    torch.manual_seed(seed)
    train("set" if seed < 2 else "deep-r")
