"""Parquet: typed columns, each with its description in the schema; zstd; groups of rows that fit in little memory."""

from __future__ import annotations

from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from casus.export.cells import batches
from casus.export.columns import arrow_schema, repeating
from casus.export.job import Job, Written

# a batch of Python rows takes some 15 MB; a group is what readers skip by, and the usual sizes are 64,000 rows and up
BATCH, GROUP = 8192, 65536


def write(job: Job, out: BinaryIO) -> Written:
    """The table that is asked for."""
    columns = job.columns()
    schema = arrow_schema(job.table, columns)
    waiting: list[pa.RecordBatch] = []
    n = 0
    with pq.ParquetWriter(
        pa.PythonFile(out, mode="w"), schema, compression="zstd", use_dictionary=repeating(columns), version="2.6"
    ) as writer:
        for some in batches(job.rows(), BATCH):
            # zip makes columns of rows; what is behind the last column that is asked for is left away
            cells = zip(schema, zip(*some, strict=True), strict=False)
            waiting.append(pa.record_batch([pa.array(values, f.type) for f, values in cells], schema=schema))
            n += len(some)
            if len(waiting) * BATCH == GROUP:
                _group(writer, waiting, schema)
        _group(writer, waiting, schema)
    return Written({job.table: n})


def _group(writer: pq.ParquetWriter, waiting: list[pa.RecordBatch], schema: pa.Schema) -> None:
    """Writes what waits as one group of rows."""
    if waiting:
        writer.write_table(pa.Table.from_batches(waiting, schema), row_group_size=GROUP)
        waiting.clear()
