"""A ledger as Python sees it, in a notebook or a script: `casus.open("x.casus")`.

Everything that computes is loaded when it is first needed, so that `import casus` stays quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Unpack, overload

from casus.config import Config
from casus.errors import CasusError
from casus.events import ConflictState, Decision, Event
from casus.notebook.adding import Addable, Adder
from casus.notebook.asked import Asked, meant
from casus.notebook.desk import Desk, id_of, who_decides
from casus.notebook.event import EventView, event_view
from casus.notebook.events import Events
from casus.notebook.plots import Plots
from casus.notebook.review import Queue, Review
from casus.notebook.tables import Claims, Conflicts, Documents
from casus.notebook.views import (
    ClaimView,
    ConflictView,
    DocumentView,
    Range,
    Speaker,
    claim_views,
    document_view,
)
from casus.pipeline import as_day, open_reader, read_document
from casus.records import Claim, Status

if TYPE_CHECKING:
    from casus.analysis.panels import Panel
    from casus.export import Written
    from casus.export.job import Part
    from casus.export.release import Made
    from casus.keeping import Run
    from casus.ledger.changing import Decided
    from casus.ledger.history import LogLine
    from casus.ledger.intake_log import KeptFailure
    from casus.ledger.ledger import Ledger as Kept
    from casus.ledger.why import Why

__all__ = [
    "Addable", "Asked", "ClaimView", "Claims", "ConflictView", "Conflicts", "DocumentView", "Documents", "EventView",
    "Events", "Ledger", "Plots", "Queue", "Range", "Review", "Speaker", "open", "who_decides",
]  # fmt: skip


def open(path: str | Path, *, create: bool = False, config: Config | None = None) -> Ledger:
    """Opens the ledger at the path; with `create`, makes it where there is none. Close it, or use it in a `with`.

    Raises LedgerError where there is none, or where the file is no ledger.

    >>> with casus.open("new.casus", create=True) as new:
    ...     new.counts()["events"]
    0
    """
    from casus.keeping import open_ledger  # noqa: PLC0415

    config = config or Config.load()
    return Ledger(open_ledger(path, config, create=create), config)


class Ledger:
    """A ledger. Ids may be shortened to their first characters.

    It belongs to the thread that opened it: another thread opens the file anew, and each may read while one process
    or thread writes. What is used elsewhere, or after `close`, raises LedgerError.

    >>> db
    <casus.Ledger border.casus>
    >>> db.counts()
    {'documents': 5, 'claims': 6, 'events': 3, 'ended': 0, 'decisions': 0}
    """

    def __init__(self, ledger: Kept, config: Config) -> None:
        self._ledger, self._config, self._desk = ledger, config, Desk(ledger, config)

    def __repr__(self) -> str:
        return f"<casus.Ledger {self.path}>"

    def _repr_html_(self) -> str:
        from casus.notebook.html_parts import failed  # noqa: PLC0415 - only notebooks ask for it
        from casus.notebook.html_rows import ledger_page  # noqa: PLC0415

        try:
            return ledger_page(self)
        except CasusError as error:
            return failed(repr(self), error)

    @property
    def path(self) -> Path:
        """Where its file is."""
        return self._ledger.path

    def close(self) -> None:
        """Closes the file; a ledger that is not closed loses nothing."""
        self._ledger.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # adding

    def add(self, *sources: Addable, published: date | str | None = None, publisher: str | None = None) -> Run:
        """Adds reports that the ledger does not hold yet: paths and documents are read first; a pair of a document and
        its claims is added as it is. `published` and `publisher` are for paths, and go before what the files say.

        Gives what came of it: `new` and `known` ids of documents, `claims`, `changes` of events, `failures`; what
        cannot be read is one of these and stops nothing. Raises UsageError, LedgerError, and BusyError where another
        process has been writing for too long.

        >>> document = db.documents()[0]
        >>> run = db.add((document, document.claims))
        >>> run.new, run.known == [document.id]
        ([], True)
        """
        config = self._config
        adder = Adder(self._desk, lambda: open_reader(config), lambda document: read_document(document, config=config))
        return adder.add(sources, as_day(published), publisher)

    # asking

    def events(
        self,
        *,
        since: date | str | None = None,
        until: date | str | None = None,
        country: str | None = None,
        type: str | None = None,
        status: Status | None = None,
        actor: str | None = None,
        recipient: str | None = None,
        side: str | None = None,
        min_killed: int | None = None,
        min_independent: int | None = None,
        killed: int | None = None,
        independent: int | None = None,
        disputed: bool = False,
        review: bool = False,
        umbrella: bool | None = None,
        near: tuple[float, float, float] | None = None,
        text: str | None = None,
        ids: Iterable[str | Event] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Events:
        """The events that are asked for, by their first day, undated ones last; all of them where nothing is.

        `since` and `until` are days, both counted in. `country` is a code or a name, and so are `actor`, `recipient`
        and `side` (either of them), which may be an alias, too. `min_killed` is by the best figure, `min_independent`
        counts independent voices; `killed` and `independent` are the same under the names of the command line.
        `disputed`: with an open contradiction; `review`: with something for a person to look at. `umbrella`: True only
        what sums or spans incidents, False none of these. `near` is latitude, longitude, kilometres. `text` searches
        the sentences of claims: all words, "as they stand", AND, OR, NOT, prefix*. `ids` are ids or events.

        No event is looked up before it is needed. Raises UsageError for what makes no sense.

        >>> db.events(country="IRN", since="2024-01-01", type="ASSAULT", min_killed=1)
        <Events of since 2024-01-01; country IRN; type ASSAULT; killed at least 1: 1>
          evt_2178aacd  Pakistan attacked Iran in Saravan, 18 January 2024: 7 killed (7-9)
        >>> [e.place.name for e in db.events(near=(27, 62, 200), text="struck OR bombed")]
        ['Saravan']
        """
        asked: Asked = {
            "since": since, "until": until, "country": country, "type": type, "status": status, "actor": actor,
            "recipient": recipient, "side": side, "min_killed": min_killed, "min_independent": min_independent,
            "killed": killed, "independent": independent, "disputed": disputed, "review": review, "umbrella": umbrella,
            "near": near, "text": text, "ids": ids, "limit": limit, "offset": offset,
        }  # fmt: skip
        return self._meant(asked)

    def _meant(self, asked: Asked) -> Events:
        return Events(self._desk, meant(self._desk, asked))

    def event(self, id: str) -> EventView:
        """The event of that id; of one that was merged into another, the other. Raises UnknownError."""
        return event_view(self._desk, self._ledger.event(id))

    @overload
    def claims(self, event: str | Event, /) -> list[ClaimView]: ...
    @overload
    def claims(self, event: None = None, /, **asked: Unpack[Asked]) -> Claims: ...
    def claims(self, event: str | Event | None = None, /, **asked: Unpack[Asked]) -> list[ClaimView] | Claims:
        """The claims of an event, by publication; without one, those of the events that are asked for, lazily.

        >>> [claim.publisher for claim in db.claims(db.events()[0])]
        ['Meridian Wire', 'The Panjgur Post', 'The Harbour Times']
        >>> len(db.claims()), len(db.claims(country="Iran"))
        (6, 2)
        """
        if event is None:
            return Claims(self._meant(asked))
        return list(claim_views(self._desk, self._ledger.claims(id_of(event))))

    def claim(self, id: str) -> ClaimView:
        """The claim of that id. Raises UnknownError."""
        return claim_views(self._desk, [self._ledger.claim(id)])[0]

    def event_of(self, claim: str | Claim) -> EventView | None:
        """The event in which a claim is; None where a person rejected it."""
        found = self._ledger.event_of(id_of(claim))
        return None if found is None else event_view(self._desk, found)

    def documents(self, **asked: Unpack[Asked]) -> Documents:
        """All documents by their day, or those that tell of the events that are asked for.

        >>> db.documents(type="PROTEST")[0].title
        'March in Karachi'
        """
        return Documents(self._meant(asked))

    def document(self, id: str) -> DocumentView:
        """The document of that id. Raises UnknownError."""
        return document_view(self._desk, self._ledger.document(id))

    def conflicts(self, state: ConflictState | None = None, **asked: Unpack[Asked]) -> Conflicts:
        """The contradictions of the events that are asked for; `state`: only open, settled or superseded ones.

        >>> [conflict.line for conflict in db.conflicts("open", country="Iran")]
        ['killed: 7 (1), 9 (1)']
        """
        return Conflicts(self._meant(asked), state)

    def failures(self, *, resolved: bool = False) -> list[KeptFailure]:
        """What could not be read and was not read since; with `resolved`, all that ever failed.

        >>> run = db.add("no-such-report.txt")
        >>> [(kept.failure.code, kept.tries) for kept in db.failures()]
        [('intake', 1)]
        """
        return self._ledger.failures(resolved=resolved)

    def why(self, one: str | Claim, other: str | Claim) -> Why:
        """Why two claims are, or are not, one event: `same_event`, `note`, `score`, `reasons`, `decided`.

        >>> one, other = db.events(disputed=True)[0].claims
        >>> db.why(one, other).same_event
        True
        """
        return self._ledger.why(id_of(one), id_of(other))

    def counts(self) -> dict[str, int]:
        """How many documents, claims, events, ended events and decisions the ledger holds."""
        return self._ledger.counts()

    # out again

    def export(
        self,
        format: str,
        path: str | Path | BinaryIO,
        *,
        table: Part | None = None,
        with_text: bool = False,
        areas: bool = False,
        hxl: bool = False,
        overwrite: bool = False,
        **asked: Unpack[Asked],
    ) -> Written:
        """Writes the events that are asked for, or all, in a format of `casus export`: `Events.export` tells how.

        >>> db.export("parquet", "out/", type="ASSAULT").rows
        {'events': 2, 'claims': 5, 'conflicts': 2, 'documents': 4}
        """
        return self._meant(asked).export(
            format, path, table=table, with_text=with_text, areas=areas, hxl=hxl, overwrite=overwrite
        )

    def release(
        self,
        name: str,
        folder: str | Path | None = None,
        *,
        title: str = "",
        authors: Sequence[str] = (),
        licence: str = "",
        doi: str = "",
        with_text: bool = False,
    ) -> Made:
        """Freezes the whole ledger in a new folder that can be cited, and made again from what is in it:
        `Events.release` tells how."""
        return self.events().release(
            name, folder, title=title, authors=authors, licence=licence, doi=doi, with_text=with_text
        )

    def panel(
        self,
        unit: str,
        time: str,
        *,
        since: date | str | None = None,
        until: date | str | None = None,
        directed: bool = False,
        types: Iterable[str] | None = None,
        statuses: Iterable[str] | None = ("happened",),
        umbrella: bool = False,
        spread: bool = False,
        fill: bool = True,
        units: Sequence[tuple[str | int, ...] | str | int] | None = None,
    ) -> Panel:
        """Counts all events by unit and time, zeros included; `db.events(...).panel(...)` counts some of them.

        >>> print("\\n".join(db.panel("dyad", "month", directed=True).summary()))
        2 rows: 2 dyads by month, 2024-01 to 2024-01; 2 events
        left out: 1 event of which no recipient is named
        """
        return self.events(since=since, until=until).panel(
            unit, time, directed=directed, types=types, statuses=statuses, umbrella=umbrella, spread=spread, fill=fill,
            units=units,
        )  # fmt: skip

    @property
    def plot(self) -> Plots:
        """Plots of all events, such as `db.plot.weekly()`; `db.events(...).plot` has those of some."""
        return self.events().plot

    # deciding

    @property
    def review(self) -> Review:
        """Decisions, such as `db.review.merge(one, other)`, and what there is to look at: `db.review.queue()`."""
        return Review(self._desk)

    def merge(self, one: str | Event, other: str | Event, *, by: str | None = None, reason: str = "") -> Decided:
        """Two events are one: `review.merge`."""
        return self.review.merge(one, other, by=by, reason=reason)

    def split(self, claims: Iterable[str | Claim], *, by: str | None = None, reason: str = "") -> Decided:
        """These claims of one event are another event: `review.split`."""
        return self.review.split(claims, by=by, reason=reason)

    def reject(self, claim: str | Claim, *, by: str | None = None, reason: str = "") -> Decided:
        """A claim counts for nothing: `review.reject`."""
        return self.review.reject(claim, by=by, reason=reason)

    def set(self, event: str | Event, field: str, value: str, *, by: str | None = None, reason: str = "") -> Decided:
        """What a field of an event holds, in words: `review.set`."""
        return self.review.set(event, field, value, by=by, reason=reason)

    def settle(self, event: str | Event, kind: str, value: str, *, by: str | None = None, reason: str = "") -> Decided:
        """Which option of a contradiction holds: `review.settle`."""
        return self.review.settle(event, kind, value, by=by, reason=reason)

    def rename(self, before: str, after: str, *, by: str | None = None, reason: str = "") -> Decided:
        """An actor goes by another name: `review.rename`."""
        return self.review.rename(before, after, by=by, reason=reason)

    def undo(self, decision: str | None = None, *, by: str | None = None, reason: str = "") -> Decided:
        """Takes a decision back: `review.undo`."""
        return self.review.undo(decision, by=by, reason=reason)

    def decisions(self) -> list[Decision]:
        """Every decision ever made, those taken back among them."""
        return self._ledger.decisions()

    def orphans(self) -> list[Decision]:
        """Decisions that no claim of today carries any more."""
        return self._ledger.orphans()

    def log(self, event: str | Event | None = None) -> list[LogLine]:
        """Every version of an event and why it changed; without one, every step of the ledger."""
        return self._ledger.log(None if event is None else id_of(event))
