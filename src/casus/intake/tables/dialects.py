"""How a table of text is written (encoding, ends of lines, mark between cells) and where its header is, by its head."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from casus.errors import IntakeError
from casus.intake.encoding import decode
from casus.intake.tables.delimited import BROKEN, DELIMITERS, Cell, Dialect, Rows
from casus.intake.tables.fieldmap import OURS, Chosen, choose

# How much of a table is looked at.
HEAD_BYTES = 65_536
# Exports put a title, a query or a notice above the header; so many rows that hold anything may stand there.
_HEADER_ROWS = 10
_SHAPE_ROWS = 40
_SEP = re.compile(rb"\"?sep=([,;|\t])\"?\r?(?:\n|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """The row of names: how many rows stand before it, the names, and which stand for which of ours."""

    above: int
    names: tuple[str, ...]
    chosen: Chosen

    @property
    def usable(self) -> bool:
        """Whether a column holds the report, and all that the user named are there."""
        return "text" in self.chosen.columns and not self.chosen.missing


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is written, and its header."""

    dialect: Dialect
    header: Header


def find_header(rows: Sequence[Sequence[Cell]], fields: Mapping[str, str]) -> Header:
    """The row of names among the first ones of a table; the first row that holds anything where none is usable.

    Below the first row a header has to have two names that are known, as a cell of data may be one by chance.
    """
    tried, before, looked = list[Header](), tuple[str, ...](), 0
    for above, row in enumerate(rows):
        names = tuple(cell.strip() if isinstance(cell, str) else cell.isoformat() for cell in row)
        if not any(names):
            continue
        # a name that goes over two rows stands in the first of them
        filled = tuple(name or above_it for name, above_it in zip_longest(names, before, fillvalue=""))
        tried += [
            Header(above, n, choose([name for name in n if name], fields)) for n in dict.fromkeys([names, filled])
        ]
        before, looked = names, looked + 1
        if looked == _HEADER_ROWS:
            break
    usable = [h for n, h in enumerate(tried) if h.usable and (n == 0 or len(h.chosen.columns) > 1)]
    # max takes the first of several
    return max(usable or tried[:1] or [Header(0, (), Chosen({}))], key=lambda header: len(header.chosen.columns))


def layout_of(head: bytes, name: str, fields: Mapping[str, str], *, marked: bool, charset: str | None) -> Layout:
    """How a table is written that begins so; `marked` where a byte-order mark says that it is Unicode.

    Of the marks between cells that one is it by which a header can be used; of several, by which most rows are as
    wide as it. Raises BinaryError or EncodingError.
    """
    end = b"\r" if b"\r" in head and b"\n" not in head else b"\n"
    codec = "utf-8" if marked else _codec(head, name, charset)
    told = _SEP.match(head)
    marks, skip = ([told[1].decode()], 1) if told else ([*DELIMITERS], 0)
    tried = [_tried(head, Dialect(mark, end, skip, codec), fields) for mark in marks]
    return max(tried, key=lambda one: one[0])[1]


def _tried(head: bytes, dialect: Dialect, fields: Mapping[str, str]) -> tuple[tuple[bool, int, float, int], Layout]:
    """A mark between cells, and how good a table it makes of the head; prose is full of commas, but not evenly."""
    rows = [row.cells for row, _ in zip(Rows([head], dialect, "", len(head)), range(_SHAPE_ROWS), strict=False)]
    header = find_header(rows, fields)
    body = [row for row in rows[header.above + 1 :] if any(row)]
    body = body[:-1] or body  # the last one may be cut where the head ends
    width = len(header.names)
    even = sum(len(row) == width for row in body) / len(body) if body else 1.0
    fit = header.usable, min(len(header.chosen.columns), 2), round(even, 1) if width > 1 else 0.5, width
    return fit, Layout(dialect, header)


def _codec(head: bytes, name: str, charset: str | None) -> str | None:
    """The encoding; None where nothing but ASCII has been seen."""
    told = _whole_letters(head)
    # a few NUL bytes break their rows alone; many are another encoding, or no text at all
    if told.count(b"\x00") * 100 < len(told):
        told = told.replace(b"\x00", b"")
    tolerant = told.decode("utf-8", "surrogateescape")
    # Windows-1252 read as UTF-8 hardly ever gives a letter, so that a few broken bytes among many letters are damage
    is_utf8 = sum(c > "\x7f" for c in tolerant) >= 2 * len(BROKEN.findall(tolerant))
    try:
        text, _ = decode(BROKEN.sub("?", tolerant).encode() if is_utf8 else told, html=False, charset=charset)
    except IntakeError as error:
        raise type(error)(f"{name}: {error.message}", error.hint) from None
    if is_utf8:
        return None if told.isascii() else "utf-8"
    return next((c for c in (charset, "cp1252") if c and _reads(told, c, text)), "utf-8")


def _whole_letters(head: bytes) -> bytes:
    """The head without a letter that is cut at its end."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return head[: error.start] if error.start >= len(head) - 3 else head
    return head


def _reads(data: bytes, codec: str, text: str) -> bool:
    try:
        return data.decode(codec) == text
    except (UnicodeDecodeError, LookupError):
        return False


def columns_in_words(names: Sequence[str]) -> str:
    """The columns that there are, for a message."""
    shown = [f"`{name[:40]}`" if name else f"(column {n})" for n, name in enumerate(names[:30], 1)]
    more = f" and {len(names) - 30} more" if len(names) > 30 else ""
    return ", ".join(shown) + more if shown else "none"


def looks_like_data(names: Sequence[str]) -> bool:
    """Whether a first row holds no names: a cell is a number, a date, an address or a text."""
    return any(len(n) > 100 or re.match(r"[\d.,:/-]{4,}|\d+\Z|https?://", n) for n in names) and not any(
        n.casefold() in OURS for n in names
    )
