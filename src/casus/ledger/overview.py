"""What pages show of many events at once: a page of them by cursor, sums by day and place, queues, publishers, runs.

Each function reads as of one moment and touches no more of an event than it shows, so that a ledger of a million
claims answers while a person waits.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from casus.codebook import Codebook
from casus.errors import UsageError
from casus.events import Decision, Event
from casus.ledger.codec import event_from
from casus.ledger.decisions import all_kept
from casus.ledger.ledger import Ledger
from casus.ledger.queries import ORDER, Filter, _searched, _where
from casus.ledger.relink import marks
from casus.ledger.store import Store
from casus.records import PlacePrecision

Order = Literal["latest", "earliest"]
Queue = Literal["disputed", "odd"]
_UNDATED = "9999-99-99"
# events whose records are opened for the highest count of dead: a tenth of a second
DEADLY = 3_000
# A place's precision, without taking the record apart: no precision of a date has these names but `unknown`, and in a
# text of the record the quotes would be escaped.
_PRECISE: tuple[PlacePrecision, ...] = ("exact", "near", "adm2", "adm1", "country", "region")
_PRECISION = f"""CASE {
    " ".join(f"WHEN instr(record, '{chr(34)}precision{chr(34)}:{chr(34)}{p}{chr(34)}') THEN '{p}'" for p in _PRECISE)
} ELSE 'unknown' END"""


# the most that anybody gives, of an event of which a best count is told
_HIGH = """(SELECT json_extract(value, '$.high') FROM json_each(record, '$.figures')
           WHERE json_extract(value, '$.measure') = 'killed')"""


class Totals(NamedTuple):
    """How many events are asked for, and how many reports tell them (a report that tells two counts for each)."""

    events: int
    reports: int
    dated: int


class DayCount(NamedTuple):
    """Events of a type that began on a day (ISO 8601)."""

    day: str
    type: str
    events: int


class PlaceCount(NamedTuple):
    """Events of a type at a place. `lat` and `lon` are None where only a country or a region is known; `best`
    and `high` are those killed, by the best and by the highest figures."""

    name: str
    iso3: str | None
    precision: str
    lat: float | None
    lon: float | None
    type: str
    events: int
    best: int
    high: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, and the cursors of those before and after; None where there are none."""

    events: tuple[Event, ...]
    before: str | None
    after: str | None


class PublisherCount(NamedTuple):
    """A publisher's reports (None: nobody is named), how many of them are near-copies of another's, its last day."""

    name: str | None
    reports: int
    copies: int
    first: str | None
    last: str | None


class Paper(NamedTuple):
    """A document in a list."""

    id: str
    title: str | None
    publisher: str | None
    published: str | None
    claims: int


class RunLine(NamedTuple):
    """A run: when, by which recipe, what it counted, whether it was finished."""

    id: str
    at: str
    recipe: dict[str, str]
    counts: dict[str, int]
    finished: bool
    documents: int
    failed: int


def totals(ledger: Ledger, asked: Filter) -> Totals:
    """Sums over the events that are asked for."""
    where, values = _where(asked)
    sql = f"SELECT count(*), coalesce(sum(reports), 0), count(first) FROM events WHERE {' AND '.join(where)}"
    with ledger._store.reading(), _searched(asked):
        return Totals(*ledger._store.one(sql, *values))


def by_day(ledger: Ledger, asked: Filter) -> list[DayCount]:
    """The events that are asked for by their first day and type; those without a day are left out."""
    where, values = _where(asked)
    sql = f"""SELECT first, type, count(*) FROM events WHERE {" AND ".join(where)} AND first IS NOT NULL
              GROUP BY first, type ORDER BY first, type"""
    with ledger._store.reading(), _searched(asked):
        return [DayCount(*row) for row in ledger._store.rows(sql, *values)]


def by_place(ledger: Ledger, asked: Filter) -> list[PlaceCount]:
    """The events that are asked for by place and type; those without a place are left out.

    Events of one name and point have one precision, that of the first of them. `high` is `best` where more than DEADLY
    events have a count of dead, as each of their records would have to be opened.
    """
    where, values = _where(asked)
    # the points lie in the R*Tree in single precision: five decimals are all that it holds
    group = "place, iso3, round(south, 5), round(west, 5)"
    of = f"FROM events LEFT JOIN event_points USING (n) WHERE {' AND '.join(where)} AND place IS NOT NULL"
    store = ledger._store
    with store.reading(), _searched(asked):
        rows = store.rows(
            f"SELECT {group}, type, count(*), coalesce(sum(killed), 0), sum(killed > 0), min(n) {of} "
            "GROUP BY 1, 2, 3, 4, type ORDER BY 6 DESC, 1, 2, 3, 4, type",
            *values,
        )
        first: dict[tuple[object, ...], int] = {}
        for *spot, _, _, _, _, n in rows:
            first[tuple(spot)] = min(n, first.get(tuple(spot), n))
        precise: dict[int, str] = dict(
            store.rows(
                f"SELECT n, {_PRECISION} FROM events WHERE n IN (SELECT value FROM json_each(?))",
                json.dumps(sorted(first.values())),
            )
        )
        highs: dict[tuple[object, ...], int] = {}
        if sum(deadly or 0 for *_, deadly, _ in rows) <= DEADLY:
            most = f"sum(max(killed, coalesce({_HIGH}, 0)))"
            sql = f"SELECT {group}, type, {most} {of} AND killed > 0 GROUP BY 1, 2, 3, 4, type"
            highs = {tuple(key): high for *key, high in store.rows(sql, *values)}
    return [
        PlaceCount(name, iso3, precise[first[name, iso3, lat, lon]], lat, lon, type_, n, best,
                   highs.get((name, iso3, lat, lon, type_)) or best)
        for name, iso3, lat, lon, type_, n, best, _, _ in rows
    ]  # fmt: skip


# ------------------------------------------------------------------ a page of events


def event_page(
    ledger: Ledger, asked: Filter, most: int, *, order: Order = "latest", after: str | None = None,
    before: str | None = None,
) -> Page:  # fmt: skip
    """`most` events after, or before, a cursor (`DAY.ID`), undated ones last in both orders.

    Cursors hold their place while events come and go. Raises UsageError for a cursor that is none.
    """
    back = before is not None
    cursor = _cursor(before if back else after)
    with ledger._store.reading(), _searched(asked):
        found = _keys(ledger._store, asked, most + 1, order, cursor, back=back)
        more = len(found) > most
        found = found[:most]
        if back:
            found.reverse()
        events = _events(ledger._store, [n for _, _, n in found])
    if not found:
        return Page((), None, None)
    first, last = (f"{day}.{id_}" for day, id_, _ in (found[0], found[-1]))
    earlier = more if back else cursor is not None
    later = True if back else more
    return Page(tuple(events), first if earlier else None, last if later else None)


def _cursor(text: str | None) -> tuple[str, str] | None:
    if not text:
        return None
    day, dot, id_ = text.partition(".")
    if not dot or len(day) != 10 or not id_.startswith("evt_"):
        raise UsageError(f"{text!r} is no place in a list", "go back to the first page")
    return day, id_


def _keys(
    store: Store, asked: Filter, most: int, order: Order, cursor: tuple[str, str] | None, *, back: bool
) -> list[tuple[str, str, int]]:
    """Day, id and number of the events of a page, in the direction in which one turns."""
    where, values = _where(asked)
    # the latest first: days fall, and those without one stand last, which the index has at its end
    falls = (order == "latest") != back
    stretches = [("<", falls), ("=", falls)] if order == "latest" else [("<=", falls)]
    if back:
        stretches.reverse()
    out: list[tuple[str, str, int]] = []
    for sign, down in stretches:
        tests, more = [*where, f"{ORDER} {sign} '{_UNDATED}'"], list(values)
        if cursor is not None:
            undated = cursor[0] == _UNDATED
            if order == "latest" and undated != (sign == "="):
                # the cursor lies in the other stretch: this one is either behind us, or wholly ahead
                if (sign == "=") == back:
                    continue
            else:
                tests.append(f"({ORDER}, id) {'<' if down else '>'} (?, ?)")
                more += cursor
        way = "DESC" if down else "ASC"
        sql = f"""SELECT {ORDER}, id, n FROM events WHERE {" AND ".join(tests)}
                  ORDER BY {ORDER} {way}, id {way} LIMIT ?"""
        out += store.rows(sql, *more, most - len(out))
        if len(out) >= most:
            break
    return out


def _events(store: Store, numbers: Sequence[int]) -> list[Event]:
    """The events of these numbers, in their order."""
    sql = f"SELECT n, record, id, version FROM events WHERE n IN ({marks(numbers)})"
    found = {n: event_from(*row) for n, *row in store.rows(sql, *numbers)} if numbers else {}
    return [found[n] for n in numbers if n in found]


# ------------------------------------------------------------------ two sides


def dyad_ids(ledger: Ledger, one: str, other: str) -> list[str]:
    """Ids of the events in which both take part, one on either side or together, by their first day."""
    sql = f"""SELECT id FROM events WHERE alive AND n IN (
              SELECT event FROM event_sides WHERE who = ? INTERSECT SELECT event FROM event_sides WHERE who = ?)
              ORDER BY {ORDER}, id"""
    with ledger._store.reading():
        return ledger._store.column(sql, one, other)


def sides(ledger: Ledger, most: int = 200) -> list[tuple[str, int]]:
    """Who takes part in most events, and in how many: for people to choose from."""
    sql = """SELECT who, count(DISTINCT event) AS n FROM event_sides WHERE who <> '' AND role IN ('actor', 'recipient')
             GROUP BY who ORDER BY n DESC, who LIMIT ?"""
    with ledger._store.reading():
        return [(who, n) for who, n in ledger._store.rows(sql, most)]


def pairs(ledger: Ledger, most: int = 50) -> list[tuple[str, str, int]]:
    """The pairs of sides that take part in most events together, on either side, and in how many."""
    sql = """SELECT a.who, b.who, count(DISTINCT a.event) AS n FROM event_sides a
             JOIN event_sides b ON b.event = a.event AND b.who > a.who
             WHERE a.who <> '' AND a.role IN ('actor', 'recipient') AND b.role IN ('actor', 'recipient')
             GROUP BY a.who, b.who ORDER BY n DESC, a.who, b.who LIMIT ?"""
    with ledger._store.reading():
        return [(one, other, n) for one, other, n in ledger._store.rows(sql, most)]


def answers(ledger: Ledger, event: Event, days: int = 90) -> list[Event]:
    """The events of the days after this one that its claims' reports give as an answer to it."""
    if event.when.start is None:
        return []
    # by hand: three months; an answer that comes later is told as background
    sql = f"""SELECT n FROM events WHERE alive AND {ORDER} BETWEEN ? AND date(?, ?) AND instr(record, ?) > 0
              AND id <> ? ORDER BY {ORDER}, id LIMIT 20"""
    day = event.when.start.isoformat()
    with ledger._store.reading():
        numbers = ledger._store.column(sql, day, day, f"+{days} days", f'"{event.id}"', event.id)
        return _events(ledger._store, numbers)


# ------------------------------------------------------------------ what there is to look at


def queue_sizes(ledger: Ledger) -> dict[Queue, int]:
    """How many events each queue holds."""
    sql = """SELECT coalesce(sum(open_conflicts > 0), 0), coalesce(sum(review > 0 AND open_conflicts = 0), 0)
             FROM events WHERE alive"""
    with ledger._store.reading():
        disputed, odd = ledger._store.one(sql)
    return {"disputed": disputed, "odd": odd}


def queue(ledger: Ledger, kind: Queue, most: int, offset: int = 0) -> list[Event]:
    """Events of a queue, as `asking.review` orders them."""
    test, order = {
        "disputed": ("open_conflicts > 0", "independent DESC, reports DESC"),
        "odd": ("review > 0 AND open_conflicts = 0", "reports DESC, independent DESC"),
    }[kind]
    sql = f"SELECT n FROM events WHERE alive AND {test} ORDER BY {order}, id LIMIT ? OFFSET ?"
    with ledger._store.reading():
        return _events(ledger._store, ledger._store.column(sql, most, max(offset, 0)))


def last_decisions(ledger: Ledger, most: int) -> list[tuple[Decision, bool]]:
    """The last decisions, the latest first, and whether each still stands."""
    with ledger._store.reading():
        every = [kept.decision for kept in all_kept(ledger._store)]
    revoked: set[str] = set()
    out: list[tuple[Decision, bool]] = []
    # an undo that is itself undone revokes nothing
    for decision in reversed(every):
        stands = decision.id not in revoked
        if stands and decision.revokes is not None:
            revoked.add(decision.revokes)
        if len(out) < most:
            out.append((decision, stands))
    return out


# ------------------------------------------------------------------ reports


def publishers(ledger: Ledger) -> list[PublisherCount]:
    """Every publisher, that of most reports first. The first report of each group of near-copies is no copy."""
    with ledger._store.reading():
        store = ledger._store
        groups = store.rows("SELECT syndication, n FROM documents WHERE syndication IS NOT NULL ORDER BY 1, 2")
        seen: set[str] = set()
        copies = []
        for group, n in groups:
            if group in seen:
                copies.append(n)
            seen.add(group)
        sql = "SELECT publisher, count(*) FROM documents WHERE n IN (SELECT value FROM json_each(?)) GROUP BY publisher"
        copied: dict[str | None, int] = dict(store.rows(sql, json.dumps(copies)))
        sql = """SELECT publisher, count(*) AS reports, min(published), max(published) FROM documents
                 GROUP BY publisher ORDER BY reports DESC, publisher"""
        return [PublisherCount(p, n, copied.get(p, 0), first, last) for p, n, first, last in store.rows(sql)]


def papers(ledger: Ledger, publisher: str | None, most: int, offset: int = 0) -> list[Paper]:
    """Documents of a publisher, the latest first."""
    sql = """SELECT id, title, publisher, published,
             (SELECT count(*) FROM claims WHERE claims.document = documents.n AND gone IS NULL)
             FROM documents WHERE publisher IS ? ORDER BY published DESC, id LIMIT ? OFFSET ?"""
    with ledger._store.reading():
        return [Paper(*row) for row in ledger._store.rows(sql, publisher, most, max(offset, 0))]


def runs(ledger: Ledger, most: int, offset: int = 0) -> list[RunLine]:
    """The runs, the latest first."""
    sql = """SELECT id, at, recipe, counts, finished,
             (SELECT count(*) FROM documents JOIN steps ON steps.n = documents.step WHERE steps.run = runs.id),
             (SELECT count(*) FROM failures WHERE last_run = runs.id)
             FROM runs ORDER BY n DESC LIMIT ? OFFSET ?"""
    with ledger._store.reading():
        return [
            RunLine(id_, at, json.loads(recipe), json.loads(counts), bool(finished), documents, failed)
            for id_, at, recipe, counts, finished, documents, failed in ledger._store.rows(sql, most, max(offset, 0))
        ]


def event_types() -> tuple[str, ...]:
    """The types of the codebook."""
    return tuple(Codebook.load().type_names)
