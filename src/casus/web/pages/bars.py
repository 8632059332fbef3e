"""The strip over a list: how many events began in each day, week, month or year, by quad class, as bars that lead on.

The drawing is 1,000 wide and 100 high and is stretched to the page; words stand beside it, not in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from casus.ledger.overview import DayCount
from casus.web.pages.words import quad_of

WIDE, HIGH = 1000.0, 100.0
# drawn from the axis up, in the order in which the eye should find them
STACK = ("material-conflict", "verbal-conflict", "verbal-cooperation", "material-cooperation")
# by hand: a bar of a page of 390 pixels is then 3 pixels wide
MOST = 120


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar."""

    quad: str
    events: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The events that began from `first` to `last`, both counted in."""

    first: date
    last: date
    events: int
    x: float
    width: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """The bars, the step between them, and the highest of them."""

    step: str
    bars: tuple[Bar, ...]
    most: int
    left_out: int

    @property
    def first(self) -> date:
        return self.bars[0].first

    @property
    def last(self) -> date:
        return self.bars[-1].last


def strip(counts: Iterable[DayCount]) -> Strip | None:
    """The strip of these counts; None where nothing is dated. Days far from all others are left out and counted."""
    days = [(date.fromisoformat(c.day), c.type, c.events) for c in counts]
    if not days:
        return None
    low, high = _ends(days)
    inside = [d for d in days if low <= d[0] <= high]
    step = _step((high - low).days + 1)
    sums: Counter[tuple[date, str]] = Counter()
    for day, type_, events in inside:
        sums[_start(day, step), quad_of(type_)] += events
    starts, at = [], _start(low, step)
    while at <= high:
        starts.append(at)
        at = _next(at, step)
    totals = {s: sum(sums[s, q] for q in STACK) for s in starts}
    most = max(totals.values())
    width = WIDE / len(starts)
    bars = tuple(
        Bar(s, _next(s, step) - timedelta(1), totals[s], round(n * width, 2), round(max(width - 1.5, width * 0.7), 2),
            _parts(s, sums, most))
        for n, s in enumerate(starts)
    )  # fmt: skip
    return Strip(step, bars, most, sum(n for _, _, n in days) - sum(n for _, _, n in inside))


def _ends(days: Sequence[tuple[date, str, int]]) -> tuple[date, date]:
    """First and last day to draw: the middle 90 in 100 events, and what lies within their length of it.

    One event of 1979 told as background would else press a month of 2024 into a single bar.
    """
    total = sum(n for _, _, n in days)
    low, high, seen = days[0][0], days[-1][0], 0
    started = False
    for day, _, n in days:
        seen += n
        if not started and seen * 20 > total:
            low, started = day, True
        if seen * 20 >= total * 19:
            high = day
            break
    reach = max((high - low).days, 21)
    near = [day for day, _, _ in days if -reach <= (day - low).days and (day - high).days <= reach]
    return near[0], near[-1]


def _parts(start: date, sums: Counter[tuple[date, str]], most: int) -> tuple[Part, ...]:
    out, top = [], HIGH
    for quad in STACK:
        if n := sums[start, quad]:
            # a single event stays visible beside a thousand
            height = max(n / most * HIGH, 1.5)
            top -= height
            out.append(Part(quad, n, round(max(top, 0.0), 2), round(height, 2)))
    return tuple(out)


def _step(length: int) -> str:
    for name, days in (("day", 1), ("week", 7), ("month", 30), ("quarter", 91)):
        if length <= MOST * days:
            return name if name != "day" or length <= 62 else "week"
    return "year"


def _start(day: date, step: str) -> date:
    """The first day of the step in which a day lies; weeks begin on Monday."""
    if step == "day":
        return day
    if step == "week":
        return day - timedelta(day.weekday())
    if step == "month":
        return day.replace(day=1)
    if step == "quarter":
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return day.replace(month=1, day=1)


def _next(start: date, step: str) -> date:
    if step in ("day", "week"):
        return start + timedelta(1 if step == "day" else 7)
    months = {"month": 1, "quarter": 3, "year": 12}[step]
    month = start.month - 1 + months
    return date(start.year + month // 12, month % 12 + 1, 1)
