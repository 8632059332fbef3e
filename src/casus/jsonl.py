"""A claim as a line of JSON: the form the scorer takes, with the words, ids and reasons behind each value."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from casus.records import Claim, Document, Figure, Measure, Participant, Place, Source, Span, When

MEASURES: tuple[Measure, ...] = ("killed", "injured", "detained", "displaced", "missing")


def claim_line(document: Document, claim: Claim, *, text: bool = False) -> str:
    """The claim as JSON without a line break; the fields are described in docs/reading.md.

    Offsets are code points into the document's text, and every quote stands there; with `text` the line holds it
    whole. Always encodable: a text that holds half a surrogate pair is escaped whole.
    """
    # not `text`: beside the `start` and `end` of the trigger that would be the trigger's words
    fields = _fields(document, claim) | ({"document_text": document.text} if text else {})
    line = json.dumps(fields, ensure_ascii=False, separators=(", ", ": "))
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(fields, separators=(", ", ": "))
    # str.splitlines breaks on these, and so do readers of lines that are built on it
    return line.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")


def _fields(document: Document, claim: Claim) -> dict[str, Any]:
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
