"""Records of a ledger, streamed in the order of its flat rows: a page at a time, however many there are.

A stream is of one moment, and while it is read this ledger cannot be written to by the same process. Pages are of one
moment each: between two of them it can, and what has ended by then is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from casus.events import Event
from casus.ledger.adding import load_document
from casus.ledger.codec import event_from
from casus.ledger.flat import REJECTED, TEXTS, document_numbers, everything, pages
from casus.ledger.ledger import Ledger
from casus.ledger.queries import PAGE as EVENTS
from casus.ledger.queries import Filter, claims_of, event_numbers, find_events
from casus.ledger.relink import marks
from casus.ledger.store import Store
from casus.records import Claim, Document

# events whose claims, with their documents, are held at once
PAGE = 100
# a claim with its document, and the id of its event; None of one that a person rejected
Told = tuple[Document, Claim, str | None]
_REJECTED = f"""SELECT claims.n FROM claims JOIN documents ON documents.n = claims.document WHERE {REJECTED}
                ORDER BY coalesce(documents.published, '9999'), documents.id,
                json_extract(claims.record, '$.trigger[0]'), claims.id"""


def event_stream(ledger: Ledger, asked: Filter | None = None) -> Iterator[Event]:
    """The events that are asked for, as `flat_events` has them."""
    with ledger._store.reading():
        yield from find_events(ledger._store, asked or Filter())


def claim_stream(ledger: Ledger, asked: Filter | None = None) -> Iterator[Told]:
    """Claims with their documents and the ids of their events, None for one that a person rejected; as `flat_claims`
    has them."""
    store = ledger._store
    with store.reading():
        for some in pages(event_numbers(store, asked or Filter()), PAGE):
            yield from _of_events(store, some)
        if everything(asked):
            for some in pages(store.column(_REJECTED), PAGE):
                yield from ((document, claim, None) for document, claim in _with_documents(store, some))


def _of_events(store: Store, events: Sequence[int]) -> Iterator[Told]:
    """The claims of these events, event by event, and by publication within."""
    sql = f"""SELECT claims.n, claims.id, claims.event, events.id FROM claims JOIN events ON events.n = claims.event
              WHERE claims.active AND claims.event IN ({marks(events)})"""
    place = {event: at for at, event in enumerate(events)}
    rows = store.rows(sql, *events)
    held = {claim: (place[event], id_) for _, claim, event, id_ in rows}
    found = _with_documents(store, [n for n, *_ in rows])
    # the claims are in order of publication, and stay so within an event
    for document, claim in sorted(found, key=lambda pair: held[pair[1].id][0]):
        yield document, claim, held[claim.id][1]


def _with_documents(store: Store, numbers: Sequence[int]) -> list[tuple[Document, Claim]]:
    claims = claims_of(store, numbers)
    documents = {id_: load_document(store, id_) for id_ in sorted({c.document_id for c in claims})}
    return [(documents[c.document_id], c) for c in claims]


def document_stream(ledger: Ledger, asked: Filter | None = None) -> Iterator[Document]:
    """The documents with their texts, as `flat_documents` has them."""
    with ledger._store.reading():
        for n in document_numbers(ledger._store, asked):
            yield load_document(ledger._store, ledger._store.one("SELECT id FROM documents WHERE n = ?", n)[0])


# ------------------------------------------------------------------ pages


def event_pages(ledger: Ledger, asked: Filter | None = None) -> Iterator[list[Event]]:
    """The events that are asked for, some at a time."""
    store = ledger._store
    with store.reading():
        numbers = event_numbers(store, asked or Filter())
    for some in pages(numbers, EVENTS):
        sql = f"SELECT n, record, id, version FROM events WHERE alive AND n IN ({marks(some)})"
        with store.reading():
            found = {n: event_from(record, id_, version) for n, record, id_, version in store.rows(sql, *some)}
        yield [found[n] for n in some if n in found]


def claim_pages(ledger: Ledger, asked: Filter | None = None) -> Iterator[list[Told]]:
    """Claims with their documents and the ids of their events, some at a time."""
    store = ledger._store
    with store.reading():
        numbers = event_numbers(store, asked or Filter())
        rejected = store.column(_REJECTED) if everything(asked) else []
    for some in pages(numbers, PAGE):
        with store.reading():
            found = list(_of_events(store, some))
        yield found
    for some in pages(rejected, PAGE):
        with store.reading():
            pairs = _with_documents(store, some)
        yield [(document, claim, None) for document, claim in pairs]


def document_pages(ledger: Ledger, asked: Filter | None = None) -> Iterator[list[Document]]:
    """Documents with their texts, some at a time."""
    store = ledger._store
    with store.reading():
        numbers = document_numbers(store, asked)
    for some in pages(numbers, TEXTS):
        with store.reading():
            ids: dict[int, str] = dict(store.rows(f"SELECT n, id FROM documents WHERE n IN ({marks(some)})", *some))
            found = [load_document(store, ids[n]) for n in some]
        yield found


def claims_named(ledger: Ledger, ids: Sequence[str]) -> list[Claim]:
    """The claims of these whole ids by publication, those of an older reading among them."""
    store = ledger._store
    given = "SELECT value FROM json_each(?)"
    with store.reading():
        found: dict[str, int] = dict(
            store.rows(f"SELECT id, n FROM claims WHERE gone IS NULL AND id IN ({given})", json.dumps(ids))
        )
        lost = [id_ for id_ in ids if id_ not in found]
        if lost:  # no index holds those, as hardly anybody asks for them
            sql = f"SELECT id, max(n) FROM claims WHERE id IN ({given}) GROUP BY id"
            found.update(store.rows(sql, json.dumps(lost)))
        return claims_of(store, list(found.values()))
