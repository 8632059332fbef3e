"""What an export is given and what it gives back: the same for every format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Literal, Protocol, TypeVar

from casus.ledger.flat import Column, Flat, FlatEvent, Table, columns_of, flat_events, flat_rows
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter

T = TypeVar("T")
# what one file of several holds: a table of flat rows, or one that a format has of its own
Part = Table | Literal["mentions"]
TICK = 1000  # rows between two words on how far it is


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen beside the filter.

    `table`: which of events, claims, conflicts, documents and mentions, where the format holds one of them.
    `with_text`: the texts of documents and not only quotes. `areas`: GeoJSON gives a point amid the area, too, where
    no more than a province or district is known. `hxl`: HAPI has a row of HXL tags below its headings.
    """

    table: Part | None = None
    with_text: bool = False
    areas: bool = False
    hxl: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: rows by table, and what a person should know of what the format does not hold."""

    rows: Mapping[str, int]
    notes: tuple[str, ...] = ()


def _quiet(rows: int) -> None:
    """Says nothing."""


@dataclass(frozen=True, slots=True)
class Job:
    """A ledger, what is asked of it, and options. `on_rows` is told now and then how many rows are done."""

    ledger: Ledger
    asked: Filter = field(default_factory=Filter)
    options: Options = field(default_factory=Options)
    on_rows: Callable[[int], None] = _quiet

    @property
    def table(self) -> Table:
        """The table of flat rows that is asked for; events where nothing is said."""
        table = self.options.table
        return "events" if table is None or table == "mentions" else table

    def of(self, table: Part) -> Job:
        """The same for that table."""
        return replace(self, options=replace(self.options, table=table))

    def columns(self) -> tuple[Column, ...]:
        """The columns of the table that is asked for, text only where it is asked for."""
        return columns_of(self.table, with_text=self.options.with_text)

    def rows(self) -> Iterator[Flat]:
        """The rows of the table that is asked for; `text` is their last column."""
        return self.ticking(flat_rows(self.ledger, self.table, self.asked, with_text=self.options.with_text))

    def events(self, *, summary: bool = True) -> Iterator[FlatEvent]:
        """The events, whatever table is asked for."""
        return self.ticking(flat_events(self.ledger, self.asked, summary=summary))

    def ticking(self, rows: Iterable[T]) -> Iterator[T]:
        """The same rows, telling now and then how many have gone by."""
        n = 0
        for n, row in enumerate(rows, start=1):
            if not n % TICK:
                self.on_rows(n)
            yield row
        self.on_rows(n)


class Writer(Protocol):
    """A module of a format. `write` puts the whole file into `out`, which may be a pipe: nothing is read or sought."""

    def write(self, job: Job, out: BinaryIO) -> Written:
        """Raises ExportError where the format cannot hold it."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name on the command line, its module, what it writes, how its files end.

    `tables` are those of which one may be chosen; without any, the format has its own. `binary`: not for a terminal.
    `codebook`: its columns are those of the flat rows, so that their codebook goes with them.
    """

    name: str
    module: str
    writes: str
    ending: str
    tables: Sequence[Part] = ()
    binary: bool = False
    codebook: bool = True
