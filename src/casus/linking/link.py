"""Rows of claims in, events out: block, score, part, cluster; the same for all claims of a ledger and for a part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from casus.linking.block import Lines, groups, keys, lines, pairs_in_parts
from casus.linking.cluster import FREE, Constraints, cluster, parts
from casus.linking.columns import UMBRELLA, Rows
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
    rows: Rows, found: Lines, weights: Weights, constraints: Constraints = FREE
) -> tuple[list[list[int]], npt.NDArray[np.int64]]:
    """The events of the claims of these lines, and the connected part [claims] that each claim lies in.

    Parts are named by the position of one of their claims. `found` may hold the lines of whole parts of a larger set.
    """
    if not len(rows):
        return [], np.empty(0, dtype=np.int64)
    # in the order of the ids, so that sums of scores come out alike to the last bit in whatever order claims came
    by_order = np.argsort(rows["order"], kind="stable")
    rank = np.empty(len(rows), dtype=np.int64)
    rank[by_order] = np.arange(len(rows))
    sorted_rows = rows[by_order]
    moved = Lines(rank[found.members], found.keys, found.large, found.pivot)
    placed = Constraints(_moved(constraints.together, rank), _moved(constraints.apart, rank))
    part = _connected(sorted_rows, moved, weights, placed)
    pairs, scores = _inside(sorted_rows, moved, weights, part)
    out = []
    for events in _by_part(sorted_rows, pairs, scores, part, placed):
        out += [[int(by_order[n]) for n in members] for members in events]
    out.sort(key=lambda members: int(rows["order"][members[0]]))
    return out, by_order[part[rank]]


def _connected(rows: Rows, found: Lines, weights: Weights, constraints: Constraints) -> npt.NDArray[np.int64]:
    """The connected part of each claim, over the pairs that speak for one event and those a person put together."""
    good = [np.array(sorted(constraints.together), dtype=np.int64).reshape(-1, 2)]
    for pairs in pairs_in_parts(found, rows["order"]):
        pairs = pairs[~_barred(rows, pairs)]  # noqa: PLW2901 - the others are of no use here
        pairs = pairs[~hopeless(rows, pairs, weights.bias, weights.weights)]  # noqa: PLW2901
        good.append(pairs[score(rows, pairs, weights) > 0])
    joined = np.concatenate(good)
    return parts(len(rows), joined, np.ones(len(joined), dtype=np.bool_))


def _inside(
    rows: Rows, found: Lines, weights: Weights, part: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The pairs that are compared within the parts, and their scores: few of all, so the others are not kept."""
    kept = [np.empty((0, 2), dtype=np.int64)]
    made = [np.empty(0, dtype=np.float32)]
    for pairs in pairs_in_parts(found, rows["order"]):
        inside = pairs[part[pairs[:, 0]] == part[pairs[:, 1]]]
        scores = score(rows, inside, weights)
        kept.append(inside)
        made.append(np.where(_barred(rows, inside), np.minimum(scores, -1.0), scores).astype(np.float32))
    return np.concatenate(kept), np.concatenate(made)


def _barred(rows: Rows, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """An incident is never one event with what spans incidents: such a pair must not join their parts either."""
    umbrella = (rows["flags"] & UMBRELLA) > 0
    mixed: npt.NDArray[np.bool_] = umbrella[pairs[:, 0]] != umbrella[pairs[:, 1]]
    return mixed


def _moved(pairs: frozenset[tuple[int, int]], rank: npt.NDArray[np.int64]) -> frozenset[tuple[int, int]]:
    return frozenset(_ordered(int(rank[a]), int(rank[b])) for a, b in pairs)


def _ordered(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _by_part(
    rows: Rows,
    pairs: npt.NDArray[np.int64],
    scores: npt.NDArray[np.float32],
    part: npt.NDArray[np.int64],
    constraints: Constraints,
) -> Sequence[list[list[int]]]:
    """The events of each part; pairs between two parts count for nothing, as they can join nothing."""
    inside = part[pairs[:, 0]] == part[pairs[:, 1]]
    pairs, scores = pairs[inside], scores[inside]
    by_claim = np.argsort(part, kind="stable")
    by_pair = np.argsort(part[pairs[:, 0]], kind="stable")
    pairs, scores = pairs[by_pair], scores[by_pair]
    names, starts = np.unique(part[by_claim], return_index=True)
    ends = np.r_[starts[1:], len(part)]
    pair_starts = np.searchsorted(part[pairs[:, 0]], names) if len(pairs) else np.zeros(len(names), dtype=int)
    pair_ends = np.r_[pair_starts[1:], len(pairs)]
    local = np.empty(len(part), dtype=np.int64)
    decided = _decided(part, constraints)
    out = []
    for name, a, b, p, q in zip(names, starts, ends, pair_starts, pair_ends, strict=True):
        members = by_claim[a:b]
        if b - a == 1:
            out.append([[int(members[0])]])
            continue
        local[members] = np.arange(b - a)
        held = decided.get(int(name), Constraints())
        near = Constraints(_moved(held.together, local), _moved(held.apart, local))
        events = cluster(rows[members], local[pairs[p:q]], scores[p:q], near)
        out.append([[int(members[n]) for n in event] for event in events])
    return out


def _decided(part: npt.NDArray[np.int64], constraints: Constraints) -> dict[int, Constraints]:
    """The decisions within each part; what lies in two parts is apart already."""
    found: dict[int, tuple[set[tuple[int, int]], set[tuple[int, int]]]] = {}
    for n, pairs in enumerate((constraints.together, constraints.apart)):
        for a, b in pairs:
            if part[a] == part[b]:
                found.setdefault(int(part[a]), (set(), set()))[n].add((a, b))
    return {name: Constraints(frozenset(x), frozenset(y)) for name, (x, y) in found.items()}
