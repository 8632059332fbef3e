"""Rows of claims in, events out: block, score, part, cluster; the same for all claims of a ledger and for a part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from casus.linking.block import Lines, groups, keys, lines, pairs_in_parts
from casus.linking.cluster import FREE, Constraints, cluster, ordered, parts
from casus.linking.columns import UMBRELLA, UNDATED, Rows
from casus.linking.features import hopeless
from casus.linking.score import Weights, score


def block_keys(rows: Rows) -> Iterator[tuple[int, ...]]:
    """The blocking keys of each row."""
    group_of = groups().tolist()
    return (keys(row, group_of) for row in rows)


def link(rows: Rows, weights: Weights, constraints: Constraints = FREE) -> list[list[int]]:
    """The events of claims that are all there are, each as positions in `rows`; by the order of their first claims.

    A claim that nothing links is an event of its own. The result hangs on the set of claims alone.
    """
    orders = rows["order"].astype(np.int64)
    return link_lines(rows, lines(block_keys(rows), orders), weights, constraints)[0]


def link_lines(
    rows: Rows,
    found: Lines,
    weights: Weights,
    constraints: Constraints = FREE,
    best: npt.NDArray[np.int64] | None = None,
) -> tuple[list[list[int]], npt.NDArray[np.int64]]:
    """The events of the claims of these lines, and the part [claims] that each claim lies in; events lie in one part.

    Parts are connected by pairs that speak for one event: of claims that are dated to the day, those whose days
    overlap; of each other claim the one that speaks loudest. So what is vague ties no two days together, and daily
    news of one place stays in parts of a day each, however many years it goes on. Parts are named by the position of
    one of their claims. `found` may hold the lines of whole parts of a larger set; `best` [claims] is then the
    position of the claim that speaks loudest for each that is vague, or -1.
    """
    if not len(rows):
        return [], np.empty(0, dtype=np.int64)
    # In an order of their own, so that sums of scores come out alike to the last bit in whatever order claims came; by
    # day first, so that what is compared lies together in memory.
    by_order = np.lexsort((rows["order"], rows["first"]))
    rank = np.empty(len(rows), dtype=np.int64)
    rank[by_order] = np.arange(len(rows))
    sorted_rows = rows[by_order]
    moved = Lines(rank[found.members], found.keys, found.large, found.pivot)
    placed = Constraints(_moved(constraints.together, rank), _moved(constraints.apart, rank))
    loudest = None if best is None else np.where(best < 0, -1, rank[best])[by_order]
    part = _connected(sorted_rows, moved, weights, placed, loudest)
    pairs, scores = _inside(sorted_rows, moved, weights, part)
    out = []
    for events in _by_part(sorted_rows, pairs, scores, part, placed):
        out += [[int(by_order[n]) for n in members] for members in events]
    out.sort(key=lambda members: int(rows["order"][members[0]]))
    return out, by_order[part[rank]]


def _connected(
    rows: Rows,
    found: Lines,
    weights: Weights,
    constraints: Constraints,
    best: npt.NDArray[np.int64] | None,
) -> npt.NDArray[np.int64]:
    """The part of each claim, by `link_lines`; what a person put together is in one, too."""
    joins = [np.array(sorted(constraints.together), dtype=np.int64).reshape(-1, 2)]
    loudest = Loudest(len(rows), rows["order"])
    for pairs in pairs_in_parts(found, rows["order"]):
        good, scores = speaking(rows, pairs, weights)
        joins.append(good[firm(rows, good)])
        if best is None:
            loudest.hear(rows, good, scores)
    of = loudest.best if best is None else best
    vague = np.flatnonzero(of >= 0)
    joined = np.concatenate([*joins, np.stack([vague, of[vague]], 1)])
    return parts(len(rows), joined)


def speaking(
    rows: Rows, pairs: npt.NDArray[np.int64], weights: Weights
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Those of the pairs [n, 2] that speak for one event, and their scores."""
    open_ = pairs[~_barred(rows, pairs)]
    open_ = open_[~hopeless(rows, open_, weights.bias, weights.weights)]
    scores = score(rows, open_, weights)
    return open_[scores > 0], scores[scores > 0]


def dated(rows: Rows) -> npt.NDArray[np.bool_]:
    """The claims that are dated to the day, or to a night between two."""
    flags, first, last = rows["flags"], rows["first"], rows["last"]
    out: npt.NDArray[np.bool_] = (last > 0) & (last - first <= 1) & ((flags & (UNDATED | UMBRELLA)) == 0)
    return out


def firm(rows: Rows, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which pairs [n, 2] are of two dated claims whose days overlap."""
    a, b = rows[pairs[:, 0]], rows[pairs[:, 1]]
    out: npt.NDArray[np.bool_] = dated(a) & dated(b) & (a["first"] <= b["last"]) & (b["first"] <= a["last"])
    return out


class Loudest:
    """For each claim that is not dated, the claim that speaks loudest for being of its event; ties by the id."""

    def __init__(self, n: int, orders: npt.NDArray[np.int64]) -> None:
        self.orders = orders
        self.best = np.full(n, -1, dtype=np.int64)
        self.score = np.zeros(n, dtype=np.float32)
        # claims whose loudest is known and is none of these: position -> the order of its id
        self.outside: dict[int, int] = {}

    def beyond(self, of: int, loud: float, order: int) -> None:
        """Claim `of` has heard one that is none of these, that loud."""
        self.score[of] = loud
        self.outside[of] = order

    def hear(self, rows: Rows, pairs: npt.NDArray[np.int64], scores: npt.NDArray[np.float32]) -> None:
        """Takes pairs that speak for one event into account, and their scores."""
        of, by = np.concatenate([pairs[:, 0], pairs[:, 1]]), np.concatenate([pairs[:, 1], pairs[:, 0]])
        loud = np.concatenate([scores, scores])
        vague = ~dated(rows[of])
        of, by, loud = of[vague], by[vague], loud[vague]
        order = np.lexsort((self.orders[by], -loud, of))
        of, by, loud = of[order], by[order], loud[order]
        first = np.r_[True, of[1:] != of[:-1]] if len(of) else np.zeros(0, dtype=np.bool_)
        of, by, loud = of[first], by[first], loud[first]
        known = self.best[of]
        standing = np.where(known >= 0, self.orders[known], np.iinfo(np.int64).max)
        for i, n in enumerate(of.tolist()) if self.outside else ():
            if n in self.outside and known[i] < 0:
                standing[i] = self.outside[n]
        # a score of 0 stands for nothing heard yet
        better = (loud > self.score[of]) | ((loud == self.score[of]) & (self.orders[by] < standing))
        self.best[of[better]], self.score[of[better]] = by[better], loud[better]


def _inside(
    rows: Rows, found: Lines, weights: Weights, part: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """The pairs that are compared within the parts, and their scores: few of all, so the others are not kept."""
    kept = [np.empty((0, 2), dtype=np.int32)]
    made = [np.empty(0, dtype=np.float32)]
    for pairs in pairs_in_parts(found, rows["order"]):
        inside = pairs[part[pairs[:, 0]] == part[pairs[:, 1]]]
        scores = score(rows, inside, weights)
        kept.append(inside.astype(np.int32))
        made.append(np.where(_barred(rows, inside), np.minimum(scores, -1.0), scores).astype(np.float32))
    return np.concatenate(kept), np.concatenate(made)


def _barred(rows: Rows, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """An incident is never one event with what spans incidents: such a pair must not join their parts either."""
    umbrella = (rows["flags"] & UMBRELLA) > 0
    mixed: npt.NDArray[np.bool_] = umbrella[pairs[:, 0]] != umbrella[pairs[:, 1]]
    return mixed


def _moved(pairs: frozenset[tuple[int, int]], rank: npt.NDArray[np.int64]) -> frozenset[tuple[int, int]]:
    return frozenset(ordered(int(rank[a]), int(rank[b])) for a, b in pairs)


def _by_part(
    rows: Rows,
    pairs: npt.NDArray[np.int32],
    scores: npt.NDArray[np.float32],
    part: npt.NDArray[np.int64],
    constraints: Constraints,
) -> Iterator[list[list[int]]]:
    """The events of each part; `pairs` are those within parts."""
    by_claim = np.argsort(part, kind="stable")
    by_pair = np.argsort(part[pairs[:, 0]], kind="stable")
    pairs, scores = pairs[by_pair], scores[by_pair]
    names, starts = np.unique(part[by_claim], return_index=True)
    ends = np.r_[starts[1:], len(part)]
    pair_starts = np.searchsorted(part[pairs[:, 0]], names) if len(pairs) else np.zeros(len(names), dtype=int)
    pair_ends = np.r_[pair_starts[1:], len(pairs)]
    local = np.empty(len(part), dtype=np.int64)
    decided = _decided(part, constraints)
    for name, a, b, p, q in zip(names, starts, ends, pair_starts, pair_ends, strict=True):
        members = by_claim[a:b]
        if b - a == 1:
            yield [[int(members[0])]]
            continue
        local[members] = np.arange(b - a)
        held = decided.get(int(name), Constraints())
        near = Constraints(_moved(held.together, local), _moved(held.apart, local))
        events = cluster(rows[members], local[pairs[p:q]], scores[p:q], near)
        yield [[int(members[n]) for n in event] for event in events]


def _decided(part: npt.NDArray[np.int64], constraints: Constraints) -> dict[int, Constraints]:
    """The decisions within each part; what lies in two parts is apart already."""
    found: dict[int, tuple[set[tuple[int, int]], set[tuple[int, int]]]] = {}
    for n, pairs in enumerate((constraints.together, constraints.apart)):
        for a, b in pairs:
            if part[a] == part[b]:
                found.setdefault(int(part[a]), (set(), set()))[n].add((a, b))
    return {name: Constraints(frozenset(x), frozenset(y)) for name, (x, y) in found.items()}
