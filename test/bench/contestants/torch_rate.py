"""PyTorch on the CPU: gradients a second of a reference model, in the faster of its two memory layouts.

One JSON line in for each measurement, one JSON line out, as in answer.mjs.
"""

import json
import sys
import time

import torch
from torch import nn


def make(name):
    if name == "mnist-mlp":
        return nn.Sequential(
            nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)
        )
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 10),
    )


def samples_per_second(name, batch, layout, seconds):
    model = make(name).to(memory_format=layout)
    criterion = nn.CrossEntropyLoss()
    x = torch.rand(batch, 1, 28, 28).to(memory_format=layout)
    y = torch.randint(0, 10, (batch,))

    def gradient():
        for parameter in model.parameters():
            parameter.grad = None
        criterion(model(x), y).backward()

    for _ in range(3):
        gradient()
    calls, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        gradient()
        calls += 1
    return calls * batch / (time.perf_counter() - start)


torch.set_num_threads(1)
for line in sys.stdin:
    asked = json.loads(line)
    layouts = (torch.contiguous_format, torch.channels_last)
    rates = [samples_per_second(asked["model"], asked["microbatch"], one, asked["seconds"] / 2) for one in layouts]
    print(json.dumps({"samplesPerSecond": max(rates), "version": torch.__version__}), flush=True)
