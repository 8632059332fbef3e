"""A ledger made anew from its documents, claims and decisions, step by step, and held against the one that stands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casus.ledger.changing import Change
from casus.ledger.relink import marks
from casus.ledger.replay import replay
from casus.ledger.store import Store, told
from casus.linking.score import Weights, shipped

# what the ledger holds, in the order in which it is compared; indexes and search follow from these
_TABLES = (
    "steps", "runs", "documents", "bands", "claims", "claim_sides", "keys", "events", "event_sides", "event_points",
    "versions", "decisions", "failures", "captures", "feeds", "pages", "numbers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuilt ledger holds; `same`: byte for byte what stood before. `differs` names the tables that do not
    agree, which happens where linking, settling or the actors have changed since."""

    documents: int
    claims: int
    events: int
    same: bool
    differs: tuple[str, ...]


def rebuild(
    path: Path,
    *,
    parents: Mapping[str, Sequence[str]] | None = None,
    weights: Weights | None = None,
    check: bool = False,
    on_step: Callable[[int, int], None] | None = None,
) -> Rebuilt:
    """Makes the ledger at the path anew, and puts it in the old one's place where they differ, unless only to `check`.

    Ids of events come out as they were as long as linking does. Others may read meanwhile, and writers wait.
    `on_step` is told of each step that is done, and of how many there are. Raises LedgerError.
    """
    made = path.with_name(path.name + ".rebuilt")
    _remove(made)
    old = Store.open(path)
    try:
        # nobody adds to it meanwhile; readers go on
        with old.writing():
            new = Store.open(made, create=True)
            try:
                replay(old, Change(new, parents or {}, weights or shipped()), on_step)
                _copy_intake(old, new)
                differs = tuple(t for t in _TABLES if digest(old, t) != digest(new, t))
                counts = [new.one(f"SELECT count(*) FROM {t}")[0] for t in ("documents", "claims")]
                events = new.one("SELECT count(*) FROM events WHERE alive")[0]
            except BaseException:
                new.close()
                raise
        if differs and not check:
            with told(path):
                new.db.backup(old.db)
        new.close()
    finally:
        old.close()
        _remove(made)
    return Rebuilt(counts[0], counts[1], events, not differs, differs)


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def digest(store: Store, table: str | None = None) -> str:
    """SHA-256 over the rows of a table, or of all tables, in the order of their keys."""
    out = hashlib.sha256()
    for name in _TABLES if table is None else (table,):
        columns = [row[1] for row in store.rows(f"PRAGMA table_info({name})")]
        for row in store.db.execute(f"SELECT * FROM {name} ORDER BY {', '.join(columns[:4])}"):
            out.update(repr(row).encode("utf-8", "surrogatepass"))
    return out.hexdigest()


def _copy_intake(old: Store, new: Store) -> None:
    """What does not follow from documents: failures, which raw items are known, what is followed, and numbers."""
    numbers: dict[str, int] = dict(new.rows("SELECT id, n FROM documents"))
    with new.writing():
        for row in old.db.execute("SELECT * FROM failures ORDER BY n"):
            new.db.execute(f"INSERT INTO failures VALUES ({marks(row)})", row)
        sql = "SELECT key, id FROM captures JOIN documents ON documents.n = captures.document ORDER BY key, document"
        for key, document in old.db.execute(sql):
            new.db.execute("INSERT INTO captures VALUES (?, ?)", (key, numbers[document]))
        for table in ("feeds", "pages"):
            for row in old.db.execute(f"SELECT * FROM {table} ORDER BY url"):
                new.db.execute(f"INSERT INTO {table} VALUES ({marks(row)})", row)
        # what was handed out under a number is known by it
        new.db.executemany("INSERT INTO numbers VALUES (?, ?, ?)", old.rows("SELECT * FROM numbers"))
