"""Fits one chooser (`casus.reader.chooser`) on choices: the features of each option, and whether it is right."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import torch

torch.set_num_threads(1)  # small matrices: threads only get in each other's way
# chosen by the cross-validated figures, which are flat around these values
HIDDEN, EPOCHS, BATCH, RATE, DECAY, DROPOUT, SEEDS = 32, 10, 128, 4e-3, 3e-3, 0.4, 5
# a feature that fewer options have than this is left out
SEEN = 8
NEVER = -1e9

Choice = list[tuple[dict[str, float], bool]]
Arrays = dict[str, np.ndarray]


def encoded(choices: list[Choice], index: dict[str, int]) -> tuple[torch.Tensor, ...]:
    """Choices as tensors: feature rows, their values, where each option starts, its choice, whether it is right."""
    at, value, starts, owner, ok = [], [], [], [], []
    for n, choice in enumerate(choices):
        for features, right_one in choice:
            starts.append(len(at))
            owner.append(n)
            ok.append(right_one)
            for name, v in features.items():
                if name in index:
                    at.append(index[name])
                    value.append(v)
    return torch.tensor(at), torch.tensor(value), torch.tensor(starts), torch.tensor(owner), torch.tensor(ok)


class Net(torch.nn.Module):
    """`reader.chooser.Chooser` while it learns."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.rows = torch.nn.EmbeddingBag(features, 1 + HIDDEN, mode="sum")
        torch.nn.init.normal_(self.rows.weight, std=0.15)
        torch.nn.init.zeros_(self.rows.weight[:, 0])
        self.bias = torch.nn.Parameter(torch.zeros(HIDDEN))
        self.out = torch.nn.Linear(HIDDEN, 1, bias=False)
        self.drop = torch.nn.Dropout(DROPOUT)

    def forward(self, at: torch.Tensor, value: torch.Tensor, starts: torch.Tensor) -> torch.Tensor:
        found = self.rows(at, starts, per_sample_weights=value)
        return found[:, 0] + self.out(self.drop(torch.relu(found[:, 1:] + self.bias)))[:, 0]


def total(odds: torch.Tensor, owner: torch.Tensor, n: int) -> torch.Tensor:
    """Log of the summed odds of each choice."""
    top = torch.full((n,), NEVER).scatter_reduce(0, owner, odds, "amax")
    mass = torch.zeros(n).index_add(0, owner, torch.exp(odds - top[owner]))
    return top + torch.log(mass + 1e-9)


def fit_net(choices: list[Choice], index: dict[str, int], seed: int) -> Net:
    """Maximises the log of the probability that falls on right options."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    net = Net(len(index))
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * (1 + (len(choices) - 1) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: max(0.02, 1 - s / steps))
    parts = [encoded([c], index) for c in choices]
    for _ in range(EPOCHS):
        order = list(range(len(choices)))
        rng.shuffle(order)
        for first in range(0, len(order), BATCH):
            at, value, starts, owner, ok = stacked([parts[n] for n in order[first : first + BATCH]])
            odds, n = net(at, value, starts), int(owner[-1]) + 1
            loss = (total(odds, owner, n) - total(torch.where(ok, odds, NEVER), owner, n)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return net.eval()


def stacked(parts: list[tuple[torch.Tensor, ...]]) -> tuple[torch.Tensor, ...]:
    """Several choices' tensors as one batch."""
    before = np.cumsum([0, *(len(p[0]) for p in parts)])
    starts = torch.cat([p[2] + int(b) for p, b in zip(parts, before[:-1], strict=True)])
    owner = torch.cat([p[3] + n for n, p in enumerate(parts)])
    return (
        torch.cat([p[0] for p in parts]),
        torch.cat([p[1] for p in parts]),
        starts,
        owner,
        torch.cat([p[4] for p in parts]),
    )


def fit_pick(choices: list[Choice], seeds: int) -> Arrays:
    """The arrays of a task's chooser: the mean of several fits, which is one wider network."""
    counts = Counter(name for choice in choices for features, _ in choice for name in features)
    names = sorted(name for name, n in counts.items() if n >= SEEN)
    index = {name: n for n, name in enumerate(names)}
    nets = [fit_net(choices, index, seed) for seed in range(seeds)]
    with torch.no_grad():
        rows = [net.rows.weight.numpy() for net in nets]
        linear = np.mean([r[:, :1] for r in rows], axis=0)
        return {
            "names": np.array(names),
            "rows": np.concatenate([linear, *(r[:, 1:] for r in rows)], axis=1).astype(np.float16),
            "bias": np.concatenate([net.bias.numpy() for net in nets]).astype(np.float16),
            "out": np.concatenate([net.out.weight[0].numpy() / seeds for net in nets]).astype(np.float16),
        }


def flat(picks: dict[str, Arrays]) -> dict[str, np.ndarray]:
    """The arrays as the package's file holds them."""
    return {f"{task}.{name}": array for task, arrays in picks.items() for name, array in arrays.items()}
