"""Which claims are compared at all: claims that share a key of time and of place or sides, or stand in one document.

A key is a 63-bit hash. Comparing all pairs of a million claims is out of the question; comparing those that share a
key misses pairs that share neither place nor sides, which nothing could tell to be one event anyway.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casus.linking.columns import UMBRELLA, hashed, type_number

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]

# Days that share a bucket. A claim lies in the bucket of each day from the one before its first to the one after its
# last, so that two claims a day apart always share one; four days a bucket keep that to two buckets for most.
BUCKET_DAYS = 4
# a claim of a longer time is compared by the month only, in the first of its months
LONG_DAYS, MONTHS = 14, 2
# A block above this size is compared with its `PIVOTS` first claims only, by the order of their ids, so that cost
# grows with the claims and not with their square, and the same whatever the order of adding.
LARGE, PIVOTS = 192, 48

# types that reports give one and the same event, by the confusions of two annotators
_GROUPS = (
    ("ASSAULT", "COERCE"),
    ("AGREE", "CONSULT", "COOPERATE"),
    ("ACCUSE", "REJECT", "THREATEN", "REQUEST", "SUPPORT"),
    ("PROTEST",),
    ("SANCTION",),
    ("MOBILIZE",),
    ("RETREAT", "CONCEDE"),
    ("AID",),
)


def groups() -> npt.NDArray[np.int8]:
    """The group of each type of the codebook, by its number."""
    of = {name: n for n, group in enumerate(_GROUPS) for name in group}
    return np.array([of.get(name, len(_GROUPS) + n) for name, n in type_number().items()], dtype=np.int8)


def mix(*parts: int) -> int:
    """One 63-bit number of several; FNV-1a over whole numbers, which spreads well enough for hashes as input."""
    out = 0xCBF29CE484222325
    for part in parts:
        out = ((out ^ (part & 0xFFFFFFFFFFFFFFFF)) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
        out ^= out >> 29
    return out >> 1


_DOCUMENT, _AREA, _DYAD, _SIDE_THERE, _COUNTRY, _SIDE, _LONG = (hashed(f"block {n}") for n in range(7))
# Degrees: claims of one area are compared. A claim lies in each area that is this near to it, so that places some 25
# km apart, which reports give for one another, always share one.
AREA, MARGIN = 1.0, 0.25


def keys(row: np.void, group_of: Sequence[int]) -> tuple[int, ...]:
    """The keys of a claim, sorted; two claims that share one are compared."""
    out = {mix(_DOCUMENT, int(row["document"]))}
    first, last = int(row["first"]), int(row["last"])
    if not last:
        return tuple(out)
    group = int(group_of[row["type"]])
    # incidents and what sums or spans incidents are never one event (`cluster`), so they meet in documents only
    if row["flags"] & UMBRELLA:
        group += 64
    areas, dyads = _areas(row), _dyads(row)
    # by the month, for those whose time is vague: what is told of a month ago meets what was told on the day
    months = range((first - 1) // 30, min((last + 1) // 30, first // 30 + MONTHS) + 1)
    out.update(mix(_LONG, group, month, *about) for month in months for about in (*areas, *dyads))
    if last - first < LONG_DAYS:
        buckets = range((first - 1) // BUCKET_DAYS, (last + 1) // BUCKET_DAYS + 1)
        about = [*areas, *dyads, *_wider(row)]
        out.update(mix(group, bucket, *what) for bucket in buckets for what in about)
    return tuple(sorted(out))


def _areas(row: np.void) -> list[tuple[int, ...]]:
    """The areas about a claim's place; a place without coordinates is one of its own."""
    lat, lon = float(row["lat"]), float(row["lon"])
    if math.isnan(lat):
        named = int(row["place"]) or int(row["admin1"])
        return [(_AREA, named)] if named else []
    found = {
        (math.floor((lat + a) / AREA), math.floor((lon + b) / AREA) % 360)
        for a in (-MARGIN, MARGIN)
        for b in (-MARGIN, MARGIN)
    }
    return [(_AREA, *cell) for cell in sorted(found)]


def _dyads(row: np.void) -> list[tuple[int, ...]]:
    """The pairs of sides, either way round: a report may take one for the other."""
    actors, recipients = _sides(row)
    return sorted({(_DYAD, *sorted((a, r))) for a in actors for r in recipients if a != r})


def _sides(row: np.void) -> tuple[list[int], list[int]]:
    return [int(x) for x in row["actors"] if x], [int(x) for x in row["recipients"] if x]


def _wider(row: np.void) -> list[tuple[int, ...]]:
    """What two claims of the same days may share where one names no town or no other side."""
    actors, recipients = _sides(row)
    country, kind = int(row["country"]), int(row["type"])
    out: list[tuple[int, ...]] = [(_SIDE, side, kind) for side in actors or recipients]
    if country:
        out += [(_SIDE_THERE, country, side) for side in sorted({*actors, *recipients})]
        out.append((_COUNTRY, country, kind))
    return out


@dataclass(frozen=True, slots=True)
class Lines:
    """A line for each key of each claim: position of the claim, key, whether the key's whole block is large, and
    whether the claim is one of the pivots of a large block. All of one length."""

    members: Ints
    keys: Ints
    large: npt.NDArray[np.bool_]
    pivot: npt.NDArray[np.bool_]


def lines(keys_of: Iterable[Sequence[int]], orders: Ints) -> Lines:
    """The lines of claims that are all there are: `keys_of` their keys, `orders` [claims] the order of their ids."""
    # arrays, not lists: a million claims have some fifteen million keys
    counts, keys = array("q"), array("q")
    for found in keys_of:
        counts.append(len(found))
        keys.extend(found)
    flat = np.frombuffer(keys, dtype=np.int64) if keys else np.empty(0, dtype=np.int64)
    members = np.repeat(np.arange(len(counts)), counts)
    by_key = np.lexsort((orders[members], flat))
    members, flat = members[by_key], flat[by_key]
    del by_key, keys
    starts, sizes = _blocks(flat)
    large = np.repeat(sizes > LARGE, sizes)
    pivot = large & (np.arange(len(flat)) - np.repeat(starts, sizes) < PIVOTS)
    return Lines(members, flat, large, pivot)


def _blocks(sorted_keys: Ints) -> tuple[Ints, Ints]:
    """Where each run of one key starts, and how long it is."""
    starts = np.flatnonzero(np.r_[True, sorted_keys[1:] != sorted_keys[:-1]]) if len(sorted_keys) else np.empty(0, int)
    return starts, np.diff(np.r_[starts, len(sorted_keys)])


def pairs_within(found: Lines, orders: Ints) -> Ints:
    """All pairs [n, 2] of `pairs_in_parts` at once."""
    parts = list(pairs_in_parts(found, orders))
    return np.concatenate(parts) if parts else np.empty((0, 2), dtype=np.int64)


def pairs_in_parts(found: Lines, orders: Ints, most: int = 4_000_000) -> Iterator[Ints]:
    """The pairs [n, 2] of claims that are compared (i < j, each once), in parts that come of about `most` lines.

    In a block all with all, in a large one each with its pivots. With lines of some claims only, the result is that of
    all, as far as both claims are among them. A part holds the pairs of neighbouring positions.
    """
    if not len(found.keys):
        return
    by_key = np.lexsort((orders[found.members], found.keys))
    members, large = found.members[by_key].astype(np.int32), found.large[by_key]
    starts, sizes = _blocks(found.keys[by_key])
    pivots = np.add.reduceat(found.pivot[by_key].astype(np.int32), starts)
    del by_key
    # of each line: with how many of those that stand before it in its block it is compared; pivots stand first
    first = np.repeat(starts.astype(np.int32), sizes)
    place = np.arange(len(members), dtype=np.int32) - first
    reach = np.where(large, np.minimum(place, np.repeat(pivots.astype(np.int32), sizes)), place)
    del place, large
    # a claim's lines stay in one part: of two claims the one that comes later by its id is the same in every block, so
    # that no pair comes twice
    by_member = np.argsort(members, kind="stable").astype(np.int32)
    done = np.cumsum(reach[by_member], dtype=np.int64)
    ends = np.flatnonzero(np.r_[np.diff(members[by_member]) != 0, True]) + 1
    at = 0
    while at < len(by_member):
        wanted = np.searchsorted(done, (done[at - 1] if at else 0) + most, side="right")
        until = int(ends[min(np.searchsorted(ends, max(wanted, at + 1)), len(ends) - 1)])
        pairs = _pairs(members, by_member[at:until], reach, first)
        if len(pairs):
            yield pairs
        at = until


def _pairs(members: Small, lines_of: Small, reach: Small, first: Small) -> Ints:
    """The pairs of some lines with those before them, each pair once."""
    steps = reach[lines_of]
    later = np.repeat(members[lines_of], steps).astype(np.int64)
    step = np.arange(len(later)) - np.repeat(np.cumsum(steps) - steps, steps)
    earlier = members[np.repeat(first[lines_of], steps) + step].astype(np.int64)
    coded = np.unique((np.minimum(earlier, later) << 32) | np.maximum(earlier, later))
    both = np.stack([coded >> 32, coded & 0xFFFFFFFF], 1)
    out: Ints = both[both[:, 0] != both[:, 1]]
    return out
