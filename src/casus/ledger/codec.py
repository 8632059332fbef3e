"""Records as the ledger keeps them: compact JSON, spans as offsets into the document's text, and back again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from casus.errors import LedgerError
from casus.events import (
    Conflict,
    ConflictOption,
    Event,
    EventFigure,
    EventPlace,
    EventSide,
    EventWhen,
    Voice,
)
from casus.records import Claim, Document, Figure, Participant, Place, Region, Source, Span, Stated, When


def dumps(value: object) -> str:
    """JSON in one form: the same value is always the same text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not kept in a ledger")


def _shown(record: object, left_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """A record's fields, spans as [start, end], without those at their usual value of None, "", () or False."""
    out: dict[str, Any] = {}
    for name in _field_names(type(record)):
        value = getattr(record, name)
        usual = value is None or value is False or value in ("", ())
        if name not in left_out and not usual:
            out[name] = _value(value)
    return out


_NAMES: dict[type, tuple[str, ...]] = {}


def _field_names(kind: type) -> tuple[str, ...]:
    if kind not in _NAMES:
        _NAMES[kind] = tuple(f.name for f in fields(kind))
    return _NAMES[kind]


def _value(value: Any) -> Any:
    if isinstance(value, Span):
        return [value.start, value.end]
    if isinstance(value, tuple):
        return [_value(v) for v in value]
    if isinstance(value, str | int | float | date):
        return value
    return _shown(value)


def claim_text(claim: Claim) -> str:
    """A claim without its ids, which stand in columns of their own."""
    return dumps(_shown(claim, ("id", "document_id")))


def claim_from(record: str, id: str, document_id: str, text: str) -> Claim:
    """The claim that `claim_text` wrote. Raises SpanError where the text is not the one it was read from."""
    d = json.loads(record)

    def span(at: list[int] | None) -> Span | None:
        return None if at is None else Span.cut(text, at[0], at[1])

    def sure(at: list[int]) -> Span:
        return Span.cut(text, at[0], at[1])

    when = d.get("when", {})
    place = d.get("place")
    return Claim(
        id=id,
        document_id=document_id,
        sentence=sure(d["sentence"]),
        trigger=sure(d["trigger"]),
        type=d["type"],
        mode=d.get("mode"),
        status=d["status"],
        actors=tuple(
            Participant(**{**p, "span": sure(p["span"]), "name": p.get("name", "")}) for p in d.get("actors", ())
        ),
        recipients=tuple(
            Participant(**{**p, "span": sure(p["span"]), "name": p.get("name", "")}) for p in d.get("recipients", ())
        ),
        place=Place(**{**place, "span": sure(place["span"]), "name": place.get("name", "")}) if place else None,
        when=When(
            **{**when, "span": span(when.get("span")), "start": _day(when.get("start")), "end": _day(when.get("end"))}
        ),
        weapon=span(d.get("weapon")),
        figures=tuple(
            Figure(**{"low": None, "high": None, **f, "span": sure(f["span"])}) for f in d.get("figures", ())
        ),
        source=tuple(Source(**{**s, "span": sure(s["span"]), "name": s.get("name", "")}) for s in d.get("source", ())),
        background=d.get("background", False),
        aggregate=d.get("aggregate", False),
        confidence=d.get("confidence", 0.0),
        reader=d.get("reader", ""),
        event=d.get("event"),
        region=d["region"],
        reasons=tuple(d.get("reasons", ())),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def document_text(document: Document) -> str:
    """What a document holds beside its text and the columns of its own."""
    return dumps(_shown(document, ("id", "text", "title", "url", "publisher", "published", "syndication_id")))


def document_from(
    record: str, id: str, text: str, columns: Mapping[str, str | None], syndication: str | None
) -> Document:
    """The document that `document_text` wrote; `columns` are title, url, publisher and published."""
    d = json.loads(record)
    d["regions"] = tuple(Region(**{**r, "dated": _day(r.get("dated"))}) for r in d.get("regions", ()))
    d["notes"] = tuple(d.get("notes", ()))
    d["also_stated"] = tuple(Stated(**stated) for stated in d.get("also_stated", ()))
    return Document(
        id=id,
        text=text,
        title=columns["title"],
        url=columns["url"],
        publisher=columns["publisher"],
        published=_day(columns["published"]),
        syndication_id=syndication,
        **d,
    )


def event_text(event: Event) -> str:
    """An event without its id and version."""
    return dumps(_shown(event, ("id", "version")))


def event_from(record: str, id: str, version: int) -> Event:
    """The event that `event_text` wrote."""
    d = json.loads(record)
    place, when = d.get("place"), d.get("when", {})
    try:
        return Event(
            id=id,
            version=version,
            claims=tuple(d["claims"]),
            types=tuple(d["types"]),
            mode=d.get("mode"),
            status=d["status"],
            actors=tuple(_side(s) for s in d.get("actors", ())),
            recipients=tuple(_side(s) for s in d.get("recipients", ())),
            place=EventPlace(**{**place, "name": place.get("name", ""), "claims": tuple(place.get("claims", ()))})
            if place
            else None,
            when=EventWhen(
                **{
                    **when,
                    "start": _day(when.get("start")),
                    "end": _day(when.get("end")),
                    "claims": tuple(when.get("claims", ())),
                }
            ),
            figures=tuple(_figure(f) for f in d.get("figures", ())),
            umbrella=d.get("umbrella", False),
            reports_n=d.get("reports_n", 0),
            publishers_n=d.get("publishers_n", 0),
            independent_n=d.get("independent_n", 0),
            conflicts=tuple(_conflict(c) for c in d.get("conflicts", ())),
            responds_to=tuple(d.get("responds_to", ())),
            review=tuple(d.get("review", ())),
            changed_at=d.get("changed_at", ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise LedgerError(f"the event {id} cannot be read: {error}") from error


def _side(d: dict[str, Any]) -> EventSide:
    return EventSide(d.get("who"), d.get("name", ""), d.get("sector", "UNK"), tuple(d.get("claims", ())))


def _figure(d: dict[str, Any]) -> EventFigure:
    known = (d.get("low"), d.get("best"), d.get("high"))
    return EventFigure(d["measure"], *known, d.get("rule", ""), tuple(d.get("claims", ())))


def _conflict(d: dict[str, Any]) -> Conflict:
    options = tuple(
        ConflictOption(
            o.get("value", ""),
            tuple(o.get("claims", ())),
            tuple(Voice(v.get("name", ""), v.get("kind")) for v in o.get("voices", ())),
            o.get("independent_n", 0),
            _day(o.get("latest")),
        )
        for o in d["options"]
    )
    return Conflict(d["kind"], options, d.get("state", "open"), d.get("chosen"))
