"""Tables (CSV, TSV, XLSX): one row a report, under a header that names its columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from typing import Any

from casus.errors import EmptyError, FormatError
from casus.intake.build import Source, of_fields
from casus.intake.dates import Order, ambiguous, order_of
from casus.intake.formats import Intake, Made, failure
from casus.intake.raw import Raw
from casus.intake.tables.blocks import blocks_of, marked
from casus.intake.tables.delimited import Cell, Row, Rows
from casus.intake.tables.dialects import HEAD_BYTES, Header, columns_in_words, find_header, layout_of, looks_like_data
from casus.intake.tables.workbooks import Workbook
from casus.records import Document

# So many rows, or as many as have so many bytes, are looked at to tell whether 05/04/2024 has the day first.
_LOOK_ROWS, _LOOK_BYTES = 1_000, 8_000_000
# A spreadsheet of a million rows has about 100 MB.
_MAX_BYTES = 1_000_000_000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """Each row of a table. Raises FormatError where no column holds the reports, or a mapped one is not there."""
    if raw.head.startswith(_OLD_OFFICE):
        raise FormatError(
            f"{raw.name} is an old Excel file (.xls), or one with a password",
            "open it in a spreadsheet and save it without a password, as .xlsx or as CSV",
        )
    yield from _workbook(raw, intake) if raw.head.startswith(b"PK") else _text(raw, intake)


def _text(raw: Raw, intake: Intake) -> Iterator[Made]:
    """The rows of a table of text."""
    blocks = blocks_of(raw)
    head = _head(blocks)
    if not head.strip():
        raise EmptyError(f"{raw.name} is empty")
    fields = intake.given.fields
    layout = layout_of(head, raw.name, fields, marked=marked(raw), charset=raw.known.charset)
    if not layout.header.usable:
        raise _unusable(layout.header, raw.name, fields)
    rows = Rows(chain([head], blocks), layout.dialect, raw.name, intake.given.limit)
    stream = iter(rows)
    for _ in islice(stream, layout.header.above + 1):
        pass
    rows.width = len(layout.header.names)
    if not (yield from _Table(raw.name, layout.header, raw, intake).documents(stream)):
        raise EmptyError(f"{raw.name} has a header and no rows")


def _head(blocks: Iterator[bytes]) -> bytes:
    held, size = list[bytes](), 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size >= HEAD_BYTES:
            break
    return b"".join(held)


def _workbook(raw: Raw, intake: Intake) -> Iterator[Made]:
    """The rows of every sheet that has a column of reports."""
    stream = raw.seekable(_MAX_BYTES)
    fields, unusable, read_any = intake.given.fields, list[FormatError](), False
    try:
        with closing(Workbook(stream, raw.name, intake.spend, intake.given.limit)) as book:
            for title, part in book.sheets():
                name, rows = f"{raw.name}!{title}", book.rows(part)
                first = list(islice(rows, 20))
                header = find_header([row.cells for row in first], fields)
                if not first:
                    continue
                if not header.usable:
                    unusable.append(_unusable(header, name, fields))
                    continue
                table = _Table(name, header, raw, intake)
                read_any |= yield from table.documents(chain(first[header.above + 1 :], rows))
    finally:
        if isinstance(stream, SpooledTemporaryFile):
            stream.close()
    if not read_any:
        raise unusable[0] if unusable else EmptyError(f"{raw.name} has no rows")


def _unusable(header: Header, name: str, fields: Mapping[str, str]) -> FormatError:
    """Why a table cannot be read by its header, and what to do."""
    columns = columns_in_words(header.names)
    if missing := header.chosen.missing:
        return FormatError(
            f"{name} has no column `{missing[0][:60]}`, which --map names; its columns: {columns}",
            "give names as they stand in the header: --map text=COLUMN",
        )
    if looks_like_data(header.names):
        return FormatError(
            f"{name} has no header: its first row holds {columns}",
            "put a row with the names of the columns above it, such as id,title,text,published,publisher,url",
        )
    return FormatError(
        f"{name} has no column that is known to hold the reports; its columns: {columns}",
        "say which one does: --map text=COLUMN",
    )


@dataclass(slots=True)
class _Table:
    """Makes documents of the rows below a header."""

    name: str
    header: Header
    raw: Raw
    intake: Intake

    def documents(self, rows: Iterator[Row]) -> Generator[Made, None, bool]:
        """The documents of the rows, each with a note on what was not said by the user or by names of ours.

        Returns whether there were any rows.
        """
        columns = {ours: self.header.names.index(theirs) for ours, theirs in self.header.chosen.columns.items()}
        order, rows = _order(rows, columns.get("published"))
        some = False
        for row in rows:
            if row.error is not None:
                some = True
                if self.intake.wanted(f"{self.name}#{row.number}"):
                    yield failure(f"{self.name}#{row.number}", row.error)
            elif any(cell.strip() if isinstance(cell, str) else cell for cell in row.cells):
                some = True
                yield from self._row(row, columns, order)
        return some

    def _row(self, row: Row, columns: Mapping[str, int], order: Order | None) -> Iterator[Made]:
        name = f"{self.name}#{row.number}"
        values = {ours: _cell(ours, row.cells[n]) for ours, n in columns.items() if n < len(row.cells)}
        told, notes = values.get("published"), [*self.header.chosen.notes, *row.notes]
        if order and isinstance(told, str) and ambiguous(told, None):
            notes.append(f"dates are read with the {order} first, as other rows of the table have them")
        # what was told of the columns is part of what a row is known by: read in another way it is another document
        known = replace(self.raw.known, notes=(*self.raw.known.notes, *notes))
        source = Source(name, known, self.intake.given)
        data = row.raw or json.dumps([str(c) for c in row.cells], ensure_ascii=False).encode("utf-8", "surrogatepass")
        yield from self.intake.item(name, data, known, _maker({"text": "", **values}, source, order))


def _maker(values: Mapping[str, Any], source: Source, order: Order | None) -> Callable[[], Sequence[Document]]:
    return lambda: of_fields(values, source, order=order)


def _cell(ours: str, cell: Cell) -> Cell | None:
    """What a cell says: a text as it is, everything else without the space around it."""
    if isinstance(cell, date):
        return cell if ours in {"published", "modified"} else cell.isoformat()
    return cell if ours == "text" else cell.strip() or None


def _order(rows: Iterator[Row], column: int | None) -> tuple[Order | None, Iterator[Row]]:
    """Whether the day or the month goes first in a column of dates, by those that can be read in one way only.

    None where none says so, or one says this and another that.
    """
    if column is None:
        return None, rows
    ahead, size, found = list[Row](), 0, set[Order]()
    for row in islice(rows, _LOOK_ROWS):
        ahead.append(row)
        cell = row.cells[column] if column < len(row.cells) else ""
        if isinstance(cell, str) and (order := order_of(cell[:100])):
            found.add(order)
        size += len(row.raw) or sum(len(str(c)) for c in row.cells)
        if size > _LOOK_BYTES:
            break
    return found.pop() if len(found) == 1 else None, chain(ahead, rows)
