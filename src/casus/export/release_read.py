"""Reads the tables of a release, which comes from others, so that what is missing or damaged is told as such."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from casus.errors import ReleaseError

BATCH = 8192


def table_rows(folder: Path, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """These columns of a table, row by row. Raises ReleaseError where it is not there, is damaged or has not all."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - a quarter of a second

    with readable(folder / f"{table}.parquet") as path, pq.ParquetFile(path) as file:
        lacks = [name for name in columns if name not in file.schema_arrow.names]
        if lacks:
            raise ReleaseError(f"{path} has no column {lacks[0]}", "use the version of Casus that made it")
        for batch in file.iter_batches(BATCH, columns=list(columns)):
            yield from zip(*(batch.column(name).to_pylist() for name in columns), strict=True)


def rows_in_parquet(path: Path) -> int:
    """How many rows a Parquet file has."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - a quarter of a second

    with readable(path):
        found: int = pq.read_metadata(path).num_rows
        return found


def rows_in_csv(path: Path) -> int:
    """How many rows a CSV file has below its headings: line breaks that are not between quotes."""
    n, within, last = -1, False, b""
    with readable(path), path.open("rb") as stream:
        while data := stream.read(1 << 20):
            data = last + data
            # a line break may lie across two reads
            last = data[-1:] if data.endswith(b"\r") else b""
            for at, part in enumerate(data[: len(data) - len(last)].split(b'"')):
                within ^= at > 0
                n += 0 if within else part.count(b"\r\n")
    return n


@contextmanager
def readable(path: Path) -> Iterator[Path]:
    """What reading the file says, as our error."""
    import pyarrow as pa  # noqa: PLC0415 - a quarter of a second

    try:
        yield path
    except (OSError, pa.ArrowException) as error:
        why = "is not there" if isinstance(error, FileNotFoundError) else f"cannot be read: {error}"
        raise ReleaseError(f"{path} {why}") from error
