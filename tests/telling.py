"""Claims and reports made by hand, for tests of what is settled from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from casus.events import Report
from casus.records import (
    Claim,
    DateBasis,
    Figure,
    Measure,
    Participant,
    Place,
    PlacePrecision,
    Sector,
    Source,
    SourceKind,
    Span,
    Status,
    When,
)

STRUCK = Span("struck", 0, 6, "struck")
Side = tuple[str | None, Sector] | tuple[str | None, Sector, str]

PANJGUR = ("Panjgur", "PAK", "Balochistan", 26.97, 64.09)
TURBAT = ("Turbat", "PAK", "Balochistan", 26.00, 63.05)  # 150 km from Panjgur
SORDO = ("Sordo", "PAK", "Balochistan", 26.92, 64.10)  # 6 km from Panjgur
KARACHI = ("Karachi", "PAK", "Sindh", 24.86, 67.01)
SARAVAN = ("Saravan", "IRN", "Sistan and Baluchestan", 27.37, 62.33)


def report(
    document: str, published: str | None = "2024-01-18", publisher: str | None = "", origins: Sequence[str] = ()
) -> Report:
    """A report; its publisher is named after it unless given."""
    day = date.fromisoformat(published) if published else None
    return Report(document, f"Paper {document}" if publisher == "" else publisher, day, None, tuple(origins))


def point(town: tuple[str, str, str, float, float], precision: PlacePrecision = "exact") -> Place:
    """A town as a claim's place."""
    name, iso3, admin1, lat, lon = town
    return Place(STRUCK, name, f"id of {name}", admin1, iso3, lat, lon, precision)


def area(name: str, iso3: str | None, precision: PlacePrecision, admin1: str | None = None) -> Place:
    """A province, country or region as a claim's place."""
    return Place(STRUCK, name, None, admin1, iso3, None, None, precision)


def days(start: str, end: str | None = None, basis: DateBasis = "stated") -> When:
    """A day, or first and last day."""
    first, last = date.fromisoformat(start), date.fromisoformat(end or start)
    return When(first, last, "day" if first == last else "range", basis)


def figure(
    low: int | None,
    high: int | None = -1,
    *,
    measure: Measure = "killed",
    words: str = "nine",
    qualifier: str | None = None,
    group: str | None = None,
    after: str = "",
) -> Figure:
    """A figure; without `high` it is exact."""
    text = words + after
    span = Span(text, 0, len(words), words, suffix=after)
    return Figure(measure, low, low if high == -1 else high, span, qualifier, group)


def claim(
    document: str = "a",
    n: int = 0,
    *,
    type: str = "ASSAULT",
    mode: str | None = None,
    status: Status = "happened",
    by: Sequence[Side] = (),
    to: Sequence[Side] = (),
    at: Place | None = None,
    on: When | None = None,
    killed: int | Figure | None = None,
    figures: Sequence[Figure] = (),
    says: tuple[str, SourceKind] | None = None,
    aggregate: bool = False,
    confidence: float = 0.9,
) -> Claim:
    """A claim of that document; `n` is where in it the trigger stands."""
    text = " " * n + "struck"
    trigger = Span.cut(text, n, n + 6)
    told = tuple(figures) + (() if killed is None else (killed if isinstance(killed, Figure) else figure(killed),))
    return Claim(
        id=Claim.make_id(document, trigger, type, status),
        document_id=document,
        sentence=Span.cut(text, 0, len(text)),
        trigger=trigger,
        type=type,
        mode=mode,
        status=status,
        actors=tuple(_side(s) for s in by),
        recipients=tuple(_side(s) for s in to),
        place=at,
        when=on or When(),
        figures=told,
        source=(Source(STRUCK, says[0], says[1]),) if says else (),
        aggregate=aggregate,
        confidence=confidence,
    )


def _side(side: Side) -> Participant:
    who, sector, *name = side
    return Participant(STRUCK, name[0] if name else who or "somebody", who, sector)
