"""Tables as text (CSV, TSV) -> their rows, streamed, each with what is broken in it.

Python's own reader is not used: its limit on the length of a cell is one for the whole process, and a quote that is
never closed makes it take the rest of the file for one cell.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from casus.errors import BinaryError, EncodingError, FormatError, IntakeError, TooLargeError
from casus.intake.encoding import decode
from casus.intake.raw import megabytes
from casus.intake.tables.blocks import Line, lines_of

# Marks between cells, and how a message calls them.
DELIMITERS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas"}
# What is read again after a quote that was never closed, for the rows behind it: six of them that go on for as long as
# a report may. A file of nothing but such quotes would be read for ever.
_AGAIN_BYTES = 30_000_000
_INSIDE = re.compile(r'[^"]*+(?:""[^"]*+)*+')
_PLAIN = {mark: re.compile(f"[^{re.escape(mark)}]*+") for mark in DELIMITERS}
# bytes that are not UTF-8, as they stand in text that was decoded all the same
BROKEN = re.compile("[\udc80-\udcff]")


# What a cell holds; dates are in spreadsheets only.
Cell = str | date


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written: mark between cells, end of lines, lines to skip before the first row.

    `codec` None: all ASCII so far; UTF-8 where the first other letters are, else Windows-1252.
    """

    delimiter: str
    end: bytes = b"\n"
    skip: int = 0
    codec: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet counts, its cells and its bytes; or why it cannot be read."""

    number: int
    cells: tuple[Cell, ...]
    raw: bytes = b""
    error: IntakeError | None = None
    notes: tuple[str, ...] = ()


class _OpenError(Exception):
    """A quote is opened and not closed."""


def split(text: str, delimiter: str, more: Callable[[], str]) -> list[str]:
    """The cells of a row that begins with the line `text`; `more` gives the next line (its end before it) as long as a
    quote is open. Raises _OpenError where none closes it, and what `more` raises."""
    cells, at = list[str](), 0
    while True:
        if text.startswith('"', at):
            cell, text, at = _quoted(text, at, delimiter, more)
        else:
            cell, at = _plain(text, at, delimiter)
        cells.append(cell)
        if at >= len(text):
            return cells
        at += 1
        if at == len(text):  # a mark at the end of the line: an empty cell behind it
            return [*cells, ""]


def _plain(text: str, at: int, delimiter: str) -> tuple[str, int]:
    match = _PLAIN[delimiter].match(text, at)
    assert match is not None
    return match[0].removesuffix("\r") if match.end() == len(text) else match[0], match.end()


def _quoted(text: str, start: int, delimiter: str, more: Callable[[], str]) -> tuple[str, str, int]:
    """The cell whose quote stands at `start`, the line in which it ends, and where."""
    parts, at = list[str](), start + 1
    while True:
        match = _INSIDE.match(text, at)
        assert match is not None
        parts.append(match[0])
        if match.end() < len(text):
            break
        text, at = more(), 0
    tail, end = _plain(text, match.end() + 1, delimiter)
    if tail.strip() and len(parts) > 1:
        # the quote that closes this one opens a cell of a row further down
        raise _OpenError
    if tail.strip() and delimiter == "\t":
        # tables with tabs are mostly written without quoting, and then a quote is a quote
        cell, end = _plain(text, start, delimiter)
        return cell, text, end
    return "".join(parts).replace('""', '"') + tail, text, end


@dataclass(slots=True)
class _Taking:
    """The lines of the row that is being read."""

    lines: list[Line]
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = len(self.lines[0].data or b"")

    def add(self, line: Line) -> None:
        self.lines.append(line)
        self.size += len(line.data or b"") + 1


class Rows:
    """The rows of a table, one after the other. `width` is how many cells its header has, once that is known."""

    def __init__(self, blocks: Iterable[bytes], dialect: Dialect, name: str, limit: int) -> None:
        self.width: int | None = None
        self._lines = lines_of(blocks, limit, dialect.end)
        self._name, self._limit, self._dialect, self._codec = name, limit, dialect, dialect.codec
        self._pending: deque[Line] = deque()
        self._number, self._again = 0, 0
        for _ in range(dialect.skip):
            next(self._lines, None)

    def __iter__(self) -> Iterator[Row]:
        """Every row, blank ones too. Raises FormatError where unclosed quotes are no single mistake."""
        while (line := self._line()) is not None:
            self._number += 1
            yield self._row(_Taking([line]))

    def _line(self) -> Line | None:
        return self._pending.popleft() if self._pending else next(self._lines, None)

    def _row(self, taking: _Taking) -> Row:
        first, end, closed = taking.lines[0], self._dialect.end, False
        where = f"{self._name}, line {first.number}"
        try:
            text = self._text(first, where)
            cells = self._cells(text, taking, where)
            closed = True
            raw = b"".join((line.data or b"") + (end if line.ended else b"") for line in taking.lines)
            checked, notes = self._checked(cells, raw, where)
        except IntakeError as error:
            self._resume(taking.lines, closed)
            return Row(self._number, (), first.data or b"", error)
        return Row(self._number, checked, raw, None, notes)

    def _cells(self, text: str, taking: _Taking, where: str) -> list[str]:
        try:
            return split(text, self._dialect.delimiter, lambda: self._further(taking, where))
        except _OpenError:
            hint = "close it, or double the quotes that belong to the text"
            raise FormatError(f"{where}: a quote is opened and not closed", hint) from None

    def _further(self, taking: _Taking, where: str) -> str:
        """The next line of a row whose quote is open at the end of the last one."""
        if (line := self._line()) is None:
            raise _OpenError
        taking.add(line)
        if taking.size > self._limit:
            raise TooLargeError(
                f"{where}: the row has more than {megabytes(self._limit)}", "a quote may be opened and never closed"
            )
        return self._dialect.end.decode() + self._text(line, where)

    def _text(self, line: Line, where: str) -> str:
        """The line without its end; bytes that are not UTF-8 stand in it as halves of characters."""
        if line.data is None:
            raise TooLargeError(f"{where}: the row has more than {megabytes(self._limit)}")
        text = line.data.decode(self._codec or "utf-8", "surrogateescape")
        if self._codec is None and not line.data.isascii() and not BROKEN.search(text):
            self._codec = "utf-8"
        return text

    def _checked(self, cells: list[str], raw: bytes, where: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The cells of a row, no more than the header has, and notes on its encoding."""
        notes: tuple[str, ...] = ()
        if b"\x00" in raw:
            raise BinaryError(f"{where} holds NUL bytes", "the file was damaged, or it is no text")
        if BROKEN.search("".join(cells)):
            cells, notes = self._as_windows(cells, raw, where)
        elif self._codec == "cp1252" and not raw.isascii():
            notes = ("not UTF-8; read as Windows-1252",)
        if self.width is not None and len(cells) > self.width:
            if any(cell.strip() for cell in cells[self.width :]):
                raise FormatError(
                    f"{where} has {len(cells)} cells, and the table {self.width} columns",
                    f"put cells that hold {DELIMITERS[self._dialect.delimiter]} or quotes in quotes",
                )
            cells = cells[: self.width]
        return tuple(cells), notes

    def _as_windows(self, cells: Sequence[str], raw: bytes, where: str) -> tuple[list[str], tuple[str, ...]]:
        """A row that is not UTF-8, where nothing before it says that the table is: read like a text by itself."""
        if self._codec is not None:
            raise EncodingError(f"{where} holds bytes that are no {self._codec.upper()}, which the table is in")
        try:
            _, notes = decode(raw, html=False)
        except IntakeError as error:
            raise type(error)(f"{where}: {error.message}", error.hint) from None
        return [cell.encode("utf-8", "surrogateescape").decode("cp1252") for cell in cells], notes

    def _resume(self, lines: Sequence[Line], closed: bool) -> None:
        """After a row that cannot be read: a quote may have swallowed good rows, which are then read again.

        The first line that is a row by itself begins them. Without one, the next line does, where the quote was never
        closed; where it was, the lines are a text.
        """
        behind = next((n for n in range(1, len(lines)) if self._is_row(lines[n])), None if closed else 1)
        if behind is None or behind >= len(lines):
            return
        self._again += sum(len(line.data or b"") for line in lines[behind:])
        if self._again > _AGAIN_BYTES:
            raise FormatError(f"{self._name}: quotes are opened and not closed all over the table", "write it anew")
        self._pending.extendleft(reversed(lines[behind:]))

    def _is_row(self, line: Line) -> bool:
        """Whether a line by itself has as many cells as the header. In prose three and more are rare by chance."""
        if line.data is None or self.width is None or self.width < 3:
            return False

        def none() -> str:
            raise _OpenError

        try:
            return len(split(self._text(line, ""), self._dialect.delimiter, none)) == self.width
        except _OpenError:
            return False
