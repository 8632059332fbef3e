"""Claims into events: average linkage within each connected part, under what a person decided.

The result hangs on the set of claims and decisions alone, never on the order in which they came.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from casus.linking.columns import UMBRELLA, UNDATED, Rows

# Incidents whose claims give days further apart than this are not one: daily shelling of a city stays daily shelling.
# Two, because of nights, time zones and reports that date a deed by its news.
SPAN_DAYS = 2
_NEVER = 1 << 30


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a person decided, by position of claims: pairs that are one event, and pairs that are not."""

    together: frozenset[tuple[int, int]] = frozenset()
    apart: frozenset[tuple[int, int]] = frozenset()


def ordered(a: int, b: int) -> tuple[int, int]:
    """A pair as pairs are kept: the smaller first."""
    return (a, b) if a < b else (b, a)


# nothing was decided
FREE = Constraints()


@dataclass(slots=True)
class _Group:
    """A growing event: its members, what it borders on, and the days that its dated claims pin it to: `first` is the
    latest of their first days, `last` the earliest of their last days, so `first - last` is what they span."""

    members: list[int]
    first: int
    last: int
    umbrella: bool
    order: int  # of its first claim: ties are broken by it
    told: dict[int, set[int]] = field(default_factory=dict)  # exact day -> documents that give it
    near: dict[int, tuple[float, int]] = field(default_factory=dict)  # group -> sum of scores, number of pairs
    barred: set[int] = field(default_factory=set)

    def agreed(self) -> set[int]:
        """The days that several documents give."""
        return {day for day, documents in self.told.items() if len(documents) > 1}


def parts(n: int, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The connected part of each of n claims over these pairs, named by its smallest position."""
    parent = list(range(n))

    def root(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in pairs.tolist():
        one, two = root(a), root(b)
        if one != two:
            parent[max(one, two)] = min(one, two)
    return np.array([root(x) for x in range(n)], dtype=np.int64)


def cluster(
    rows: Rows,
    pairs: npt.NDArray[np.int64],
    scores: npt.NDArray[np.float32],
    constraints: Constraints = FREE,
) -> list[list[int]]:
    """The positions of the claims of each event; events by their first claim, claims by the order of their ids.

    Two groups are joined while the mean score of the compared pairs between them is above 0, the highest first;
    never an incident with what spans incidents, never incidents of days further apart than SPAN_DAYS or of two days
    that several documents give each, never what a person held apart. What a person put together is joined before
    all else.
    """
    work = _Work(rows, constraints)
    for (a, b), s in zip(pairs.tolist(), scores.tolist(), strict=True):
        work.compare(a, b, s)
    work.run()
    found = [sorted(g.members, key=work.orders.__getitem__) for g in work.groups.values()]
    return sorted(found, key=lambda members: work.orders[members[0]])


class _Work:
    """The state of one clustering."""

    def __init__(self, rows: Rows, constraints: Constraints) -> None:
        self.orders: list[int] = rows["order"].tolist()
        flags, first, last = rows["flags"].tolist(), rows["first"].tolist(), rows["last"].tolist()
        documents = rows["document"].tolist()
        self.groups: dict[int, _Group] = {}
        for n, order in enumerate(self.orders):
            pinned = last[n] > 0 and not flags[n] & (UNDATED | UMBRELLA)
            of, until = (first[n], last[n]) if pinned else (0, _NEVER)
            self.groups[n] = _Group([n], of, until, bool(flags[n] & UMBRELLA), order)
            if pinned and of == until:
                self.groups[n].told[of] = {documents[n]}
        self.constraints = constraints
        self.heap: list[tuple[float, int, int, int, int]] = []

    def compare(self, a: int, b: int, score: float) -> None:
        # groups know no more of a pair than the sum of its scores and their number
        self.groups[a].near[b] = self.groups[b].near[a] = (score, 1)

    def run(self) -> None:
        for a, b in sorted(self.constraints.apart):
            self.groups[a].barred.add(b)
            self.groups[b].barred.add(a)
        self._put_together()
        for a, group in self.groups.items():
            for b, (total, number) in group.near.items():
                if a < b:
                    self._offer(a, b, total, number)
        while self.heap:
            minus, _, _, a, b = heapq.heappop(self.heap)
            if a in self.groups and b in self.groups:
                total, number = self.groups[a].near.get(b, (0.0, 0))
                # an offer that was made before one of the two grew has been replaced by a newer one
                if number and total / number == -minus and self._may(self.groups[a], self.groups[b], b):
                    self._join(a, b)

    def _put_together(self) -> None:
        at = {n: n for n in self.groups}
        for a, b in sorted(self.constraints.together):
            one, two = at[a], at[b]
            if one != two and two not in self.groups[one].barred:
                keep = self._join(one, two, offer=False)
                for n in self.groups[keep].members:
                    at[n] = keep

    def _may(self, a: _Group, b: _Group, name_of_b: int) -> bool:
        if a.umbrella != b.umbrella or name_of_b in a.barred:
            return False
        # one report may err by a day; two that agree on one, and two on another, tell of two incidents
        one, two = a.agreed(), b.agreed()
        if one and two and not one & two:
            return False
        # what a person put together may span more days, and still takes what was told of these
        allowed = max(SPAN_DAYS, a.first - a.last, b.first - b.last)
        return max(a.first, b.first) - min(a.last, b.last) <= allowed

    def _offer(self, a: int, b: int, total: float, number: int) -> None:
        """Whether they may be joined is asked when it is their turn: most never come to it."""
        if total > 0:
            one, two = self.groups[a].order, self.groups[b].order
            heapq.heappush(self.heap, (-(total / number), min(one, two), max(one, two), a, b))

    def _join(self, a: int, b: int, offer: bool = True) -> int:
        """Joins b into a, or a into b where that is the larger; says which is left."""
        if len(self.groups[a].near) < len(self.groups[b].near):
            a, b = b, a
        kept, gone = self.groups[a], self.groups.pop(b)
        kept.members += gone.members
        kept.order = min(kept.order, gone.order)
        kept.first, kept.last = max(kept.first, gone.first), min(kept.last, gone.last)
        kept.umbrella = kept.umbrella and gone.umbrella
        for day, documents in gone.told.items():
            kept.told.setdefault(day, set()).update(documents)
        kept.near.pop(b, None)
        for c in gone.barred:
            self.groups[c].barred.discard(b)
            self.groups[c].barred.add(a)
            kept.barred.add(c)
        # what borders on the kept one alone has been offered at the same mean before
        near, groups = kept.near, self.groups
        for c, (total, number) in gone.near.items():
            if c == a:
                continue
            other = groups[c].near
            del other[b]
            more = near.get(c)
            if more is not None:
                total, number = total + more[0], number + more[1]  # noqa: PLW2901
            near[c] = other[a] = (total, number)
            if offer and total > 0:
                self._offer(a, c, total, number)
        return a
