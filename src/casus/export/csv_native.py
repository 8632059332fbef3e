"""CSV after RFC 4180: UTF-8 without a mark, CRLF, quotes where needed, ISO dates, true and false, empty where unknown.

Text that a spreadsheet would take for a formula is made harmless (`cells`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import BinaryIO

from casus.export.cells import Cell, batches, safe_rows
from casus.export.job import Job, Written
from casus.ledger.flat import Column

_TRUTHS = {True: "true", False: "false"}


def write(job: Job, out: BinaryIO) -> Written:
    """The table that is asked for, with a row of headings."""
    sink = Sink(job.columns(), out)
    for some in batches(job.rows()):
        sink.put(some)
    return Written({job.table: sink.n})


class Sink:
    """Takes rows, of which the columns are the first ones; `n` is how many it has taken."""

    def __init__(self, columns: Sequence[Column], out: BinaryIO) -> None:
        self.columns, self.out, self.n = columns, out, 0
        self._truths = [at for at, column in enumerate(columns) if column.kind == "bool"]
        self._put([[column.name for column in columns]])

    def put(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Writes some rows."""
        made = list(safe_rows(self.columns, rows))
        for row in made:
            for at in self._truths:
                row[at] = _TRUTHS[bool(row[at])]
        self._put(made)
        self.n += len(made)

    def _put(self, rows: Sequence[Sequence[Cell]]) -> None:
        made = io.StringIO(newline="")
        csv.writer(made).writerows(rows)
        self.out.write(made.getvalue().encode())
