"""Cells of tables that spreadsheets open: text that a spreadsheet would take for a formula is made harmless.

A cell that begins with one of `RISKY` gets an apostrophe in front, which spreadsheets show as text. `plain_cell` takes
it away again: a text that itself begins with apostrophes before such a sign gets one more, so no two texts become one.
See OWASP, "CSV Injection".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TypeVar

from casus.ledger.flat import Column

# the last four are what East Asian settings take for the first four
RISKY = frozenset("=+-@\t\r\n＝＋－＠")
_LOOKED_AT = RISKY | {"'"}
BATCH = 2000  # rows that are made into text at once

Cell = str | int | float | bool | date | None
T = TypeVar("T")


def safe_cell(text: str) -> str:
    """The text as a cell that no spreadsheet computes."""
    return f"'{text}" if text[:1] in _LOOKED_AT and text.lstrip("'")[:1] in RISKY else text


def plain_cell(cell: str) -> str:
    """The text of which `safe_cell` made the cell."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in RISKY else cell


def safe_rows(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[list[Cell]]:
    """Rows whose text is harmless; numbers, days and truths as they are. The columns are the first ones of each row."""
    width = len(columns)
    texts = [at for at, column in enumerate(columns) if column.kind == "str"]
    for row in rows:
        cells = list(row[:width])
        for at in texts:
            text = cells[at]
            # most texts begin with a letter: looked at here, as a call each would double the time
            if text is not None and text[:1] in _LOOKED_AT:  # type: ignore[index]
                cells[at] = safe_cell(text)  # type: ignore[arg-type]
        yield cells


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The rows, so many at once."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some
