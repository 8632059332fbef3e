"""What the plots of who says what are made of: a toll over time, two sides on the same events, contradictions, lags.

Each function takes flat rows and gives tidy rows, one a mark; or lines that say why there is nothing to draw.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple, get_args

from casus.analysis.counting import counted
from casus.analysis.series import HUES, TOP, ranked
from casus.analysis.units import shown
from casus.ledger.flat_rows import CHAIN, parts
from casus.records import Measure, Status

if TYPE_CHECKING:
    from casus.ledger.flat import FlatClaim, FlatEvent

NOBODY = "nobody named"


def figure(claim: FlatClaim, measure: Measure) -> tuple[int | None, int | None]:
    """Low and high of that measure as the claim tells them."""
    return {
        "killed": (claim.killed_low, claim.killed_high),
        "injured": (claim.injured_low, claim.injured_high),
        "detained": (claim.detained_low, claim.detained_high),
        "displaced": (claim.displaced_low, claim.displaced_high),
        "missing": (claim.missing_low, claim.missing_high),
    }[measure]


def settled(event: FlatEvent, measure: Measure) -> tuple[int | None, int | None, int | None]:
    """Low, best and high of that measure as the event has them."""
    return {
        "killed": (event.killed_low, event.killed_best, event.killed_high),
        "injured": (event.injured_low, event.injured_best, event.injured_high),
        "detained": (event.detained_low, event.detained_best, event.detained_high),
        "displaced": (event.displaced_low, event.displaced_best, event.displaced_high),
        "missing": (event.missing_low, event.missing_best, event.missing_high),
    }[measure]


def voice(claim: FlatClaim) -> str:
    """Who says it: the innermost speaker that the text names, else the publisher."""
    return next(iter(reversed(parts(claim.source, CHAIN))), "") or claim.publisher or NOBODY


# toll


class Told(NamedTuple):
    """A figure as a voice gives it on a day, and in how many reports. `at` is where in the day it is drawn, so that
    voices stand beside one another; `open` says whether it is "at least", "up to" or counted."""

    day: date
    at: datetime
    voice: str
    low: int
    high: int
    open: str
    reports: int


@dataclass(frozen=True, slots=True)
class Toll:
    """Of the plot `toll`: figures, voices in the order of the legend, first and last day, lines for the subtitle."""

    figures: tuple[Told, ...]
    voices: tuple[str, ...]
    days: tuple[date, date]
    lines: tuple[str, ...]


# low, high and whether it is open
_Figure = tuple[int, int, str]


def toll(claims: Iterable[FlatClaim], measure: Measure) -> Toll | tuple[str, ...]:
    """The figures of one event by the day of the report and by voice."""
    told: list[tuple[date, str, _Figure, str]] = []
    silent = undated = 0
    for claim in claims:
        known = _open(*figure(claim, measure))
        if known is None:
            silent += 1
        elif claim.published is None:
            undated += 1
        else:
            told.append((claim.published, voice(claim), known, claim.document_id))
    lines = [f"{counted(len(told), 'claim')} with a figure, {silent:,} without"]
    if undated:
        lines.append(f"left out: {counted(undated, 'claim')} of reports of unknown date")
    if not told:
        return tuple(lines)
    reports = Counter(name for name, _ in {(name, document) for _, name, _, document in told})
    voices = ranked(reports, HUES)
    days = [day for day, *_ in told]
    return Toll(tuple(_beside(told, voices)), tuple(voices), (min(days), max(days)), tuple(lines))


def _open(low: int | None, high: int | None) -> _Figure | None:
    """A figure with both ends, and which of them the words leave open."""
    if low is None:
        return None if high is None else (high, high, "up to")
    return (low, low, "at least") if high is None else (low, high, "counted")


def _beside(told: Iterable[tuple[date, str, _Figure, str]], voices: Sequence[str]) -> Iterator[Told]:
    """The figures of a day side by side over the day, in the order of the legend; those of OTHER together."""
    by_day: dict[date, dict[tuple[int, _Figure], set[str]]] = defaultdict(lambda: defaultdict(set))
    for day, name, known, document in told:
        at = voices.index(name) if name in voices else len(voices) - 1
        by_day[day][at, known].add(document)
    for day, here in sorted(by_day.items()):
        for n, (at, known) in enumerate(sorted(here), start=1):
            moment = datetime.combine(day, time()) + timedelta(days=n / (len(here) + 1))
            yield Told(day, moment, voices[at], *known, len(here[at, known]))


# sides


class Said(NamedTuple):
    """What a side says of an event: the figures of all its claims from the lowest to the highest, how many of its
    claims say what of whether it happened ("happened ×3, denied ×1"), and in how many reports."""

    event: str
    side: str
    low: int | None
    high: int | None
    says: str
    reports: int


@dataclass(frozen=True, slots=True)
class Sides:
    """Of the plot `sides`: events from top to bottom, and what the two sides say of them."""

    events: tuple[str, ...]
    said: tuple[Said, ...]
    lines: tuple[str, ...]


def sides(
    events: Iterable[FlatEvent], claims: Iterable[FlatClaim], speakers: Mapping[str, str], two: tuple[str, str],
    measure: Measure,
) -> Sides | tuple[str, ...]:  # fmt: skip
    """What two sides say of the same events. `speakers`: who says a claim, by the claim's id. Events of which both
    speak go before others, those of most claims before others."""
    by_event: dict[str, dict[str, list[FlatClaim]]] = defaultdict(lambda: {side: [] for side in two})
    for claim in claims:
        side = speakers.get(claim.claim_id)
        if side in two and claim.event_id is not None:
            by_event[claim.event_id][side].append(claim)
    known = {event.event_id: event for event in events if event.event_id in by_event}
    both = sum(all(told.values()) for id_, told in by_event.items() if id_ in known)
    order = sorted(
        known, key=lambda id_: (not all(by_event[id_].values()), -sum(map(len, by_event[id_].values())), id_)
    )
    # from top to bottom by day
    drawn = sorted(order[:TOP], key=lambda id_: (known[id_].date_start or date.max, id_))
    names = _labels([known[id_] for id_ in drawn])
    lines = (f"{counted(len(known), 'event')} of which they speak, {both:,} of which both do"
             + (f"; shown: {len(drawn)}" if len(drawn) < len(known) else ""),)  # fmt: skip
    if not drawn:
        return lines
    said = tuple(
        _said(name, side, by_event[id_][side], measure)
        for id_, name in zip(drawn, names, strict=True) for side in two if by_event[id_][side]
    )  # fmt: skip
    return Sides(tuple(names), said, lines)


def _labels(events: Sequence[FlatEvent]) -> list[str]:
    """A name for each event that no other has."""
    names = [short(event) for event in events]
    twice = {name for name, n in Counter(names).items() if n > 1}
    return [f"{n} ({e.event_id[:8]})" if n in twice else n for n, e in zip(names, events, strict=True)]


def short(event: FlatEvent) -> str:
    """An event in a few words: "2024-01-16 assault, Panjgur"."""
    day = event.date_start.isoformat() if event.date_start else "undated"
    where = event.place or event.iso3
    return f"{day} {event.type.lower()}{f', {where}' if where else ''}"


def _said(name: str, side: str, claims: Sequence[FlatClaim], measure: Measure) -> Said:
    ends = [end for claim in claims for end in figure(claim, measure) if end is not None]
    counts = Counter(claim.status for claim in claims)
    says = ", ".join(f"{status} ×{counts[status]}" for status in get_args(Status) if counts[status])
    documents = {claim.document_id for claim in claims}
    return Said(name, shown(side), min(ends, default=None), max(ends, default=None), says, len(documents))
