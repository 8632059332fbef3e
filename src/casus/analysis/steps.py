"""By which period a plot over time is drawn, from when to when, and what lies outside of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from casus.analysis.counting import counted
from casus.analysis.periods import Time, first_day, last_day, period_of
from casus.analysis.sieve import REASONS, Reason, Sieve

if TYPE_CHECKING:
    from casus.ledger.flat import FlatEvent

# as they are tried: weeks; days where these are few weeks, months and years where these are many
STEPS: tuple[Time, ...] = ("week", "day", "month", "year")
FEW = 5
# more are drawn by the next longer period: a bar of three pixels is the thinnest that can be told apart
MOST = 210
# fewer would be drawn as blocks as wide as the page
LEAST = 7

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Steps:
    """The periods that are drawn, and how much lies before or after."""

    time: Time
    first: int
    last: int
    outside: int = 0

    @property
    def days(self) -> tuple[date, date]:
        """First and last day drawn."""
        return first_day(self.first, self.time), last_day(self.last, self.time)

    @property
    def every(self) -> range:
        """All periods that are drawn."""
        return range(self.first, self.last + 1)

    def ends(self, period: int) -> tuple[date, date]:
        """Where the bar of a period begins and ends: its first day, and the day after its last."""
        last = last_day(period, self.time)
        return first_day(period, self.time), last + timedelta(last < date.max)

    def words(self, word: str) -> tuple[str, ...]:
        """What is not drawn, as a line for the subtitle, or none."""
        first, last = self.days
        return (f"not shown: {counted(self.outside, word)} before {first} or after {last}",) if self.outside else ()


def window(counts: Mapping[int, int]) -> tuple[int, int]:
    """First and last period to draw: without the few that lie so far from the rest that the gap would be most of it.

    A report on last week's strikes that mentions one of 1947 gives ninety empty years. An end is cut off that lies
    beyond a gap of more than half of what would be drawn; of all that there is less than a tenth.
    """
    spare, periods = sum(counts.values()) / 10, sorted(counts)
    while len(periods) > 1:
        gap, at = max((periods[n + 1] - periods[n], n + 1) for n in range(len(periods) - 1))
        before, after = (sum(counts[p] for p in some) for some in (periods[:at], periods[at:]))
        spare -= min(before, after)
        if gap * 2 <= periods[-1] - periods[0] or spare <= 0:
            break
        periods = periods[at:] if before <= after else periods[:at]
    return periods[0], periods[-1]


def _wide(first: int, last: int) -> tuple[int, int]:
    """The same with empty periods before and after, where there are too few."""
    more = max(LEAST - (last - first + 1), 0)
    return first - (more + 1) // 2, last + more // 2


@dataclass(slots=True)
class Timed(Generic[T]):
    """What happened when, being collected: how it is drawn is known when all is there.

    An event goes in by its first day where it is dated finely enough for the period that is drawn.
    """

    told: list[tuple[date, tuple[bool, ...], T]] = field(default_factory=list)
    left: dict[Time, Counter[Reason]] = field(default_factory=lambda: {time: Counter() for time in STEPS})

    def add_event(self, event: FlatEvent, what: T) -> None:
        """An event, and what is to be drawn of it."""
        found = [Sieve(time).days(event) for time in STEPS]
        for time, days in zip(STEPS, found, strict=True):
            if isinstance(days, str):
                self.left[time][days] += 1
        if event.date_start is not None and not all(isinstance(days, str) for days in found):
            self.told.append((event.date_start, tuple(not isinstance(days, str) for days in found), what))

    def add(self, day: date, what: T) -> None:
        """Something of one day."""
        self.told.append((day, (True,) * len(STEPS), what))

    def drawn(self) -> tuple[Steps, list[tuple[int, T]]] | None:
        """By what it is drawn, and the period of each thing in there; None where there is nothing."""
        if not self.told:
            return None
        weeks = self._by("week")
        if weeks and weeks[0].last - weeks[0].first < FEW:
            weeks = self._by("day") or weeks
        elif not weeks or weeks[0].last - weeks[0].first >= MOST:
            months = self._by("month")
            weeks = months if months and months[0].last - months[0].first < MOST else self._by("year")
        if weeks is None:
            return None
        steps, told = weeks
        first, last = _wide(steps.first, steps.last)
        return replace(steps, first=first, last=last), told

    def _by(self, time: Time) -> tuple[Steps, list[tuple[int, T]]] | None:
        at = STEPS.index(time)
        timed = [(period_of(day, time), what) for day, fits, what in self.told if fits[at]]
        if not timed:
            return None
        first, last = window(Counter(period for period, _ in timed))
        inside = [(period, what) for period, what in timed if first <= period <= last]
        return Steps(time, first, last, len(timed) - len(inside)), inside

    def words(self, time: Time) -> tuple[str, ...]:
        """What was left out, as a line for the subtitle, or none."""
        told = [f"{n:,} {REASONS[reason]}" for reason in REASONS if (n := self.left[time][reason])]
        return (f"events left out: {', '.join(told)}",) if told else ()
