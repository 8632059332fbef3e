"""Spreadsheets (XLSX) -> the rows of their sheets, streamed: only the texts that cells share are kept, on the disk.

Readers that build a whole sheet (calamine, openpyxl) can be brought to end the process by a file of a kilobyte with a
cell in the last row and the last column, or a text that a million cells share. Here no cell costs more than it is.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from array import array
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import BinaryIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from casus.errors import FormatError, TooLargeError
from casus.intake.tables.delimited import Cell, Row

# As Excel has it.
_MAX_COLUMNS = 16_384
_BLOCK_BYTES, _MEMORY_BYTES = 65_536, 16_000_000
# A tag that goes on for longer holds no cell.
_TOKEN_BYTES = 10_000_000
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?\d{1,7}\Z")
# What in a format of numbers is no letter of a date: quoted words, colours and places, single letters kept as they are.
_NO_DATE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_DATE_FORMATS = frozenset({*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)})
_BROKEN = (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, KeyError, ValueError, zlib.error)
_HINT = "open it in a spreadsheet and save it again, as .xlsx or as CSV"

Spend = Callable[[int, str], None]


class Workbook:
    """A spreadsheet in a seekable stream. Raises FormatError where it is broken, TooLargeError where it is a bomb.

    `spend` is told of every block that was unpacked; `limit` is for the text of one cell, in characters.
    """

    def __init__(self, stream: BinaryIO, name: str, spend: Spend, limit: int) -> None:
        self._name, self._spend, self._limit = name, spend, limit
        try:
            self._zip = ZipFile(stream)
        except _BROKEN as error:
            raise FormatError(f"{name} is no spreadsheet that can be opened: {error}", _HINT) from None
        self._shared, self._styles, self._book = _Shared(limit), _Styles(), _Workbook()

    def sheets(self) -> list[tuple[str, str]]:
        """The name of each sheet and where it lies in the file."""
        workbook = self._target("", "officeDocument") or "xl/workbook.xml"
        parts = self._targets(workbook)
        self._read(workbook, self._book)
        for kind, path in parts.values():
            if path not in self._zip.NameToInfo:
                continue
            if kind.endswith("/sharedStrings"):
                self._read(path, self._shared)
            elif kind.endswith("/styles"):
                self._read(path, self._styles)
        found = {parts[key][1]: title for title, key in reversed(self._book.sheets) if key in parts}
        return [(title, path) for path, title in reversed(found.items())]

    def rows(self, part: str) -> Iterator[Row]:
        """The rows of a sheet that hold anything, in order; a cell that is not there is empty."""
        first_day = datetime(1904, 1, 1) if self._book.from_1904 else datetime(1899, 12, 30)
        sheet = _Sheet(self._text, self._styles.dates, first_day, self._limit, self._name)
        for _ in self._parse(part, sheet):
            yield from sheet.take()

    def close(self) -> None:
        """Lets go of the texts that cells share."""
        self._shared.file.close()

    def _text(self, number: int) -> str | None:
        """A text that cells share; each use counts as unpacked, for one text may stand in a million cells."""
        text = self._shared[number]
        self._spend(len(text or ""), self._name)
        return text

    def _read(self, part: str, target: _Target) -> None:
        for _ in self._parse(part, target):
            pass

    def _target(self, part: str, kind: str) -> str | None:
        return next((t for k, t in self._targets(part).values() if k.endswith("/" + kind)), None)

    def _targets(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: its kind and its path, by the name that the part has for it."""
        folder, file = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{file}.rels")
        if path not in self._zip.NameToInfo:
            return {}
        found = _Relations()
        self._read(path, found)
        return {
            key: (kind, posixpath.normpath(posixpath.join("/", folder, target))[1:]) for key, kind, target in found.all
        }

    def _parse(self, part: str, target: _Target) -> Iterator[None]:
        """Feeds a part of the file to a target, block by block."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, told: target.start(name.rpartition(" ")[2], told)
        parser.EndElementHandler = lambda name: target.end(name.rpartition(" ")[2])
        parser.CharacterDataHandler = target.text
        parser.StartDoctypeDeclHandler = self._refuse
        fed = 0
        try:
            with self._zip.open(part) as stream:
                while block := stream.read(_BLOCK_BYTES):
                    self._spend(len(block), self._name)
                    parser.Parse(block, False)
                    fed += len(block)
                    if fed - parser.CurrentByteIndex > _TOKEN_BYTES:
                        raise FormatError(f"{self._name} is no spreadsheet: a tag in it never ends", _HINT)
                    yield
                parser.Parse(b"", True)
                yield
        except expat.ExpatError as error:
            raise FormatError(f"{self._name} is broken in {part}: {error}", _HINT) from None
        except _BROKEN as error:
            raise FormatError(f"{self._name} is broken in {part}: {error}", _HINT) from None

    def _refuse(self, *_: object) -> None:
        raise FormatError(f"{self._name} defines entities, which no spreadsheet does", _HINT)


class _Target:
    """What is made of the elements of a part; names come without their namespace."""

    def start(self, name: str, told: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class _Relations(_Target):
    def __init__(self) -> None:
        self.all: list[tuple[str, str, str]] = []

    def start(self, name: str, told: dict[str, str]) -> None:
        if name == "Relationship" and told.get("TargetMode") != "External":
            self.all.append((told.get("Id", ""), told.get("Type", ""), told.get("Target", "")))


class _Workbook(_Target):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.from_1904 = False

    def start(self, name: str, told: dict[str, str]) -> None:
        if name == "sheet":
            key = next((v for k, v in told.items() if k.rpartition(" ")[2] == "id" and " " in k), "")
            self.sheets.append((told.get("name", ""), key))
        elif name == "workbookPr":
            self.from_1904 = told.get("date1904") in {"1", "true"}


class _Styles(_Target):
    """Which styles of cells are dates."""

    def __init__(self) -> None:
        self.dates: list[bool] = []
        self._formats: dict[str, str] = {}
        self._in_cells = False

    def start(self, name: str, told: dict[str, str]) -> None:
        if name == "numFmt":
            self._formats[told.get("numFmtId", "")] = told.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self.dates.append(self._is_date(told.get("numFmtId", "")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False

    def _is_date(self, key: str) -> bool:
        code = self._formats.get(key)
        if code is None:
            return key.isdigit() and int(key) in _DATE_FORMATS
        return bool(re.search("[yd]", _NO_DATE.sub("", code), re.IGNORECASE)) and code.lower() != "standard"


class _Shared(_Target):
    """The texts that cells share, by number; those past the limit are None."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.file = SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115 - lives as long as the workbook
        self._ends = array("q")
        self._parts, self._size, self._open, self._phonetic = list[str](), 0, False, False

    def start(self, name: str, told: dict[str, str]) -> None:
        if name == "si":
            self._parts, self._size = [], 0
        elif name == "rPh":
            self._phonetic = True
        self._open = name == "t" and not self._phonetic

    def end(self, name: str) -> None:
        self._open = False
        if name == "rPh":
            self._phonetic = False
        elif name == "si":
            # a text that is too long is marked by one byte that no text begins with
            data = "".join(self._parts).encode() if self._size <= self._limit else b"\xff"
            self.file.write(data)
            self._ends.append((self._ends[-1] if self._ends else 0) + len(data))

    def text(self, text: str) -> None:
        if self._open:
            self._size += len(text)
            if self._size <= self._limit:
                self._parts.append(text)

    def __getitem__(self, number: int) -> str | None:
        if not 0 <= number < len(self._ends):
            return ""
        start = self._ends[number - 1] if number else 0
        self.file.seek(start)
        data = self.file.read(self._ends[number] - start)
        return None if data == b"\xff" else data.decode()


class _Sheet(_Target):
    """Collects rows; `take` gives those that are whole."""

    def __init__(
        self,
        shared: Callable[[int], str | None],
        dates: list[bool],
        first_day: datetime,
        limit: int,
        name: str,
    ) -> None:
        self._shared, self._dates, self._first_day, self._limit, self._name = shared, dates, first_day, limit, name
        self._rows: list[Row] = []
        # of the row: its number, the column of its last cell, its cells and their characters
        self._number, self._column, self._size = 0, -1, 0
        self._cells: dict[int, Cell] = {}
        # of the cell: what it holds, its style, its text
        self._kind, self._style, self._parts = "", 0, list[str]()
        self._open = self._phonetic = False

    def take(self) -> list[Row]:
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, told: dict[str, str]) -> None:
        self._open = False
        if name == "row":
            told_number = told.get("r", "")
            number = int(told_number) if re.fullmatch(r"[0-9]{1,7}", told_number) else 0
            # rows without a number, or out of order, follow the one before
            self._number = max(number, self._number + 1)
            self._cells, self._column, self._size = {}, -1, 0
        elif name == "c":
            self._column = _column(told.get("r", ""), self._column + 1)
            self._kind, self._parts = told.get("t", "n"), []
            self._style = int(told["s"]) if re.fullmatch(r"[0-9]{1,6}", told.get("s", "")) else -1
        elif name == "rPh":
            self._phonetic = True
        else:
            self._open = name == "v" or (name == "t" and not self._phonetic)

    def end(self, name: str) -> None:
        self._open = False
        if name == "c":
            if 0 <= self._column < _MAX_COLUMNS and self._size <= self._limit and (value := self._value()):
                self._cells[self._column] = value
        elif name == "rPh":
            self._phonetic = False
        elif name == "row" and (self._cells or self._size > self._limit):
            self._rows.append(self._row())

    def text(self, text: str) -> None:
        if self._open:
            self._size += len(text)
            if self._size <= self._limit:
                self._parts.append(text)

    def _row(self) -> Row:
        if self._size > self._limit:
            message = f"{self._name}, row {self._number} has more than {self._limit:,} characters"
            return Row(self._number, (), b"", TooLargeError(message))
        return Row(self._number, tuple(self._cells.get(n, "") for n in range(max(self._cells) + 1)))

    def _value(self) -> Cell:
        """What a cell shows: the last result of a formula, nothing for an error, a date where its style says so."""
        text = "".join(self._parts)
        if self._kind == "s":
            shared = self._shared(int(text)) if re.fullmatch(r"[0-9]{1,9}", text.strip()) else ""
            self._size += len(shared) if shared is not None else self._limit + 1
            return shared or ""
        if self._kind == "e":
            return ""
        if self._kind == "b":
            return "TRUE" if text.strip() == "1" else "FALSE"
        if self._kind == "n" and 0 <= self._style < len(self._dates) and self._dates[self._style]:
            return self._date(text) or text
        return text

    def _date(self, text: str) -> date | None:
        """The day, or the moment, that so many days after the first one is."""
        try:
            moment = self._first_day + timedelta(seconds=round(float(text) * 86_400))
        except (ValueError, OverflowError):
            return None
        return moment if moment.time() != datetime.min.time() else moment.date()


def _column(reference: str, following: int) -> int:
    """The number of a column, from 0, out of "B7"; the following one where a cell has no place."""
    if (match := _REFERENCE.match(reference)) is None:
        return following
    number = 0
    for letter in match[1].upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
