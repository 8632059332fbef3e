"""Lazy tables: a question to a ledger that is asked anew each time its answer is looked at, and its forms as frames."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from casus.errors import CasusError, LedgerError
from casus.notebook.desk import Desk

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from casus.ledger.flat_columns import Table
    from casus.ledger.queries import Filter

T = TypeVar("T")
SHOWN = 5  # rows that a repr shows
SHOWN_HTML = 20


class Rows(Collection[T], Generic[T]):
    """What is asked of a ledger, immutable: it holds the question and not the answer, which is looked up each time.

    Iterating takes a page at a time, so that a ledger may hold more than memory does, and may be written to meanwhile.
    """

    __slots__ = ("_desk",)
    _table: ClassVar[Table]
    _desk: Desk

    @abstractmethod
    def __iter__(self) -> Iterator[T]: ...

    @abstractmethod
    def _asked(self) -> Filter:
        """Which events are meant."""

    @abstractmethod
    def _words(self) -> str:
        """The question in a line; "" for all."""

    @abstractmethod
    def _row(self, one: T) -> str:
        """A row as a repr shows it."""

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def count(self) -> int:
        """How many there are; the same as `len()`."""
        return len(self)

    def first(self) -> T | None:
        """The first one; None where there is none."""
        return next(iter(self), None)

    def __contains__(self, thing: object) -> bool:
        return any(one == thing for one in self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Rows | list | tuple):
            return self is other or list(self) == list(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment] # what it holds changes with the ledger

    # as frames

    def to_arrow(self) -> pyarrow.Table:
        """As a `pyarrow.Table`: docs/columns.md says what the columns are, and so does the schema."""
        from casus.notebook.frames import arrow  # noqa: PLC0415 - pyarrow

        return arrow(self._desk.ledger, self._table, self._asked())

    def to_pandas(self) -> pandas.DataFrame:
        """As a `pandas.DataFrame`: whole numbers as Int64, which knows a missing one, days as datetime64.

        Raises ExportError where pandas is not installed.
        """
        from casus.notebook.frames import as_pandas  # noqa: PLC0415

        return as_pandas(self.to_arrow)

    def to_polars(self) -> polars.DataFrame:
        """As a `polars.DataFrame`. Raises ExportError where polars is not installed."""
        from casus.notebook.frames import as_polars  # noqa: PLC0415

        return as_polars(self.to_arrow)

    # to look at

    def _name(self) -> str:
        words = self._words()
        return f"<{type(self).__name__}{f' of {words}' if words else ''}"

    def __repr__(self) -> str:
        try:
            rows, n = list(islice(self, SHOWN)), len(self)
        except LedgerError as error:  # a debugger shows what a program has long closed
            return f"{self._name()}: {error.message}>"
        more = [f"… and {n - len(rows):,} more"] if n > len(rows) else []
        return "\n".join([f"{self._name()}: {n:,}>", *(f"  {self._row(row)}" for row in rows), *more])

    def _repr_html_(self) -> str:
        from casus.notebook.html_parts import failed  # noqa: PLC0415 - only notebooks ask for it
        from casus.notebook.html_rows import rows_page  # noqa: PLC0415

        try:
            return rows_page(self, self._words(), list(islice(self, SHOWN_HTML)), len(self))
        except CasusError as error:
            return failed(f"{self._name()}>", error)
