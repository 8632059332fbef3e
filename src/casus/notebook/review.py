"""What a person decides of a ledger, and what there is to look at: `db.review`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casus.errors import UsageError
from casus.events import Decision, Event
from casus.notebook.desk import Desk, id_of, who_decides
from casus.notebook.event import EventView, event_view
from casus.records import Claim

if TYPE_CHECKING:
    from casus.ledger.changing import Decided

SHOWN = 5  # of each sort


@dataclass(frozen=True, slots=True)
class Queue:
    """What a person should look at, as `casus review` lists it: decisions that no claim carries any more, events with
    open contradictions, those of most independent voices first, and events about which something else is odd."""

    orphans: tuple[Decision, ...]
    disputed: tuple[EventView, ...]
    odd: tuple[EventView, ...]

    def __len__(self) -> int:
        return len(self.orphans) + len(self.disputed) + len(self.odd)

    def __iter__(self) -> Iterator[EventView]:
        """The events, disputed ones first."""
        yield from (*self.disputed, *self.odd)

    def __repr__(self) -> str:
        named = (("decisions without a claim", self.orphans), ("disputed", self.disputed), ("odd", self.odd))
        lines = [f"<Queue: {', '.join(f'{len(some)} {name}' for name, some in named)}>"]
        for event in self.disputed[:SHOWN]:
            lines += [f"  {event.id[:12]}  {event.line}", *(f"    {c.line}" for c in event.conflicts)]
        lines += [f"  {event.id[:12]}  {event.line}\n    {'; '.join(event.review)}" for event in self.odd[:SHOWN]]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from casus.notebook.html_rows import queue_page  # noqa: PLC0415 - only notebooks ask for it

        return queue_page(self)


class Review:
    """Decisions: each is written down with who made it and why, stands before all claims, and can be undone.

    Each gives a `Decided`: the `decision`'s id, and in `changes` the events that it `founded`, `changed` and `ended`.
    `by` is who decides: the name given, else that of CASUS_BY, else the login name. Events and claims are given
    themselves or by id. All raise UnknownError for an id that there is not, UsageError for what makes no sense, and
    BusyError where another process has been writing for too long.
    """

    __slots__ = ("_desk",)

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __repr__(self) -> str:
        return f"<Review of {self._desk.ledger.path}>"

    def queue(self) -> Queue:
        """What there is to look at.

        >>> queue = db.review.queue()
        >>> [e.place.name for e in queue.disputed], [e.review for e in queue.odd]
        (['Saravan'], [('one publisher only',)])
        """
        from casus.asking import review  # noqa: PLC0415 - numpy and the rest of linking

        found = review(self._desk.ledger)
        views = [tuple(event_view(self._desk, e) for e in some) for some in (found.disputed, found.odd)]
        return Queue(found.orphans, *views)

    def merge(self, one: str | Event, other: str | Event, *, by: str | None = None, reason: str = "") -> Decided:
        """Two events are one; the older keeps its id, and that of the other leads to it.

        >>> one, other = db.events(type="ASSAULT")
        >>> made = db.review.merge(one, other, by="ana", reason="one campaign")
        >>> made.changes.ended == [other.id], db.event(other.id).id == one.id
        (True, True)
        """
        return self._desk.ledger.merge(id_of(one), id_of(other), by=self._who(by), reason=reason)

    def split(self, claims: Iterable[str | Claim], *, by: str | None = None, reason: str = "") -> Decided:
        """These claims of one event are another event.

        >>> e = db.events(disputed=True)[0]
        >>> made = db.review.split([e.claims[0]], by="ana", reason="another raid")
        >>> len(made.changes.founded)
        1
        """
        if isinstance(claims, str | Claim):
            raise UsageError("split takes a list of claims", 'such as db.review.split(["clm_3f…", "clm_8a…"])')
        return self._desk.ledger.split([id_of(c) for c in claims], by=self._who(by), reason=reason)

    def reject(self, claim: str | Claim, *, by: str | None = None, reason: str = "") -> Decided:
        """A claim counts for nothing; it stays in the ledger, and in no event.

        >>> claim = db.events(type="PROTEST")[0].claims[0]
        >>> made = db.review.reject(claim, by="ana", reason="a march of another year")
        >>> len(db.events(type="PROTEST")), db.event_of(claim)
        (0, None)
        """
        return self._desk.ledger.reject(id_of(claim), by=self._who(by), reason=reason)

    def set(self, event: str | Event, field: str, value: str, *, by: str | None = None, reason: str = "") -> Decided:
        """What a field of an event holds, in words: docs/ledger.md says which fields and how values are written.

        >>> e = db.events(type="PROTEST")[0]
        >>> made = db.review.set(e, "injured", "2-3-5", by="ana")
        >>> db.event(e.id).injured
        Range(low=2, best=3, high=5)
        """
        return self._desk.ledger.set(id_of(event), field, value, by=self._who(by), reason=reason)

    def settle(self, event: str | Event, kind: str, value: str, *, by: str | None = None, reason: str = "") -> Decided:
        """Which option of a contradiction holds.

        >>> e = db.events(disputed=True)[0]
        >>> made = db.review.settle(e, "killed", "9", by="ana", reason="the hospital's list")
        >>> db.event(e.id).killed.best, db.event(e.id).conflicts[0].state
        (9, 'settled')
        """
        return self._desk.ledger.settle(id_of(event), kind, value, by=self._who(by), reason=reason)

    def rename(self, before: str, after: str, *, by: str | None = None, reason: str = "") -> Decided:
        """An actor goes by another name, in all events.

        >>> made = db.review.rename("IRN", "Iran's army", by="ana")
        >>> db.events(type="ASSAULT")[0].actors[0].who
        "Iran's army"
        """
        return self._desk.ledger.rename(before, after, by=self._who(by), reason=reason)

    def undo(self, decision: str | None = None, *, by: str | None = None, reason: str = "") -> Decided:
        """Takes a decision back: the last one that stands, or the one of that id.

        >>> made = db.review.rename("IRN", "Iran's army", by="ana")
        >>> made = db.review.undo(by="ana")
        >>> db.events(type="ASSAULT")[0].actors[0].who
        'IRN'
        """
        return self._desk.ledger.undo(decision, by=self._who(by), reason=reason)

    def _who(self, by: str | None) -> str:
        return who_decides(self._desk.config, by)
