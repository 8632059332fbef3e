"""Parquet: typed columns, each with its description in the schema; zstd; groups of rows that fit in little memory."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from casus.export.cells import Cell, batches
from casus.export.columns import arrow_schema, repeating
from casus.export.job import Job, Written
from casus.ledger.flat import TABLES, Column

# a batch of Python rows takes some 15 MB; a group is what readers skip by, and the usual sizes are 64,000 rows and up
BATCH, GROUP = 8192, 65536


def write(job: Job, out: BinaryIO) -> Written:
    """The table that is asked for."""
    with Sink(job.table, TABLES[job.table], job.columns(), out) as sink:
        for some in batches(job.rows(), BATCH):
            sink.put(some)
    return Written({job.table: sink.n})


class Sink:
    """Takes rows, of which the columns are the first ones, BATCH at a time but for the last; `n` is how many it has
    taken. Used in a `with`, at whose end the file is whole."""

    def __init__(self, table: str, holds: str, columns: Sequence[Column], out: BinaryIO) -> None:
        self.n = 0
        self._schema = arrow_schema(table, columns, holds)
        self._waiting: list[pa.RecordBatch] = []
        self._writer = pq.ParquetWriter(
            pa.PythonFile(out, mode="w"), self._schema, compression="zstd", use_dictionary=repeating(columns),
            version="2.6",
        )  # fmt: skip

    def put(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Writes some rows."""
        # zip makes columns of rows; what is behind the last column that is asked for is left away
        cells = zip(self._schema, zip(*rows, strict=True), strict=False)
        arrays = [pa.array(values, field.type) for field, values in cells]
        self._waiting.append(pa.record_batch(arrays, schema=self._schema))
        self.n += len(rows)
        if len(self._waiting) * BATCH == GROUP:
            self._group()

    def _group(self) -> None:
        """Writes what waits as one group of rows."""
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting, self._schema), row_group_size=GROUP)
            self._waiting.clear()

    def __enter__(self) -> Sink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._group()
        self._writer.close()
