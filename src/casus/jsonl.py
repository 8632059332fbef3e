"""Claims, events, decisions and what else a ledger shows, each as a line of JSON; docs/reading.md and docs/ledger.md.

A claim's line is the form that the scorer takes, with the words, ids and reasons behind each value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from casus.events import Conflict, Decision, Event, EventFigure, EventPlace, EventSide, EventWhen
from casus.linking.describe import describe
from casus.records import Claim, Document, Figure, Measure, Participant, Place, Source, Span, When

if TYPE_CHECKING:  # reading needs no ledger
    from casus.keeping import Run
    from casus.ledger.changing import Decided
    from casus.ledger.history import LogLine
    from casus.ledger.settled import Changes
    from casus.ledger.why import Why

MEASURES: tuple[Measure, ...] = ("killed", "injured", "detained", "displaced", "missing")


def claim_line(document: Document, claim: Claim, *, text: bool = False, held: Event | None = None) -> str:
    """The claim as JSON without a line break; the fields are described in docs/reading.md.

    Offsets are code points into the document's text, and every quote stands there; with `text` the line holds it
    whole. `held` is the event of a ledger in which the claim is. A text that holds half a surrogate pair is escaped
    whole.
    """
    more: dict[str, Any] = {"ledger_event": held.id} if held else {}
    # not `text`: beside the `start` and `end` of the trigger that would be the trigger's words
    return in_a_line(_fields(document, claim) | more | ({"document_text": document.text} if text else {}))


def in_a_line(fields: Mapping[str, Any]) -> str:
    """An object as JSON without a line break, whatever words it holds; always encodable."""
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


# ------------------------------------------------------------------ what a ledger holds


def event_line(event: Event) -> str:
    """The event as JSON without a line break; the fields are described in docs/ledger.md."""
    return in_a_line(_event(event))


def _event(event: Event) -> dict[str, Any]:
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
        "conflicts": [_conflict(conflict) for conflict in event.conflicts],
        "responds_to": list(event.responds_to),
        "review": list(event.review),
        "claims": list(event.claims),
        "changed_at": event.changed_at,
    }


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


def _conflict(conflict: Conflict) -> dict[str, Any]:
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


def run_line(run: Run) -> str:
    """What a run of adding came to."""
    failures = [
        {"item": f.item, "stage": f.stage, "code": f.code, "message": f.message, "hint": f.hint} for f in run.failures
    ]
    told = {"run": run.id or None, "new": run.new, "known": run.known, "claims": run.claims}
    return in_a_line({**told, **_changes(run.changes), "failures": failures})


def _changes(changes: Changes) -> dict[str, Any]:
    return {"founded": changes.founded, "changed": changes.changed, "ended": changes.ended}


def decided_line(decided: Decided) -> str:
    """A decision that was just made, and what it moved."""
    return in_a_line({"id": decided.decision, **_changes(decided.changes)})


def decision_line(decision: Decision) -> str:
    """A decision as it is written down."""
    return in_a_line(
        {
            "id": decision.id,
            "at": decision.at,
            "by": decision.by,
            "action": decision.action,
            "subjects": list(decision.subjects),
            "field": decision.field,
            "before": decision.before,
            "after": decision.after,
            "reason": decision.reason,
            "revokes": decision.revokes,
        }
    )


def log_line(line: LogLine) -> str:
    """A step of a ledger, or a version of an event with the event as it then stood."""
    told = {"step": line.step, "at": line.at, "kind": line.kind, "cause": line.cause, "words": line.words}
    if line.version is None:
        return in_a_line(told)
    return in_a_line({**told, "version": line.version, "event": _event(line.event) if line.event else None})


def why_line(why: Why) -> str:
    """Why two claims are, or are not, one event."""
    return in_a_line(
        {
            "claims": [why.one.id, why.other.id],
            "same_event": why.same_event,
            "compared": why.compared,
            "score": round(why.score, 4),
            "reasons": [{"feature": r.feature, "weight": round(r.weight, 4), "words": r.words} for r in why.reasons],
            "decided": [decision.id for decision in why.decided],
            "note": why.note,
        }
    )
