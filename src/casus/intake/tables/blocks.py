"""A source as blocks of UTF-8 and as lines, in bounded memory, whatever its byte-order mark says and however long."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casus.errors import EncodingError
from casus.intake.raw import Raw, in_pieces

_BLOCK_BYTES = 65_536
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end, numbered as an editor does it; `data` is None where it is longer than allowed."""

    number: int
    data: bytes | None
    ended: bool


def blocks_of(raw: Raw) -> Iterator[bytes]:
    """The bytes of a source, without a byte-order mark; those in UTF-16 or UTF-32 (with a mark) as UTF-8.

    Raises EncodingError where it breaks the encoding that its mark says.
    """
    read = in_pieces(raw.stream())
    blocks = iter(lambda: read(_BLOCK_BYTES), b"")
    wide = next((codec for mark, codec in _WIDE if raw.head.startswith(mark)), None)
    if wide is not None:
        yield from _transcoded(blocks, wide, raw.name)
        return
    first = next(blocks, b"").removeprefix(codecs.BOM_UTF8)
    if first:
        yield first
    yield from blocks


def marked(raw: Raw) -> bool:
    """Whether a byte-order mark says in which encoding of Unicode the source is."""
    return raw.head.startswith((codecs.BOM_UTF8, *(mark for mark, _ in _WIDE)))


def lines_of(blocks: Iterable[bytes], limit: int, end: bytes = b"\n") -> Iterator[Line]:
    """Each line; of one with more than `limit` bytes nothing is held."""
    number, size, held = 1, 0, list[bytes]()
    for block in blocks:
        for n, piece in enumerate(block.split(end)):
            if n:
                yield Line(number, b"".join(held) if size <= limit else None, True)
                number, size, held = number + 1, 0, []
            size += len(piece)
            if size <= limit:
                held.append(piece)
            else:
                held.clear()
    if size:
        yield Line(number, b"".join(held) if size <= limit else None, False)


def _transcoded(blocks: Iterable[bytes], codec: str, name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for block in blocks:
            if text := decoder.decode(block):
                yield text.encode()
        if text := decoder.decode(b"", final=True):
            yield text.encode()
    except UnicodeError as error:
        raise EncodingError(f"{name} is marked as {codec} and breaks it: {error}") from None
