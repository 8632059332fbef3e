"""Which claims a change touches, and the events that they come to now; nothing else of the ledger is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from casus.ledger.store import Store
from casus.linking.block import LARGE, PIVOTS, Ints, Lines
from casus.linking.cluster import Constraints, ordered
from casus.linking.columns import ROW, Rows
from casus.linking.link import Loudest, block_keys, firm, link_lines, speaking
from casus.linking.score import Weights

# how many values go into one statement: SQLite allows 32,766
MANY = 5_000


@dataclass(frozen=True, slots=True)
class Standing:
    """The decisions in force that bear on linking, by number of claims: pairs put together and pairs held apart."""

    together: frozenset[tuple[int, int]] = frozenset()
    apart: frozenset[tuple[int, int]] = frozenset()

    def partners(self, claims: Iterable[int]) -> set[int]:
        """The claims that are put together with one of these."""
        of: dict[int, set[int]] = {}
        for a, b in self.together:
            of.setdefault(a, set()).add(b)
            of.setdefault(b, set()).add(a)
        return {b for a in claims for b in of.get(a, ())}


Number = TypeVar("Number", int, str)


def batches(values: Iterable[Number], size: int = MANY) -> Iterator[list[Number]]:
    """The values, sorted, in lists of at most `size`."""
    found = sorted(values)
    for at in range(0, len(found), size):
        yield found[at : at + size]


def marks(values: Sequence[object]) -> str:
    """As many question marks as there are values."""
    return ",".join("?" * len(values))


@dataclass(frozen=True, slots=True)
class Shift:
    """What a change of blocks does to claims that were there before: `parts`, those that lose pairs, whose parts are
    to be linked anew; `anew`, those that gain pairs, which are to be compared as if they had just come."""

    parts: frozenset[int]
    anew: frozenset[int]


def put_keys(store: Store, keys: Mapping[int, Sequence[int]], places: Mapping[int, int]) -> Shift:
    """Files claims under their blocking keys.

    In a block that has just become large only pairs with pivots are left; a pivot that is one no more loses the rest.
    """
    lines = [(key, places[claim], claim) for claim, found in sorted(keys.items()) for key in found]
    store.db.executemany("INSERT INTO keys VALUES (?, ?, ?)", lines)
    parts: set[int] = set()
    for key, mine in _by_key(lines):
        size = _size(store, key, LARGE + len(mine) + 1)
        if size <= LARGE:
            continue
        if size - len(mine) <= LARGE:
            parts.update(_block(store, key))
        else:
            first = _block(store, key, PIVOTS + len(mine))
            before = [c for c in first if c not in mine][:PIVOTS]
            parts.update(set(before) - set(first[:PIVOTS]))
    return Shift(frozenset(parts), frozenset())


def drop_keys(
    store: Store, claims: Iterable[int], keys: Mapping[int, Sequence[int]], places: Mapping[int, int]
) -> Shift:
    """Takes claims out of their blocks, whose parts are for the caller to link anew.

    In a block that is no longer large all pairs are compared again; a claim that becomes a pivot gains pairs.
    """
    lines = [(key, places[claim], claim) for claim in sorted(claims) for key in keys[claim]]
    anew: set[int] = set()
    for key, mine in _by_key(lines):
        size = _size(store, key, LARGE + len(mine) + 1)
        if size <= LARGE:
            continue
        if size - len(mine) <= LARGE:
            anew.update(set(_block(store, key)) - mine)
        else:
            first = _block(store, key, PIVOTS + len(mine))
            anew.update(set([c for c in first if c not in mine][:PIVOTS]) - set(first[:PIVOTS]))
    store.db.executemany("DELETE FROM keys WHERE key = ? AND place = ? AND claim = ?", lines)
    return Shift(frozenset(), frozenset(anew))


def _by_key(lines: Iterable[tuple[int, int, int]]) -> list[tuple[int, set[int]]]:
    of: dict[int, set[int]] = {}
    for key, _, claim in lines:
        of.setdefault(key, set()).add(claim)
    return sorted(of.items())


def _size(store: Store, key: int, most: int) -> int:
    """How many claims are in a block, counted up to `most`."""
    found: int = store.one("SELECT count(*) FROM (SELECT 1 FROM keys WHERE key = ? LIMIT ?)", key, most)[0]
    return found


def _block(store: Store, key: int, most: int = -1) -> list[int]:
    """The claims of a block, by the order of their ids."""
    return store.column("SELECT claim FROM keys WHERE key = ? ORDER BY key, place, claim LIMIT ?", key, most)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Claims of the ledger: their numbers, ascending, and their rows in the same order."""

    numbers: Ints
    rows: Rows


def load(store: Store, claims: Iterable[int]) -> Loaded:
    """The rows of the active ones among these claims."""
    numbers: list[int] = []
    blobs: list[bytes] = []
    for some in batches(claims):
        sql = f"SELECT n, columns FROM claims WHERE active AND n IN ({marks(some)}) ORDER BY n"
        for n, blob in store.db.execute(sql, some):
            numbers.append(n)
            blobs.append(blob)
    return Loaded(np.array(numbers, dtype=np.int64), np.frombuffer(b"".join(blobs), dtype=ROW))


def touched(store: Store, fresh: set[int], moved: set[int], standing: Standing, weights: Weights) -> set[int]:
    """The fresh claims and all claims of every part that they may join or leave.

    `fresh` are claims that have just come or changed, `moved` those that a block's change touches.
    """
    fresh = fresh | _quiet(store, fresh)
    found = _neighbours(store, fresh)
    loaded = load(store, fresh | found.near)
    at = {int(n): i for i, n in enumerate(loaded.numbers)}
    placed = sorted((at[a], at[b]) for a, b in found.pairs if a in at and b in at)
    good, scores = speaking(loaded.rows, np.array(placed, dtype=np.int64).reshape(-1, 2), weights)
    firmly = {int(loaded.numbers[n]) for n in np.unique(good[firm(loaded.rows, good)])}
    heard = _listen(store, loaded, good, scores)
    start = firmly | heard | fresh | moved
    start |= standing.partners(start)
    return _parts(store, start) | fresh


def _quiet(store: Store, fresh: set[int]) -> set[int]:
    """Makes the fresh claims and those that listen to them listen anew; gives the latter: they are as good as fresh."""
    out: set[int] = set()
    for some in batches(fresh):
        out.update(store.column(f"SELECT n FROM claims WHERE active AND loudest IN ({marks(some)})", *some))
    sql = "UPDATE claims SET loudest = NULL, loud = NULL WHERE loudest IS NOT NULL AND n = ?"
    store.db.executemany(sql, [(n,) for n in sorted(out | fresh)])
    return out


def _listen(store: Store, loaded: Loaded, pairs: Ints, scores: npt.NDArray[np.float32]) -> set[int]:
    """Writes down which claim speaks loudest for each that is not dated, where these pairs change it; gives those
    claims and the ones that they listen to now."""
    loudest = Loudest(len(loaded.numbers), loaded.rows["order"])
    at = {int(n): i for i, n in enumerate(loaded.numbers)}
    before: dict[int, int] = {}
    for some in batches(at):
        sql = f"SELECT n, loudest, loud FROM claims WHERE loudest IS NOT NULL AND n IN ({marks(some)})"
        for n, best, loud in store.rows(sql, *some):
            if best in at:
                loudest.best[at[n]], loudest.score[at[n]], before[n] = at[best], loud, best
            else:
                before[n] = best
                outside = store.one("SELECT columns FROM claims WHERE n = ?", best)[0]
                loudest.beyond(at[n], loud, int(np.frombuffer(outside, dtype=ROW)["order"][0]))
    loudest.hear(loaded.rows, pairs, scores)
    numbers = loaded.numbers.tolist()
    changed = []
    for i in np.flatnonzero(loudest.best >= 0).tolist():
        n, best = numbers[i], numbers[int(loudest.best[i])]
        if before.get(n) != best:
            changed.append((best, float(loudest.score[i]), n))
    store.db.executemany("UPDATE claims SET loudest = ?, loud = ? WHERE n = ?", changed)
    return {n for best, _, n in changed} | {best for best, _, n in changed}


@dataclass(slots=True)
class _Near:
    near: set[int]
    pairs: set[tuple[int, int]]


def _neighbours(store: Store, fresh: set[int]) -> _Near:
    """The claims with which the fresh ones are compared, and the pairs."""
    out = _Near(set(), set())
    for key, mine in _blocks_of(store, fresh):
        size = _size(store, key, LARGE + 1)
        if size == 1:
            continue
        others = _block(store, key)
        if size > LARGE:
            others = _in_large(others, set(mine), out)
        else:
            out.pairs.update(ordered(a, b) for a in mine for b in others if a != b)
        out.near.update(others)
    return out


def _in_large(block: list[int], mine: set[int], out: _Near) -> list[int]:
    """The same in a large block: the fresh ones against its pivots, and fresh pivots against all of it."""
    pivots = block[:PIVOTS]
    chosen = mine & set(pivots)
    out.pairs.update(ordered(a, b) for a in mine for b in (block if a in chosen else pivots) if a != b)
    return block if chosen else pivots


def _blocks_of(store: Store, claims: set[int]) -> list[tuple[int, list[int]]]:
    """Every key of the claims, and those of the claims in its block."""
    mine: dict[int, list[int]] = {}
    for claim, found in keys_of(store, claims).items():
        for key in found:
            mine.setdefault(key, []).append(claim)
    return sorted(mine.items())


def keys_of(store: Store, claims: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """The keys of each active claim; computed from its row, so that no second index is needed."""
    loaded = load(store, claims)
    return dict(zip(loaded.numbers.tolist(), block_keys(loaded.rows), strict=True))


def _parts(store: Store, claims: set[int]) -> set[int]:
    """All active claims of the parts in which these lie."""
    parts: set[int] = set()
    for some in batches(claims):
        parts.update(
            store.column(f"SELECT DISTINCT part FROM claims WHERE part IS NOT NULL AND n IN ({marks(some)})", *some)
        )
    out: set[int] = set()
    for some in batches(parts):
        out.update(store.column(f"SELECT n FROM claims WHERE active AND part IN ({marks(some)})", *some))
    return out


@dataclass(frozen=True, slots=True)
class Relinked:
    """Claims by number: the events that they come to, and the part that each lies in."""

    events: list[list[int]]
    parts: dict[int, int]


def relink(store: Store, claims: set[int], standing: Standing, weights: Weights) -> Relinked:
    """The events of these claims, which are all claims of the parts in which they lie."""
    loaded = load(store, claims)
    if not len(loaded.numbers):
        return Relinked([], {})
    lines = _lines(store, loaded)
    at = {int(n): i for i, n in enumerate(loaded.numbers)}
    constraints = Constraints(_at(standing.together, at), _at(standing.apart, at))
    best = np.full(len(loaded.numbers), -1, dtype=np.int64)
    for some in batches(at):
        for n, loudest in store.rows(
            f"SELECT n, loudest FROM claims WHERE loudest IS NOT NULL AND n IN ({marks(some)})", *some
        ):
            best[at[n]] = at[loudest]
    events, part = link_lines(loaded.rows, lines, weights, constraints, best)
    numbers = loaded.numbers.tolist()
    # a part bears the number of its first claim in the ledger
    first: dict[int, int] = {}
    for n, p in zip(numbers, part.tolist(), strict=True):
        first.setdefault(p, n)
    return Relinked(
        [[numbers[i] for i in members] for members in events],
        {n: first[p] for n, p in zip(numbers, part.tolist(), strict=True)},
    )


def _at(pairs: frozenset[tuple[int, int]], at: Mapping[int, int]) -> frozenset[tuple[int, int]]:
    return frozenset(ordered(at[a], at[b]) for a, b in pairs if a in at and b in at)


def _lines(store: Store, loaded: Loaded) -> Lines:
    """The lines of these claims, with what is large and who is a pivot in the ledger as a whole."""
    found = list(block_keys(loaded.rows))
    members = np.repeat(np.arange(len(found)), [len(k) for k in found])
    flat = np.fromiter((k for keys in found for k in keys), dtype=np.int64, count=len(members))
    keys, counts = np.unique(flat, return_counts=True)
    shared = keys[counts > 1]
    # a key that only one of them has compares nothing
    kept = np.isin(flat, shared)
    members, flat = members[kept], flat[kept]
    # a block that is small among these claims may be large in the ledger
    sql = "SELECT place, claim FROM keys WHERE key = ? ORDER BY key, place, claim LIMIT 1 OFFSET ?"
    large = {key for key in shared.tolist() if store.maybe(sql, key, LARGE) is not None}
    border: dict[int, tuple[int, int]] = {key: store.one(sql, key, PIVOTS - 1)[:2] for key in sorted(large)}
    is_large = np.array([k in large for k in flat.tolist()], dtype=np.bool_)
    orders = loaded.rows["order"].tolist()
    numbers = loaded.numbers.tolist()
    pivot = np.zeros(len(flat), dtype=np.bool_)
    for i in np.flatnonzero(is_large).tolist():
        n = int(members[i])
        pivot[i] = (orders[n], numbers[n]) <= border[int(flat[i])]
    return Lines(members.astype(np.int64), flat, is_large, pivot)
