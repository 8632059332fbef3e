"""Claims and events as plain objects, with the names and the order of fields that every JSON of Casus has.

docs/reading.md and docs/ledger.md describe the fields. `in_a_line` makes a line of JSON of any object.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from casus.events import Conflict, Event, EventFigure, EventPlace, EventSide, EventWhen
from casus.linking.describe import describe
from casus.records import Claim, Document, Figure, Measure, Participant, Place, Source, Span, When

MEASURES: tuple[Measure, ...] = ("killed", "injured", "detained", "displaced", "missing")


def in_a_line(fields: Mapping[str, Any]) -> str:
    """An object as JSON without a line break, whatever words it holds; always encodable."""
    line = json.dumps(fields, ensure_ascii=False, separators=(", ", ": "))
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(fields, separators=(", ", ": "))
    # str.splitlines breaks on these, and so do readers of lines that are built on it
    return line.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")


def claim_fields(document: Document, claim: Claim) -> dict[str, Any]:
    """The claim with what a reader wants to know of its document; docs/reading.md describes the fields."""
    return {
        "doc": document.id,
        "id": claim.id,
        "start": claim.trigger.start,
        "end": claim.trigger.end,
        "trigger": claim.trigger.exact,
        "sentence": _span(claim.sentence),
        "region": claim.region,
        # event ids count anew in each document, so the document goes in front
        "event": f"{document.id}/{claim.event}" if claim.event else None,
        "type": claim.type,
        "mode": claim.mode,
        "status": claim.status,
        "actor": [_participant(side) for side in claim.actors],
        "recipient": [_participant(side) for side in claim.recipients],
        "place": _place(claim.place) if claim.place else None,
        "date": [_iso(claim.when.start), _iso(claim.when.end)] if claim.when.start else None,
        "when": _when(claim.when),
        "weapon": _span(claim.weapon) if claim.weapon else None,
        **{measure: _figure(claim.figure(measure)) for measure in MEASURES},
        "source": [_source(source) for source in claim.source],
        "background": claim.background,
        "aggregate": claim.aggregate,
        "confidence": round(claim.confidence, 4),
        "reasons": list(claim.reasons),
        "reader": claim.reader,
        "title": document.title,
        "publisher": document.publisher,
        "published": _iso(document.published),
        "published_basis": document.published_basis,
        "url": document.url,
        "notes": list(document.notes),
    }


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.exact}


def _participant(side: Participant) -> dict[str, Any]:
    resolved = {"who": side.who, "sector": side.sector, "name": side.name}
    return {**_span(side.span), **resolved, "actor_id": side.actor_id, "why": side.why}


def _place(place: Place) -> dict[str, Any]:
    return {
        **_span(place.span),
        "name": place.name,
        "iso3": place.iso3,
        "lat": place.lat,
        "lon": place.lon,
        "place_id": place.place_id,
        "admin1": place.admin1,
        "precision": place.precision,
        "why": place.why,
    }


def _when(when: When) -> dict[str, Any]:
    words = _span(when.span) if when.span else {"start": None, "end": None, "text": None}
    return {**words, "precision": when.precision, "basis": when.basis, "why": when.why}


def _figure(figure: Figure | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    return {
        "low": figure.low,
        "high": figure.high,
        **_span(figure.span),
        "qualifier": figure.qualifier,
        "group": figure.group,
        "cumulative": figure.cumulative,
    }


def _source(source: Source) -> dict[str, Any]:
    return {**_span(source.span), "name": source.name, "kind": source.kind, "who": source.who}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def event_fields(event: Event) -> dict[str, Any]:
    """The event; docs/ledger.md describes the fields."""
    when = event.when
    return {
        "id": event.id,
        "version": event.version,
        "line": describe(event),
        "type": event.types[0],
        "types": list(event.types),
        "mode": event.mode,
        "status": event.status,
        "actor": [_side(side) for side in event.actors],
        "recipient": [_side(side) for side in event.recipients],
        "place": _event_place(event.place) if event.place else None,
        "date": [_iso(when.start), _iso(when.end)] if when.start else None,
        "when": _event_when(when),
        **{measure: _event_figure(event.figure(measure)) for measure in MEASURES},
        "umbrella": event.umbrella,
        "reports_n": event.reports_n,
        "publishers_n": event.publishers_n,
        "independent_n": event.independent_n,
        "conflicts": [conflict_fields(conflict) for conflict in event.conflicts],
        "responds_to": list(event.responds_to),
        "review": list(event.review),
        "claims": _claim_ids(event),
        "changed_at": event.changed_at,
    }


def _claim_ids(event: Event) -> list[str]:
    """The ids of its claims; of an event as Python is given it (`casus.notebook`), whose `claims` are no ids."""
    ids: tuple[str, ...] | None = getattr(event, "claim_ids", None)
    return list(event.claims if ids is None else ids)


def _side(side: EventSide) -> dict[str, Any]:
    return {"who": side.who, "sector": side.sector, "name": side.name, "claims": list(side.claims)}


def _event_place(place: EventPlace) -> dict[str, Any]:
    return {
        "name": place.name,
        "iso3": place.iso3,
        "lat": place.lat,
        "lon": place.lon,
        "place_id": place.place_id,
        "admin1": place.admin1,
        "precision": place.precision,
        "rule": place.rule,
        "claims": list(place.claims),
    }


def _event_when(when: EventWhen) -> dict[str, Any]:
    return {"precision": when.precision, "rule": when.rule, "claims": list(when.claims)}


def _event_figure(figure: EventFigure | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    known = {"low": figure.low, "best": figure.best, "high": figure.high}
    return {**known, "rule": figure.rule, "claims": list(figure.claims)}


def conflict_fields(conflict: Conflict) -> dict[str, Any]:
    """A contradiction of an event."""
    options = [
        {
            "value": option.value,
            "independent_n": option.independent_n,
            "voices": [{"name": voice.name, "kind": voice.kind} for voice in option.voices],
            "latest": _iso(option.latest),
            "claims": list(option.claims),
        }
        for option in conflict.options
    ]
    return {"kind": conflict.kind, "state": conflict.state, "chosen": conflict.chosen, "options": options}
