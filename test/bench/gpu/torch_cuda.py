"""PyTorch on a graphics card, float32 without TF32, one JSON line for each figure.

  python torch_cuda.py rates --models mnist-mlp,mnist-cnn --batches 64,256 --seconds 1      gradients a second
  python torch_cuda.py train --model mnist-cnn --epochs 4 --batch 256 --rate 0.002 --data DIR
With --trial what can be tried without a card is computed by the processor.
"""

import argparse
import gzip
import json
import os
import time

import torch
from torch import nn

torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False

TESTED_AT_ONCE = 1_000
GOAL = 0.99


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


def wait(device):
    if device == "cuda":
        torch.cuda.synchronize()


def rate(name, batch, seconds, device):
    model = make(name).to(device)
    criterion = nn.CrossEntropyLoss()
    x = torch.rand(batch, 1, 28, 28, device=device)
    y = torch.randint(0, 10, (batch,), device=device)

    def gradient():
        for parameter in model.parameters():
            parameter.grad = None
        criterion(model(x), y).backward()

    for _ in range(10):
        gradient()
    wait(device)
    calls, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for _ in range(10):
            gradient()
        wait(device)
        calls += 10
    return calls * batch / (time.perf_counter() - start)


def rates(options, device):
    for name in options.models.split(","):
        for batch in (int(one) for one in options.batches.split(",")):
            per_second = rate(name, batch, options.seconds, device)
            say({"type": "torch", "model": name, "batch": batch, "samplesPerSecond": per_second}, device)


def idx(folder, name):
    path = os.path.join(folder, name)
    with gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb") as file:
        content = file.read()
    shape = [int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(content[3])]
    return torch.frombuffer(bytearray(content), dtype=torch.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def samples(folder, part, device):
    images = idx(folder, f"{part}-images-idx3-ubyte").to(device)[:, None].float() / 255
    return images, idx(folder, f"{part}-labels-idx1-ubyte").to(device).long()


def accuracy(model, images, labels):
    with torch.no_grad():
        right = sum(
            (model(images[at : at + TESTED_AT_ONCE]).argmax(1) == labels[at : at + TESTED_AT_ONCE]).sum().item()
            for at in range(0, len(images), TESTED_AT_ONCE)
        )
    return right / len(images)


def train(options, device):
    """As the preset: Adam, a rate that falls as a cosine to a hundredth, the last images held back for validation."""
    torch.manual_seed(1)
    images, labels = samples(options.data, "train", device)
    count = len(images) - options.validation
    valid_images, valid_labels = images[count:], labels[count:]
    model, criterion = make(options.model).to(device), nn.CrossEntropyLoss()
    # The first pass loads kernels, as the probe does for a worker.
    criterion(model(images[: options.batch]), labels[: options.batch]).backward()
    optimizer = torch.optim.Adam(model.parameters(), lr=options.rate)
    steps = options.epochs * -(-count // options.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps, eta_min=options.rate / 100)
    wait(device)
    start, reached = time.perf_counter(), None
    for _ in range(options.epochs):
        order = torch.randperm(count, device=device)
        for at in range(0, count, options.batch):
            chosen = order[at : at + options.batch]
            optimizer.zero_grad()
            criterion(model(images[chosen]), labels[chosen]).backward()
            optimizer.step()
            schedule.step()
        if accuracy(model, valid_images, valid_labels) >= GOAL and reached is None:
            reached = time.perf_counter() - start
    seconds = time.perf_counter() - start
    line = {"model": options.model, "batch": options.batch, "epochs": options.epochs, "seconds": seconds}
    tested = accuracy(model, *samples(options.data, "t10k", device))
    say({"type": "torchTraining", **line, "secondsToGoal": reached, "testAccuracy": tested}, device)


def say(line, device):
    name = torch.cuda.get_device_name() if device == "cuda" else device
    print(json.dumps({**line, "device": name, "version": torch.__version__}), flush=True)


parser = argparse.ArgumentParser()
parser.add_argument("what", choices=["rates", "train"])
parser.add_argument("--models", default="mnist-mlp,mnist-cnn")
parser.add_argument("--batches", default="64")
parser.add_argument("--seconds", type=float, default=1)
parser.add_argument("--model", default="mnist-cnn")
parser.add_argument("--epochs", type=int, default=4)
parser.add_argument("--batch", type=int, default=256)
parser.add_argument("--rate", type=float, default=0.002)
parser.add_argument("--validation", type=int, default=5_000)
parser.add_argument("--data", default=".")
parser.add_argument("--trial", action="store_true")
given = parser.parse_args()
{"rates": rates, "train": train}[given.what](given, "cpu" if given.trial and not torch.cuda.is_available() else "cuda")
