"""PLOVER as JSON lines, in the layout of the PLOVER manual, draft 2.0, chapter "Data Fields".

The manual (Open Event Data Alliance, github.com/openeventdata/PLOVER, commit 5e0c24f, 2024) names the fields and the
objects within them; POLECAT holds the same in columns of tables. Every line has every field, null where Casus does not
know or does not code it. What the manual has no field for stands in `casus`; docs/formats/plover.md tells of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, BinaryIO

from casus.codebook import Codebook
from casus.events import EventPlace, EventSide, EventWhen
from casus.export.cells import batches
from casus.export.codes import country_name, is_country
from casus.export.columns import made_by
from casus.export.job import Job, Written
from casus.export.paired import Left, Paired, Told, paired, wanted_status
from casus.fields import MEASURES, in_a_line
from casus.ledger.flat import last_step
from casus.ledger.streams import claim_stream
from casus.linking.describe import describe
from casus.records import Claim, Document, Measure, Participant, Place, Sector, Source, When

FIELDS = (
    "id", "date", "enddate", "actor", "recipient", "event", "event_loc", "event_text", "quad_code", "event_scale",
    "mode", "context", "size", "text", "text_info", "cite_info", "coder", "comment", "casus",
)  # fmt: skip
ENTITY = ("code", "sector", "entity_text", "identifier_text")
TEXT_INFO = ("start", "end", "text_story")
CITE_INFO = ("citation", "url", "title", "language", "publication", "coder", "codebook", "version")
SIZE = ("dead", "injured", "arrested")
LOCATION = (
    "extracted_place", "resolved_place", "geonameid", "lat", "lon", "city", "district", "province", "country",
    "country_code", "resolution",
)  # fmt: skip
_QUADS = {"verbal-cooperation": 1, "material-cooperation": 2, "verbal-conflict": 3, "material-conflict": 4}
# PLOVER's MED is health, and its JRN what Casus and CAMEO call MED; IGO and NGO stand in place of a country
_SECTORS: dict[Sector, str | None] = {"MED": "JRN", "IGO": None, "NGO": None}
_BODIES = {"United Nations": "UNO", "European Union": "EUR"}
# 5 is within a town, which Casus does not tell apart from the town
_RESOLUTION = {"exact": 4, "near": 4, "adm2": 3, "adm1": 2, "country": 1}
_SIZES: dict[str, Measure] = {"dead": "killed", "injured": "injured", "arrested": "detained"}

Side = EventSide | Participant


def write(job: Job, out: BinaryIO) -> Written:
    """A line an event, coded from its first report; with table "claims", a line a claim."""
    left, n, claims = Left(), 0, job.options.table == "claims"
    records = _claims(job, left) if claims else _events(job, left)
    version = "step {} of {}".format(*last_step(job.ledger))
    for some in batches(records, 500):
        for record in some:
            record["cite_info"]["version"] = version
        out.write("".join(f"{in_a_line(record)}\n" for record in some).encode())
        n += len(some)
    return Written({job.table: n}, left.notes("claim" if claims else "event"))


# ------------------------------------------------------------------ events


def _events(job: Job, left: Left) -> Iterator[dict[str, Any]]:
    return map(_event, paired(job, left))


def _event(told: Paired) -> dict[str, Any]:
    event = told.event
    first = _founding(told)
    return {
        "id": event.id,
        **_days(event.when),
        **_sides(event.actors, event.recipients),
        "event": list(event.types),
        "event_loc": _location(event.place, _extracted(told.claims)),
        "event_text": list(dict.fromkeys(claim.trigger.exact for _, claim in told.claims)),
        **_coded(event.types[0], event.mode),
        "size": {name: f.best if (f := event.figure(measure)) else None for name, measure in _SIZES.items()},
        **_text(*first),
        "comment": describe(event),
        "casus": _more(told),
    }


def _founding(told: Paired) -> Told:
    """The first claim by publication that says of it what the event says; the first of all where none does."""
    return next((pair for pair in told.claims if pair[1].status == told.event.status), told.claims[0])


def _extracted(claims: Sequence[Told]) -> str | None:
    return next((claim.place.span.exact for _, claim in claims if claim.place), None)


def _more(told: Paired) -> dict[str, Any]:
    event = told.event
    figures = {f.measure: {"low": f.low, "best": f.best, "high": f.high} for f in event.figures}
    return {
        "version": event.version,
        "status": event.status,
        "umbrella": event.umbrella,
        "date_precision": event.when.precision,
        "place_precision": event.place.precision if event.place else None,
        "place_id": event.place.place_id if event.place else None,
        "figures": {measure: figures.get(measure) for measure in MEASURES},
        "reports": event.reports_n,
        "publishers": event.publishers_n,
        "independent": event.independent_n,
        "disputed": [conflict.kind for conflict in event.conflicts if conflict.state == "open"],
        "responds_to": list(event.responds_to),
        "claims": [_claim_in_event(document, claim) for document, claim in told.claims],
    }


def _claim_in_event(document: Document, claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "document": document.id,
        "publisher": document.publisher,
        "published": _iso(document.published),
        "url": document.url,
        "status": claim.status,
        "source": _source(claim.source),
        "text": claim.sentence.exact,
        "start": claim.sentence.start,
        "end": claim.sentence.end,
    }


# ------------------------------------------------------------------ claims


def _claims(job: Job, left: Left) -> Iterator[dict[str, Any]]:
    wanted = wanted_status(job)
    for document, claim, event in job.ticking(claim_stream(job.ledger, job.asked)):
        # a rejected claim counts for nothing, and no dataset of events should hold it
        if event is not None and claim.status == wanted:
            yield _claim(document, claim, event, with_text=job.options.with_text)
        elif event is not None:
            left.add("status")


def _claim(document: Document, claim: Claim, event: str, *, with_text: bool) -> dict[str, Any]:
    place = claim.place
    counted = {name: claim.figure(measure) for name, measure in _SIZES.items()}
    return {
        "id": claim.id,
        **_days(claim.when),
        **_sides(claim.actors, claim.recipients),
        "event": [claim.type],
        "event_loc": _location(place, place.span.exact if place else None),
        "event_text": [claim.trigger.exact],
        **_coded(claim.type, claim.mode),
        "size": {name: f.low if f and f.low == f.high else None for name, f in counted.items()},
        **_text(document, claim, with_text=with_text),
        "comment": None,
        "casus": {
            "event": event,
            "status": claim.status,
            "aggregate": claim.aggregate,
            "background": claim.background,
            "confidence": round(claim.confidence, 4),
            "date_precision": claim.when.precision,
            "date_basis": claim.when.basis,
            "place_precision": place.precision if place else None,
            "place_id": place.place_id if place else None,
            "figures": {measure: _figure(claim, measure) for measure in MEASURES},
            "weapon": claim.weapon.exact if claim.weapon else None,
            "source": _source(claim.source),
            "document": document.id,
            "published": _iso(document.published),
            "trigger": [claim.trigger.start, claim.trigger.end],
        },
    }


def _figure(claim: Claim, measure: Measure) -> dict[str, Any] | None:
    found = claim.figure(measure)
    return {"low": found.low, "high": found.high, "text": found.span.exact} if found else None


# ------------------------------------------------------------------ what both have


def _days(when: EventWhen | When) -> dict[str, Any]:
    """The last day only where it is another."""
    return {"date": _iso(when.start), "enddate": _iso(when.end) if when.end != when.start else None}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _sides(actors: Sequence[Side], recipients: Sequence[Side]) -> dict[str, Any]:
    return {"actor": [_entity(side) for side in actors], "recipient": [_entity(side) for side in recipients]}


def _entity(side: Side) -> dict[str, Any]:
    country = side.who if is_country(side.who) else None
    body = _BODIES.get(side.who or "") or (side.sector if side.sector in ("IGO", "NGO") else None)
    return {
        "code": _code(country) or body,
        "sector": _SECTORS.get(side.sector, side.sector),
        "entity_text": (side.span.exact if isinstance(side, Participant) else side.name) or None,
        "identifier_text": None if country else side.who,
    }


def _code(country: str | None) -> str | None:
    return "KOS" if country == "XKX" else country


def _location(place: EventPlace | Place | None, extracted: str | None) -> dict[str, Any] | None:
    if place is None:
        return None
    town = place.precision in ("exact", "near")
    # a user's own places have ids of their own, which are no GeoNames ids
    known = place.place_id if place.place_id and place.place_id.isascii() and place.place_id.isdecimal() else None
    return {
        "extracted_place": extracted,
        "resolved_place": place.name or None,
        "geonameid": int(known) if known else None,
        "lat": place.lat,
        "lon": place.lon,
        "city": place.name if town else None,
        "district": place.name if place.precision == "adm2" else None,
        "province": place.admin1 or (place.name if place.precision == "adm1" else None),
        "country": country_name(place.iso3) if place.iso3 else None,
        "country_code": _code(place.iso3),
        "resolution": _RESOLUTION.get(place.precision),
    }


def _coded(type: str, mode: str | None) -> dict[str, Any]:
    book = Codebook.load()
    return {
        "quad_code": _QUADS[book.type(type).quad],
        "event_scale": book.intensity(type, mode),
        "mode": [mode] if mode else None,
        "context": None,
    }


def _text(document: Document, claim: Claim, *, with_text: bool = False) -> dict[str, Any]:
    book = Codebook.load()
    return {
        "text": claim.sentence.exact,
        "text_info": {
            "start": claim.sentence.start,
            "end": claim.sentence.end,
            "text_story": [document.text] if with_text else None,
        },
        "cite_info": {
            "citation": document.id,
            "url": document.url,
            "title": document.title,
            "language": document.language,
            "publication": document.publisher,
            "coder": claim.reader or None,
            "codebook": f"{book.name} of Casus {book.version}",
        },
        "coder": made_by(),
    }


def _source(chain: Sequence[Source]) -> list[dict[str, Any]]:
    return [{"name": source.name, "kind": source.kind, "who": source.who} for source in chain]
