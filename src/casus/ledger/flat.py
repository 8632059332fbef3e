"""Flat rows of a ledger, streamed: what exports, panels and data frames are made of.

    with snapshot(ledger):
        for row in flat_events(ledger, Filter(country="PAK")):
            row.event_id, row.killed_best, parts(row.actor)

Rows come in a fixed order, a page at a time, and whatever is asked within one `snapshot` is of one moment. While rows
are read, this ledger cannot be written to by the same process; others can.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice

from casus.ledger.flat_build import ClaimRow, claim_row, conflict_rows, document_row, event_row
from casus.ledger.flat_columns import COLUMNS, TABLES, Column, Table, columns_of
from casus.ledger.flat_rows import (
    CHAIN,
    SEP,
    FlatClaim,
    FlatConflict,
    FlatDocument,
    FlatEvent,
    joined,
    parts,
)
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter, event_numbers
from casus.ledger.relink import marks
from casus.ledger.store import Store

__all__ = [
    "CHAIN", "COLUMNS", "SEP", "TABLES", "Column", "FlatClaim", "FlatConflict", "FlatDocument", "FlatEvent", "Table",
    "columns_of", "flat_claims", "flat_conflicts", "flat_documents", "flat_events", "flat_rows", "flat_size", "joined",
    "last_step", "parts", "snapshot",
]  # fmt: skip

# events at once: enough to make the queries cheap, few enough that their claims fit in little memory
PAGE = 500
# documents at once where their texts are asked for: each may have 5 MB
TEXTS = 50

Flat = FlatEvent | FlatClaim | FlatConflict | FlatDocument


def snapshot(ledger: Ledger) -> AbstractContextManager[None]:
    """All rows that are asked for within are of one moment, whatever others write meanwhile."""
    return ledger._store.reading()


def flat_events(ledger: Ledger, asked: Filter | None = None, *, summary: bool = True) -> Iterator[FlatEvent]:
    """The events that are asked for, by their first day, undated ones last. `summary`: with the
    line for people, which takes as long as all the rest."""
    with ledger._store.reading():
        for some in pages(event_numbers(ledger._store, asked or Filter()), PAGE):
            for id_, version, record in _events(ledger._store, some):
                yield event_row(id_, version, record, summary=summary)


def flat_conflicts(ledger: Ledger, asked: Filter | None = None) -> Iterator[FlatConflict]:
    """The contradictions of the events that are asked for, a row an option, in the order of these events."""
    with ledger._store.reading():
        for some in pages(event_numbers(ledger._store, asked or Filter()), PAGE):
            for id_, _, record in _events(ledger._store, some):
                yield from conflict_rows(id_, record)


def flat_claims(ledger: Ledger, asked: Filter | None = None) -> Iterator[FlatClaim]:
    """The claims of the events that are asked for, in the order of these events and then by publication; where
    nothing is asked for, those that a person rejected stand last."""
    with ledger._store.reading():
        for some in pages(event_numbers(ledger._store, asked or Filter()), PAGE):
            order = {id_: at for at, (id_, _, _) in enumerate(_events(ledger._store, some))}
            found = _claims(ledger._store, f"claims.active AND claims.event IN ({marks(some)})", some)
            # a claim that counts is in an event
            yield from sorted(found, key=lambda c: (order[c.event_id or ""], *_by_publication(c)))
        if everything(asked):
            yield from sorted(_claims(ledger._store, REJECTED, ()), key=_by_publication)


def flat_documents(ledger: Ledger, asked: Filter | None = None, *, with_text: bool = False) -> Iterator[FlatDocument]:
    """The documents of which claims are in the events that are asked for, by their day; where nothing is asked for,
    all. Their text only `with_text`."""
    store = ledger._store
    with store.reading():
        for some in pages(document_numbers(store, asked), TEXTS if with_text else PAGE):
            sql = f"""SELECT n, id, title, url, publisher, published, syndication, record,
                      (SELECT count(*) FROM claims WHERE document = documents.n AND gone IS NULL),
                      {"text" if with_text else "NULL"} FROM documents WHERE n IN ({marks(some)})"""
            found = {n: row for n, *row in store.rows(sql, *some)}
            for n in some:
                yield document_row(tuple(found[n]))


def flat_rows(
    ledger: Ledger, table: Table, asked: Filter | None = None, *, summary: bool = True, with_text: bool = False
) -> Iterator[Flat]:
    """The rows of the table of that name."""
    if table == "events":
        return flat_events(ledger, asked, summary=summary)
    if table == "claims":
        return flat_claims(ledger, asked)
    if table == "conflicts":
        return flat_conflicts(ledger, asked)
    return flat_documents(ledger, asked, with_text=with_text)


def flat_size(ledger: Ledger, table: Table, asked: Filter | None = None) -> int:
    """How many rows that table has of what is asked for."""
    store = ledger._store
    with store.reading():
        if table == "documents":
            return len(document_numbers(store, asked))
        events = event_numbers(store, asked or Filter())
        if table == "events":
            return len(events)
        if table == "conflicts":
            return sum(1 for _ in flat_conflicts(ledger, asked))
        held = "SELECT count(*) FROM claims WHERE active AND event IN"
        found: int = sum(store.one(f"{held} ({marks(some)})", *some)[0] for some in pages(events, PAGE))
        if everything(asked):
            found += store.one(f"SELECT count(*) FROM claims WHERE {REJECTED}")[0]
        return found


def last_step(ledger: Ledger) -> tuple[int, str]:
    """The number of the last step of the ledger and its time (ISO 8601, UTC): which state of it this is."""
    with ledger._store.reading():
        n, at = ledger._store.maybe("SELECT n, at FROM steps ORDER BY n DESC LIMIT 1") or (0, "")
        return n, at


def everything(asked: Filter | None) -> bool:
    """Whether nothing is asked for, so that all is meant."""
    return asked is None or asked == Filter()


def pages(numbers: Iterable[int], size: int) -> Iterator[list[int]]:
    """The numbers, so many at once."""
    left = iter(numbers)
    while some := list(islice(left, size)):
        yield some


def _events(store: Store, numbers: list[int]) -> Iterator[tuple[str, int, str]]:
    """Id, version and record of the events of these numbers, in their order."""
    sql = f"SELECT n, id, version, record FROM events WHERE n IN ({marks(numbers)})"
    found = {n: (id_, version, record) for n, id_, version, record in store.rows(sql, *numbers)}
    return (found[n] for n in numbers)


REJECTED = "claims.event IS NULL AND claims.gone IS NULL AND NOT claims.active"


def _claims(store: Store, where: str, values: Iterable[object]) -> Iterator[FlatClaim]:
    """The claims that fit, in no order. Texts come one at a time, and no more than their quotes is kept."""
    sql = f"""SELECT claims.id, events.id, claims.active, claims.record, documents.id, documents.publisher,
              documents.published, documents.url, documents.title, documents.record, documents.text
              FROM claims JOIN documents ON documents.n = claims.document LEFT JOIN events ON events.n = claims.event
              WHERE {where}"""
    row: ClaimRow
    for row in store.db.execute(sql, tuple(values)):
        yield claim_row(row)


def _by_publication(claim: FlatClaim) -> tuple[str, str, int, str]:
    day = claim.published.isoformat() if claim.published else "9999"
    return day, claim.document_id, claim.start, claim.claim_id


def document_numbers(store: Store, asked: Filter | None) -> array[int]:
    """The numbers of the documents that `flat_documents` gives, in order."""
    order = "SELECT n FROM documents ORDER BY coalesce(published, '9999'), id"
    every = (n for (n,) in store.db.execute(order))
    if everything(asked):
        return array("q", every)
    meant: set[int] = set()
    for some in pages(event_numbers(store, asked or Filter()), PAGE):
        meant.update(store.column(f"SELECT document FROM claims WHERE active AND event IN ({marks(some)})", *some))
    return array("q", (n for n in every if n in meant))
