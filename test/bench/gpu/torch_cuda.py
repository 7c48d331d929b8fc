"""PyTorch on a graphics card: gradients a second of a reference model, float32 without TF32, one JSON line for each size."""

import json
import sys
import time

import torch
from torch import nn

torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False


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


def rate(name, batch, seconds):
    model = make(name).cuda()
    criterion = nn.CrossEntropyLoss()
    x = torch.rand(batch, 1, 28, 28, device="cuda")
    y = torch.randint(0, 10, (batch,), device="cuda")

    def gradient():
        for parameter in model.parameters():
            parameter.grad = None
        criterion(model(x), y).backward()

    for _ in range(10):
        gradient()
    torch.cuda.synchronize()
    calls, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for _ in range(10):
            gradient()
        torch.cuda.synchronize()
        calls += 10
    return calls * batch / (time.perf_counter() - start)


models, batches, seconds = sys.argv[1].split(","), [int(b) for b in sys.argv[2].split(",")], float(sys.argv[3])
for name in models:
    for batch in batches:
        line = {"model": name, "batch": batch, "samplesPerSecond": rate(name, batch, seconds)}
        print(json.dumps({**line, "device": torch.cuda.get_device_name(), "version": torch.__version__}), flush=True)
