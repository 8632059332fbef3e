"""Scores what a claim's sides, place and date can be by the whole report, in plain numpy: a small network over the
report's triggers and the actors, places and dates that it names, each as the encoder saw it in its own sentence."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casus.reader.candidates import KINDS, TASKS, Candidate, fits
from casus.reader.encoder import Floats, Window
from casus.reader.heads import distance_bucket, softmax

Ints = npt.NDArray[np.int64]

# sentences between two words: each up to 6 either way, all beyond as one
GAPS = 13
# where in the report a sentence stands: 0, 1, 2, 3-4, 5-8, 9-16, later
POSITIONS = 7
# how often a group is named: 1, 2, 3-4, 5-8, 9-16, oftener
COUNTS = 6
HEADS = 4
# the distance row for two words of different sentences, behind the 24 of one sentence
APART = 24
NEVER = -1e4
# the group of "no such value"
NONE = ""
# what the names of its weights begin with among those of the heads
PREFIX = "context."


def buckets(count: int) -> int:
    """How often something is named, 1 or more -> 0 to 5."""
    return min(COUNTS - 1, max(0, count - 1).bit_length())


def position(sentence: int) -> int:
    """The place of a sentence, counted from 0 -> 0 to 6."""
    return sentence if sentence < 3 else min(POSITIONS - 1, 1 + (sentence - 1).bit_length())


@dataclass(frozen=True, slots=True)
class Placed:
    """Candidates as the network takes them: sentence, first and last word of each, its kind and how often its
    group is named; `groups` are their names."""

    where: Ints  # [c, 3]
    kinds: Ints
    counts: Ints
    groups: tuple[str, ...]
    fit: npt.NDArray[np.bool_]  # [c, tasks]


def place(found: Sequence[Candidate], starts: Sequence[Sequence[int]]) -> Placed:
    """The candidates among words that begin at `starts`, by sentence; those that begin within a word are left out."""
    at = {offset: (n, w) for n, row in enumerate(starts) for w, offset in enumerate(row)}
    kept, where = [], []
    for c in found:
        if c.start in at:
            n, first = at[c.start]
            kept.append(c)
            where.append((n, first, max(first, bisect_left(starts[n], c.end) - 1)))
    keys = [(c.kind if c.kind in ("place", "date") else "actor", c.group) for c in kept]
    often = Counter(keys)
    return Placed(
        np.array(where, np.int64).reshape(-1, 3),
        np.array([KINDS.index(c.kind) for c in kept], np.int64),
        np.array([buckets(often[k]) for k in keys], np.int64),
        tuple(c.group for c in kept),
        np.array([[fits(c.kind, t) for t in TASKS] for c in kept], np.bool_).reshape(-1, len(TASKS)),
    )


# triggers that are scored with all candidates at once: a long report has hundreds of each
TOGETHER = 16


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network makes of one report's triggers, in their order.

    `chosen[n][task]` gives each group's probability ("" is none); `one` [t, t] the log-odds of telling one event.
    """

    chosen: tuple[Mapping[str, Mapping[str, float]], ...] = ()
    one: Floats | None = None


class ContextNet:
    """The trained network; `weights` are those of `training/model.ContextNet`."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        self.w = dict(weights)
        self.layers = 1 + max(int(k.split(".")[1]) for k in weights if k.startswith("layers."))

    @classmethod
    def of(cls, weights: Mapping[str, Floats]) -> ContextNet | None:
        """The network among a model's weights, None where it has none."""
        mine = {k.removeprefix(PREFIX): v for k, v in weights.items() if k.startswith(PREFIX)}
        return cls(mine) if mine else None

    def _linear(self, name: str, x: Floats) -> Floats:
        out: Floats = x @ self.w[f"{name}.weight"].T
        return out + self.w[f"{name}.bias"] if f"{name}.bias" in self.w else out

    def _norm(self, name: str, x: Floats) -> Floats:
        mean = x.mean(-1, keepdims=True)
        spread = np.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-5)
        out: Floats = (x - mean) / spread * self.w[f"{name}.weight"] + self.w[f"{name}.bias"]
        return out

    def _layer(self, n: int, x: Floats, gaps: Ints) -> Floats:
        p = f"layers.{n}."
        size, width = x.shape
        qkv = self._linear(p + "qkv", self._norm(p + "norm1", x)).reshape(size, 3, HEADS, width // HEADS)
        q, k, v = qkv.transpose(1, 2, 0, 3)
        odds = q @ k.transpose(0, 2, 1) / np.float32((width // HEADS) ** 0.5)
        mixed = softmax(odds + self.w[p + "gap.weight"].T[:, gaps]) @ v
        x = x + self._linear(p + "out", mixed.transpose(1, 0, 2).reshape(size, width))
        inner = np.maximum(self._linear(p + "up", self._norm(p + "norm2", x)), 0)
        return x + self._linear(p + "down", inner)

    def scores(self, triggers: Floats, types: Ints, at: Ints, named: Floats, placed: Placed) -> tuple[Floats, Floats]:
        """Scores [t, 1 + c, tasks], "none" first, and log-odds [t, t] of one event.

        `triggers` [t, 384] and `named` [c, 384] are the encoder's; `at` [t, 2] sentence and word of each trigger.
        """
        w, t = self.w, len(triggers)
        where = placed.where
        sentence = np.concatenate([at[:, 0], where[:, 0]])
        x = np.concatenate([
            self._linear("trigger", triggers) + w["types.weight"][types],
            self._linear("candidate", named) + w["kinds.weight"][placed.kinds] + w["counts.weight"][placed.counts],
        ])  # fmt: skip
        x = x + w["position.weight"][[position(int(n)) for n in sentence]]
        most = GAPS // 2
        gaps = np.clip(sentence[None] - sentence[:, None], -most, most) + most
        for n in range(self.layers):
            x = self._layer(n, x, gaps)
        x = self._norm("norm", x)
        told, seen = np.concatenate([triggers, x[:t]], 1), np.concatenate([named, x[t:]], 1)
        near = np.where(at[:, :1] == where[None, :, 0], distance_bucket(where[None, :, 1] - at[:, 1:]), APART)
        mine = self._linear("from_trigger", told) + w["pair_types.weight"][types]
        theirs = self._linear("from_candidate", seen)
        theirs = theirs + w["pair_kinds.weight"][placed.kinds] + w["pair_counts.weight"][placed.counts]
        between = w["pair_gaps.weight"][:, None] + w["pair_near.weight"][None]
        steps = [slice(a, min(t, a + TOGETHER)) for a in range(0, t, TOGETHER)]
        found = np.concatenate([self._pairs(mine[s], theirs, between[gaps[s, t:], near[s]]) for s in steps])
        none = np.maximum(self._linear("none_in", told) + w["pair_types.weight"][types], 0)
        u = self._linear("event", told)
        one = u @ u.T / np.float32(u.shape[1] ** 0.5) + w["event_gaps.weight"][np.abs(gaps[:t, :t] - most), 0]
        return np.concatenate([self._linear("none", none)[:, None], found], 1), one

    def _pairs(self, mine: Floats, theirs: Floats, between: Floats) -> Floats:
        """Scores [t, c, tasks] of some triggers' rows with all candidates'."""
        pair = np.add(mine[:, None] + theirs[None], between, out=between)
        return self._linear("scores", np.maximum(pair, 0, out=pair))

    def read(
        self, windows: Sequence[Window], hidden: Sequence[Floats], triggers: Sequence[tuple[int, int, int]],
        found: Sequence[Candidate],
    ) -> Seen:  # fmt: skip
        """What one report's triggers choose among the candidates; a trigger is (window, word, index of its type)."""
        if not triggers:
            return Seen()
        placed = place(found, [[a for a, _ in w.spans] for w in windows])
        at = np.array([t[:2] for t in triggers], np.int64)
        types = np.array([t[2] for t in triggers], np.int64)
        vectors = np.stack([hidden[n][w] for n, w, _ in triggers])
        named = [(hidden[n][a] + hidden[n][b]) / 2 for n, a, b in placed.where]
        scores, one = self.scores(
            vectors, types, at, np.stack(named) if named else np.zeros((0, vectors.shape[1]), np.float32), placed
        )
        return Seen(tuple(_shares(row, placed) for row in scores), one)


def _shares(scores: Floats, placed: Placed) -> dict[str, dict[str, float]]:
    """One trigger's scores [1 + c, tasks] as probabilities by task and group."""
    out: dict[str, dict[str, float]] = {}
    for n, task in enumerate(TASKS):
        open_ = np.concatenate([[True], placed.fit[:, n]])
        chances = softmax(np.where(open_, scores[:, n], NEVER)[None])[0]
        shares = {NONE: float(chances[0])}
        for at in np.flatnonzero(placed.fit[:, n]):
            group = placed.groups[at]
            shares[group] = shares.get(group, 0.0) + float(chances[1 + at])
        out[task] = shares
    return out
