"""What intake leaves behind beside documents: failures until they are resolved, and raw items that are known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casus.ledger.codec import dumps
from casus.ledger.relink import batches, marks
from casus.ledger.store import Store
from casus.records import Failure


@dataclass(frozen=True, slots=True)
class KeptFailure:
    """A failure as the ledger keeps it. `source` is the file, by its whole path, in which `failure.item` lies ("" where
    nobody knows), `given` what the user said of it, `tries` how many runs it failed in, `resolved` the last run.
    """

    n: int
    failure: Failure
    source: str
    given: Mapping[str, str]
    first_run: str
    last_run: str
    at: str
    tries: int
    resolved: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A failure on its way into the ledger, with the source that it lies in and what the user said of that."""

    failure: Failure
    source: str = ""
    given: Mapping[str, str] = field(default_factory=dict)


def write_failures(store: Store, run: str, at: str, failed: Sequence[Failed]) -> None:
    """Puts failures down, one that is open already as tried once more. Inside of `writing`."""
    sql = """INSERT INTO failures (source, item, stage, code, message, hint, given, first_run, last_run, at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (source, item) WHERE resolved IS NULL DO UPDATE SET
             tries = tries + (last_run <> excluded.last_run), last_run = excluded.last_run, at = excluded.at,
             stage = excluded.stage, code = excluded.code, message = excluded.message, hint = excluded.hint"""
    rows = [
        (f.source, f.failure.item, f.failure.stage, f.failure.code, f.failure.message, f.failure.hint,
         dumps(dict(sorted(f.given.items()))), run, run, at)
        for f in failed
    ]  # fmt: skip
    store.db.executemany(sql, rows)


def resolve_failures(store: Store, run: str, sources: Iterable[str]) -> None:
    """Ends the failures of sources that were read to their end in this run and did not fail in it."""
    sql = "UPDATE failures SET resolved = ? WHERE source = ? AND resolved IS NULL AND last_run <> ?"
    store.db.executemany(sql, [(run, source, run) for source in sorted(set(sources))])


def read_failures(store: Store, *, resolved: bool = False) -> list[KeptFailure]:
    """The failures that are open, or all of them, in the order in which they came."""
    sql = f"""SELECT n, stage, item, code, message, hint, source, given, first_run, last_run, at, tries, resolved
              FROM failures {"" if resolved else "WHERE resolved IS NULL"} ORDER BY n"""
    return [
        KeptFailure(
            n, Failure(stage, item, code, message, hint), source, json.loads(given), first, last, at, tries, ended
        )
        for n, stage, item, code, message, hint, source, given, first, last, at, tries, ended in store.rows(sql)
    ]


def captured(store: Store, key: str) -> list[str]:
    """Ids of the documents that were made of the raw item under this key."""
    sql = """SELECT documents.id FROM captures JOIN documents ON documents.n = captures.document
             WHERE captures.key = ? ORDER BY documents.n"""
    return store.column(sql, bytes.fromhex(key))


def write_captures(store: Store, keys: Mapping[str, Sequence[str]]) -> set[str]:
    """Puts down the raw items all of whose documents the ledger holds; gives their keys. Inside of `writing`."""
    wanted = sorted({id_ for ids in keys.values() for id_ in ids})
    sql = "SELECT id, n FROM documents WHERE id IN ({})"
    numbers: dict[str, int] = {}
    for some in batches(wanted):
        numbers.update(store.rows(sql.format(marks(some)), *some))
    done = {key for key, ids in keys.items() if ids and all(id_ in numbers for id_ in ids)}
    rows = sorted({(bytes.fromhex(key), numbers[id_]) for key in done for id_ in keys[key]})
    store.db.executemany("INSERT OR IGNORE INTO captures VALUES (?, ?)", rows)
    return done


def copies_among(store: Store, documents: Sequence[str]) -> int:
    """How many of these documents are near-copies of another that the ledger holds, the first of each group not."""
    groups: dict[str, int] = {}
    for some in batches(documents):
        sql = f"""SELECT syndication, count(*) FROM documents
                  WHERE id IN ({marks(some)}) AND syndication IS NOT NULL GROUP BY syndication"""
        for group, number in store.rows(sql, *some):
            groups[group] = groups.get(group, 0) + number
    out = 0
    for group, number in sorted(groups.items()):
        whole = store.one("SELECT count(*) FROM documents WHERE syndication = ?", group)[0]
        out += number if whole > number else number - 1
    return out
