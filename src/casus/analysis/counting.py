"""Counts events into the cells of a panel, one after another, and keeps count of what does not go in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from casus.analysis.intensity import intensity
from casus.analysis.periods import first_day, last_day, period_of
from casus.analysis.sieve import REASONS, Reason, Sieve
from casus.analysis.units import Key, Missing, Unit, keys_of
from casus.analysis.values import AT_ACTIVE, AT_HARM, COUNTS, event_values, harm_values, share

if TYPE_CHECKING:
    from casus.ledger.flat import FlatEvent

Days = tuple[date, date]  # the first and the last, counted in
Place = tuple[Key, int]  # a unit and the number of a period


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Events that do not count, or of which some days do not, why, and how many were killed in what is left out; None
    where that was not looked up."""

    reason: Reason
    events: int
    killed_low: int | None = None
    killed_best: int | None = None
    killed_high: int | None = None

    @property
    def words(self) -> str:
        """For people: "12 events of unknown date"."""
        return f"{counted(self.events, 'event')} {REASONS[self.reason]}"


def counted(number: int, word: str) -> str:
    """ "1 event", "1,200 events"."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


@dataclass(slots=True)
class Count:
    """A panel being counted: for each unit and period of which anything is known, the values of COUNTS.

    `events` went in; `entries` is how often, as one may count for several units; `several` how many do.
    """

    sieve: Sieve
    unit: Unit
    directed: bool = False
    since: date | None = None
    until: date | None = None
    asked: frozenset[Key] | None = None
    cells: dict[Place, list[int]] = field(default_factory=dict)
    scores: dict[Place, float] = field(default_factory=dict)
    left: dict[Reason, list[int]] = field(default_factory=dict)
    events: int = 0
    entries: int = 0
    several: int = 0

    def add(self, event: FlatEvent) -> None:
        """Counts an event, or why it does not count."""
        days, harms = self.sieve.days(event), harm_values(event)
        if isinstance(days, str):
            return self._leave(days, harms)
        inside = self._inside(*days)
        if inside is None:
            return self._leave("outside", harms)
        keys = keys_of(event, self.unit, directed=self.directed)
        if isinstance(keys, Missing):
            return self._leave(keys.reason, harms)
        if self.asked is not None:
            keys = [key for key in keys if key in self.asked]
            if not keys:
                return self._leave("other-unit", harms)
        return self._put(event, keys, days, inside, harms)

    def left_out(self) -> tuple[LeftOut, ...]:
        """What did not go in, in the order of the reasons."""
        return tuple(LeftOut(reason, *self.left[reason]) for reason in REASONS if reason in self.left)

    def _leave(self, reason: Reason, harms: Sequence[int]) -> None:
        told = self.left.setdefault(reason, [0, 0, 0, 0])
        told[0] += 1
        for at in range(3):  # killed low, best, high
            told[at + 1] += harms[at]

    def _inside(self, first: date, last: date) -> Days | None:
        """Those of the days that are asked for, or None."""
        start = first if self.since is None else max(first, self.since)
        end = last if self.until is None else min(last, self.until)
        return (start, end) if start <= end else None

    def _put(self, event: FlatEvent, keys: list[Key], days: Days, inside: Days, harms: list[int]) -> None:
        begins = inside[0] == days[0]
        for at, (period, given) in enumerate(self._shares(days, inside, harms)):
            for key in keys:
                cell = self._cell((key, period))
                cell[AT_ACTIVE] += 1
                for n, number in enumerate(given, AT_HARM):
                    cell[n] += number
                if at == 0 and begins:
                    self._begin((key, period), event)
        if begins:
            self.events += 1
            self.entries += len(keys)
            self.several += len(keys) > 1
        if not begins or (self.sieve.spread and inside != days):
            here = self._here(days, inside, harms) if self.sieve.spread else [0] * len(harms)
            self._leave("cut" if begins else "outside", [a - b for a, b in zip(harms, here, strict=True)])

    def _begin(self, place: Place, event: FlatEvent) -> None:
        """An event begins here: what is counted of it once."""
        cell = self._cell(place)
        for at, number in enumerate(event_values(event)):
            cell[at] += number
        self.scores[place] = self.scores.get(place, 0.0) + intensity(event.type, event.mode)

    def _cell(self, place: Place) -> list[int]:
        found = self.cells.get(place)
        if found is None:
            found = self.cells[place] = [0] * len(COUNTS)
        return found

    def _shares(self, days: Days, inside: Days, harms: list[int]) -> Iterator[tuple[int, list[int]]]:
        """The periods that the event touches, in order, with the harms that fall on each."""
        time = self.sieve.time
        start, end = period_of(inside[0], time), period_of(inside[1], time)
        for period in range(start, end + 1):
            if self.sieve.spread:
                within = max(inside[0], first_day(period, time)), min(inside[1], last_day(period, time))
                yield period, self._here(days, within, harms)
            else:
                # wholly on its first day, which may lie before those asked for
                yield period, harms if period == start and inside[0] == days[0] else []

    @staticmethod
    def _here(days: Days, within: Days, harms: list[int]) -> list[int]:
        """The shares of the harms that fall on these of the event's days."""
        length = (days[1] - days[0]).days + 1
        if days == within:
            return harms
        since, until = (within[0] - days[0]).days, (within[1] - days[0]).days + 1
        return [share(number, length, since, until) for number in harms]
