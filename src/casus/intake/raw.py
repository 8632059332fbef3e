"""A thing to read before it is a document: its bytes as a stream, and what is known of it from where it lay."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from casus.errors import TooLargeError
from casus.records import Form, PublishedBasis

# One report. The longest magazine pieces have 0.2 MB of text and the heaviest saved pages with their scripts
# about 4 MB; beyond that it is an archive or no report at all, and reading it as one would take minutes.
MAX_BYTES = 5_000_000
# How much of a source is looked at to tell what it is: a tar archive says so at byte 257, a page has its first tags
# behind comments and scripts of some kilobytes.
HEAD_BYTES = 16_384
# Above this a source that has to be read back and forth goes to the disk.
_SPOOL_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date as a part of a source states it: the day as written, the moment with its offset where one is given."""

    day: date
    basis: PublishedBasis
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the container of an item says of it: a feed of its entry, a crawl of its page. None where nothing."""

    id: str | None = None
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    byline: str | None = None
    published: tuple[Stamp, ...] = ()
    modified: str | None = None
    retrieved: str | None = None
    charset: str | None = None
    media_type: str | None = None
    form: Form = "report"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What the user says of all documents of a source, which goes before what they say themselves.

    `limit` is in bytes and for one report. `fields` maps our names of fields to those of a table or of JSON
    ("text" to "body"). `today` only serves to note a date in the future.
    """

    published: date | None = None
    publisher: str | None = None
    today: date | None = None
    limit: int = MAX_BYTES
    fields: Mapping[str, str] = field(default_factory=dict)


class Raw:
    """A source, or an item in one: a file, a member of an archive, a page of a crawl.

    `name` is what a person knows it by ("crawl.zip!pages/a.html"), `depth` how many containers it lies in. It can be
    read once: by `data`, `stream` or `seekable`.
    """

    def __init__(self, name: str, stream: BinaryIO, known: Known | None = None, depth: int = 0) -> None:
        self.name, self.known, self.depth = name, known or Known(), depth
        self._stream = stream
        self.head = read_up_to(stream, HEAD_BYTES)

    @classmethod
    def of(cls, data: bytes, name: str, known: Known | None = None, depth: int = 0) -> Raw:
        """An item whose bytes are in memory."""
        return cls(name, io.BytesIO(data), known, depth)

    def data(self, limit: int) -> bytes:
        """All its bytes. Raises TooLargeError past `limit`."""
        rest = read_up_to(self._stream, max(limit + 1 - len(self.head), 0))
        if len(self.head) + len(rest) > limit:
            raise TooLargeError(f"{self.name} has more than {megabytes(limit)}")
        return self.head + rest

    def stream(self) -> BinaryIO:
        """Its bytes from the first on; only forwards."""
        return io.BufferedReader(_Chained(self.head, self._stream))

    def seekable(self, limit: int) -> BinaryIO:
        """Its bytes, to be read back and forth; copied to memory or disk where the source cannot. TooLargeError."""
        if self._stream.seekable() and isinstance(self._stream, io.BufferedReader | io.BytesIO):
            size = self._stream.seek(0, io.SEEK_END)
            if size > limit:
                raise TooLargeError(f"{self.name} has more than {megabytes(limit)}")
            self._stream.seek(0)
            return self._stream
        copy = SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - whoever reads it closes it with the item
        copy.write(self.head)
        left = limit - len(self.head)
        while block := self._stream.read(min(1 << 20, left + 1)):
            left -= len(block)
            if left < 0:
                raise TooLargeError(f"{self.name} has more than {megabytes(limit)}")
            copy.write(block)
        copy.seek(0)
        return copy  # type: ignore[return-value]


class _Chained(io.RawIOBase):
    """The bytes that were looked at, then the rest of the stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._more = memoryview(head), in_pieces(rest)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._head:
            block, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            block = memoryview(self._more(len(buffer)))
        buffer[: len(block)] = block
        return len(block)


def in_pieces(stream: BinaryIO) -> Callable[[int], bytes]:
    """How to read a stream so that an error loses nothing: what is there, not as much as was asked for."""
    return cast("Callable[[int], bytes]", getattr(stream, "read1", stream.read))


def read_up_to(stream: BinaryIO, size: int) -> bytes:
    """So many bytes, fewer only at the end: a pipe or an archive hands out what it has at the moment."""
    blocks, left = [], size
    while left > 0 and (block := stream.read(left)):
        blocks.append(block)
        left -= len(block)
    return b"".join(blocks)


def megabytes(size: int) -> str:
    """A size in words for people."""
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size:,} bytes"
