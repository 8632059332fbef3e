"""Events as they stand after a change: which cluster of claims keeps which id, what it comes to, and its versions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from casus.events import Choice, Conflict, Event, EventFigure, EventPlace, EventWhen, Report
from casus.ids import content_id
from casus.ledger.codec import claim_from, event_from, event_text
from casus.ledger.relink import Relinked, batches, marks
from casus.ledger.store import Store
from casus.linking.settle import settle
from casus.records import Claim


@dataclass(slots=True)
class Changes:
    """Ids of events that a step founded, changed, and ended."""

    founded: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def add(self, other: Changes) -> None:
        """Counts another step's changes in; an event founded and then changed counts as founded."""
        self.founded += other.founded
        known = set(self.founded) | set(self.changed)
        self.changed += [x for x in other.changed if x not in known]
        self.ended += other.ended


@dataclass(frozen=True, slots=True)
class Settling:
    """What settling needs beside claims: the choices that a person made, each with the number of its decision, by the
    number of a claim of the event that it was made of; and renamed actors."""

    choices: Mapping[int, tuple[tuple[int, Choice], ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """The change that is being made: its number, and the id of the run or decision behind it."""

    n: int
    cause: str


def write_events(
    store: Store, found: Relinked, settling: Settling, step: Step, resettle: Iterable[int] = ()
) -> Changes:
    """Writes what the relinked claims come to, and settles anew the events `resettle` (numbers) that they leave alone.

    An event keeps its id as long as its founding claim is in it. Where two meet, the older one stays, and the other
    becomes a tombstone; a cluster without a founding claim founds an event, on its earliest claim.
    """
    out = Changes()
    _note_parts(store, found)
    claims = sorted(found.parts)
    founders, before = _founders(store, claims), _members(store, claims)
    kept: dict[int, list[int]] = {}
    merged: dict[int, int] = {}
    fresh: list[list[int]] = []
    for members in found.events:
        known = sorted(founders[c] for c in members if c in founders)
        if not known:
            fresh.append(members)
            continue
        kept[known[0]] = members
        merged.update((event, known[0]) for event in known[1:])
    moved = {event for event, members in kept.items() if before.get(event) != set(members)}
    for members in fresh:
        event = _found(store, members, step)
        kept[event] = members
        moved.add(event)
    for event in sorted(moved):
        _point(store, event, kept[event])
    # an event whose claims have all gone elsewhere or were rejected
    ended = (set(before) | set(founders.values())) - set(kept)
    for event in sorted(ended):
        follows = merged[event] if event in merged else _taker(store, before[event])
        _end(store, event, follows, step, out)
    left = set(resettle) - set(kept) - ended
    for event in sorted(left):
        if store.maybe("SELECT 1 FROM claims WHERE event = ? AND active", event) is None:
            _end(store, event, None, step, out)
    _settle(store, moved | set(resettle), settling, step, out)
    return out


def _note_parts(store: Store, found: Relinked) -> None:
    claims = sorted(found.parts)
    was: dict[int, int | None] = {}
    for some in batches(claims):
        was.update(store.rows(f"SELECT n, part FROM claims WHERE n IN ({marks(some)})", *some))
    # most stay where they are, and a row that is not written costs a tenth
    moved = [(found.parts[n], n) for n in claims if was[n] != found.parts[n]]
    store.db.executemany("UPDATE claims SET part = ? WHERE n = ?", moved)


def _founders(store: Store, claims: Sequence[int]) -> dict[int, int]:
    """Claim -> the event that it founded."""
    out: dict[int, int] = {}
    for some in batches(claims):
        out.update(store.rows(f"SELECT founder, n FROM events WHERE founder IN ({marks(some)})", *some))
    return out


def _members(store: Store, claims: Sequence[int]) -> dict[int, set[int]]:
    """Event -> those of the claims that it has held so far; events of a part lie in it whole."""
    out: dict[int, set[int]] = {}
    for some in batches(claims):
        sql = f"SELECT n, event FROM claims WHERE event IS NOT NULL AND n IN ({marks(some)})"
        for n, event in store.rows(sql, *some):
            out.setdefault(event, set()).add(n)
    return out


def _taker(store: Store, claims: Iterable[int]) -> int:
    """The event in which most of these claims are now, the older of two: where the founding claim was rejected, and all
    others had founded events before."""
    some = next(batches(claims))
    sql = f"SELECT event FROM claims WHERE n IN ({marks(some)}) GROUP BY event ORDER BY count(*) DESC, event LIMIT 1"
    event: int = store.one(sql, *some)[0]
    return event


def _found(store: Store, members: Sequence[int], step: Step) -> int:
    """A new event, founded on the claim that was published first; by id where several were."""
    sql = f"""SELECT claims.n, claims.id FROM claims JOIN documents ON documents.n = claims.document
              WHERE claims.n IN ({marks(members)})
              ORDER BY coalesce(documents.published, '9999'), documents.id, json_extract(claims.record, '$.trigger[0]'),
                       claims.id"""
    found = [(n, Event.make_id(claim)) for n, claim in store.rows(sql, *members)]
    # a claim may have founded an event that was handed to another claim since
    free = (pair for pair in found if store.maybe("SELECT 1 FROM events WHERE id = ?", pair[1]) is None)
    n, id_ = next(free, (found[0][0], content_id("evt", found[0][1], step.n)))
    values = (id_, n, step.n)
    sql = """INSERT INTO events (id, founder, alive, version, step, type, status, umbrella, reports, independent,
             open_conflicts, review, record) VALUES (?, ?, 1, 0, ?, '', '', 0, 0, 0, 0, 0, '')"""
    cursor = store.db.execute(sql, values)
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _point(store: Store, event: int, members: Sequence[int]) -> None:
    sql = f"UPDATE claims SET event = ? WHERE event IS NOT ? AND n IN ({marks(members)})"
    store.db.execute(sql, (event, event, *members))


def _end(store: Store, event: int, successor: int | None, step: Step, out: Changes) -> None:
    """A tombstone: the event's claims are another's now, or none's."""
    row = store.maybe("SELECT id, version, alive FROM events WHERE n = ?", event)
    if row is None:
        return
    id_, version, alive = row
    store.db.execute("UPDATE claims SET event = NULL WHERE event = ?", (event,))
    if not alive:
        # where it points may have become a tombstone itself
        store.db.execute("UPDATE events SET successor = ? WHERE n = ?", (successor, event))
        return
    name = store.one("SELECT id FROM events WHERE n = ?", successor)[0] if successor is not None else None
    words = f"merged into {name}" if name else "no claim is left"
    sql = "UPDATE events SET alive = 0, successor = ?, version = ?, step = ? WHERE n = ?"
    store.db.execute(sql, (successor, version + 1, step.n, event))
    store.db.execute(
        "INSERT INTO versions VALUES (?, ?, ?, ?, NULL)", (event, version + 1, step.n, f"{step.cause}: {words}")
    )
    _unlist(store, event)
    out.ended.append(id_)


def _unlist(store: Store, event: int) -> None:
    store.db.execute("DELETE FROM event_sides WHERE event = ?", (event,))
    store.db.execute("DELETE FROM event_points WHERE n = ?", (event,))


def _settle(store: Store, events: set[int], settling: Settling, step: Step, out: Changes) -> None:
    for some in batches(events, 500):
        held = _claims(store, some)
        reports = _reports(store, {c.document_id for found in held.values() for _, c in found})
        sql = f"SELECT n, id, version, record, alive FROM events WHERE n IN ({marks(some)}) ORDER BY n"
        for n, id_, version, record, lives in store.rows(sql, *some):
            if n not in held:
                continue
            claims = [c for _, c in held[n]]
            choices = sorted(
                ((k, x) for m, _ in held[n] for k, x in settling.choices.get(m, ())), key=lambda found: found[0]
            )
            settled = settle(claims, reports, [x for _, x in choices], settling.names)
            made = _event(id_, version + 1, claims, settled, step)
            old = event_from(record, id_, version) if record else None
            if old is not None and lives and _bare(old) == _bare(made):
                continue
            _write(store, n, made, step, _cause(old, made, bool(lives), step))
            # one that had ended and lives again was not there before
            (out.changed if version and lives else out.founded).append(id_)


def _bare(event: Event) -> Event:
    """An event without what every version has of its own."""
    return replace(event, version=0, changed_at="")


def _event(id_: str, version: int, claims: Sequence[Claim], settled: object, step: Step) -> Event:
    values = {name: getattr(settled, name) for name in _SETTLED}
    return Event(id=id_, version=version, claims=tuple(sorted(c.id for c in claims)), changed_at=step.cause, **values)


_SETTLED = (
    "types", "mode", "status", "actors", "recipients", "place", "when", "figures", "umbrella", "reports_n",
    "publishers_n", "independent_n", "conflicts", "review",
)  # fmt: skip


def _cause(old: Event | None, new: Event, lives: bool, step: Step) -> str:
    """Why there is a new version, in words."""
    if old is None:
        return f"{step.cause}: founded"
    parts = [] if lives else ["lives again"]
    came, went = set(new.claims) - set(old.claims), set(old.claims) - set(new.claims)
    parts += [f"{len(came)} claim{'s' * (len(came) > 1)} came"] if came else []
    parts += [f"{len(went)} claim{'s' * (len(went) > 1)} went"] if went else []
    names = ("types", "mode", "status", "place", "when", "figures", "umbrella", "conflicts", "independent_n")
    moved = [name for name in names if _said(getattr(old, name)) != _said(getattr(new, name))]
    for side in ("actors", "recipients"):
        if [s.who for s in getattr(old, side)] != [s.who for s in getattr(new, side)]:
            moved.append(side)
    parts += [f"changed {', '.join(moved)}"] if moved else []
    return f"{step.cause}: {'; '.join(parts) or 'settled anew'}"


def _said(value: object) -> object:
    """A value without the claims that it rests on and the rule by which it was settled."""
    if isinstance(value, tuple):
        return tuple(_said(v) for v in value)
    if isinstance(value, EventPlace | EventWhen | EventFigure):
        return replace(value, rule="", claims=())
    if isinstance(value, Conflict):
        return value.kind, value.state, value.chosen, tuple(o.value for o in value.options)
    return value


def _write(store: Store, n: int, event: Event, step: Step, cause: str) -> None:
    """The current version and its indexes, and the version for good."""
    record = event_text(event)
    place, when = event.place, event.when
    best = {f.measure: f.best if f.best is not None else f.low for f in event.figures}
    values = (
        event.version, step.n, event.types[0], event.status, event.umbrella, _iso(when.start), _iso(when.end),
        place.iso3 if place else None, place.admin1 if place else None, place.name if place else None,
        best.get("killed"), best.get("injured"), best.get("detained"), event.reports_n, event.independent_n,
        sum(c.state == "open" for c in event.conflicts), len(event.review), record, n,
    )  # fmt: skip
    sql = """UPDATE events SET alive = 1, successor = NULL, version = ?, step = ?, type = ?, status = ?, umbrella = ?,
             first = ?, last = ?, iso3 = ?, admin1 = ?, place = ?, killed = ?, injured = ?, detained = ?, reports = ?,
             independent = ?, open_conflicts = ?, review = ?, record = ? WHERE n = ?"""
    store.db.execute(sql, values)
    store.db.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?)", (n, event.version, step.n, cause, record))
    _unlist(store, n)
    sides = {(s.who, role) for role, found in (("actor", event.actors), ("recipient", event.recipients)) for s in found}
    first = _iso(when.start) or ""
    store.db.executemany(
        "INSERT INTO event_sides VALUES (?, ?, ?, ?)",
        sorted((who, role, first, n) for who, role in sides if who is not None),
    )
    if place and place.lat is not None and place.lon is not None:
        store.db.execute(
            "INSERT INTO event_points VALUES (?, ?, ?, ?, ?)", (n, place.lat, place.lat, place.lon, place.lon)
        )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _claims(store: Store, events: Sequence[int]) -> dict[int, list[tuple[int, Claim]]]:
    """The active claims of each event, with their numbers."""
    sql = f"""SELECT claims.event, claims.n, claims.record, claims.id, documents.id, documents.text FROM claims
              JOIN documents ON documents.n = claims.document
              WHERE claims.active AND claims.event IN ({marks(events)}) ORDER BY claims.n"""
    out: dict[int, list[tuple[int, Claim]]] = {}
    for event, n, record, id_, document, text in store.db.execute(sql, events):
        out.setdefault(event, []).append((n, claim_from(record, id_, document, text)))
    return out


def _reports(store: Store, documents: Iterable[str]) -> dict[str, Report]:
    """What settling knows of each document."""
    out = {}
    found = sorted(documents)
    for at in range(0, len(found), 5_000):
        some = found[at : at + 5_000]
        sql = f"SELECT id, publisher, published, syndication, origins FROM documents WHERE id IN ({marks(some)})"
        for id_, publisher, published, syndication, origins in store.rows(sql, *some):
            day = date.fromisoformat(published) if published else None
            out[id_] = Report(id_, publisher, day, syndication, tuple(json.loads(origins)))
    return out
