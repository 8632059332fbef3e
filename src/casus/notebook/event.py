"""One event of a ledger, as Python sees it: its values, who says so in which words, and what is disputed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casus.events import Event
from casus.notebook.desk import Desk
from casus.notebook.views import (
    ClaimView,
    ConflictView,
    DocumentView,
    Papers,
    Range,
    Speaker,
    View,
    claim_views,
    conflict_views,
    copied,
    speakers,
)
from casus.records import Measure

if TYPE_CHECKING:
    from casus.ledger.history import LogLine


class EventView(View, Event):
    """An event of a ledger: a `casus.Event` as it stood when it was asked for, that leads on to its claims.

    All fields are those of `casus.Event` but for `claims`, which gives claims; their ids are `claim_ids`.

    >>> e = db.events(country="Iran", type="ASSAULT")[0]
    >>> print(e.line)
    Pakistan attacked Iran in Saravan, 18 January 2024: 7 killed (7-9)
    >>> e.killed
    Range(low=7, best=7, high=9)
    >>> for claim in e.claims:
    ...     print(claim.publisher, "|", claim.voice.name, "|", claim.figure("killed").span.exact)
    The Harbour Times | the deputy governor | nine people
    Gulf Ledger | state television | Seven people
    """

    __slots__ = ("_desk", "_papers", "_told")
    _desk: Desk
    _papers: Papers
    _told: tuple[ClaimView, ...]

    @property
    def record(self) -> Event:
        """The plain record, without the ledger; its `claims` are ids."""
        return copied(self, Event, object.__new__(Event))

    @property
    def line(self) -> str:
        """The event in a line, for people."""
        from casus.linking.describe import describe  # noqa: PLC0415 - not needed to open a ledger

        return describe(self)

    @property
    def type(self) -> str:
        """The type that its claims came to; `types` are all that they give."""
        return self.types[0]

    # how many

    @property
    def killed(self) -> Range | None:
        """How many were killed; None where nobody tells."""
        return self._range("killed")

    @property
    def injured(self) -> Range | None:
        """How many were injured; None where nobody tells."""
        return self._range("injured")

    @property
    def detained(self) -> Range | None:
        """How many were detained or abducted; None where nobody tells."""
        return self._range("detained")

    @property
    def displaced(self) -> Range | None:
        """How many were driven from their homes; None where nobody tells."""
        return self._range("displaced")

    @property
    def missing(self) -> Range | None:
        """How many are missing; None where nobody tells."""
        return self._range("missing")

    def _range(self, measure: Measure) -> Range | None:
        figure = self.figure(measure)
        return None if figure is None else Range(figure.low, figure.best, figure.high)

    # who says so

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """The ids of its claims."""
        ids: tuple[str, ...] = vars(Event)["claims"].__get__(self)
        return ids

    @property
    def claims(self) -> tuple[ClaimView, ...]:  # type: ignore[override] # of the ids that the record holds
        """Its claims by publication.

        >>> e = db.events(type="PROTEST")[0]
        >>> [(claim.quote, claim.document.title) for claim in e.claims]
        [('Residents marched in Karachi on Saturday.', 'March in Karachi')]
        """
        if not hasattr(self, "_told"):
            from casus.ledger.streams import claims_named  # noqa: PLC0415 - not needed to open a ledger

            found = claims_named(self._desk.ledger, self.claim_ids)
            papers = Papers(self._desk, (c.document_id for c in found))
            self._keep(_papers=papers, _told=claim_views(self._desk, found, papers))
        return self._told

    @property
    def sources(self) -> tuple[Speaker, ...]:
        """Who says so, in the order in which they first speak: sources that reports name, and publishers.

        >>> [(source.name, source.kind) for source in db.events(disputed=True)[0].sources]
        [('the deputy governor', 'official'), ('state television', 'media')]
        """
        return speakers(self.claims)

    @property
    def documents(self) -> tuple[DocumentView, ...]:
        """The documents that tell it, by publication.

        >>> [document.publisher for document in db.events()[0].documents]
        ['Meridian Wire', 'The Panjgur Post', 'The Harbour Times']
        """
        return self._papers.all() if self.claims else ()

    @property
    def conflicts(self) -> tuple[ConflictView, ...]:
        """What cannot all be true of it.

        >>> [conflict.line for conflict in db.events(disputed=True)[0].conflicts]
        ['killed: 7 (1), 9 (1)']
        """
        return tuple(conflict_views(self, vars(Event)["conflicts"].__get__(self)))

    @property
    def history(self) -> tuple[LogLine, ...]:
        """Every version of it and why it changed, the first one first.

        >>> e = db.events(disputed=True)[0]
        >>> made = db.review.settle(e, "killed", "9", by="ana", reason="the hospital's list")
        >>> [(line.version, line.kind) for line in db.event(e.id).history]
        [(1, 'add'), (2, 'decision')]
        """
        return tuple(self._desk.ledger.log(self.id))

    def __repr__(self) -> str:
        return f"<EventView {self.id[:12]}: {self.line}>"

    def _page(self) -> str:
        from casus.notebook.html_event import event_page  # noqa: PLC0415 - only notebooks ask for it

        return event_page(self)


def event_view(desk: Desk, event: Event) -> EventView:
    """The event, as a view."""
    made = copied(event, Event, object.__new__(EventView))
    made._keep(_desk=desk)
    return made
