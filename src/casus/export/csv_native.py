"""CSV after RFC 4180: UTF-8 without a mark, CRLF, quotes where needed, ISO dates, true and false, empty where unknown.

Text that a spreadsheet would take for a formula is made harmless (`cells`).
"""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

from casus.export.cells import batches, safe_rows
from casus.export.job import Job, Written

_TRUTHS = {True: "true", False: "false"}


def write(job: Job, out: BinaryIO) -> Written:
    """The table that is asked for, with a row of headings."""
    columns = job.columns()
    truths = [at for at, column in enumerate(columns) if column.kind == "bool"]
    made, n = io.StringIO(newline=""), 0
    writer = csv.writer(made)
    writer.writerow([column.name for column in columns])
    for some in batches(safe_rows(columns, job.rows())):
        for row in some:
            for at in truths:
                row[at] = _TRUTHS[bool(row[at])]
        writer.writerows(some)
        n += len(some)
        out.write(made.getvalue().encode())
        made.seek(0)
        made.truncate()
    out.write(made.getvalue().encode())
    return Written({job.table: n})
