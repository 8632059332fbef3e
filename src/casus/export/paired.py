"""Events with all their claims and the documents of these, one by one, for formats that need both at once.

Most formats of others have no place for what did not happen: they would tell a denied raid as a raid. So only what
happened is given, unless another status is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from casus.errors import LedgerError
from casus.events import Event
from casus.export.job import Job
from casus.export.shaped import USUAL
from casus.ledger.streams import claim_stream, event_stream
from casus.records import Claim, Document

Told = tuple[Document, Claim]


@dataclass(frozen=True, slots=True)
class Paired:
    """An event and its claims with their documents, by publication."""

    event: Event
    claims: tuple[Told, ...]


@dataclass(slots=True)
class Left:
    """How many were left out, by a reason of `USUAL`; filled while the others are given."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str) -> None:
        """One more."""
        self.counts[reason] = self.counts.get(reason, 0) + 1

    def notes(self, what: str = "event") -> tuple[str, ...]:
        """What a person should know of it, a line for each reason."""
        found = ((self.counts.get(reason, 0), words) for reason, words in USUAL.items())
        return tuple(f"{n:,} {what}{' is' if n == 1 else 's are'} left out: {words}" for n, words in found if n)


def wanted_status(job: Job) -> str:
    """The status that is asked for; where none is, what happened."""
    return job.asked.status or "happened"


def paired(job: Job, left: Left, *, umbrellas: bool = True) -> Iterator[Paired]:
    """The events that are asked for and are of the wanted status, with their claims; `left` counts the others.

    `umbrellas`: those that sum or span incidents, too.
    """
    status = wanted_status(job)
    by_event = groupby(claim_stream(job.ledger, job.asked), key=lambda told: told[2])
    for event in job.ticking(event_stream(job.ledger, job.asked)):
        # both come in one order, and no event is without a claim
        id_, told = next(by_event, (None, ()))
        if id_ != event.id:
            raise LedgerError(f"{event.id} and its claims do not agree", "restore the ledger from a copy")
        claims = tuple((document, claim) for document, claim, _ in told)
        if event.status != status:
            left.add("status")
        elif event.umbrella and not umbrellas:
            left.add("umbrella")
        else:
            yield Paired(event, claims)
