"""Values in a person's words: days, figures, sides, precision. Filters of the templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from casus.analysis.intensity import quad
from casus.errors import RecordError
from casus.events import EventFigure, EventSide, EventWhen
from casus.linking.countries import countries
from casus.linking.describe import describe
from casus.records import Claim, Figure, Participant, When
from casus.text import clean

NOT_SAID = "–"
QUADS: Mapping[str, str] = {
    "material-conflict": "hostile deeds",
    "verbal-conflict": "hostile words",
    "material-cooperation": "friendly deeds",
    "verbal-cooperation": "friendly words",
}
PRECISION: Mapping[str, str] = {
    "exact": "exact",
    "near": "near",
    "adm2": "district",
    "adm1": "province",
    "country": "country only",
    "region": "region only",
    "unknown": "precision unknown",
}
_SECTORS: Mapping[str, str] = {
    "GOV": "government", "MIL": "military", "COP": "police", "SPY": "intelligence", "JUD": "courts",
    "LEG": "parliament", "PTY": "party", "OPP": "opposition", "REB": "rebels", "UAF": "unidentified armed",
    "CVL": "civilians", "MED": "media", "REF": "refugees", "REL": "religious", "BUS": "business", "LAB": "labour",
    "EDU": "education", "IGO": "intergovernmental", "NGO": "NGO", "UNK": "",
}  # fmt: skip


class Ranged(Protocol):
    """Anything with low, best and high."""

    @property
    def low(self) -> int | None: ...
    @property
    def best(self) -> int | None: ...
    @property
    def high(self) -> int | None: ...


def days(when: When | EventWhen) -> str:
    """A day, range ("2024-01-22–26"), month or year."""
    if when.start is None or when.end is None:
        return "no date"
    first, last = when.start.isoformat(), when.end.isoformat()
    if first == last:
        return first
    if when.precision in ("year", "month"):
        return first[:4] if when.precision == "year" else first[:7]
    # within a month the day alone: columns stay narrow
    return f"{first}–{last[8:]}" if first[:7] == last[:7] else f"{first} – {last}"


def day(value: date | str | None) -> str:
    """A day, or that there is none."""
    return str(value)[:10] if value else "no date"


def figure(value: Ranged | None) -> str:
    """ "2–9–10" low, best, high; one number where they are alike; "9+" at least nine."""
    if value is None:
        return NOT_SAID
    low, best, high = value.low, value.best, value.high
    if low is not None and low == high:
        return f"{low:,}"
    if high is None:
        return f"{best:,} ({low:,}+)" if best is not None and low is not None and best != low else f"{low or 0:,}+"
    if best is None:
        return f"{low:,}–{high:,}" if low is not None else f"up to {high:,}"
    return f"{low or 0:,}–{best:,}–{high:,}"


def told(value: Figure) -> str:
    """A figure as a claim tells it: "killed 9", "injured 12+"."""
    low, high = value.low, value.high
    number = f"up to {high:,}" if low is None else f"{low:,}+" if high is None else f"{low:,}"
    if low is not None and high is not None and low != high:
        number = f"{low:,}–{high:,}"
    return f"{value.measure} {number}{' in all' if value.cumulative else ''}"


def side(value: EventSide | Participant) -> str:
    """Who it is, for those who know the name already: "IRN, military"."""
    sector = _SECTORS.get(value.sector, "")
    who = value.who if value.who and value.who != value.name else ""
    return ", ".join(x for x in (who, sector) if x)


def names(some: Iterable[EventSide | Participant], most: int = 3) -> str:
    """Names on a line, no more than so many."""
    every = list(dict.fromkeys(clean(s.name) for s in some))
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more if every else NOT_SAID


def who_name(who: str) -> str:
    """A country's usual name for its code; other names as they are."""
    return countries().get(who, who)


def quad_of(type_: str) -> str:
    """The quad class of a type: its colour."""
    try:
        return quad(type_)
    except RecordError:
        return "none"


def quoted(claim: Claim) -> tuple[str, str, str]:
    """The sentence of a claim: before its trigger, the trigger, after it."""
    text, at = claim.sentence.exact, claim.sentence.start
    start, end = claim.trigger.start - at, claim.trigger.end - at
    return text[:start], text[start:end], text[end:]


def many(n: int, word: str, more: str | None = None) -> str:
    """ "1 event", "1,200 events"."""
    return f"{n:,} {word if n == 1 else more or word + 's'}"


def best(value: EventFigure) -> str:
    """Low, best and high in words, for whoever does not see the drawing."""
    parts = (("low", value.low), ("best", value.best), ("high", value.high))
    return ", ".join(f"{name} {'open' if n is None else f'{n:,}'}" for name, n in parts)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "days": days, "day": day, "figure": figure, "told": told, "side": side, "names": names, "who_name": who_name,
    "quad": quad_of, "describe": describe, "quoted": quoted, "many": many, "best": best,
    "quad_words": lambda name: QUADS.get(name, name), "precision": lambda name: PRECISION.get(name, name),
}  # fmt: skip
