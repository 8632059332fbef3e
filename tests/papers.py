"""Papers that tell deeds in plain sentences, ledgers filled with them, and what must hold of a ledger at any time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from casus.events import Event, Report
from casus.ledger import relink, why
from casus.ledger.decisions import in_force
from casus.ledger.ledger import Ledger
from casus.ledger.queries import claims_of
from casus.ledger.store import Store
from casus.linking import block
from casus.linking.cluster import Constraints
from casus.linking.columns import ROW, make_rows
from casus.linking.features import NAMES
from casus.linking.link import block_keys, link
from casus.linking.score import Weights
from casus.records import Claim, Document, Figure, Participant, Place, Span, Status, When
from tests.telling import PANJGUR

Town = tuple[str, str, str, float, float]
Paper = tuple[Document, list[Claim]]

AT = "2024-02-01T00:00:00+00:00"
# made by hand, so that what is tested does not move with every fit: same day and place speak for, all else against
WEIGHTS = Weights(
    -2.5,
    tuple(
        {
            "same type": 1.0, "other type": -3.0, "same day": 1.5, "days overlap": 1.0, "a day apart": 0.5,
            "days apart": -1.5, "day implied": 0.8, "date unknown": -0.3, "same place": 1.5, "near": 1.0, "far": -1.5,
            "other country": -4.0, "place unknown": -0.2, "same actor": 1.0, "other actor": -1.0, "same recipient": 0.7,
            "other recipient": -0.8, "same killed": 0.8, "other killed": -0.9, "one is a sum": -3.0,
        }.get(name, 0.0)
        for name in NAMES
    ),
)  # fmt: skip


# long enough to tell a copy by
LONG = (
    "Residents of the border town woke to the sound of jets before dawn and ran into the fields with their children "
    "while shopkeepers pulled down their shutters and the road to the market stayed empty until noon"
)


@dataclass(frozen=True, slots=True)
class Deed:
    """What a sentence of a paper tells."""

    day: str | None = "2024-01-16"
    town: Town | None = PANJGUR
    by: str | None = "IRN"
    to: str | None = "PAK"
    killed: int | None = None
    until: str | None = None
    vague: bool = False  # some day within these, and not all of them
    type: str = "ASSAULT"
    mode: str | None = None
    status: Status = "happened"
    aggregate: bool = False
    background: bool = False
    word: str = "struck"


def paper(
    id: str,
    *deeds: Deed,
    published: str | None = "2024-01-17",
    publisher: str | None = "",
    lead: str = "News.",
    reader: str = "hand",
) -> Paper:
    """A document that tells these deeds, a sentence each, and its claims; its publisher is named after it."""
    sentences = [_sentence(deed) for deed in deeds]
    text = " ".join([lead, *sentences])
    day = date.fromisoformat(published) if published else None
    document = Document.of(text, id=id, publisher=f"Paper {id}" if publisher == "" else publisher, published=day)
    at, claims = len(lead) + 1, []
    for deed, sentence in zip(deeds, sentences, strict=True):
        claims.append(replace(_claim(document, deed, at, len(sentence)), reader=reader))
        at += len(sentence) + 1
    return document, claims


def _sentence(deed: Deed) -> str:
    town = f" in {deed.town[0]}" if deed.town else ""
    day = f" on {deed.day}" if deed.day else ""
    killed = f", {deed.killed} dead" if deed.killed is not None else ""
    return f"{deed.by or 'They'} {deed.word} {deed.to or 'others'}{town}{day}{killed}."


def _claim(document: Document, deed: Deed, at: int, length: int) -> Claim:
    text = document.text

    def span(words: str) -> Span:
        start = text.index(words, at, at + length)
        return Span.cut(text, start, start + len(words))

    trigger = span(deed.word)
    start = date.fromisoformat(deed.day) if deed.day else None
    end = date.fromisoformat(deed.until) if deed.until else start
    return Claim(
        id=Claim.make_id(document.id, trigger, deed.type, deed.status),
        document_id=document.id,
        sentence=Span.cut(text, at, at + length),
        trigger=trigger,
        type=deed.type,
        mode=deed.mode,
        status=deed.status,
        actors=(Participant(span(deed.by), deed.by, deed.by, "MIL"),) if deed.by else (),
        recipients=(Participant(span(deed.to), deed.to, deed.to, "CVL"),) if deed.to else (),
        place=_place(deed.town, span(deed.town[0])) if deed.town else None,
        when=When(start, end, "month" if deed.vague else "day" if start == end else "range", "stated")
        if start
        else When(),
        figures=() if deed.killed is None else (Figure("killed", deed.killed, deed.killed, span(str(deed.killed))),),
        aggregate=deed.aggregate,
        background=deed.background,
        confidence=0.9,
    )


def _place(town: Town, span: Span) -> Place:
    name, iso3, admin1, lat, lon = town
    return Place(span, name, f"id of {name}", admin1, iso3, lat, lon, "exact")


def on(document: Document, claim: Claim, start: int, end: int) -> Claim:
    """The same deed with another trigger."""
    trigger = Span.cut(document.text, start, end)
    return replace(claim, trigger=trigger, id=Claim.make_id(document.id, trigger, claim.type, claim.status))


def shifted(document: Document, claim: Claim) -> Claim:
    """The same deed with a longer trigger, as a newer model may read it."""
    return on(document, claim, claim.trigger.start, claim.trigger.end + 4)


def opened(path: Path | str = ":memory:", *, weights: Weights = WEIGHTS) -> Ledger:
    """A ledger, by default in memory alone."""
    return Ledger.open(path, create=True, weights=weights)


def filled(*papers: Paper, batch: int = 100) -> Ledger:
    """A ledger in memory to which these papers were added."""
    made = opened()
    for at in range(0, len(papers), batch):
        made.add(papers[at : at + batch], "run", at=AT)
    return made


@contextmanager
def small_blocks(large: int = 4, pivots: int = 2) -> Iterator[None]:
    """Blocks that are large from a handful of claims on."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (block, relink, why):
            patch.setattr(module, "LARGE", large)
            patch.setattr(module, "PIVOTS", pivots)
        yield


def plain(event: Event) -> Event:
    """An event without what hangs on the order of adding: id, version and cause."""
    return replace(event, id="", version=0, changed_at="")


def happened(ledger: Ledger) -> set[Event]:
    """What the ledger holds to have happened."""
    return {plain(e) for e in ledger.events()}


def by_id(ledger: Ledger) -> dict[str, Event]:
    """The same by id."""
    return {e.id: plain(e) for e in ledger.events()}


def groups(ledger: Ledger) -> set[frozenset[str]]:
    """The claims of each event."""
    return {frozenset(e.claims) for e in ledger.events()}


def event_with(ledger: Ledger, made: Paper, n: int = 0) -> Event:
    """The event that holds a claim of the paper."""
    found = ledger.event_of(made[1][n].id)
    assert found is not None
    return found


def ids_of(*papers: Paper) -> list[str]:
    """The ids of their claims."""
    return [claim.id for _, claims in papers for claim in claims]


def store_of(ledger: Ledger) -> Store:
    """The file under a ledger."""
    return ledger._store


# ------------------------------------------------------------------ what must hold


def check(ledger: Ledger) -> None:
    """What must hold of a ledger whatever was done to it: claims and events agree, and linking all of it anew gives
    the same events."""
    store = store_of(ledger)
    active: dict[int, int] = dict(store.rows("SELECT n, event FROM claims WHERE active"))
    assert not store.rows("SELECT 1 FROM claims WHERE active AND gone IS NOT NULL")
    assert not store.rows("SELECT 1 FROM claims WHERE NOT active AND (event IS NOT NULL OR part IS NOT NULL)")
    _check_events(ledger, active)
    _check_ended(ledger)
    _check_index(ledger)
    _check_linking(ledger, active)


def _check_events(ledger: Ledger, active: Mapping[int, int]) -> None:
    """Each active claim is in one living event, whose record names it."""
    store = store_of(ledger)
    ids: dict[int, str] = dict(store.rows("SELECT n, id FROM claims WHERE active"))
    held: dict[int, set[str]] = {}
    for n, event in active.items():
        held.setdefault(event, set()).add(ids[n])
    alive: dict[int, str] = dict(store.rows("SELECT n, id FROM events WHERE alive"))
    assert set(held) == set(alive)
    for n, id_ in alive.items():
        found = ledger.event(id_)
        assert (found.id, set(found.claims)) == (id_, held[n])
        assert store.one("SELECT active FROM claims JOIN events ON founder = claims.n WHERE events.n = ?", n)[0]
        last = store.one("SELECT version, record FROM versions WHERE event = ? ORDER BY version DESC LIMIT 1", n)
        assert last == store.one("SELECT version, record FROM events WHERE n = ?", n)


def _check_ended(ledger: Ledger) -> None:
    """An ended event leads to where its claims are; only where none of them stands, to nothing."""
    store = store_of(ledger)
    follows: dict[int, int | None] = dict(store.rows("SELECT n, successor FROM events WHERE NOT alive"))
    for n in follows:
        at, seen = n, set[int]()
        while (then := follows.get(at)) is not None:
            assert at not in seen, "tombstones in a circle"
            seen.add(at)
            at = then
        if at in follows:
            sql = """SELECT json_extract(record, '$.claims') FROM versions WHERE event = ? AND record > ''
                     ORDER BY version DESC"""
            (last,) = store.one(sql, n)
            sql = """SELECT 1 FROM claims WHERE active AND id IN (SELECT value FROM json_each(?))
                     AND step <= (SELECT step FROM events WHERE n = ?)"""
            assert not store.column(sql, last, n), "a tombstone that leads nowhere, though its claims stand"


def _check_index(ledger: Ledger) -> None:
    """The rows, keys, sides and points that are kept are those of the claims and events of today."""
    store = store_of(ledger)
    names, reports, keys = in_force(store).names, _reports(store), set()
    for n, columns, active in store.rows("SELECT n, columns, active FROM claims WHERE gone IS NULL"):
        made = make_rows(claims_of(store, [n]), reports, names=names)
        assert made.tobytes() == columns, "a row of linking is not that of its claim"
        if active:
            keys |= {(key, int(made[0]["order"]), n) for found in block_keys(made) for key in found}
    assert keys == set(store.rows("SELECT key, place, claim FROM keys"))
    sides = {(e.id, s.who) for e in ledger.events() for s in (*e.actors, *e.recipients) if s.who}
    assert sides == set(store.rows("SELECT id, who FROM event_sides JOIN events ON event = events.n"))
    placed = {e.id for e in ledger.events() if e.place and e.place.lat is not None}
    assert placed == set(store.column("SELECT id FROM event_points JOIN events USING (n)"))


def _check_linking(ledger: Ledger, active: Mapping[int, int]) -> None:
    """The events are those that all claims come to when they are linked anew, under what stands decided."""
    store = store_of(ledger)
    numbers = sorted(active)
    rows = np.frombuffer(b"".join(_columns(store, numbers)), dtype=ROW)
    at = {n: i for i, n in enumerate(numbers)}
    kept = in_force(store).standing
    inside = [{(at[a], at[b]) for a, b in pairs if a in at and b in at} for pairs in (kept.together, kept.apart)]
    anew = link(rows, ledger._weights, Constraints(frozenset(inside[0]), frozenset(inside[1])))
    events: dict[int, set[int]] = {}
    for n, event in active.items():
        events.setdefault(event, set()).add(at[n])
    assert {frozenset(e) for e in anew} == {frozenset(e) for e in events.values()}


def _columns(store: Store, numbers: Sequence[int]) -> list[bytes]:
    return [store.one("SELECT columns FROM claims WHERE n = ?", n)[0] for n in numbers]


def _reports(store: Store) -> dict[str, Report]:
    found = store.rows("SELECT id, publisher, published FROM documents")
    return {i: Report(i, name, date.fromisoformat(day) if day else None) for i, name, day in found}
