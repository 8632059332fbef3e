"""Writes a panel as CSV, Parquet or JSON lines, some rows at a time, so that a large one takes little memory."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, get_args

import numpy as np
import orjson

from casus.analysis.panels import Panel
from casus.analysis.tables import Block
from casus.analysis.values import COUNTS
from casus.errors import OutputError, UsageError
from casus.export.cells import Cell, safe_cell

Format = Literal["csv", "parquet", "jsonl"]
FORMATS: tuple[Format, ...] = get_args(Format)


def format_of(path: Path) -> Format:
    """By the ending of the name. Raises UsageError."""
    found = next((f for f in FORMATS if path.suffix.lower() == f".{f}"), None)
    if found is None:
        raise UsageError(f"{path} ends in no format of a panel", f"one of {', '.join(f'.{f}' for f in FORMATS)}")
    return found


def write_panel(panel: Panel, path: Path, form: Format | None = None, *, overwrite: bool = True) -> None:
    """Writes the panel to a file, whole or not at all; in the format of its ending unless one is given.

    Raises UsageError for an unknown ending and OutputError where the file cannot be written.
    """
    form = form or format_of(path)
    with written(path, overwrite=overwrite) as out:
        put_panel(panel, out, form)


def put_panel(panel: Panel, out: IO[bytes], form: Format) -> None:
    """Writes the panel to a stream: the same bytes for the same panel."""
    if form == "csv":
        _csv(panel, out)
    elif form == "jsonl":
        _jsonl(panel, out)
    else:
        _parquet(panel, out)


def _csv(panel: Panel, out: IO[bytes]) -> None:
    """UTF-8, commas, LF, quotes where needed; unknown is empty. Most rows are zeros, and written as one string."""
    units, periods = _Told(panel.unit_cells), _Told(panel.period_cells)
    nothing = _line([*(0 for _ in COUNTS), 0.0, None])
    out.write(f"{_line([column.name for column in panel.columns])}\n".encode())
    for block in panel.blocks():
        lines = []
        some: list[bool] = np.any(block.counts, axis=1).tolist()
        for n, (unit, period) in enumerate(zip(block.unit.tolist(), block.period.tolist(), strict=True)):
            values = _values(block, n) if some[n] else nothing
            lines.append(f"{units[unit]},{periods[period]},{values}\n")
        out.write("".join(lines).encode())


def _values(block: Block, n: int) -> str:
    counts, score = block.counts[n].tolist(), float(block.scores[n])
    return _line([*counts, score, score / counts[0] if counts[0] else None])


class _Told(dict[int, str]):
    """Cells of units or periods as they stand in a line, made once each."""

    def __init__(self, cells: Callable[[int], tuple[Cell, ...]]) -> None:
        super().__init__()
        self.cells = cells

    def __missing__(self, n: int) -> str:
        self[n] = told = _line(self.cells(n))
        return told


def _line(cells: Iterable[Cell]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([safe_cell(c) if isinstance(c, str) else c for c in cells])
    return out.getvalue()


def _jsonl(panel: Panel, out: IO[bytes]) -> None:
    for batch in panel.batches():
        out.write(b"".join(orjson.dumps(row) + b"\n" for row in batch.to_pylist()))


def _parquet(panel: Panel, out: IO[bytes]) -> None:
    """With what the panel says of itself in the file's metadata, under `casus`."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - a fifth of a second, which CSV does not need

    schema = panel.schema().with_metadata({"casus": orjson.dumps(told(panel))})
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in panel.batches():
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))


def told(panel: Panel) -> dict[str, object]:
    """What the panel says of itself, for programs."""
    return {
        "unit": panel.unit,
        "time": panel.time,
        "directed": panel.directed,
        "spread": panel.spread,
        "fill": panel.fill,
        "since": panel.since,
        "until": panel.until,
        "rows": len(panel),
        "events": panel.events,
        "entries": panel.entries,
        "several": panel.several,
        "left_out": [
            {
                "reason": left.reason,
                "events": left.events,
                "killed_low": left.killed_low,
                "killed_best": left.killed_best,
                "killed_high": left.killed_high,
            }
            for left in panel.left_out
        ],
        "columns": {column.name: column.meaning for column in panel.columns},
    }


@contextmanager
def written(path: Path, *, overwrite: bool = True) -> Iterator[IO[bytes]]:
    """A file that is there only when all of it is: what was there before stays until then.

    Raises UsageError where something is there that is not to be overwritten, OutputError where it cannot be written.
    """
    if path.is_dir() or (path.is_file() and not overwrite):
        hint = "name a file" if path.is_dir() else "name another, or --force to write over it"
        raise UsageError(f"{path} is {'a folder' if path.is_dir() else 'there already'}", hint)
    # a pipe or a device is written to as it is
    plain = not path.exists() or path.is_file()
    part = path.with_name(f".{path.name}.{os.getpid()}.part") if plain else path
    try:
        with part.open("wb") as out:
            yield out
        if plain:
            part.replace(path)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        if plain:
            part.unlink(missing_ok=True)
