"""Whole numbers that stand for keys, for forms that have no place for ours: given once, kept for good, never reused.

    numbers.of(ledger, "event", ["evt_b", "evt_a"])                         # {"evt_b": 1, "evt_a": 2}
    numbers.at_home(ledger, "acled", {"evt_b": "PAK", "evt_a": "IRN"})      # {"evt_b": ("PAK", 1), "evt_a": ("IRN", 1)}

A key gets the next number of its kind when it is first asked for, in the order of asking. What is merged, ended or
renamed keeps its number, and a ledger that is made anew (`rebuild`) has the same. Others may write meanwhile, and
within a `snapshot` the rows that are read stay those of one moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from casus.ledger.ledger import Ledger
from casus.ledger.relink import batches, marks
from casus.ledger.store import Store

_HOME = "/"  # between a kind and the home within which it counts


def of(ledger: Ledger, kind: str, keys: Iterable[str]) -> dict[str, int]:
    """The number of each key, counted from 1 within the kind. Not inside of a change of the ledger.

    Raises BusyError where another process has been writing for too long, OutputError where the ledger cannot be
    written.
    """
    return {key: n for key, (_, n) in _numbered(ledger, kind, dict.fromkeys(keys, kind)).items()}


def at_home(ledger: Ledger, kind: str, homes: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Home and number of each key, counted from 1 within the home. A key keeps the home that it was first given."""
    found = _numbered(ledger, kind, {key: f"{kind}{_HOME}{home}" for key, home in homes.items()})
    return {key: (full.partition(_HOME)[2], n) for key, (full, n) in found.items()}


def _numbered(ledger: Ledger, kind: str, wanted: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Full kind and number of each key, in the order of the keys."""
    store = ledger._store
    with store.reading():
        found = _known(store, kind, wanted)
    if len(found) < len(wanted):
        with _writer(store) as other:
            # given meanwhile, or since the snapshot in which `store` reads
            found |= _known(other, kind, wanted.keys() - found.keys())
            if len(found) < len(wanted):
                with other.writing():
                    found |= _known(other, kind, wanted.keys() - found.keys())
                    found |= _give(other, {key: full for key, full in wanted.items() if key not in found})
    return {key: found[key] for key in wanted}


def _known(store: Store, kind: str, keys: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Full kind and number of those of the keys that have one."""
    out = {}
    for some in batches(sorted(keys)):
        sql = f"""SELECT key, kind, n FROM numbers WHERE key IN ({marks(some)})
                  AND (kind = ? OR substr(kind, 1, ?) = ?)"""
        prefix = kind + _HOME
        out.update({key: (full, n) for key, full, n in store.rows(sql, *some, kind, len(prefix), prefix)})
    return out


def _give(store: Store, wanted: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Gives the next numbers of their kinds, in the order of the keys. Inside of `writing`."""
    last: dict[str, int] = {}
    out = {}
    for key, full in wanted.items():
        if full not in last:
            last[full] = store.one("SELECT coalesce(max(n), 0) FROM numbers WHERE kind = ?", full)[0]
        last[full] += 1
        out[key] = full, last[full]
    rows = [(full, key, n) for key, (full, n) in out.items()]
    store.db.executemany("INSERT INTO numbers (kind, key, n) VALUES (?, ?, ?)", rows)
    return out


@contextmanager
def _writer(store: Store) -> Iterator[Store]:
    """A connection that can write while `store` reads: another one; of a ledger in memory, which has but one, its own,
    of which the transaction of reading is ended and begun anew."""
    if store.one("PRAGMA database_list")[2]:
        other = Store.open(store.path)
        try:
            yield other
        finally:
            other.close()
        return
    reads = store.db.in_transaction
    if reads:
        store.db.execute("COMMIT")
    try:
        yield store
    finally:
        if reads:
            store.db.execute("BEGIN")
