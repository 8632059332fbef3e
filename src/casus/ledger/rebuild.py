"""A ledger made anew from its documents, claims and decisions, step by step, and held against the one that stands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casus.ledger.changing import Change
from casus.ledger.codec import claim_from, document_from, dumps
from casus.ledger.decisions import Kept, all_kept
from casus.ledger.relink import marks
from casus.ledger.store import Store, told
from casus.linking.score import Weights, shipped
from casus.records import Claim, Document

# what the ledger holds, in the order in which it is compared; indexes and search follow from these
_TABLES = (
    "steps", "runs", "documents", "bands", "claims", "claim_sides", "keys", "events", "event_sides", "event_points",
    "versions", "decisions", "failures", "captures", "feeds", "pages",
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
                _replay(old, Change(new, parents or {}, weights or shipped()), on_step)
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


def _replay(old: Store, change: Change, on_step: Callable[[int, int], None] | None) -> None:
    """Every step of the old ledger, in order, on the new one."""
    new = change.store
    with new.writing():
        runs = old.rows("SELECT * FROM runs ORDER BY n")
        if runs:
            new.db.executemany(f"INSERT INTO runs VALUES ({marks(runs[0])})", runs)
    decisions = {k.decision.id: k for k in all_kept(old)}
    steps = old.rows("SELECT n, kind, at, run, decision FROM steps ORDER BY n")
    for n, kind, at, run, decision in steps:
        if kind == "add":
            change.add(_documents(old, n), run, at)
        elif kind == "reread":
            sql = "SELECT documents.id FROM steps JOIN documents ON documents.n = steps.document WHERE steps.n = ?"
            (document,) = old.one(sql, n)
            change.reread(document, _claims(old, n, _document(old, document)), run, at)
        else:
            _decide(change, decisions[decision])
        if on_step is not None:
            on_step(n, len(steps))
    _copy_intake(old, new)


def _copy_intake(old: Store, new: Store) -> None:
    """What does not follow from documents: failures, which raw items are known, and what is followed."""
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


def _documents(old: Store, step: int) -> list[tuple[Document, Sequence[Claim]]]:
    ids = old.column("SELECT id FROM documents WHERE step = ? ORDER BY n", step)
    found = [_document(old, id_) for id_ in ids]
    return [(d, _claims(old, step, d)) for d in found]


def _document(old: Store, id_: str) -> Document:
    """The document as it came: its group of near-copies is found anew."""
    sql = "SELECT record, text, title, url, publisher, published FROM documents WHERE id = ?"
    record, text, title, url, publisher, published = old.one(sql, id_)
    columns = {"title": title, "url": url, "publisher": publisher, "published": published}
    return document_from(record, id_, text, columns, None)


def _claims(old: Store, step: int, document: Document) -> list[Claim]:
    sql = """SELECT claims.record, claims.id FROM claims JOIN documents ON documents.n = claims.document
             WHERE claims.step = ? AND documents.id = ? ORDER BY claims.n"""
    return [claim_from(record, id_, document.id, document.text) for record, id_ in old.rows(sql, step, document.id)]


def _decide(change: Change, kept: Kept) -> None:
    """A decision as it was written down, with all that it says."""
    d = kept.decision
    values = (
        kept.n, d.id, d.at, d.by, d.action, dumps(list(d.subjects)), dumps(list(kept.claims)), d.field, d.before,
        d.after, d.reason, d.revokes,
    )  # fmt: skip
    with change.store.writing():
        change.store.db.execute("INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        change.apply_decision(kept)
