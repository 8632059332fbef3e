"""The records of a crawl (WARC, plain or packed by gzip), cut out of its bytes; after a broken one it finds the next.

warcio reads what lies in good order; it reads a line of any length into memory, prints to the terminal what it finds
broken, and ends there. The layout is that of ISO 28500 (WARC 1.0 and 1.1).
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from casus.errors import FormatError
from casus.intake.packs.packed import BLOCK_IN, BLOCK_OUT, CUT_OFF, GZIP, Inflate, Spend
from casus.intake.raw import in_pieces

# The head of a record, and that of the answer in it; real ones have at most some kilobytes (cookies, policies).
MAX_HEAD = 65_536
# How far back a damaged member is looked through for the next: a report at its limit fits, packed.
_KEPT = 8_000_000
# What may be unpacked twice on that account, beyond as much as was read: else damage made on purpose takes for ever.
_FREE_REWORK = 64_000_000
# Places that look like the begin of a member and are none; chance brings about one in 100 MB.
_MAX_TRIES = 100_000
# How much is unpacked to see whether a member is a record: its head with a file name is far shorter.
_TRIED = 4_096

_VERSION = re.compile(rb"WARC/[01]\.\d{1,2}\r?\n")
# Where a record begins in the midst of damage, whatever stands before it: its version and its first field.
_NEXT, _NEXT_BYTES = re.compile(rb"(?=WARC/[01]\.\d{1,2}\r?\n[A-Za-z-]{1,40}:)"), 60
_HEAD_END = re.compile(rb"\n\r?\n")
_MEMBER = re.compile(rb"(?=\x1f\x8b\x08[\x00-\x1f])")
_MEMBER_BYTES = 4
_ITEMS = ("response", "resource")
_NEWLINES, _ZEROS = re.compile(rb"[\r\n]*"), re.compile(rb"\x00*")
# Two empty lines end a record; some writers leave out one or both, others write more.
_RECORD_END = b"\r\n\r\n"
_GAP = 24


@dataclass(frozen=True, slots=True)
class Record:
    """A response or a resource: its fields by their names in lower case, and its block.

    Where the block is longer than was asked for, `whole` is False and `block` its beginning; `size` is in bytes.
    """

    name: str
    fields: Mapping[str, str]
    block: bytes
    size: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """A place in a crawl where no record can be read."""

    name: str
    error: FormatError


class Window:
    """A stream with a view ahead. `offset` is where the view begins; `error` is where the stream broke off."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read, self._ended = read, False
        self.view = bytearray()
        self.offset = 0
        self.error: FormatError | None = None

    def has(self, size: int) -> bool:
        """Whether so many bytes are ahead; brings them into view."""
        while len(self.view) < size and not self._ended:
            try:
                block = self._read(BLOCK_OUT)
            except FormatError as error:
                self.error, block = error, b""
            self.view += block
            self._ended = not block
        return len(self.view) >= size

    def drop(self, size: int) -> None:
        """Goes on by so many bytes of the view."""
        size = min(size, len(self.view))
        del self.view[:size]
        self.offset += size

    def drop_all(self) -> None:
        """Goes on to the end."""
        while self.has(1):
            self.drop(len(self.view))

    def skip(self, pattern: re.Pattern[bytes]) -> bool:
        """Goes on to the first byte that does not match; whether there is one."""
        while self.has(1):
            end = found.end() if (found := pattern.match(self.view)) else 0
            self.drop(end)
            if self.view:
                return True
        return False

    def seek(self, pattern: re.Pattern[bytes], reach: int, limit: int = sys.maxsize) -> bool:
        """Goes on to behind the next match of a pattern, which is at most `reach` bytes long, or by `limit` bytes.

        Whether there was a match.
        """
        while limit > 0 and self.has(1):
            self.has(BLOCK_OUT)
            end = min(len(self.view), limit)
            if found := pattern.search(self.view, 0, end):
                self.drop(found.end())
                return True
            # what may be the begin of a match stays in view
            step = end if end == limit or self._ended else end - reach
            self.drop(step)
            limit -= step
        return False


def holds_records(head: bytes) -> bool:
    """Whether a gzip that begins so holds the records of a crawl."""
    try:
        return head.startswith(GZIP) and zlib.decompressobj(31).decompress(head, 5) == b"WARC/"
    except zlib.error:
        return False


class Records:
    """The responses and resources in a run of records, and the places where there should be one and none can be read.

    `name_of` names the record at an offset; a block of more than `limit` bytes is not read into memory.
    """

    def __init__(self, window: Window, name_of: Callable[[int], str], limit: int) -> None:
        self._window, self._name_of, self._limit = window, name_of, limit

    def __iter__(self) -> Iterator[Record | Broken]:
        window, told = self._window, False
        while window.skip(_NEWLINES):
            start, name = window.offset, self._name_of(window.offset)
            try:
                yield from self._record(name)
            except FormatError as error:
                yield Broken(name, error)
                told = True
                window.drop(int(window.offset == start))
                window.seek(_NEXT, _NEXT_BYTES)
        if window.error and not told:
            yield Broken(self._name_of(window.offset), window.error)

    def _record(self, name: str) -> Iterator[Record]:
        window = self._window
        fields, start = self._head(name)
        size, wanted = _size(fields, name), fields.get("warc-type", "").lower() in _ITEMS
        if size > self._limit:
            if wanted:
                yield Record(name, fields, self._view(start, MAX_HEAD), size, False)
            window.drop(start)
            end = window.offset + size
            # the next record may begin before the end that is told: nobody can look ahead so far
            if not window.seek(_NEXT, _NEXT_BYTES, size) and window.offset < end:
                raise window.error or FormatError(f"{name} breaks off", CUT_OFF)
            return
        self._check(start, size, name)
        block = self._view(start, size) if wanted else b""
        window.drop(start + size)
        if wanted:
            yield Record(name, fields, block, size, True)

    def _head(self, name: str) -> tuple[dict[str, str], int]:
        """The fields of the record that begins here, and where its block begins."""
        window = self._window
        window.has(MAX_HEAD)
        end = _HEAD_END.search(window.view, 0, MAX_HEAD)
        if not _VERSION.match(window.view):
            raise FormatError(f"at {name} there is no record, where one should begin", CUT_OFF)
        if not end:
            raise window.error or FormatError(f"the head of {name} has no end", CUT_OFF)
        return fields_of(self._view(0, end.end())), end.end()

    def _check(self, start: int, size: int, name: str) -> None:
        """Raises FormatError where the block does not end where it should, and goes on to its begin."""
        window, end = self._window, start + size
        window.has(end + _GAP)
        rest = self._view(end, _GAP)
        after = rest.lstrip(b"\r\n")
        error = None
        if len(window.view) < end or (window.error and not after and len(rest) < _GAP):
            error = window.error or FormatError(f"{name} breaks off", CUT_OFF)
        elif after and not (rest.startswith(_RECORD_END) or after.startswith(b"WARC/"[: len(after)])):
            error = FormatError(f"{name} has not the length that it says", CUT_OFF)
        if error:
            window.drop(start)
            raise error

    def _view(self, start: int, size: int) -> bytes:
        return bytes(memoryview(self._window.view)[start : start + size])


def _size(fields: Mapping[str, str], name: str) -> int:
    told = fields.get("content-length", "")
    if not (told.isascii() and told.isdigit() and len(told) <= 18):
        raise FormatError(f"{name} does not say how long it is", CUT_OFF)
    return int(told)


def fields_of(head: bytes) -> dict[str, str]:
    """The fields of a head by their names in lower case, the first of each; a line that is folded goes on."""
    fields: dict[str, str] = {}
    key = ""
    for line in head.split(b"\n")[1:]:
        text = _decoded(line.rstrip(b"\r"))
        if text[:1] in (" ", "\t"):
            if key:
                fields[key] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        key = name.strip().lower() if colon else ""
        if key in fields:
            key = ""
        elif key:
            fields[key] = value.strip()
    return fields


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


class Members:
    """The gzip members of a packed crawl: each as its offset and what is in it, or the place where there is none."""

    def __init__(self, stream: BinaryIO, name: str, spend: Spend) -> None:
        self._packed, self._name, self._spend = Window(in_pieces(stream)), name, spend
        self._fed, self._rework, self._tries = 0, 0, 0

    def __iter__(self) -> Iterator[tuple[int, Window] | Broken]:
        """A member has to be read before the next is asked for. Raises FormatError where the rest is lost."""
        packed = self._packed
        while packed.skip(_ZEROS):
            start = packed.offset
            if self._begins():
                self._fed = 0
                window = Window(self._unpacked(f"{self._name}@{start}"))
                yield start, window
                window.drop_all()
                if not window.error:
                    packed.drop(self._fed)
                    continue
                self._rework += self._fed
                if self._rework > packed.offset + _FREE_REWORK:
                    packed.drop(self._fed)
            else:
                name = f"{self._name}@{start}"
                yield Broken(name, FormatError(f"at {name} there is no record, where one should begin", CUT_OFF))
            self._find()
        if packed.error:
            raise packed.error

    def _begins(self) -> bool:
        self._packed.has(_TRIED)
        return holds_records(bytes(memoryview(self._packed.view)[:_TRIED]))

    def _find(self) -> None:
        """Goes on to the next member that is a record, or the end."""
        self._packed.drop(1)
        while self._packed.seek(_MEMBER, _MEMBER_BYTES) and not self._begins():
            self._packed.drop(1)
            self._tries += 1
            if self._tries > _MAX_TRIES:
                raise FormatError(f"{self._name} is damaged in too many places: the rest was not read", CUT_OFF)

    def _unpacked(self, name: str) -> Callable[[int], bytes]:
        decoder = Inflate("gzip")

        def read(_: int) -> bytes:
            while not decoder.eof:
                data = self._feed() if decoder.needs_input else b""
                starved = not data and decoder.needs_input
                try:
                    block = decoder.decompress(data, BLOCK_OUT)
                except zlib.error as error:
                    raise FormatError(f"{name} is broken gzip: {error}", CUT_OFF) from None
                self._fed -= len(decoder.unused_data)
                if block:
                    self._spend(len(block), name)
                    return block
                if starved:
                    raise FormatError(f"{name} breaks off in the middle of its gzip", CUT_OFF)
            return b""

        return read

    def _feed(self) -> bytes:
        """The next packed bytes; they stay in view, in case that they have to be looked through."""
        packed = self._packed
        packed.has(self._fed + BLOCK_IN)
        data = bytes(memoryview(packed.view)[self._fed : self._fed + BLOCK_IN])
        self._fed += len(data)
        if self._fed > _KEPT:
            packed.drop(self._fed - _KEPT)
            self._fed = _KEPT
        return data
