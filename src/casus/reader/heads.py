"""The small heads on the encoder's hidden states, in plain numpy: triggers, attributes, roles, names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from casus.errors import ModelError

Floats = npt.NDArray[np.float32]

# words away from a trigger for which the distance rows are kept ready; no sentence that the splitter makes is longer
FARTHEST = 400


@dataclass(frozen=True, slots=True)
class Detected:
    """A trigger: first and last word of the window, its type, and how sure the model is."""

    first: int
    last: int
    type: str
    probability: float
    mode: str | None
    status: str
    status_probability: float
    background: float
    aggregate: float


@dataclass(frozen=True, slots=True)
class RoleSpan:
    """A stretch of words that plays a role for a trigger; `probability` is that of its start."""

    role: str
    first: int
    last: int
    probability: float


def softmax(x: Floats) -> Floats:
    e = np.exp(x - x.max(-1, keepdims=True))
    out: Floats = (e / e.sum(-1, keepdims=True)).astype(np.float32)
    return out


def sigmoid(x: Floats) -> Floats:
    return (1.0 / (1.0 + np.exp(-np.clip(x, -30, 30)))).astype(np.float32)


def distance_bucket(distance: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Signed word distance to 0..23, as in training: exact up to 6, then by factors of e^0.5."""
    size = np.abs(distance)
    far = 6 + np.minimum(5, np.floor(np.log(np.maximum(size, 6) / 6.0) / 0.5))
    bucket = np.minimum(11, np.where(size <= 6, size, far)).astype(np.int64)
    return np.where(distance < 0, 12 + bucket, bucket)


class Heads:
    """Weights and label sets as `training/` exported them."""

    def __init__(self, weights: dict[str, Floats], labels: dict[str, Any]) -> None:
        self.w = weights
        self.types: list[str] = labels["types"]
        self.type_modes: list[str] = labels["type_modes"]
        self.statuses: list[str] = labels["statuses"]
        self.roles: list[str] = labels["roles"]
        self.names: list[str] = labels["names"]
        self.thresholds: dict[str, float] = labels["thresholds"]
        # words of consecutive sentences that the encoder sees together; 0 is a sentence at a time
        self.window: int = labels.get("window", 0)

    @classmethod
    def load(cls, folder: Path) -> Heads:
        try:
            with np.load(folder / "heads.npz", allow_pickle=False) as file:
                weights = {k: file[k].astype(np.float32) for k in file.files}
            return cls(weights, json.loads((folder / "model.json").read_text(encoding="utf-8"))["labels"])
        except (OSError, KeyError, ValueError) as error:
            raise ModelError(f"the model's heads cannot be opened: {error}") from error

    @cached_property
    def _layers(self) -> dict[str, tuple[Floats, Floats | None]]:
        names = [k.removesuffix(".weight") for k in self.w if k.endswith(".weight")]
        return {n: (self.w[f"{n}.weight"].T, self.w.get(f"{n}.bias")) for n in names}

    @cached_property
    def _distances(self) -> Floats:
        """The pair scorer's row for each distance from -FARTHEST to FARTHEST words."""
        out: Floats = self.w["pairs.distance.weight"][distance_bucket(np.arange(-FARTHEST, FARTHEST + 1))]
        return out

    def _linear(self, name: str, x: Floats) -> Floats:
        weight, bias = self._layers[name]
        out: Floats = x @ weight
        return out if bias is None else out + bias

    @cached_property
    def _modes_of(self) -> dict[str, list[int]]:
        return {t: [i for i, m in enumerate(self.type_modes) if m.split("/")[0] == t] for t in self.types}

    def chances(self, hidden: Floats) -> Floats:
        """How likely each word of a window is a trigger of any type: hidden [words, hidden] -> [words]."""
        event: Floats = 1.0 - softmax(self._linear("detect", hidden))[:, -1]
        return event

    def detect(self, hidden: Floats) -> list[Detected]:
        """Triggers of one window: hidden [words, hidden] -> in order of their words."""
        if not len(hidden):
            return []
        p = softmax(self._linear("detect", hidden))
        event = 1.0 - p[:, -1]
        more = sigmoid(self._linear("more", hidden))[:, 0]
        hot = [int(i) for i in np.flatnonzero(event > self.thresholds["trigger"])]
        # two neighbouring words of one type are one trigger: the surer stands, the other is part of it
        kept = [
            i
            for i in hot
            if not any(
                abs(i - j) == 1 and p[i, :-1].argmax() == p[j, :-1].argmax() and (event[j], -j) > (event[i], -i)
                for j in hot
            )
        ]
        out = []
        for i in kept:
            last = i
            while last + 1 < len(hidden) and more[last + 1] > 0.5 and last + 1 not in kept and last - i < 4:
                last += 1
            out.append(self._attributes(hidden[i], p[i], i, last))
        return out

    def _attributes(self, vector: Floats, p: Floats, first: int, last: int) -> Detected:
        kind = self.types[int(p[:-1].argmax())]
        inner = np.maximum(self._linear("attribute.0", vector), 0)
        allowed = self._modes_of[kind]
        chosen = self.type_modes[allowed[int(self._linear("mode", inner)[allowed].argmax())]]
        status = softmax(self._linear("status", inner))
        told = sigmoid(self._linear("told", inner))
        n = int(status.argmax())
        return Detected(
            first, last, kind, float(1.0 - p[-1]),
            chosen.partition("/")[2] or None, self.statuses[n], float(status[n]), float(told[0]), float(told[1]),
        )  # fmt: skip

    def projected(self, hidden: Floats) -> Floats:
        """The words' half of the pair scorer, once a window: [words, hidden] -> [words, pair]."""
        return self._linear("pairs.word", hidden)

    def role_scores(self, hidden: Floats, trigger: Detected, projected: Floats) -> Floats:
        """How likely each word starts a role's span and stands inside one: [words, roles, 2]."""
        x = self._linear("pairs.trigger", hidden[trigger.first])[None] + projected
        if len(hidden) <= FARTHEST:
            x = x + self._distances[FARTHEST - trigger.first : FARTHEST - trigger.first + len(hidden)]
        else:
            away = distance_bucket(np.arange(len(hidden)) - trigger.first)
            x = x + self.w["pairs.distance.weight"][away]
        x = np.maximum(x + self.w["pairs.kinds.weight"][self.types.index(trigger.type)], 0)
        return sigmoid(self._linear("pairs.roles", x)).reshape(len(hidden), len(self.roles), 2)

    def spans(self, scores: Floats) -> list[RoleSpan]:
        """The role spans that one trigger's `role_scores` hold, in reading order."""
        out = []
        for r, role in enumerate(self.roles):
            hot = np.flatnonzero(scores[:, r, 0] > self.thresholds.get(role, 0.5)).tolist()
            if not hot:
                continue
            start, inside = scores[:, r, 0].tolist(), scores[:, r, 1].tolist()
            last = -1
            for i in hot:
                if i <= last:
                    continue
                last = i
                while last + 1 < len(start) and inside[last + 1] > max(0.5, start[last + 1]):
                    last += 1
                out.append(RoleSpan(role, i, last, start[i]))
        return sorted(out, key=lambda s: (s.first, s.role))

    def named(self, hidden: Floats) -> list[tuple[str, int, int]]:
        """Names of one window as (kind, first word, last word)."""
        if not len(hidden):
            return []
        out: list[tuple[str, int, int]] = []
        for i, n in enumerate(self._linear("names", hidden).argmax(-1)):
            tag = self.names[int(n)]
            if tag.startswith("I-") and out and out[-1][0] == tag[2:] and out[-1][2] == i - 1:
                out[-1] = (tag[2:], out[-1][1], i)
            elif tag != "O":
                out.append((tag[2:], i, i))
        return out
