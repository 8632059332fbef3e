"""FollowTheMoney entities as JSON lines: events, states and organisations, the reports, and what links them.

Schemata and properties are those of followthemoney 4 (its `schema/*.yaml`); the package itself is not needed. Only
states and organisations become entities, so that nobody's neighbour stands in a graph of suspects: no victim, no
witness, no private person, and of those who act for a state only the state. docs/formats/followthemoney.md has more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from typing import BinaryIO

from casus.events import Event, EventPlace, EventSide, EventWhen
from casus.export.cells import batches
from casus.export.codes import alpha2, country_name, is_country, language_alpha3
from casus.export.job import Job, Written
from casus.export.paired import Left, Paired, paired
from casus.fields import in_a_line
from casus.ledger.streams import document_stream
from casus.linking.describe import describe
from casus.records import Claim, Document, Sector
from casus.world import actor_data
from casus.world.actor_names import organisation_sector
from casus.world.actor_records import actor_id

Properties = Mapping[str, Iterable[str | None]]
Entity = dict[str, object]

# who acts for a state; its people do not
_ORGANS: frozenset[Sector] = frozenset(("GOV", "MIL", "COP", "SPY", "JUD", "LEG"))
_PEOPLE: frozenset[Sector] = frozenset(("CVL", "REF", "UNK"))
# what the package takes for an id: no underlines
_ID = re.compile(r"[0-9a-zA-Z]([0-9a-zA-Z.\-]*[0-9a-zA-Z])?")
# what several events share, so that it is given with the first of them
_SHARED = frozenset(("Address", "PublicBody", "Organization", "Mention"))


def write(job: Job, out: BinaryIO) -> Written:
    """Articles first, then each event with what belongs to it; every id stands on one line."""
    made, n = _Made(job), 0
    for some in batches(made.entities(), 500):
        out.write("".join(f"{in_a_line(entity)}\n" for entity in some).encode())
        n += len(some)
    return Written({"records": n}, (*made.left.notes(), *made.notes()))


def entity(id_: str, schema: str, properties: Properties) -> Entity:
    """An entity as FollowTheMoney's JSON has it: every property is a list of texts; empty ones are left out."""
    values = {name: [v for v in dict.fromkeys(given) if v and v.strip()] for name, given in properties.items()}
    return {"id": id_, "schema": schema, "properties": {name: found for name, found in values.items() if found}}


def ftm_id(id_: str) -> str:
    """An id of the ledger as FollowTheMoney takes one: with hyphens for underlines."""
    plain = id_.replace("_", "-")
    return plain if _ID.fullmatch(plain) else link_id("id", id_)


def link_id(*parts: str) -> str:
    """The id of a link or an address, from what it links; 80 bits, as all ids of Casus have."""
    return f"ftm-{sha256(chr(0).join(parts).encode()).hexdigest()[:20]}"


def body_id(who: str) -> str:
    """The id of a state or an organisation."""
    return ftm_id(actor_id(who))


@cache
def listed() -> frozenset[str]:
    """The usual names of the organisations and armed groups that Casus knows."""
    return frozenset(actor.who for _, actor in actor_data.groups() if actor.sector not in _PEOPLE)


def schema_of(side: EventSide) -> str | None:
    """PublicBody for a state by its organs, Organization for a group or body; None for all who may be private."""
    if side.who is None or side.sector in _PEOPLE:
        return None
    if is_country(side.who):
        return "PublicBody" if side.sector in _ORGANS else None
    known = side.who in listed() or organisation_sector(side.who) is not None
    return "Organization" if known else None


@dataclass(slots=True)
class _Made:
    """Goes through what is asked for once, and keeps in mind which entities were given already."""

    job: Job
    left: Left = field(default_factory=Left)
    seen: set[str] = field(default_factory=set)
    private: int = 0

    def entities(self) -> Iterator[Entity]:
        for document in document_stream(self.job.ledger, self.job.asked):
            yield _article(document, with_text=self.job.options.with_text)
        for told in paired(self.job, self.left):
            for made in self._of(told):
                if made["schema"] in _SHARED:
                    if made["id"] in self.seen:
                        continue
                    self.seen.add(str(made["id"]))
                yield made

    def notes(self) -> tuple[str, ...]:
        if not self.private:
            return ()
        are = "side is no entity, as it" if self.private == 1 else "sides are no entities, as they"
        return (f"{self.private:,} {are} may be private people or are a people",)

    def _of(self, told: Paired) -> Iterator[Entity]:
        event = told.event
        sides = [("actor", side) for side in event.actors] + [("recipient", side) for side in event.recipients]
        known = [(role, side, schema) for role, side in sides if (schema := schema_of(side))]
        self.private += len(sides) - len(known)
        if event.place:
            yield _address(event.place)
        for _, side, schema in known:
            yield _body(side, schema)
        yield _event(told, [side for _, side, _ in known])
        for role, side, _ in known:
            yield _role(event, role, side)
        for document, claim in told.claims:
            yield _documentation(event, document, claim)
            yield from _mentions(document, claim, [side for _, side, _ in known], event.place)


# ------------------------------------------------------------------ things


def _article(document: Document, *, with_text: bool) -> Entity:
    return entity(
        ftm_id(document.id),
        "Article",
        {
            "title": [document.title],
            "fileName": [document.id],
            "author": [document.byline],
            "publisher": [document.publisher],
            "publishedAt": [moment(document.published_at) or _iso(document.published)],
            "modifiedAt": [moment(document.modified)],
            "retrievedAt": [moment(document.retrieved)],
            "sourceUrl": [_url(document)],
            "language": [language_alpha3(document.language) if document.language else None],
            "mimeType": [document.media_type],
            "bodyText": [document.text if with_text else None],
        },
    )


def _event(told: Paired, sides: list[EventSide]) -> Entity:
    event = told.event
    documents = {document.id: document for document, _ in told.claims}
    return entity(
        ftm_id(event.id),
        "Event",
        {
            "name": [name_of(event)],
            "summary": [None if event.status == "happened" else f"status: {event.status}"],
            **_dates(event.when),
            "country": [_country(event.place.iso3 if event.place else None)],
            "location": [_full(event.place) if event.place else None],
            "addressEntity": [_address_id(event.place) if event.place else None],
            "involved": [body_id(side.who) for side in sides if side.who],
            "keywords": [*event.types, event.mode],
            "notes": _told(event),
            "recordId": [event.id],
            "publisher": [document.publisher for document in documents.values()],
            "sourceUrl": [_url(document) for document in documents.values()],
            "proof": map(ftm_id, documents),
        },
    )


def name_of(event: Event) -> str:
    """The event in a line, told with the names of states and organisations alone."""
    actors, recipients = (
        tuple(replace(side, name=usual(side.who or "")) for side in sides if schema_of(side))
        for sides in (event.actors, event.recipients)
    )
    return describe(replace(event, actors=actors, recipients=recipients))


def usual(who: str) -> str:
    """The usual name of a state or an organisation."""
    return country_name(who) if is_country(who) else who


def _told(event: Event) -> list[str]:
    """What no property holds, a line each."""
    lines = [f"{f.measure}: low {_n(f.low)}, best {_n(f.best)}, high {_n(f.high)}" for f in event.figures]
    for conflict in event.conflicts:
        options = " or ".join(option.value for option in conflict.options)
        # the values of sides may name people
        shown = "" if conflict.kind in ("actor", "recipient", "target") else f": {options}"
        lines.append(f"{conflict.kind} {'disputed' if conflict.state == 'open' else conflict.state}{shown}")
    told = f"reports: {event.reports_n}, publishers: {event.publishers_n}, independent: {event.independent_n}"
    return [*lines, told, f"version: {event.version}"]


def _n(value: int | None) -> str:
    return "unknown" if value is None else str(value)


def _body(side: EventSide, schema: str) -> Entity:
    who = side.who or ""
    more: Properties = {"country": [_country(who)]} if schema == "PublicBody" else {"keywords": [side.sector]}
    return entity(body_id(who), schema, {"name": [usual(who)], **more})


def _address(place: EventPlace) -> Entity:
    town = place.precision in ("exact", "near")
    return entity(
        _address_id(place),
        "Address",
        {
            "full": [_full(place)],
            "city": [place.name if town else None],
            "state": [place.admin1],
            "country": [_country(place.iso3)],
            "latitude": [str(place.lat) if place.lat is not None else None],
            "longitude": [str(place.lon) if place.lon is not None else None],
            "remarks": [place.precision, f"place id: {place.place_id}" if place.place_id else None],
        },
    )


def _address_id(place: EventPlace) -> str:
    known = (place.place_id, place.name, place.admin1, place.iso3, place.lat, place.lon, place.precision)
    return link_id("address", *map(str, known))


def _full(place: EventPlace) -> str:
    country = country_name(place.iso3) if place.iso3 else None
    return ", ".join(dict.fromkeys(part for part in (place.name, place.admin1, country) if part))


# ------------------------------------------------------------------ links


def _role(event: Event, role: str, side: EventSide) -> Entity:
    """Who did it and to whom, which an event's `involved` does not tell."""
    who = side.who or ""
    return entity(
        link_id("role", event.id, role, who, side.sector),
        "UnknownLink",
        {
            "subject": [body_id(who)],
            "object": [ftm_id(event.id)],
            "role": [f"{role} ({side.sector})"],
            **_dates(event.when),
        },
    )


def _documentation(event: Event, document: Document, claim: Claim) -> Entity:
    """A claim: which report tells the event, in which words, and whom it names for them."""
    said = " > ".join(source.kind for source in claim.source)
    return entity(
        ftm_id(claim.id),
        "Documentation",
        {
            "document": [ftm_id(document.id)],
            "entity": [ftm_id(event.id)],
            "role": ["claim"],
            "status": [claim.status],
            "date": [_iso(document.published)],
            "summary": [claim.sentence.exact],
            "description": [f"source: {said}" if said else None],
            "recordId": [claim.id],
            "publisher": [document.publisher],
            "sourceUrl": [_url(document)],
        },
    )


def _mentions(document: Document, claim: Claim, sides: list[EventSide], place: EventPlace | None) -> Iterator[Entity]:
    """Which of the event's states and organisations the report names in this claim, by their usual names."""
    named = {side.who for side in (*claim.actors, *claim.recipients)}
    for side in sides:
        if side.who and side.who in named:
            yield entity(
                link_id("mention", document.id, side.who),
                "Mention",
                {
                    "document": [ftm_id(document.id)],
                    "resolved": [body_id(side.who)],
                    "name": [usual(side.who)],
                    "contextCountry": [_country(place.iso3 if place else None)],
                    "detectedSchema": [schema_of(side)],
                },
            )


# ------------------------------------------------------------------ values


def _dates(when: EventWhen) -> Properties:
    """A day, a month or a year as one date, which FollowTheMoney shortens; all else as first and last day."""
    first, last = when.start, when.end
    if first is None or last is None:
        return {}
    if when.precision == "year" and first.year == last.year:
        return {"date": [f"{first.year:04}"]}
    if when.precision == "month" and (first.year, first.month) == (last.year, last.month):
        return {"date": [first.isoformat()[:7]]}
    if first == last:
        return {"date": [first.isoformat()]}
    return {"startDate": [first.isoformat()], "endDate": [last.isoformat()]}


def moment(text: str | None) -> str | None:
    """A day as it is, a moment in UTC without its offset; None for what is neither."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) <= len("2024-01-16"):
        return at.date().isoformat()
    return (at if at.tzinfo is None else at.astimezone(UTC)).replace(tzinfo=None).isoformat(timespec="seconds")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _country(iso3: str | None) -> str | None:
    code = alpha2(iso3)
    return code.lower() if code else None


def _url(document: Document) -> str | None:
    return document.url if document.url and document.url.lower().startswith(("http://", "https://")) else None
