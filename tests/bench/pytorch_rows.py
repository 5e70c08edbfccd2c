"""The PyTorch row of the benchmark; tests/bench/process.h has what it speaks.

    pytorch_rows.py double|float THREADS < workload

A layer is dense. Where there is no connection, the weight is zero and a mask keeps it so: the
update multiplies the gradient by the mask in the same pass, the cheapest way there is. The update
is SGD written out, which costs less than torch.optim.SGD; gradients start from None, not from
zeros; the L2 penalty is put into the update, and into the loss only when losses are asked for.
"""

import resource
import signal
import statistics
import sys
import time


def say(line):
    print(line, flush=True)


def read_workload(lines, dtype):
    next(lines)  # its name
    loss = next(lines).strip()
    l2, rate, batch, inputs, layers = (float(word) for word in next(lines).split())
    weights, masks, biases = [], [], []
    width = int(inputs)
    for _ in range(int(layers)):
        neurons, connections = (int(word) for word in next(lines).split())
        weight = torch.zeros(neurons, width, dtype=torch.float64)
        mask = torch.zeros(neurons, width, dtype=dtype)
        triples = [next(lines).split() for _ in range(connections)]
        rows = torch.tensor([int(row) for row, _, _ in triples])
        columns = torch.tensor([int(column) for _, column, _ in triples])
        values = [float(value) for _, _, value in triples]
        weight[rows, columns] = torch.tensor(values, dtype=torch.float64)
        mask[rows, columns] = 1
        weights.append(weight.to(dtype).requires_grad_())
        masks.append(None if connections == neurons * width else mask)
        bias = [float(word) for word in next(lines).split()]
        biases.append(torch.tensor(bias, dtype=dtype).requires_grad_())
        width = neurons
    samples = [[float(word) for word in next(lines).split()] for _ in range(int(batch))]
    samples = torch.tensor(samples, dtype=torch.float64).to(dtype)
    targets = torch.tensor([float(word) for word in next(lines).split()])
    targets = targets.long() if loss == "softmax_cross_entropy" else targets.to(dtype)[:, None]
    return weights, masks, biases, samples, targets, l2, rate


def make_steps(workload):
    weights, masks, biases, samples, targets, l2, rate = workload
    linear, cross_entropy = torch.nn.functional.linear, torch.nn.functional.cross_entropy
    layers = list(zip(weights, biases))
    last_weight, last_bias = layers.pop()
    moves = list(zip(weights, masks)) + [(bias, None) for bias in biases]

    def loss_of_batch():
        values = samples
        for weight, bias in layers:
            values = linear(values, weight, bias).relu_()
        outputs = linear(values, last_weight, last_bias)
        if targets.dtype == torch.int64:
            return cross_entropy(outputs, targets)
        return (1 - targets * outputs).relu_().mean()

    def step():
        for parameter, _ in moves:
            parameter.grad = None
        loss = loss_of_batch()
        loss.backward()
        with torch.no_grad():
            for parameter, mask in moves:
                if l2 != 0:
                    parameter.grad.add_(parameter, alpha=2 * l2)
                if mask is None:
                    parameter.add_(parameter.grad, alpha=-rate)
                else:
                    parameter.addcmul_(parameter.grad, mask, value=-rate)
        return loss

    def step_with_whole_loss():
        penalty = l2 * sum((parameter.detach() ** 2).sum().item() for parameter, _ in moves)
        return step().item() + penalty

    return step, step_with_whole_loss


def time_steps(step, seconds, clock):
    """As time_steps in process.cpp."""
    start = now = clock()
    while now - start < seconds / 5:
        step()
        now = clock()
    times = []
    while not times or now - start < seconds:
        before = now
        step()
        now = clock()
        times.append(now - before)
    return statistics.median(times)


def blas_note():
    """Debian's PyTorch takes whatever libblas is installed; the plain one is far slower."""
    torch.ones(64, 64) @ torch.ones(64, 64)
    try:
        with open("/proc/self/maps") as maps:
            loaded = {line.split()[-1] for line in maps if "/" in line}
    except OSError:
        return "which BLAS it uses is not known"
    names = [name for name in loaded if "/libblas" in name] or loaded
    if any("openblas" in name or "/libmkl_" in name for name in names):
        return ""
    return "unfair: it runs without OpenBLAS (apt: libopenblas0-pthread)"


def main():
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    precision, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    clock = time.process_time if threads == "1" else time.perf_counter
    lines = iter(sys.stdin.readline, "")
    workload = read_workload(lines, torch.float32 if precision == "float" else torch.float64)
    step, step_with_whole_loss = make_steps(workload)
    say("ready " + blas_note())
    for line in lines:
        question, *number = line.split()
        if question == "losses":
            say(" ".join(repr(step_with_whole_loss()) for _ in range(int(number[0]))))
        elif question == "time":
            say(repr(time_steps(step, float(number[0]), clock)))
        else:
            say(repr(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


try:
    import torch
except ImportError:
    say("skipped PyTorch is not installed (apt: python3-torch libopenblas0-pthread)")
else:
    main()
