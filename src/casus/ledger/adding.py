"""New documents and claims into the ledger, and what they move: near-copies, blocks, rows, anchors of events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from casus.errors import UnknownError
from casus.events import Event, Report
from casus.intake.copies import bands, regroup, same_text, signature
from casus.intake.credits import origins
from casus.ledger.codec import claim_from, claim_text, document_from, document_text, dumps
from casus.ledger.relink import Shift, batches, drop_keys, keys_of, load, marks, put_keys
from casus.ledger.store import Store
from casus.linking.columns import make_rows
from casus.linking.link import block_keys
from casus.records import Claim, Document


@dataclass(frozen=True, slots=True)
class Kin:
    """Who is part of whom, by usual name, for linking; and what a person renamed."""

    parents: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Moved:
    """What a change has moved so far: claims that came or changed, claims whose blocks changed, events to settle."""

    fresh: set[int] = field(default_factory=set)
    blocks: set[int] = field(default_factory=set)
    events: set[int] = field(default_factory=set)

    def shift(self, shift: Shift) -> None:
        """Counts in what a change of blocks does to the claims that were there."""
        self.blocks |= shift.parts
        # what loses pairs may have listened to one of them
        self.fresh |= shift.anew | shift.parts


def known(store: Store, ids: Iterable[str]) -> set[str]:
    """Those of the documents that the ledger holds."""
    found = sorted(set(ids))
    out: set[str] = set()
    for at in range(0, len(found), 5_000):
        some = found[at : at + 5_000]
        out.update(store.column(f"SELECT id FROM documents WHERE id IN ({marks(some)})", *some))
    return out


def add_documents(
    store: Store, found: Sequence[tuple[Document, Sequence[Claim]]], step: int, kin: Kin, moved: Moved
) -> None:
    """Writes documents that are not known yet, with their claims."""
    numbers = [_add_document(store, document, step) for document, _ in found]
    moved.events |= _copies(store, numbers)
    add_claims(store, found, step, kin, moved)


def _add_document(store: Store, document: Document, step: int) -> int:
    made = signature(document)
    published = document.published.isoformat() if document.published else None
    sql = """INSERT INTO documents (id, step, publisher, published, title, url, text, record, signature, origins)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
    values = (
        document.id, step, document.publisher, published, document.title, document.url, document.text,
        document_text(document), made, dumps(list(origins(document, None))),
    )  # fmt: skip
    n = store.db.execute(sql, values).lastrowid
    assert n is not None
    store.db.executemany("INSERT INTO bands VALUES (?, ?)", sorted({(band, n) for band in bands(made)}))
    words = "INSERT INTO document_words (rowid, title, text) VALUES (?, ?, ?)"
    store.db.execute(words, (n, document.title or "", document.text))
    return n


def _copies(store: Store, documents: Sequence[int]) -> set[int]:
    """Groups of near-copies that these documents belong to, written; gives the events whose voices this changes."""
    near = _near(store, documents)
    if not near:
        return set()
    group = near | _grouped_with(store, near)
    sql = "SELECT id, signature, syndication FROM documents WHERE n IN ({}) ORDER BY n"
    rows = [row for some in batches(group) for row in store.rows(sql.format(marks(some)), *some)]
    now = regroup({id_: made for id_, made, _ in rows})
    changed = [id_ for id_, _, before in rows if now.get(id_) != before]
    for id_ in changed:
        document = load_document(store, id_)
        voices = dumps(list(origins(document, now.get(id_))))
        store.db.execute("UPDATE documents SET syndication = ?, origins = ? WHERE id = ?", (now.get(id_), voices, id_))
    return _events_in(store, changed)


def _near(store: Store, documents: Sequence[int]) -> set[int]:
    """The documents and their near-copies, where they have any."""
    out: set[int] = set()
    for n in documents:
        (made,) = store.one("SELECT signature FROM documents WHERE n = ?", n)
        keys = sorted(set(bands(made)))
        sql = f"""SELECT DISTINCT documents.n, documents.signature FROM documents
                  JOIN bands ON bands.document = documents.n
                  WHERE bands.band IN ({marks(keys)}) AND bands.document <> ?"""
        found = [other for other, theirs in store.rows(sql, *keys, n) if same_text(made, theirs)]
        if found:
            out.update(found, [n])
    return out


def _grouped_with(store: Store, documents: Iterable[int]) -> set[int]:
    sql = """SELECT n FROM documents WHERE syndication IN
             (SELECT syndication FROM documents WHERE n IN ({}) AND syndication IS NOT NULL)"""
    return {n for some in batches(documents) for n in store.column(sql.format(marks(some)), *some)}


def _events_in(store: Store, documents: Iterable[str]) -> set[int]:
    sql = """SELECT DISTINCT claims.event FROM claims JOIN documents ON documents.n = claims.document
             WHERE documents.id = ? AND claims.event IS NOT NULL"""
    return {event for id_ in documents for event in store.column(sql, id_)}


def load_document(store: Store, id_: str) -> Document:
    """The document of that id, as it was added. Raises UnknownError."""
    sql = "SELECT record, text, title, url, publisher, published, syndication FROM documents WHERE id = ?"
    row = store.maybe(sql, id_)
    if row is None:
        raise UnknownError(f"there is no document {id_!r}")
    record, text, title, url, publisher, published, syndication = row
    columns = {"title": title, "url": url, "publisher": publisher, "published": published}
    return document_from(record, id_, text, columns, syndication)


def add_claims(
    store: Store, found: Sequence[tuple[Document, Sequence[Claim]]], step: int, kin: Kin, moved: Moved
) -> list[int]:
    """Writes claims of documents that the ledger holds, and files them under their keys; their numbers, in order."""
    claims = [claim for _, made in found for claim in made]
    reports = {d.id: Report(d.id, d.publisher, d.published) for d, _ in found}
    numbers = {d.id: store.one("SELECT n FROM documents WHERE id = ?", d.id)[0] for d, _ in found}
    rows = make_rows(claims, reports, parents=kin.parents, names=kin.names)
    out = []
    for claim, row in zip(claims, rows, strict=True):
        sql = "INSERT INTO claims (id, document, step, record, columns) VALUES (?, ?, ?, ?, ?)"
        values = (claim.id, numbers[claim.document_id], step, claim_text(claim), row.tobytes())
        n = store.db.execute(sql, values).lastrowid
        assert n is not None
        out.append(n)
        sides = {p.who for p in (*claim.actors, *claim.recipients) if p.who}
        store.db.executemany("INSERT INTO claim_sides VALUES (?, ?)", sorted((who, n) for who in sides))
        store.db.execute("INSERT INTO claim_words (rowid, sentence) VALUES (?, ?)", (n, claim.sentence.exact))
    orders = dict(zip(out, rows["order"].tolist(), strict=True))
    moved.shift(put_keys(store, dict(zip(out, block_keys(rows), strict=True)), orders))
    moved.fresh |= set(out)
    return out


def withdraw(store: Store, claims: Iterable[int], moved: Moved) -> None:
    """Takes claims out of linking; the parts that they lay in are to be linked anew."""
    some = sorted(claims)
    loaded = load(store, some)
    orders = dict(zip(loaded.numbers.tolist(), loaded.rows["order"].tolist(), strict=True))
    moved.shift(drop_keys(store, orders, keys_of(store, orders), orders))
    for n in some:
        part, event = store.one("SELECT part, event FROM claims WHERE n = ?", n)
        moved.blocks.update(store.column("SELECT n FROM claims WHERE part = ? AND active AND n <> ?", part, n))
        if event is not None:
            moved.events.add(event)
        # who listened to it listens anew
        moved.fresh.update(store.column("SELECT n FROM claims WHERE loudest = ? AND active", n))
        sql = "UPDATE claims SET active = 0, event = NULL, part = NULL, loudest = NULL, loud = NULL WHERE n = ?"
        store.db.execute(sql, (n,))
    moved.blocks -= set(some)
    moved.fresh -= set(some)
    store.db.executemany("UPDATE claims SET loudest = NULL, loud = NULL WHERE loudest = ?", [(n,) for n in some])
    _anchor(store, some)


def restore(store: Store, claims: Iterable[int], moved: Moved) -> None:
    """Puts claims back into linking."""
    some = sorted(claims)
    store.db.executemany("UPDATE claims SET active = 1 WHERE n = ? AND gone IS NULL", [(n,) for n in some])
    loaded = load(store, some)
    orders = dict(zip(loaded.numbers.tolist(), loaded.rows["order"].tolist(), strict=True))
    moved.shift(put_keys(store, keys_of(store, orders), orders))
    moved.fresh |= set(orders)
    claim_back(store, some, moved)


def claim_back(store: Store, claims: Iterable[int], moved: Moved, *, ended: bool = False) -> None:
    """An event whose founding claim comes back follows that again; with `ended`, only one that nothing else keeps."""
    for n in claims:
        id_ = Event.make_id(store.one("SELECT id FROM claims WHERE n = ?", n)[0])
        sql = "SELECT events.n, alive OR active FROM events JOIN claims ON claims.n = founder WHERE events.id = ?"
        event = store.maybe(sql, id_)
        if event is None or (ended and event[1]) or store.maybe("SELECT 1 FROM events WHERE founder = ?", n):
            continue
        store.db.execute("UPDATE events SET founder = ? WHERE n = ?", (n, event[0]))
        moved.blocks.update(store.column("SELECT n FROM claims WHERE event = ? AND active", event[0]))


def _anchor(store: Store, claims: Iterable[int]) -> None:
    """Hands the id of an event whose founding claim has gone to the earliest claim that is left of it."""
    for n in claims:
        row = store.maybe("SELECT n FROM events WHERE founder = ? AND alive", n)
        if row is None:
            continue
        sql = """SELECT claims.n FROM claims JOIN documents ON documents.n = claims.document
                 WHERE claims.event = ? AND claims.active AND NOT EXISTS
                       (SELECT 1 FROM events WHERE events.founder = claims.n)
                 ORDER BY coalesce(documents.published, '9999'), documents.id, claims.id LIMIT 1"""
        heir = store.maybe(sql, row[0])
        if heir is not None:
            store.db.execute("UPDATE events SET founder = ? WHERE n = ?", (heir[0], row[0]))


def rename_rows(store: Store, names: Iterable[str], kin: Kin, moved: Moved) -> None:
    """Makes the rows of all claims anew that name one of these actors, whose names have changed."""
    found: set[int] = set()
    for who in names:
        found.update(store.column("SELECT claim FROM claim_sides WHERE who = ?", who))
    active = load(store, found)
    numbers = active.numbers.tolist()
    orders = dict(zip(numbers, active.rows["order"].tolist(), strict=True))
    moved.shift(drop_keys(store, orders, keys_of(store, orders), orders))
    # rejected ones, too: they may come back
    for n in _of_today(store, found):
        sql = """SELECT claims.record, claims.id, documents.id, documents.text, documents.publisher,
                 documents.published, claims.event
                 FROM claims JOIN documents ON documents.n = claims.document WHERE claims.n = ?"""
        record, id_, document, text, publisher, published, event = store.one(sql, n)
        claim = claim_from(record, id_, document, text)
        day = None if published is None else date.fromisoformat(published)
        (row,) = make_rows([claim], {document: Report(document, publisher, day)}, parents=kin.parents, names=kin.names)
        store.db.execute("UPDATE claims SET columns = ? WHERE n = ?", (row.tobytes(), n))
        if event is not None:
            moved.events.add(event)
    moved.shift(put_keys(store, keys_of(store, orders), orders))
    moved.fresh |= set(numbers)


def _of_today(store: Store, claims: Iterable[int]) -> list[int]:
    """Those of the claims that no newer reading has replaced."""
    sql = "SELECT n FROM claims WHERE gone IS NULL AND n IN ({}) ORDER BY n"
    return [n for some in batches(claims) for n in store.column(sql.format(marks(some)), *some)]
