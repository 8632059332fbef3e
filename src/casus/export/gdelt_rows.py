"""The cells of a row of GDELT's events and of its mentions, from an event, its claims and their documents."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from casus.codebook import Codebook
from casus.events import Event, EventFigure, EventPlace, EventSide, EventWhen
from casus.export.cells import safe_cell
from casus.export.codes import CAMEO_ROLES, KNOWN_GROUPS, cameo_country, country_name, fips, is_country
from casus.export.paired import Paired
from casus.fields import MEASURES
from casus.records import Claim, Document, Participant

Value = str | int | float | None

WEB, CITATION = 1, 2
# the first roots of verbal and material cooperation and of verbal and material conflict, as GDELT parts CAMEO's twenty
_QUADS = (1, 6, 9, 14)
# a place that lies in the USA has types of its own
_TYPES = {"exact": (4, 3), "near": (4, 3), "adm2": (5, 2), "adm1": (5, 2), "country": (1, 1)}
NOWHERE: tuple[Value, ...] = (0, None, None, None, None, None, None, None)
# all that some reader takes for the end of a cell or a line
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_WEB = re.compile(r"https?://[^\s/]+", re.IGNORECASE)


def plain(text: str | None) -> str | None:
    """The text on one line, without tabs, control characters and double quotes; None where nothing is left."""
    return _BREAKS.sub(" ", text or "").replace('"', "'").strip() or None


def told(text: str | None) -> str | None:
    """The same of words that people wrote, made harmless for spreadsheets (`cells.safe_cell`)."""
    line = plain(text)
    return safe_cell(line) if line else None


# ------------------------------------------------------------------ events


def event_cells(n: int, paired: Paired) -> tuple[Value, ...]:
    """The 61 cells of the event, `n` its number."""
    event = paired.event
    code = Codebook.load().to_cameo(event.types[0], event.mode)
    lead = any(claim.region in ("title", "lead") for _, claim in paired.claims)
    return (
        n,
        *_dated(event.when),
        *_actor(event.actors),
        *_actor(event.recipients),
        int(lead),
        code.code,
        code.code[:3],
        code.root,
        quad_class(code.root),
        Codebook.load().intensity(event.types[0], event.mode),
        len(paired.claims),
        event.publishers_n,
        event.reports_n,
        None,  # no tone: Casus does not weigh words
        *NOWHERE,
        *NOWHERE,
        *_place(event.place),
        first_told(paired),
        identifier(paired.claims[0][0]),
    )


def quad_class(root: str) -> int:
    """1 to 4 of a root code of CAMEO, as GDELT has it; PLOVER parts some types otherwise."""
    return bisect_right(_QUADS, int(root))


def _dated(when: EventWhen) -> tuple[Value, ...]:
    """Day, month, year, and the day as a part of the year. What is known to the month only has no day, and so on."""
    first, last = when.start, when.end
    if first is None or last is None:
        return None, None, None, None
    if when.precision in ("day", "range"):
        day = first.year * 10_000 + first.month * 100 + first.day
        return day, day // 100, first.year, round(first.year + part_of_year(first), 4)
    month = first.year * 100 + first.month if (first.year, first.month) == (last.year, last.month) else None
    return None, month, first.year if first.year == last.year else None, None


def part_of_year(day: date) -> float:
    """As GDELT's files have it, months of 30 days; its codebook prints MONTH * 30, which these do not hold."""
    return round(((day.month - 1) * 30 + day.day) / 365, 4)


def _actor(sides: Sequence[EventSide]) -> tuple[Value, ...]:
    """The first of the sides; GDELT has room for one."""
    if not sides:
        return (None,) * 10
    side = sides[0]
    country, group = cameo_country(side.who), KNOWN_GROUPS.get(side.who or "")
    role = side.sector if side.sector in CAMEO_ROLES else None
    code = "".join((country or "", role or "", group or "")) or None
    name = country_name(side.who or "") if is_country(side.who) else side.who or side.name
    return code, told(name.upper()), country, group, None, None, None, role, None, None


def _place(place: EventPlace | None) -> tuple[Value, ...]:
    if place is None or place.precision not in _TYPES:
        return NOWHERE
    country = country_name(place.iso3) if place.iso3 else None
    parts = [place.name, place.admin1, country]
    name = told(", ".join(dict.fromkeys(part for part in parts if part)))
    id_ = place.place_id
    known = f"geonames:{id_}" if id_ and id_.isascii() and id_.isdecimal() else id_
    kind = _TYPES[place.precision][place.iso3 == "USA"]
    return kind, name, fips(place.iso3), None, None, place.lat, place.lon, told(known)


def first_told(paired: Paired) -> int | None:
    """When the first of its reports was published."""
    return min((at for document, _ in paired.claims if (at := moment(document)) is not None), default=None)


def moment(document: Document) -> int | None:
    """When it was published, in UTC, as YYYYMMDDHHMMSS; midnight where only the day is told."""
    if document.published_at:
        try:
            at = datetime.fromisoformat(document.published_at)
        except ValueError:
            at = None
        if at is not None and at.tzinfo is not None:
            return int(at.astimezone(UTC).strftime("%Y%m%d%H%M%S"))
    day = document.published
    return (day.year * 10_000 + day.month * 100 + day.day) * 1_000_000 if day else None


def is_web(document: Document) -> bool:
    """Whether it can be had by an address of the web."""
    return bool(document.url and _WEB.match(document.url))


def identifier(document: Document) -> str | None:
    """Its address; where it has none on the web, a citation."""
    if is_web(document):
        return re.sub(r'[\s\x00-\x1f\x7f-\x9f"]', lambda c: f"%{ord(c[0]):02X}", document.url or "")
    day = document.published.isoformat() if document.published else None
    parts = (plain(part) for part in (document.title, document.publisher, day, document.id))
    return told(", ".join(part for part in parts if part))


# ------------------------------------------------------------------ mentions


def mention_cells(
    n: int, paired: Paired, document: Document, claim: Claim, sentences: Sequence[int]
) -> tuple[Value, ...]:
    """The 16 cells of a claim of the event; `sentences` are the starts of the document's sentences."""
    web = is_web(document)
    return (
        n,
        first_told(paired),
        moment(document),
        WEB if web else CITATION,
        plain((urlsplit(document.url or "").hostname or "").removeprefix("www.")) if web else told(document.publisher),
        identifier(document),
        bisect_right(sentences, claim.trigger.start) or None,
        _offset(claim.actors),
        _offset(claim.recipients),
        claim.trigger.start,
        1,
        round(claim.confidence * 100),
        len(document.text),
        None,
        None,
        extras(paired.event, document, claim),
    )


def _offset(sides: Sequence[Participant]) -> int | None:
    return sides[0].span.start if sides else None


def extras(event: Event, document: Document, claim: Claim) -> str:
    """`name=value` joined by `;`, in this order, empty ones left out; in a value `%` is %25 and `;` is %3B."""
    open_ = [conflict.kind for conflict in event.conflicts if conflict.state == "open"]
    settled = {f"event_{figure.measure}": _settled(figure) for figure in event.figures}
    values: dict[str, str | None] = {
        "event": event.id,
        "version": str(event.version),
        "claim": claim.id,
        "document": document.id,
        "publisher": document.publisher,
        "language": document.language,
        "type": claim.type,
        "mode": claim.mode,
        "status": claim.status,
        "actors": _names(claim.actors),
        "recipients": _names(claim.recipients),
        "date": _days(claim.when.start, claim.when.end),
        "date_precision": claim.when.precision,
        "source": " > ".join(f"{source.name} ({source.kind})" for source in claim.source),
        **{m: f"{_n(f.low)}-{_n(f.high)}" for m in MEASURES if (f := claim.figure(m))},
        **settled,
        "event_date": _days(event.when.start, event.when.end),
        "independent": str(event.independent_n),
        "disputed": " ".join(open_),
        "quote": claim.sentence.exact,
    }
    lines = {name: plain(value) for name, value in values.items()}
    return ";".join(f"{k}={v.replace('%', '%25').replace(';', '%3B')}" for k, v in lines.items() if v)


def _names(sides: Sequence[Participant]) -> str:
    return ", ".join(f"{side.who or side.name} ({side.sector})" for side in sides)


def _days(first: date | None, last: date | None) -> str | None:
    return f"{first}/{last}" if first else None


def _settled(figure: EventFigure) -> str:
    return f"{_n(figure.low)}/{_n(figure.best)}/{_n(figure.high)}"


def _n(value: int | None) -> str:
    return "" if value is None else str(value)
