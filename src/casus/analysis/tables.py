"""A finished panel: its columns, and its rows as Arrow batches, pandas or polars.

Kept is only what is not zero; rows of zeros are made as they are asked for, so that a large panel takes little memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from casus.analysis.counting import Count, LeftOut
from casus.analysis.extras import needed
from casus.analysis.periods import Time, first_day, label, last_day
from casus.analysis.sieve import REASONS
from casus.analysis.summary import summary
from casus.analysis.units import Key, Unit, cells, headings
from casus.analysis.values import COUNTS, INTENSITY
from casus.errors import UsageError
from casus.ledger.flat_columns import Column, Kind

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

# rows of a batch: a few megabytes
BATCH = 65_536

_UNIT_COLUMNS = {
    "iso3": "The country, ISO 3166 alpha-3.",
    "country": "Its name.",
    "admin1": "The first-level division: a province, a state.",
    "gid": "The PRIO-GRID cell, 1 to 259200.",
    "row": "Its row, 1 to 360 from the south.",
    "col": "Its column, 1 to 720 from the west.",
    "lat": "Latitude of its centre, degrees.",
    "lon": "Longitude of its centre, degrees.",
    "side_a": "One side of the dyad, the first by its letters: ISO 3166 alpha-3 or a usual name.",
    "side_b": "The other side.",
    "actor": "Who did it: ISO 3166 alpha-3 or a usual name.",
    "recipient": "To whom.",
}
_TIME_COLUMNS = {
    "period": "The period as ISO 8601 writes it: 2024-01-16, 2024-W03, 2024-01, 2024.",
    "start": "Its first day.",
    "end": "Its last day, counted in.",
}
_KINDS: dict[type, Kind] = {str: "str", int: "int", float: "float"}


def columns_of(unit: Unit, directed: bool = False) -> tuple[Column, ...]:
    """The columns of a panel by that unit, in order."""
    return (
        *(Column(name, _KINDS[kind], False, _UNIT_COLUMNS[name]) for name, kind in headings(unit, directed).items()),
        *(Column(name, "str" if name == "period" else "date", False, words) for name, words in _TIME_COLUMNS.items()),
        *(Column(name, "int", False, words) for name, words in COUNTS.items()),
        *(Column(name, "float", name == "intensity_mean", words) for name, words in INTENSITY.items()),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Rows of a panel as numbers, one entry a row: its unit and period by their numbers in `Panel.units` and
    `Panel.periods`, the values of COUNTS (a row of a matrix), and the sum of intensity."""

    unit: npt.NDArray[np.int64]
    period: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A panel, immutable. Rows stand by unit and then by period.

    `events` went in, `entries` is how often: an event counts wholly for each of its units, and `several` have more
    than one. `left_out` says what does not count. `len()` is the number of rows.
    """

    unit: Unit
    time: Time
    directed: bool
    spread: bool
    fill: bool
    since: date | None
    until: date | None
    units: tuple[Key, ...]
    periods: range
    events: int
    entries: int
    several: int
    left_out: tuple[LeftOut, ...]
    # one for each unit and period of which there is anything, by unit and period: where its row stands were all rows
    # there, the values of COUNTS, the sum of intensity
    _at: npt.NDArray[np.int64]
    _counts: npt.NDArray[np.int64]
    _scores: npt.NDArray[np.float64]

    @classmethod
    def of(
        cls, count: Count, *, fill: bool, units: tuple[Key, ...], periods: range, since: date | None, until: date | None
    ) -> Panel:
        """What was counted, for these units and periods."""
        order = {key: n * len(periods) for n, key in enumerate(units)}
        first = periods[0] if periods else 0
        places = sorted(count.cells, key=lambda place: order[place[0]] + place[1])
        at = np.array([order[key] + period - first for key, period in places], np.int64)
        counts = np.array([count.cells[place] for place in places], np.int64).reshape(len(places), len(COUNTS))
        scores = np.array([count.scores.get(place, 0.0) for place in places], np.float64)
        for array in (at, counts, scores):
            array.setflags(write=False)
        return cls(
            count.unit, count.sieve.time, count.directed, count.sieve.spread, fill, since, until, units, periods,
            count.events, count.entries, count.several, count.left_out(), at, counts, scores,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.units) * len(self.periods) if self.fill else len(self._at)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, each with its type and its meaning."""
        return columns_of(self.unit, self.directed)

    def total(self, column: str) -> int:
        """The sum of a column of counts over all rows. Raises UsageError where it is none."""
        if column not in COUNTS:
            raise UsageError(f"{column!r} is no count", f"one of {', '.join(COUNTS)}")
        return int(self._counts[:, list(COUNTS).index(column)].sum())

    def leaving_out(self, more: LeftOut) -> Panel:
        """The same, with events that were left out before it was counted."""
        order = list(REASONS)
        found = sorted((*self.left_out, more), key=lambda left: order.index(left.reason))
        return replace(self, left_out=tuple(found))

    def summary(self) -> tuple[str, ...]:
        """What went in and what did not, a line each, for people."""
        return summary(self)

    def unit_cells(self, n: int) -> tuple[str | int | float, ...]:
        """The values of the columns that name the unit of that number in `units`."""
        return cells(self.units[n], self.unit)

    def period_cells(self, n: int) -> tuple[str, date, date]:
        """The period of that number in `periods`, its first and its last day."""
        number = self.periods[n]
        return label(number, self.time), first_day(number, self.time), last_day(number, self.time)

    def blocks(self) -> Iterator[Block]:
        """The rows as numbers, some at a time."""
        for start in range(0, len(self), BATCH):
            yield self._block(start, min(start + BATCH, len(self)))

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        """The rows, some at a time."""
        for block in self.blocks():
            yield self._batch(block)

    def to_arrow(self) -> pyarrow.Table:
        """As a pyarrow.Table: text, int64, float64 and date32 columns."""
        import pyarrow  # noqa: PLC0415 - a tenth of a second, which a plot does not need

        return pyarrow.Table.from_batches(self.batches(), schema=self.schema())

    def to_pandas(self) -> pandas.DataFrame:
        """As a pandas.DataFrame, days as datetime64. Raises ExportError where pandas is not installed."""
        needed("pandas", "pandas")
        return self.to_arrow().to_pandas(date_as_object=False)

    def to_polars(self) -> polars.DataFrame:
        """As a polars.DataFrame. Raises ExportError where polars is not installed."""
        made = needed("polars", "polars").from_arrow(self.to_arrow())
        return made  # type: ignore[no-any-return]

    def schema(self) -> pyarrow.Schema:
        """Names and types of the columns."""
        import pyarrow as pa  # noqa: PLC0415

        types = {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "date": pa.date32()}
        return pa.schema([pa.field(c.name, types[c.kind]) for c in self.columns])

    def _block(self, start: int, stop: int) -> Block:
        if self.fill:
            rows = np.arange(start, stop, dtype=np.int64)
            counts, scores = np.zeros((len(rows), len(COUNTS)), np.int64), np.zeros(len(rows), np.float64)
            since, until = np.searchsorted(self._at, (start, stop))
            here = self._at[since:until] - start
            counts[here], scores[here] = self._counts[since:until], self._scores[since:until]
        else:
            rows, counts, scores = self._at[start:stop], self._counts[start:stop], self._scores[start:stop]
        return Block(*np.divmod(rows, max(len(self.periods), 1)), counts, scores)

    def _batch(self, block: Block) -> pyarrow.RecordBatch:
        import pyarrow as pa  # noqa: PLC0415

        events = block.counts[:, 0]
        mean = np.divide(block.scores, events, out=np.zeros(len(events)), where=events > 0)
        arrays = [*self._named(block.unit), *self._dated(block.period), *(pa.array(c) for c in block.counts.T)]
        arrays += [pa.array(block.scores), pa.array(mean, mask=events == 0)]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema())

    def _named(self, unit: npt.NDArray[np.int64]) -> list[Any]:
        """The columns that say which unit a row is of."""
        here, again = np.unique(unit, return_inverse=True)
        return _taken([self.unit_cells(n) for n in here], again, len(headings(self.unit, self.directed)))

    def _dated(self, period: npt.NDArray[np.int64]) -> list[Any]:
        here, again = np.unique(period, return_inverse=True)
        return _taken([self.period_cells(n) for n in here], again, len(_TIME_COLUMNS))


def _taken(values: list[tuple[Any, ...]], again: npt.NDArray[np.intp], width: int) -> list[Any]:
    """Columns of these values, each row's by its number."""
    import pyarrow as pa  # noqa: PLC0415

    return [pa.array([value[n] for value in values]).take(pa.array(again)) for n in range(width)]
