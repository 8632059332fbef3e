"""Events with what is told of them, as flat rows: their claims, their contradictions, their sides one by one.

For forms that have a row an event, and a free field in which to say who says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar, cast

from casus.export.job import Job
from casus.ledger.flat import FlatClaim, FlatConflict, FlatEvent, flat_claims, flat_conflicts, parts
from casus.records import Sector


class Side(NamedTuple):
    """An actor or recipient of an event. `who` None: somebody whom nobody names."""

    who: str | None
    name: str
    sector: Sector


@dataclass(frozen=True, slots=True)
class Told:
    """An event, its claims by publication, and the options of its contradictions."""

    event: FlatEvent
    claims: tuple[FlatClaim, ...] = ()
    conflicts: tuple[FlatConflict, ...] = ()

    @property
    def actors(self) -> tuple[Side, ...]:
        """Who did it."""
        return sides(self.event.actor, self.event.actor_name, self.event.actor_sector)

    @property
    def recipients(self) -> tuple[Side, ...]:
        """To whom."""
        return sides(self.event.recipient, self.event.recipient_name, self.event.recipient_sector)

    @property
    def weapon(self) -> str | None:
        """The words of all claims that name a weapon."""
        return ", ".join(dict.fromkeys(c.weapon for c in self.claims if c.weapon)) or None


def sides(who: str | None, name: str | None, sector: str | None) -> tuple[Side, ...]:
    """The sides of three joined cells of a flat row."""
    sectors = parts(sector)
    none = [""] * len(sectors)  # a cell is empty where all of its parts are
    found = zip(parts(who) or none, parts(name) or none, sectors, strict=True)
    return tuple(Side(w or None, n, cast(Sector, s)) for w, n, s in found)


def told(job: Job, *, summary: bool) -> Iterator[Told]:
    """The events that are asked for, in their order."""
    claims = _Groups(flat_claims(job.ledger, job.asked))
    conflicts = _Groups(flat_conflicts(job.ledger, job.asked))
    for event in job.events(summary=summary):
        yield Told(event, claims.of(event.event_id), conflicts.of(event.event_id))


class _OfEvent(Protocol):
    @property
    def event_id(self) -> str | None: ...


Row = TypeVar("Row", bound=_OfEvent)


class _Groups(Generic[Row]):
    """Rows that stand in the order of their events, taken event by event."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def of(self, event: str) -> tuple[Row, ...]:
        """The rows of the event; those of every event before it are taken."""
        out = []
        while self._next is not None and self._next.event_id == event:
            out.append(self._next)
            self._next = next(self._rows, None)
        return tuple(out)
