"""One Excel workbook: events, claims, contradictions, documents, a codebook, and what it was made of. No formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO

from casus.errors import ExportError
from casus.export.cells import Cell, safe_rows
from casus.export.columns import CODEBOOK, codebook_rows, made_by
from casus.export.job import Job, Written
from casus.ledger.flat import TABLES, Column, Table, flat_size, last_step
from casus.ledger.queries import Filter

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

# what a sheet can hold, with the row of headings; what a cell can hold; the first day that Excel knows
ROWS, CHARS, FIRST_DAY = 1_048_576, 32_767, date(1900, 1, 1)
SHEETS: dict[Table, str] = {
    "events": "events", "claims": "claims", "conflicts": "contradictions", "documents": "documents",
}  # fmt: skip
_WIDTHS = {"str": 16, "int": 10, "float": 11, "bool": 10, "date": 12}
_WIDE = {"summary": 60, "quote": 60, "title": 40, "review": 40, "meaning": 90, "text": 60, "voices": 40, "url": 30}
# kept out of the file, which would else differ each time
_MADE = datetime(1980, 1, 1)


class _Book:
    """A workbook that is written row by row, and what had to be cut in it."""

    def __init__(self, book: Workbook) -> None:
        self.book, self.cut = book, 0
        self._head = book.add_format({"bold": True, "bottom": 1})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})

    def sheet(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[int]) -> int:
        """A sheet with a row of headings that stays in sight; gives the number of rows below it."""
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        for at, (column, width) in enumerate(zip(columns, widths, strict=True)):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, column, self._head)
        n = 0
        for n, row in enumerate(rows, start=1):
            if n >= ROWS:
                raise too_many(name)
            for at, cell in enumerate(row):
                if cell is not None:
                    self._put(sheet, n, at, cell)
        sheet.autofilter(0, 0, n, len(columns) - 1)
        return n

    def _put(self, sheet: Worksheet, n: int, at: int, cell: str | int | float | bool | date) -> None:
        if isinstance(cell, bool):
            sheet.write_boolean(n, at, cell)
        elif isinstance(cell, int | float):
            sheet.write_number(n, at, cell)
        elif isinstance(cell, str):
            self.cut += len(cell) > CHARS
            sheet.write_string(n, at, cell[:CHARS])
        elif cell < FIRST_DAY:
            sheet.write_string(n, at, cell.isoformat())
        else:
            sheet.write_datetime(n, at, cell, self._day)


def too_many(sheet: str) -> ExportError:
    """The error of a sheet that does not hold it all."""
    return ExportError(
        f"a sheet holds {ROWS - 1:,} rows, and there are more {sheet}",
        "export them as Parquet or CSV, or choose fewer: --since, --country",
    )


def write(job: Job, out: BinaryIO) -> Written:
    """The workbook. Raises ExportError before anything is written where a table has more rows than a sheet."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - only here

    for table in TABLES:
        if flat_size(job.ledger, table, job.asked) >= ROWS:
            raise too_many(SHEETS[table])
    with TemporaryDirectory(prefix="casus-") as folder:
        made = Workbook(out, {"constant_memory": True, "tmpdir": folder})
        made.set_properties({"created": _MADE, "title": "Casus ledger"})
        made.use_zip64()
        try:
            book, done = _fill(made, job)
            made.close()
        except BaseException:
            # a workbook that is not closed leaves its files of rows open
            for sheet in made.worksheets():
                sheet.row_data_fh.close()
            raise
    return Written(done, _notes(book.cut))


def _fill(made: Workbook, job: Job) -> tuple[_Book, dict[str, int]]:
    """All sheets, and how many rows each table has."""
    book, done = _Book(made), dict[str, int]()
    for table in TABLES:
        columns, rows = job.of(table).columns(), job.of(table).rows()
        widths = [_WIDE.get(c.name, max(_WIDTHS[c.kind], len(c.name) + 2)) for c in columns]
        done[SHEETS[table]] = book.sheet(SHEETS[table], [c.name for c in columns], safe_rows(columns, rows), widths)
    told = safe_rows([Column(name, "str", False, "") for name in CODEBOOK], _codebook(job))
    book.sheet("codebook", CODEBOOK, told, [16, 22, 18, 8, 90])
    book.sheet("about", ("what", "value"), _about(job, done), [24, 90])
    return book, done


def _codebook(job: Job) -> Iterator[Sequence[Cell]]:
    for table, *rest in codebook_rows(with_text=job.options.with_text):
        yield [SHEETS.get(table, table), *rest]  # type: ignore[call-overload]


def _about(job: Job, done: dict[str, int]) -> list[Sequence[Any]]:
    step, at = last_step(job.ledger)
    asked = [(f.name, getattr(job.asked, f.name)) for f in fields(Filter)]
    usual = Filter()
    return [
        ("made by", made_by()),
        ("state of the ledger", f"step {step}, {at}"),
        ("asked for", "; ".join(f"{k} {v}" for k, v in asked if v != getattr(usual, k)) or "everything"),
        *done.items(),
        ("text", "An apostrophe stands in front of text that a spreadsheet would take for a formula."),
        ("empty cells", "Nobody says, or it cannot be told. Nothing is guessed."),
    ]


def _notes(cut: int) -> tuple[str, ...]:
    if not cut:
        return ()
    return (f"{cut} cell{'' if cut == 1 else 's'} cut at {CHARS:,} characters, which is what a cell holds",)
