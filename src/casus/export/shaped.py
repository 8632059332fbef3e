"""What the shapes of other data sets share: which events may go in at all, what was left out, deaths as one number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from casus.export.job import Job
from casus.ledger.flat import FlatEvent

# why events are left out, in the order in which it is asked and told; words that follow "3 events are left out: "
USUAL: Mapping[str, str] = {
    "status": "denied, planned or hypothetical",
    "umbrella": "summing or spanning incidents",
}


class Deaths(NamedTuple):
    """Deaths as whole numbers, low <= best <= high."""

    low: int
    best: int
    high: int


def deaths(event: FlatEvent) -> Deaths:
    """Killed as forms have it that know no open end.

    Where nobody counts ("dozens"), the low end stands for the best figure, as ACLED and UCDP take the lower of what is
    told; an open end is the best figure; nothing told is 0. `carried` says what was open.
    """
    low, best, high = event.killed_low, event.killed_best, event.killed_high
    taken = best if best is not None else low or 0
    return Deaths(low if low is not None else taken, taken, high if high is not None else taken)


def days(event: FlatEvent) -> int | None:
    """How many days it may have happened on, first and last counted in; None where no claim tells."""
    if event.date_start is None or event.date_end is None:
        return None
    return (event.date_end - event.date_start).days + 1


@dataclass(frozen=True, slots=True)
class Admitted:
    """Which events may go in: what happened, without sums and spans; another status or these where they are asked
    for."""

    status: str
    umbrella: bool

    @classmethod
    def of(cls, job: Job) -> Admitted:
        """As the filter asks."""
        return cls(job.asked.status or "happened", job.asked.umbrella is True)

    def why_not(self, event: FlatEvent) -> str | None:
        """A reason of `USUAL`, or None."""
        if event.status != self.status:
            return "status"
        return "umbrella" if event.umbrella and not self.umbrella else None

    def notes(self, form: str) -> tuple[str, ...]:
        """What a person should know of what was asked for."""
        if self.status == "happened":
            return ()
        return (f"{form} has no column that tells events that are {self.status} from those that happened",)


@dataclass(slots=True)
class LeftOut:
    """Counts what was left out: events and the deaths of their best figures, by reason, in the order of `reasons`."""

    reasons: Mapping[str, str]
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, reason: str, event: FlatEvent) -> None:
        """One more."""
        n, killed = self.counts.get(reason, (0, 0))
        self.counts[reason] = n + 1, killed + deaths(event).best

    def notes(self) -> tuple[str, ...]:
        """A line for each reason."""
        out = []
        for reason, words in self.reasons.items():
            if reason in self.counts:
                n, killed = self.counts[reason]
                of = f" ({killed:,} killed)" if killed else ""
                out.append(f"{n:,} {'event is' if n == 1 else 'events are'} left out: {words}{of}")
        return tuple(out)
