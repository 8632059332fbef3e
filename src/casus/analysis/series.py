"""What the plots over time are made of: events by week and type, what two sides did to each other, reports by week.

Each function takes flat rows and gives tidy rows, one a mark; or None where there is nothing to draw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from casus.analysis.counting import counted
from casus.analysis.intensity import QUADS, intensity, quad
from casus.analysis.steps import Steps, Timed
from casus.analysis.units import Missing, keys_of, shown
from casus.analysis.values import harm_values, untold

if TYPE_CHECKING:
    from casus.ledger.flat import FlatDocument, FlatEvent

TOP = 12  # rows of publishers, countries or events; what is beyond is summed up
HUES = 7  # colours that can be told apart, beside grey
OTHER = "other"
NOBODY = "not named"


def ranked(counts: Mapping[str, int], most: int) -> list[str]:
    """The names of most, by number and then by letters; OTHER last where there are more."""
    names = sorted(counts, key=lambda name: (-counts[name], name))
    return names if len(names) <= most else [*names[:most], OTHER]


class Bar(NamedTuple):
    """Events of a type in a period, and from where to where the bar stands in its stack."""

    start: date
    end: date
    type: str
    events: int
    low: int
    high: int


class Deaths(NamedTuple):
    """People killed in a period: sums of the events' figures."""

    start: date
    end: date
    low: int
    best: int
    high: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """Of the plot `weekly`: types in the order of the stack, and lines for the subtitle."""

    steps: Steps
    types: tuple[str, ...]
    bars: tuple[Bar, ...]
    deaths: tuple[Deaths, ...]
    lines: tuple[str, ...]


def weekly(events: Iterable[FlatEvent]) -> Weekly | tuple[str, ...]:
    """Events by type and period, and people killed; where nothing can be drawn, the lines that say why."""
    timed = Timed[tuple[str, tuple[int, ...], bool]]()
    for event in events:
        timed.add_event(event, (event.type, tuple(harm_values(event)[:3]), untold(event)))
    drawn = timed.drawn()
    if drawn is None:
        return timed.words("week")
    steps, told = drawn
    types = ranked(Counter(type_ for _, (type_, _, _) in told), HUES)
    numbers: Counter[tuple[int, str]] = Counter()
    deaths = {period: [0, 0, 0] for period in steps.every}
    for period, (type_, figures, _) in told:
        numbers[period, type_ if type_ in types else OTHER] += 1
        deaths[period] = [a + b for a, b in zip(deaths[period], figures, strict=True)]
    unknown = sum(nobody for _, (_, _, nobody) in told)
    lines = [counted(len(told), "event")]
    if unknown:
        lines.append(f"of {unknown:,} of material conflict nobody tells how many were killed; they add 0 below")
    return Weekly(
        steps,
        tuple(types),
        tuple(bar for period in steps.every for bar in _stack(period, steps, types, numbers)),
        tuple(Deaths(*steps.ends(period), *deaths[period]) for period in steps.every),
        ("; ".join(lines), *timed.words(steps.time), *steps.words("event")),
    )


def _stack(period: int, steps: Steps, types: Iterable[str], numbers: Mapping[tuple[int, str], int]) -> Iterator[Bar]:
    low = 0
    for type_ in types:
        if n := numbers[period, type_]:
            yield Bar(*steps.ends(period), type_, n, low, low + n)
            low += n


class Flow(NamedTuple):
    """What one side did to the other in a period, of one quad class: how many events, the sum of their intensity, and
    from where to where the bar stands: above 0 for the first side, below for the other."""

    start: date
    end: date
    direction: str
    quad: str
    events: int
    intensity: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Dyad:
    """Of the plot `dyad`: number of events and intensity by direction, without its sign, at most; subtitle lines."""

    steps: Steps
    flows: tuple[Flow, ...]
    most: float
    lines: tuple[str, ...]


def dyad(events: Iterable[FlatEvent], one: str, other: str) -> Dyad | tuple[str, ...]:
    """What each of two sides did to the other; where nothing can be drawn, the lines that say why."""
    timed = Timed[tuple[tuple[str, ...], str, float]]()
    for event in events:
        pairs = keys_of(event, "dyad", directed=True)
        if isinstance(pairs, Missing):
            continue
        if doers := tuple(a for a, b in ((one, other), (other, one)) if (a, b) in pairs):
            timed.add_event(event, (doers, quad(event.type), intensity(event.type, event.mode)))
    drawn = timed.drawn()
    if drawn is None:
        return timed.words("week")
    steps, told = drawn
    sums: dict[tuple[int, str, str], tuple[int, float]] = {}
    for period, (doers, kind, score) in told:
        for doer in doers:
            n, total = sums.get((period, doer, kind), (0, 0.0))
            sums[period, doer, kind] = n + 1, total + score
    flows = tuple(
        flow
        for period in steps.every
        for sign, a, b in ((1, one, other), (-1, other, one))
        for flow in _flows(period, steps, (sign, a, b), sums)
    )
    by_side = [
        f"{shown(a)} → {shown(b)}: {sum(a in d for _, (d, _, _) in told):,}" for a, b in ((one, other), (other, one))
    ]
    lines = (f"{counted(len(told), 'event')} ({', '.join(by_side)})", *timed.words(steps.time), *steps.words("event"))
    return Dyad(steps, flows, max((abs(f.high) for f in flows), default=0.0), lines)


def _flows(
    period: int, steps: Steps, way: tuple[int, str, str], sums: Mapping[tuple[int, str, str], tuple[int, float]]
) -> Iterator[Flow]:
    """Friendly words next to the axis, hostile deeds outermost, where they are seen first."""
    (sign, doer, other), at = way, 0.0
    for kind in QUADS:
        if (period, doer, kind) in sums:
            n, score = sums[period, doer, kind]
            top = at + abs(score)
            yield Flow(*steps.ends(period), f"{shown(doer)} → {shown(other)}", kind, n, score, at * sign, top * sign)
            at = top


class Covered(NamedTuple):
    """How many reports a publisher had in a period."""

    start: date
    end: date
    publisher: str
    reports: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the plot `coverage`: publishers from the one with most reports down, last what sums up the rest, if there is
    any; and lines for the subtitle."""

    steps: Steps
    publishers: tuple[str, ...]
    rest: str | None
    cells: tuple[Covered, ...]
    lines: tuple[str, ...]


def coverage(documents: Iterable[FlatDocument]) -> Coverage | tuple[str, ...]:
    """Reports by publisher and period; where nothing can be drawn, the lines that say why."""
    timed, undated = Timed[str](), 0
    for document in documents:
        if document.published is None:
            undated += 1
        else:
            timed.add(document.published, document.publisher or NOBODY)
    lines = (f"left out: {counted(undated, 'report')} of unknown date",) if undated else ()
    drawn = timed.drawn()
    if drawn is None:
        return lines
    steps, told = drawn
    totals = Counter(publisher for _, publisher in told)
    names = ranked(totals, TOP)
    rest = f"{len(totals) - TOP} more (grey)"
    numbers = Counter((period, publisher if publisher in names else rest) for period, publisher in told)
    return Coverage(
        steps,
        tuple(rest if name == OTHER else name for name in names),
        rest if len(totals) > TOP else None,
        tuple(Covered(*steps.ends(period), name, n) for (period, name), n in sorted(numbers.items())),
        (f"{counted(len(told), 'report')} of {counted(len(totals), 'publisher')}", *lines, *steps.words("report")),
    )
