"""Which events count in which period, and why others do not: panels and plots ask the same questions.

Nothing is spread or guessed in silence. What is dated more coarsely than a period counts only where it lies within one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from casus.analysis.periods import Time, period_of

if TYPE_CHECKING:
    from casus.ledger.flat import FlatEvent

Reason = Literal[
    "status", "umbrella", "type", "undated", "coarse-date", "outside", "cut", "no-place", "coarse-place", "no-actor",
    "no-recipient", "other-unit",
]  # fmt: skip
# in the order in which they are tried, in words that follow "12 events"
REASONS: Mapping[Reason, str] = {
    "status": "denied, planned or hypothetical",
    "umbrella": "summing or spanning incidents",
    "type": "of other types",
    "undated": "of unknown date",
    "coarse-date": "dated more coarsely than the period",
    "outside": "beginning outside the days asked for",
    "cut": "lasting beyond the days asked for",
    "no-place": "of unknown place",
    "coarse-place": "placed more coarsely than the unit",
    "no-actor": "of which no actor is named",
    "no-recipient": "of which no recipient is named",
    "other-unit": "of units not asked for",
}
# A range is a stretch of days that a report states ("from Monday to Wednesday") or that several reports leave open; up
# to a week it is as good as a day (UCDP GED's date precisions 1 to 3), up to a month as good as a month (its 4).
LONGEST_RANGE: Mapping[Time, int] = {"day": 7, "week": 7, "month": 31, "year": 366}


@dataclass(frozen=True, slots=True)
class Sieve:
    """What counts: events of these statuses and types (None: all), umbrella events or not, by this period.

    `spread`: harms are shared out over an event's days, so that a stated range may be of any length.
    """

    time: Time
    statuses: frozenset[str] | None = frozenset({"happened"})
    types: frozenset[str] | None = None
    umbrella: bool = False
    spread: bool = False

    def days(self, event: FlatEvent) -> tuple[date, date] | Reason:
        """First and last day of an event that counts, or why it does not."""
        if self.statuses is not None and event.status not in self.statuses:
            return "status"
        if event.umbrella and not self.umbrella:
            return "umbrella"
        if self.types is not None and event.type not in self.types:
            return "type"
        first, last = event.date_start, event.date_end
        if first is None or last is None:
            return "undated"
        return (first, last) if self._fine(first, last, event.date_precision) else "coarse-date"

    def _fine(self, first: date, last: date, precision: str) -> bool:
        """Whether it is told in which period the event was."""
        if first == last or precision == "day" or period_of(first, self.time) == period_of(last, self.time):
            return True
        if precision != "range":
            return False  # a month means a day in it, nobody knows which
        return self.spread or (last - first).days < LONGEST_RANGE[self.time]
