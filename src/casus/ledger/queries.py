"""Questions to a ledger: events by time, place, sides, type, harm and words; claims, documents and ids by prefix."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import merge
from itertools import islice

from casus.errors import UnknownError, UsageError
from casus.events import Event
from casus.ledger.adding import load_document
from casus.ledger.codec import claim_from, event_from
from casus.ledger.relink import marks
from casus.ledger.store import Row, Store
from casus.records import Claim, Document

# degrees of latitude to a kilometre, and what a box of a search is widened by so that rounding loses nothing
KM_PER_DEGREE = 111.2
# as the migration has them, so that SQLite finds its indexes; undated events stand last
UNDATED = "9999-99-99"
ORDER = f"coalesce(first, '{UNDATED}')"
SPAN = "coalesce(julianday(last) - julianday(first), 0)"
LONG_DAYS = 31
# events that are fetched at once
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events are asked for; what is None asks for nothing.

    `since` and `until` are days, both counted in: an event is meant whose days touch them. `country` is ISO 3166
    alpha-3; `actor`, `recipient` and `side` (either) are a who; `near` is latitude, longitude and kilometres;
    `text` is full-text search over the words of reports (SQLite FTS5 syntax); `ids` are whole ids of events; `after`
    are day and id of an event (UNDATED where it has none), and those that come behind it in order are meant.
    """

    since: date | None = None
    until: date | None = None
    country: str | None = None
    type: str | None = None
    status: str | None = None
    actor: str | None = None
    recipient: str | None = None
    side: str | None = None
    killed: int | None = None  # at least
    independent: int | None = None  # at least as many independent publishers
    disputed: bool = False  # with an open contradiction
    review: bool = False  # with something for a person to look at
    umbrella: bool | None = None
    near: tuple[float, float, float] | None = None
    text: str | None = None
    ids: tuple[str, ...] | None = None  # these and no others
    limit: int | None = None
    offset: int = 0
    # no part of what is asked, but of where one is in the answer
    after: tuple[str, str] | None = field(default=None, repr=False)


def find_events(store: Store, asked: Filter) -> Iterator[Event]:
    """The events that are asked for, by their first day, undated ones last; then by id."""
    numbers = event_numbers(store, asked)
    for at in range(0, len(numbers), PAGE):
        some = numbers[at : at + PAGE]
        found = {
            n: row
            for n, *row in store.rows(f"SELECT n, record, id, version FROM events WHERE n IN ({marks(some)})", *some)
        }
        for n in some:
            yield event_from(*found[n])


def event_numbers(store: Store, asked: Filter) -> array[int]:
    """The numbers of the events that are asked for, in order.

    The index in that order holds all that most filters look at, so that it is walked until there are enough, and the
    events themselves are not touched. An event of some length may have begun before the days that are asked for: those
    that are longer than LONG_DAYS are few, and are looked up apart.
    """
    early = (asked.since - timedelta(days=LONG_DAYS)).isoformat() if asked.since else None
    where, values = _where(asked)
    order = f"SELECT {ORDER}, id, n FROM events WHERE "
    most = -1 if asked.limit is None else asked.limit + asked.offset
    tail = f"ORDER BY {ORDER}, id LIMIT ?"
    found: Iterator[Row]
    with _searched(asked):
        # rows come one by one, so that a million events cost no more than their numbers
        if early is None:
            found = store.db.execute(f"{order}{' AND '.join(where)} {tail}", (*values, most))
        else:
            long = store.db.execute(f"{order}{' AND '.join(where)} AND {SPAN} > ? {tail}", (*values, LONG_DAYS, most))
            where, values = _where(asked, early)
            sql = f"{order}{' AND '.join(where)} AND {ORDER} >= ? AND {SPAN} <= ? {tail}"
            found = merge(store.db.execute(sql, (*values, early, LONG_DAYS, most)), long)
        last = None if asked.limit is None else most
        return array("q", (row[2] for row in islice(found, asked.offset, last)))


def count_events(store: Store, asked: Filter) -> int:
    """How many events are asked for, `limit` and `offset` left aside."""
    where, values = _where(asked)
    with _searched(asked):
        found: int = store.one(f"SELECT count(*) FROM events WHERE {' AND '.join(where)}", *values)[0]
    return found


@contextmanager
def _searched(asked: Filter) -> Iterator[None]:
    """What full-text search says of a query that it cannot read, as the caller's error."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if asked.text is None or error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        hint = 'plain words are all asked for; "some words" are a phrase; AND, OR, NOT and pan* are known'
        raise UsageError(f"{asked.text!r} cannot be searched for: {error}", hint) from error


def _where(asked: Filter, early: str | None = None) -> tuple[list[str], list[object]]:
    """The conditions that are asked for, and their values; `early`: no event that began before is looked for.

    Raises UsageError where they make no sense.
    """
    if asked.since and asked.until and asked.since > asked.until:
        raise UsageError(f"no day is both since {asked.since} and until {asked.until}")
    if (asked.limit is not None and asked.limit < 0) or asked.offset < 0:
        raise UsageError("limit and offset count from 0")
    last = asked.until.isoformat() if asked.until else "9999"
    within = f" AND first BETWEEN '{early}' AND '{last}'" if early else ""
    side = f"n IN (SELECT event FROM event_sides WHERE who = ? AND role IN ('actor', 'recipient'){within}"
    words = "SELECT rowid FROM claim_words WHERE claim_words MATCH ?"
    tests: list[tuple[str, tuple[object, ...] | None]] = [
        ("last >= ?", _one(asked.since and asked.since.isoformat())),
        (f"{ORDER} <= ?", _one(asked.until and asked.until.isoformat())),
        ("type = ?", _one(asked.type)),
        ("status = ?", _one(asked.status)),
        ("iso3 = ?", _one(asked.country)),
        (f"{side} AND role = 'actor')", _one(asked.actor)),
        (f"{side} AND role = 'recipient')", _one(asked.recipient)),
        (f"{side})", _one(asked.side)),
        ("killed >= ?", _one(asked.killed)),
        ("independent >= ?", _one(asked.independent)),
        ("open_conflicts > 0", () if asked.disputed else None),
        ("review > 0", () if asked.review else None),
        ("umbrella = ?", _one(asked.umbrella)),
        (_NEAR, None if asked.near is None else _box(*asked.near)),
        (
            f"n IN (SELECT event FROM claims WHERE active AND n IN ({words}))",
            _one(None if asked.text is None else _words(asked.text)),
        ),
        # the first of these two is what an index begins at
        (f"{ORDER} >= ? AND ({ORDER}, id) > (?, ?)", asked.after and (asked.after[0], *asked.after)),
        # one value, as there may be more ids than a statement takes values
        ("id IN (SELECT value FROM json_each(?))", _one(None if asked.ids is None else json.dumps(asked.ids))),
    ]
    given = [(sql, values) for sql, values in tests if values is not None]
    return ["alive", *(sql for sql, _ in given)], [v for _, values in given for v in values]


def _one(value: object) -> tuple[object] | None:
    return None if value is None else (value,)


# a box about the circle, by the R*Tree, and then the circle itself
_NEAR = """n IN (SELECT n FROM event_points WHERE north >= ? AND south <= ? AND east >= ? AND west <= ?
           AND kilometres(?, ?, south, west) <= ?)"""


def _box(lat: float, lon: float, km: float) -> tuple[object, ...]:
    if not (-90 <= lat <= 90 and -180 <= lon <= 180 and km > 0):
        raise UsageError("a place is latitude, longitude and kilometres", "such as 26.9,64.1,50")
    tall = km / KM_PER_DEGREE + 0.01
    # near a pole every longitude is near
    wide = 360.0 if abs(lat) + tall >= 89 else tall / math.cos(math.radians(abs(lat) + tall)) + 0.01
    # and about the date line both ends of the scale are
    wide = 360.0 if abs(lon) + wide > 180 else wide
    return lat - tall, lat + tall, lon - wide, lon + wide, lat, lon, km


def _words(text: str) -> str:
    """What a person types as a query: bare words are all asked for; quotes, AND, OR, NOT and * go as FTS5 has them."""
    if re.search(r'["*()]|\b(AND|OR|NOT|NEAR)\b', text):
        return text
    found = re.findall(r"\w+", text)
    if not found:
        raise UsageError(f"{text!r} holds no word to search for")
    return " ".join(f'"{word}"' for word in found)


def event_number(store: Store, id_: str) -> tuple[int, str]:
    """Number and whole id of the event that begins so; a tombstone counts, too. Raises UnknownError."""
    return _by_prefix(store, "events", "evt_", id_)


def claim_number(store: Store, id_: str) -> tuple[int, str]:
    """Number and whole id of the claim of today that begins so. Raises UnknownError."""
    return _by_prefix(store, "claims", "clm_", id_, "AND gone IS NULL")


def document_number(store: Store, id_: str) -> tuple[int, str]:
    """Number and whole id of the document that begins so. Raises UnknownError."""
    return _by_prefix(store, "documents", "", id_)


def _by_prefix(store: Store, table: str, prefix: str, id_: str, more: str = "") -> tuple[int, str]:
    what = table.removesuffix("s")
    whole = id_ if id_.startswith(prefix) else prefix + id_
    if len(whole) <= len(prefix):
        raise UnknownError(f"{id_!r} is no {what} id")
    sql = f"SELECT n, id FROM {table} WHERE id >= ? AND id < ? {more} ORDER BY id LIMIT 3"
    found = store.rows(sql, whole, whole + "\U0010ffff")
    if len(found) > 1 and found[0][1] != whole:
        raise UnknownError(f"more than one {what} begins with {id_!r}", "give more of the id")
    if not found:
        raise UnknownError(f"there is no {what} {id_!r}")
    return found[0][0], found[0][1]


def event_of(store: Store, n: int) -> Event | None:
    """The event of that number as it stands; None for a tombstone."""
    row = store.maybe("SELECT record, id, version FROM events WHERE n = ? AND alive", n)
    return event_from(*row) if row else None


def claims_of(store: Store, numbers: Sequence[int]) -> list[Claim]:
    """The claims of these numbers, by publication, document and place in the text."""
    # one value, as an event may have more claims than a statement takes values
    sql = """SELECT claims.record, claims.id, documents.id, documents.text FROM claims
             JOIN documents ON documents.n = claims.document WHERE claims.n IN (SELECT value FROM json_each(?))
             ORDER BY coalesce(documents.published, '9999'), documents.id, json_extract(claims.record, '$.trigger[0]'),
                      claims.id"""
    return [claim_from(*row) for row in store.rows(sql, json.dumps(list(numbers)))]


def documents_of(store: Store, ids: Sequence[str]) -> dict[str, Document]:
    """The documents of these ids. Raises UnknownError."""
    return {id_: load_document(store, id_) for id_ in sorted(set(ids))}
