"""The claims, documents and contradictions of events, as lazy tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, TypeVar, overload

from casus.events import ConflictState
from casus.notebook.event import EventView, event_view
from casus.notebook.rows import Rows
from casus.notebook.views import ClaimView, ConflictView, DocumentView, Papers, claim_views, document_view, shortened

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from casus.ledger.flat_columns import Table
    from casus.ledger.queries import Filter
    from casus.notebook.events import Events


T = TypeVar("T")


class OfEvents(Rows[T]):
    """What belongs to the events that are meant."""

    __slots__ = ("_events",)

    def __init__(self, events: Events) -> None:
        self._desk, self._events = events._desk, events

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> list[T]: ...
    def __getitem__(self, at: int | slice) -> T | list[T]:
        if isinstance(at, slice):
            cut = at.step is None and (at.start or 0) >= 0 and (at.stop or -1) >= 0
            return list(islice(self, at.start, at.stop)) if cut else list(self)[at]
        rows = list(islice(self, at, at + 1)) if at >= 0 else list(self)
        if rows and -len(rows) <= at:
            return rows[0 if at >= 0 else at]
        raise IndexError(f"{self._table} {at} of {len(self)}")

    def _asked(self) -> Filter:
        return self._events._asked()

    def _words(self) -> str:
        return self._events._words()


class Claims(OfEvents[ClaimView]):
    """The claims of events, event by event and by publication; those of all events have the rejected ones at the end.

    >>> db.claims(type="PROTEST")
    <Claims of type PROTEST: 1>
      clm_db6a11b1  PROTEST happened: Residents marched in Karachi on Saturday.
    >>> sorted({claim.publisher for claim in db.claims(country="Iran")})
    ['Gulf Ledger', 'The Harbour Times']
    """

    __slots__ = ()
    _table: ClassVar[Table] = "claims"

    def __iter__(self) -> Iterator[ClaimView]:
        from casus.ledger.streams import claim_pages  # noqa: PLC0415 - not needed to open a ledger

        for page in claim_pages(self._desk.ledger, self._asked()):
            papers = Papers.of(self._desk, (document for document, _, _ in page))
            yield from claim_views(self._desk, [claim for _, claim, _ in page], papers)

    def __len__(self) -> int:
        from casus.ledger.flat import flat_size  # noqa: PLC0415

        return flat_size(self._desk.ledger, "claims", self._asked())

    def _row(self, one: ClaimView) -> str:
        return f"{one.id[:12]}  {one.type} {one.status}: {shortened(one.quote)}"


class Documents(OfEvents[DocumentView]):
    """The documents that tell of events, by their day; where all events are meant, all documents.

    >>> [document.publisher for document in db.documents(min_killed=5)]
    ['The Harbour Times', 'Gulf Ledger']
    """

    __slots__ = ()
    _table: ClassVar[Table] = "documents"

    def __iter__(self) -> Iterator[DocumentView]:
        from casus.ledger.streams import document_pages  # noqa: PLC0415 - not needed to open a ledger

        for page in document_pages(self._desk.ledger, self._asked()):
            for document in page:
                yield document_view(self._desk, document)

    def __len__(self) -> int:
        from casus.ledger.flat import flat_size  # noqa: PLC0415

        return flat_size(self._desk.ledger, "documents", self._asked())

    def to_arrow(self, *, with_text: bool = False) -> pyarrow.Table:
        """As a `pyarrow.Table`; `with_text`: with the texts of the documents."""
        from casus.notebook.frames import arrow  # noqa: PLC0415 - pyarrow

        return arrow(self._desk.ledger, "documents", self._asked(), with_text=with_text)

    def to_pandas(self, *, with_text: bool = False) -> pandas.DataFrame:
        """As a `pandas.DataFrame`; `with_text`: with the texts. Raises ExportError where pandas is not installed."""
        from casus.notebook.frames import as_pandas  # noqa: PLC0415

        return as_pandas(lambda: self.to_arrow(with_text=with_text))

    def to_polars(self, *, with_text: bool = False) -> polars.DataFrame:
        """As a `polars.DataFrame`; `with_text`: with the texts. Raises ExportError where polars is not installed."""
        from casus.notebook.frames import as_polars  # noqa: PLC0415

        return as_polars(lambda: self.to_arrow(with_text=with_text))

    def _row(self, one: DocumentView) -> str:
        return f"{one.id[:12]}  {one.published}  {shortened(one.publisher or '-', 30)}: {shortened(one.title or '-')}"


class Conflicts(OfEvents[ConflictView]):
    """The contradictions of events, in the order of the events; as frames they have a row for each value.

    >>> [(conflict.event.place.name, conflict.line) for conflict in db.conflicts()]
    [('Saravan', 'killed: 7 (1), 9 (1)')]
    >>> db.conflicts("open").to_polars().select("kind", "value", "independent").rows()
    [('killed', '7', 1), ('killed', '9', 1)]
    """

    __slots__ = ("_state",)
    _table: ClassVar[Table] = "conflicts"

    def __init__(self, events: Events, state: ConflictState | None = None) -> None:
        super().__init__(events)
        self._state = state

    def __iter__(self) -> Iterator[ConflictView]:
        for event in self._disputed():
            yield from (c for c in event.conflicts if self._state in (None, c.state))

    def _disputed(self) -> Iterator[EventView]:
        from casus.ledger.streams import event_pages  # noqa: PLC0415 - not needed to open a ledger

        asked = self._asked()
        if self._state == "open" and asked.limit is None and not asked.offset:
            asked = replace(asked, disputed=True)  # which is looked up at once
        for page in event_pages(self._desk.ledger, asked):
            yield from (event_view(self._desk, event) for event in page if event.conflicts)

    def to_arrow(self) -> pyarrow.Table:
        """As a `pyarrow.Table`, a row for each value of each contradiction."""
        from casus.ledger.flat import columns_of, flat_conflicts  # noqa: PLC0415 - not needed to open a ledger
        from casus.notebook.frames import made  # noqa: PLC0415 - pyarrow

        rows = flat_conflicts(self._desk.ledger, self._asked())
        return made((r for r in rows if self._state in (None, r.state)), "conflicts", columns_of("conflicts"))

    def _words(self) -> str:
        return "; ".join(part for part in (self._state, self._events._words()) if part)

    def _row(self, one: ConflictView) -> str:
        return f"{one.event.id[:12]}  {one.state}  {one.line}"
