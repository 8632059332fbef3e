"""What a ledger holds, counted by name: actors, places, sources and publishers; its runs and decisions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from casus.errors import UnknownError
from casus.events import Decision
from casus.ledger.decisions import all_kept, revoked
from casus.ledger.ledger import Ledger


class Actor(NamedTuple):
    """A side of events under the name that the ledger uses: of how many it is an actor, of how many a recipient; first
    and last day of those that are dated (ISO 8601)."""

    who: str
    as_actor: int
    as_recipient: int
    first: str | None
    last: str | None


class Place(NamedTuple):
    """A place of events; how many, first and last day. lat and lon (WGS 84 degrees) where any of them has a point."""

    name: str
    iso3: str | None
    admin1: str | None
    precision: str
    events: int
    first: str | None
    last: str | None
    lat: float | None
    lon: float | None


class Named(NamedTuple):
    """Whom texts name as a source: of what kind, of how many claims of how many documents of how many publishers."""

    name: str
    kind: str
    claims: int
    documents: int
    publishers: int


class Publisher(NamedTuple):
    """Who printed documents (None: nobody is named): how many, how many of these are near-copies of others', how many
    claims stand in them, and how many of the events that they tell nobody else tells; first and last day."""

    name: str | None
    documents: int
    copies: int
    claims: int
    events: int
    alone: int
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run of adding or reading anew: when it began (ISO 8601, UTC), by which recipe, what it counted, whether it came
    to its end, and how many of its failures are still open."""

    id: str
    at: str
    recipe: Mapping[str, str]
    counts: Mapping[str, int]
    inputs_digest: str
    finished: bool
    failures: int


def actors(ledger: Ledger) -> list[Actor]:
    """All sides of events, those of most events first."""
    sql = """SELECT who, sum(role = 'actor'), sum(role = 'recipient'), min(nullif(first, '')), max(nullif(first, ''))
             FROM event_sides WHERE role IN ('actor', 'recipient') GROUP BY who ORDER BY count(*) DESC, who"""
    with ledger._store.reading():
        return [Actor(*row) for row in ledger._store.rows(sql)]


def places(ledger: Ledger) -> list[Place]:
    """All places of events, those of most events first."""
    sql = """SELECT place, iso3, admin1, coalesce(json_extract(record, '$.place.precision'), 'unknown') AS precision,
             count(*) AS events, min(first), max(first),
             min(json_extract(record, '$.place.lat')), min(json_extract(record, '$.place.lon'))
             FROM events WHERE alive AND place IS NOT NULL
             GROUP BY place, iso3, admin1, precision ORDER BY events DESC, place, iso3, admin1, precision"""
    with ledger._store.reading():
        return [Place(*row) for row in ledger._store.rows(sql)]


def sources(ledger: Ledger) -> list[Named]:
    """All whom texts name as a source of a claim that counts, those of most claims first."""
    sql = """SELECT json_extract(source.value, '$.name') AS name, json_extract(source.value, '$.kind') AS kind,
             count(DISTINCT claims.n) AS held, count(DISTINCT documents.n), count(DISTINCT documents.publisher)
             FROM claims JOIN documents ON documents.n = claims.document, json_each(claims.record, '$.source') AS source
             WHERE claims.active GROUP BY name, kind ORDER BY held DESC, name, kind"""
    with ledger._store.reading():
        return [Named(name or "", kind or "other", *rest) for name, kind, *rest in ledger._store.rows(sql)]


def publishers(ledger: Ledger) -> list[Publisher]:
    """All publishers, those of most documents first."""
    told = """SELECT publisher, count(DISTINCT event), sum(one) FROM (
                SELECT event, documents.publisher, count(*) OVER (PARTITION BY event) = 1 AS one FROM claims
                JOIN documents ON documents.n = claims.document WHERE claims.active AND event IS NOT NULL
                GROUP BY event, documents.publisher) GROUP BY publisher"""
    printed = """SELECT publisher, count(*) AS documents, count(syndication), min(published), max(published)
                 FROM documents GROUP BY publisher ORDER BY documents DESC, publisher"""
    claims = """SELECT documents.publisher, count(*) FROM claims JOIN documents ON documents.n = claims.document
                WHERE claims.active GROUP BY documents.publisher"""
    store = ledger._store
    with store.reading():
        events = {name: (n, alone) for name, n, alone in store.rows(told)}
        held: dict[str | None, int] = dict(store.rows(claims))
        return [
            Publisher(name, documents, copies, held.get(name, 0), *events.get(name, (0, 0)), first, last)
            for name, documents, copies, first, last in store.rows(printed)
        ]


def runs(ledger: Ledger, limit: int, before: int | None = None) -> list[tuple[int, KeptRun]]:
    """Runs with their numbers, the last one first; those before a number."""
    sql = """SELECT n, id, at, recipe, counts, inputs_digest, finished,
             (SELECT count(*) FROM failures WHERE last_run = runs.id AND resolved IS NULL)
             FROM runs WHERE n < ? ORDER BY n DESC LIMIT ?"""
    with ledger._store.reading():
        found = ledger._store.rows(sql, before or 2**62, limit)
    return [
        (n, KeptRun(id_, at, json.loads(recipe), json.loads(counts), digest, bool(finished), failures))
        for n, id_, at, recipe, counts, digest, finished, failures in found
    ]


def decided(ledger: Ledger) -> list[tuple[Decision, bool]]:
    """Every decision ever made, in order, and whether it stands."""
    with ledger._store.reading():
        kept = all_kept(ledger._store)
    gone = revoked(kept)
    return [(k.decision, k.decision.id not in gone) for k in kept]


def decision_of(ledger: Ledger, id_: str) -> tuple[Decision, bool]:
    """The decision of that id, and whether it stands. Raises UnknownError."""
    for decision, stands in decided(ledger):
        if decision.id == id_:
            return decision, stands
    raise UnknownError(f"there is no decision {id_!r}", "`casus log` lists what was decided")
