"""Keeps what `casus watch` fetches, in crawls that other programs read, too: one WARC file a day, beside the ledger.

Each record is a gzip member of its own, and on the disk before anything is read from it: what a crash cuts off is the
last one at most, and behind such a file nothing is written any more. The layout is that of ISO 28500 (WARC 1.1).
"""

from __future__ import annotations

import io
import os
import sqlite3
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from casus.errors import BusyError, OutputError
from casus.intake.packs.followed import FIELD, Told, to_field

if TYPE_CHECKING:
    from casus.fetch import Answer

# The size that the standard proposes for a file; a day of some hundred feeds has a tenth of it.
_MOST_BYTES = 1_000_000_000
# How far back the last member is looked for: an answer may have 10 MB, packed or not.
_TAIL_BYTES = 16_000_000
_MEMBER = b"\x1f\x8b\x08"
# The body is kept unpacked, so what was true of it packed goes by another name, that of Common Crawl.
_UNPACKED = {"content-encoding": "X-Crawler-Content-Encoding", "transfer-encoding": "X-Crawler-Transfer-Encoding"}
_LENGTH = "content-length"


@dataclass(frozen=True, slots=True)
class Capture:
    """An answer that was kept: `place` is the file in the folder and the offset in it ("2024-01-18.warc.gz@4711"),
    `data` are the bytes that stand there, themselves a crawl of one answer."""

    place: str
    data: bytes


class Captures:
    """The folder of captures of a ledger. In a `with`, as one program at a time may write there.

    `now` is the time of day. Raises BusyError where another does, OutputError where it cannot be written.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self.folder, self._now = folder, now
        self._file: Path | None = None
        self._size = 0
        self._lock: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritten(self.folder, error) from error
        try:
            # SQLite's locks end with the process that has them, on every system
            self._lock = sqlite3.connect(self.folder / ".lock", timeout=0, isolation_level=None)
            self._lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            self.__exit__()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                raise BusyError(f"another `casus watch` keeps what it fetches in {self.folder}") from None
            raise OutputError(f"{self.folder} cannot be written: {error}") from error
        return self

    def __exit__(self, *error: object) -> None:
        if self._lock is not None:
            self._lock.close()

    def answer(self, answer: Answer, told: Told) -> Capture:
        """Keeps an answer with its request; `told` goes with it."""
        writer, out = _writer()
        fields = {"WARC-Date": _moment(answer.retrieved), FIELD: to_field(told)}
        response = writer.create_warc_record(
            answer.url, "response", payload=io.BytesIO(answer.body), length=len(answer.body),
            http_headers=_head(answer), warc_headers_dict=fields,
        )  # fmt: skip
        parts = urlsplit(answer.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        asked = StatusAndHeaders(f"GET {target} HTTP/1.1", list(answer.sent), is_http_request=True)
        request = writer.create_warc_record(answer.url, "request", http_headers=asked)
        writer.write_request_response_pair(request, response)
        return self._keep(out.getvalue())

    def text(self, data: bytes, media_type: str, url: str, retrieved: str, told: Told) -> Capture:
        """Keeps a report that came otherwise than by the address that it is for: an entry's own text."""
        writer, out = _writer()
        fields = {"WARC-Date": _moment(retrieved), FIELD: to_field(told)}
        record = writer.create_warc_record(
            url, "resource", payload=io.BytesIO(data), length=len(data), warc_content_type=media_type,
            warc_headers_dict=fields,
        )  # fmt: skip
        writer.write_record(record)
        return self._keep(out.getvalue())

    def find(self, place: str) -> Capture | None:
        """What was kept at a place, without its request; None where it is no longer there."""
        name, _, offset = place.rpartition("@")
        try:
            with (self.folder / name).open("rb") as stream:
                stream.seek(int(offset))
                data = _member(stream)
        except (OSError, ValueError):
            return None
        return Capture(place, data) if data else None

    def _keep(self, data: bytes) -> Capture:
        try:
            file, start = self._append(data)
        except OSError as error:
            raise _unwritten(self.folder, error) from error
        return Capture(f"{file.name}@{start}", data)

    def _append(self, data: bytes) -> tuple[Path, int]:
        """Writes to the end of today's file; gives the file and where in it."""
        file = self._today()
        with file.open("ab") as out:
            start = self._size if self._size else self._begin(out, file.name)
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
            self._size = out.tell()
        return file, start

    def _today(self) -> Path:
        """The file of this day that may be written on: there is room, and its end is whole."""
        day = self._now().astimezone(UTC).date().isoformat()
        kept = self._file
        if kept and kept.name.startswith(day) and _size(kept) == self._size < _MOST_BYTES:
            return kept
        for n in count(1):
            file = self.folder / (f"{day}.warc.gz" if n == 1 else f"{day}-{n}.warc.gz")
            size = _size(file)
            if not size or (size < _MOST_BYTES and ends_whole(file)):
                break
        self._file, self._size = file, size
        return file

    @staticmethod
    def _begin(out: io.BufferedWriter, name: str) -> int:
        """Writes the record with which a file begins; gives its length."""
        writer, head = _writer()
        writer.write_record(
            writer.create_warcinfo_record(
                name,
                {"software": "casus watch", "format": "WARC File Format 1.1", "robots": "classic"},
            )
        )
        out.write(head.getvalue())
        return len(head.getvalue())


class _Writer(WARCWriter):  # type: ignore[misc]
    """Buffers in memory: files that it makes on the disk are never closed."""

    @staticmethod
    def _create_temp_file() -> io.BytesIO:
        return io.BytesIO()


def _writer() -> tuple[_Writer, io.BytesIO]:
    out = io.BytesIO()
    return _Writer(out, gzip=True, warc_version="1.1"), out


def _head(answer: Answer) -> StatusAndHeaders:
    """The head of an answer as it came, but for how the body was packed."""
    fields, length = [], str(len(answer.body))
    for name, value in answer.received:
        if name.lower() == _LENGTH and value != length:
            fields += [("X-Crawler-Content-Length", value), (name, length)]
        else:
            fields.append((_UNPACKED.get(name.lower(), name), value))
    return StatusAndHeaders(f"{answer.status} {answer.reason}".strip(), fields, protocol="HTTP/1.1")


def _moment(retrieved: str) -> str:
    """A time in UTC as crawls write it."""
    return datetime.fromisoformat(retrieved).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _member(stream: BinaryIO) -> bytes:
    """The gzip member that begins here, packed as it is; nothing where it is not whole."""
    inflate, data = zlib.decompressobj(16 + zlib.MAX_WBITS), b""
    try:
        while not inflate.eof and (block := stream.read(1 << 16)):
            inflate.decompress(block)
            data += block
    except zlib.error:
        return b""
    return data[: len(data) - len(inflate.unused_data)] if inflate.eof else b""


def ends_whole(file: Path) -> bool:
    """Whether the last gzip member of a file is all there, and nothing behind it."""
    with file.open("rb") as stream:
        stream.seek(max(_size(file) - _TAIL_BYTES, 0))
        tail = stream.read()
    at = len(tail)
    while (at := tail.rfind(_MEMBER, 0, at + len(_MEMBER) - 1)) >= 0:
        inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            inflate.decompress(memoryview(tail)[at:])
        except zlib.error:
            continue  # the three bytes stand within a member by chance, or what they begin is damaged
        if inflate.eof:
            return not inflate.unused_data
    return False


def _unwritten(folder: Path, error: OSError) -> OutputError:
    return OutputError(f"what was fetched cannot be kept in {folder}: {error.strerror or error}")
