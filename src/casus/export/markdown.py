"""Writes the columns out for people: `python -m casus.export.markdown > docs/columns.md`."""

from __future__ import annotations

import sys

from casus.export.columns import TYPES
from casus.ledger.flat import COLUMNS, TABLES, Table

_HEAD = """\
# Columns of exports

<!-- written by `python -m casus.export.markdown`; a test holds it equal to the code -->

`casus export csv`, `parquet` and `xlsx` write these tables; `geojson` has the columns of events as properties, but
`lat` and `lon`, which are its geometry. A folder or an archive of csv or parquet holds the same as `codebook.csv`, and
a workbook as a sheet; Parquet tells it in its schema.

Unknown is empty, never a guess and never a zero. Several values in one cell are joined by `; `, and no value holds a
semicolon of its own there (it becomes a comma); where cells tell of the same sides, their parts stand in one order.
Dates are ISO 8601; Excel knows no day before 1900, so such days are text in a workbook. In CSV and workbooks an
apostrophe stands in front of text that a spreadsheet would take for a formula: text that begins with `=`, `+`, `-`,
`@`, a tab or a line break, or with apostrophes before one of these.
"""


def _table(table: Table) -> str:
    rows = [
        f"| `{c.name}` | {TYPES[c.kind]}{', may be empty' if c.optional else ''} | {c.meaning} |"
        for c in COLUMNS[table]
    ]
    head = f"## {table.capitalize()}\n\n{TABLES[table]}\n\n| column | type | meaning |\n| --- | --- | --- |\n"
    return head + "\n".join(rows)


def page() -> str:
    """The whole page."""
    return "\n\n".join([_HEAD.rstrip(), *(_table(table) for table in TABLES)]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
