"""Builds flat rows straight from the JSON that the ledger keeps, without the records in between: a million a minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

import orjson

from casus.errors import LedgerError
from casus.events import Conflict, ConflictKind, ConflictOption, Event, EventFigure, EventPlace, EventSide, EventWhen
from casus.ledger.flat_rows import CHAIN, FlatClaim, FlatConflict, FlatDocument, FlatEvent, joined
from casus.linking.describe import describe
from casus.records import DatePrecision, PlacePrecision

MEASURES = ("killed", "injured", "detained", "displaced", "missing")
_Cells = tuple[Any, ...]
_NOWHERE: _Cells = (None, None, None, None, None, None, "unknown")
_day, _loads = date.fromisoformat, orjson.loads

P = ParamSpec("P")
R = TypeVar("R")


def _readable(build: Callable[P, R]) -> Callable[P, R]:
    """What is missing in a record, or of another kind, as one of our errors."""

    @wraps(build)
    def built(*given: P.args, **named: P.kwargs) -> R:
        try:
            return build(*given, **named)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            row = given[0]
            id_ = row[0] if isinstance(row, tuple) else row
            found = f"{id_} cannot be read: {type(error).__name__} {error}"
            raise LedgerError(found, "restore the ledger from a copy") from error

    return built


@_readable
def event_row(id_: str, version: int, record: str, *, summary: bool) -> FlatEvent:
    """The event's row; its line for people only where asked, as that takes as long as all the rest."""
    d: dict[str, Any] = _loads(record)
    types, conflicts = d["types"], d.get("conflicts", ())
    still_open = [c["kind"] for c in conflicts if c.get("state") == "open"]
    # in the order of the columns; a test compares every field with the record
    cells = (
        id_,
        version,
        d["status"],
        types[0],
        joined(types) or types[0],
        d.get("mode"),
        d.get("umbrella", False),
        *_days(d.get("when")),
        *_sides(d.get("actors")),
        *_sides(d.get("recipients")),
        *_place(d.get("place")),
        *_harm(d.get("figures")),
        d.get("reports_n", 0),
        d.get("publishers_n", 0),
        d.get("independent_n", 0),
        len(d["claims"]),
        joined(still_open),
        len(still_open),
        joined(d.get("responds_to", [])),
        joined(d.get("review", [])),
        d.get("changed_at", ""),
        _summary(d) if summary else None,
    )
    return FlatEvent._make(cells)


def _days(when: dict[str, Any] | None) -> _Cells:
    if not when:
        return None, None, "unknown"
    start = when.get("start")
    precision = when.get("precision", "unknown")
    return (_day(start), _day(when["end"]), precision) if start else (None, None, precision)


def _sides(sides: list[dict[str, Any]] | None) -> _Cells:
    """Who, name and sector, each joined in the same order."""
    if not sides:
        return None, None, None
    if len(sides) == 1:
        side = sides[0]
        return joined([side.get("who", "")]), joined([side.get("name", "")]), side.get("sector", "UNK")
    return (
        joined([s.get("who", "") for s in sides]),
        joined([s.get("name", "") for s in sides]),
        joined([s.get("sector", "UNK") for s in sides]),
    )


def _place(place: dict[str, Any] | None) -> _Cells:
    if place is None:
        return _NOWHERE
    get = place.get
    return get("name"), get("place_id"), get("admin1"), get("iso3"), get("lat"), get("lon"), get("precision", "unknown")


_NO_HARM: _Cells = (None,) * (3 * len(MEASURES))


def _harm(figures: list[dict[str, Any]] | None) -> _Cells:
    if not figures:
        return _NO_HARM
    by_measure = {f["measure"]: f for f in figures}
    out: list[int | None] = []
    for measure in MEASURES:
        f = by_measure.get(measure)
        out += (None, None, None) if f is None else (f.get("low"), f.get("best"), f.get("high"))
    return tuple(out)


def _summary(d: dict[str, Any]) -> str:
    """The line of `linking.describe`, of an event with no more in it than that line needs."""
    place, when = d.get("place"), d.get("when") or {}
    event = Event(
        id="",
        version=0,
        claims=("-",),
        types=tuple(d["types"]),
        mode=d.get("mode"),
        status=d["status"],
        actors=tuple([_side(s.get("who"), s.get("name", "")) for s in d.get("actors", ())]),
        recipients=tuple([_side(s.get("who"), s.get("name", "")) for s in d.get("recipients", ())]),
        place=_spot(place.get("name", ""), place.get("precision", "unknown")) if place else None,
        when=_time(when["start"], when["end"], when["precision"]) if "start" in when else _UNDATED,
        figures=tuple(
            [EventFigure(f["measure"], f.get("low"), f.get("best"), f.get("high"), "") for f in d.get("figures", ())]
        ),
        conflicts=tuple([_open(c["kind"]) for c in d.get("conflicts", ()) if c.get("state") == "open"]),
    )
    return describe(event)


# the same sides, places and days come again and again, and building one takes ten times as long as finding it
_known = lru_cache(maxsize=16384)
_UNDATED = EventWhen()
_TWO = (ConflictOption("", (), (), 0), ConflictOption("", (), (), 0))


@_known
def _side(who: str | None, name: str) -> EventSide:
    return EventSide(who, name)


@_known
def _spot(name: str, precision: PlacePrecision) -> EventPlace:
    return EventPlace(name, precision=precision)


@_known
def _time(start: str, end: str, precision: DatePrecision) -> EventWhen:
    return EventWhen(_day(start), _day(end), precision)


@_known
def _open(kind: ConflictKind) -> Conflict:
    return Conflict(kind, _TWO)


@_readable
def conflict_rows(id_: str, record: str) -> list[FlatConflict]:
    """A row for each option of each contradiction of the event."""
    out = []
    for c in _loads(record).get("conflicts", ()):
        for option in c["options"]:
            voices = [f"{v.get('name', '')} ({v['kind']})" if "kind" in v else v.get("name", "") for v in
                      option.get("voices", ())]  # fmt: skip
            latest = option.get("latest")
            row = FlatConflict(
                id_,
                c["kind"],
                c.get("state", "open"),
                c.get("chosen"),
                option.get("value", ""),
                option.get("independent_n", 0),
                joined(voices),
                joined(option.get("claims", [])),
                _day(latest) if latest else None,
            )
            out.append(row)
    return out


# of a claim's row: its id, its event's id, whether it counts, its record, and of its document id, publisher, day, url,
# title, record and text
ClaimRow = tuple[str, str | None, int, str, str, str | None, str | None, str | None, str | None, str, str]


@_readable
def claim_row(row: ClaimRow) -> FlatClaim:
    """The claim's row; its quotes are cut from the document's text."""
    id_, event, active, record, document, publisher, published, url, title, document_record, text = row
    d: dict[str, Any] = _loads(record)
    country = _loads(document_record).get("publisher_country")
    start, end = d["trigger"]
    first, last = d["sentence"]
    weapon, source, when = d.get("weapon"), d.get("source", ()), d.get("when") or {}
    cells = (
        id_,
        event,
        document,
        publisher or None,
        country,
        _day(published) if published else None,
        url or None,
        title or None,
        d["type"],
        d.get("mode"),
        d["status"],
        *_sides(d.get("actors")),
        *_sides(d.get("recipients")),
        *_place(d.get("place")),
        *_days(when),
        when.get("basis", "none"),
        *_told(d.get("figures"), text),
        text[weapon[0] : weapon[1]] if weapon else None,
        joined([s.get("name", "") for s in source], CHAIN),
        joined([s.get("kind", "other") for s in source], CHAIN),
        d.get("background", False),
        d.get("aggregate", False),
        d.get("confidence", 0.0),
        d["region"],
        text[start:end],
        text[first:last],
        start,
        end,
        not active,
    )
    return FlatClaim._make(cells)


def _told(figures: list[dict[str, Any]] | None, text: str) -> _Cells:
    """Low, high and words of each measure; the first figure of a measure, as `Claim.figure` has it."""
    if not figures:
        return _NO_HARM
    by_measure: dict[str, dict[str, Any]] = {}
    for f in figures:
        by_measure.setdefault(f["measure"], f)
    out: list[int | str | None] = []
    for measure in MEASURES:
        found = by_measure.get(measure)
        if found is None:
            out += (None, None, None)
        else:
            start, end = found["span"]
            out += (found.get("low"), found.get("high"), text[start:end])
    return tuple(out)


# of a document's row: id, title, url, publisher, day, group of copies, record, number of its claims, text
DocumentRow = tuple[
    str, str | None, str | None, str | None, str | None, str | None, str, int, str | None
]  # fmt: skip


@_readable
def document_row(row: DocumentRow) -> FlatDocument:
    """The document's row."""
    id_, title, url, publisher, published, syndication, record, claims, text = row
    d: dict[str, Any] = _loads(record)
    return FlatDocument(
        document_id=id_,
        title=title or None,
        url=url or None,
        publisher=publisher or None,
        publisher_country=d.get("publisher_country"),
        byline=d.get("byline"),
        published=_day(published) if published else None,
        published_basis=d.get("published_basis", "none"),
        published_at=d.get("published_at"),
        modified=d.get("modified"),
        retrieved=d.get("retrieved"),
        language=d.get("language", ""),
        form=d.get("form", "report"),
        media_type=d.get("media_type", ""),
        syndication_id=syndication,
        text_sha256=d["text_sha256"],
        raw_sha256=d.get("raw_sha256"),
        notes=joined(d.get("notes", [])),
        claims_n=claims,
        text=text,
    )
