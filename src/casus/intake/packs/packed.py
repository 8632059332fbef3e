"""Packed bytes -> plain ones as a stream: a little at a time, every byte counted, an error where they break off.

A step gives 64 KiB at most, whatever was packed, so a bomb costs no memory; `spend` says when it has cost enough time.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Literal, Protocol, cast

from casus.errors import FormatError, IntakeError
from casus.intake.raw import HEAD_BYTES, in_pieces

Method = Literal["gzip", "bzip2", "xz", "deflate", "zlib"]
Spend = Callable[[int, str], None]

# What is taken in at once, and what comes out at most.
BLOCK_IN, BLOCK_OUT = 16_384, 65_536
GZIP = b"\x1f\x8b"

_WBITS = {"gzip": 16 + zlib.MAX_WBITS, "zlib": zlib.MAX_WBITS, "deflate": -zlib.MAX_WBITS}
# Formats of which several may stand one after the other, and how each begins.
_MAGIC: dict[Method, bytes] = {"gzip": GZIP, "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00"}
# `xz -9` needs 65 MB to unpack; a head may ask for 4 GB.
_XZ_MEMORY = 100_000_000

CUT_OFF = "it was cut off, or damaged on its way: fetch or copy it again"


class Decoder(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class Inflate:
    """zlib's decompressor with the face of the others, which also gives what stands before a broken byte."""

    def __init__(self, method: Method) -> None:
        self._zlib = zlib.decompressobj(_WBITS[method])
        self._left, self._error = b"", ""

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._left

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """At most about so many bytes. Raises zlib.error."""
        if self._error:
            raise zlib.error(self._error)
        data = self._left + data
        before = self._zlib.copy()
        try:
            out = self._zlib.decompress(data, max_length)
        except zlib.error as error:
            self._error, self._left = str(error), b""
            return self._before_break(before, data, max_length)
        self._left = self._zlib.unconsumed_tail
        return out

    def _before_break(self, decoder: zlib._Decompress, data: bytes, max_length: int) -> bytes:
        """What the bytes before the broken one give: zlib keeps it to itself."""
        out = bytearray()
        try:
            for n in range(len(data)):
                out += decoder.decompress(data[n : n + 1])
                if len(out) >= max_length:
                    break
        except zlib.error:
            pass
        if not out:
            raise zlib.error(self._error)
        return bytes(out)


def decoder_of(method: Method) -> Decoder:
    """A fresh decompressor for one member."""
    if method == "bzip2":
        return bz2.BZ2Decompressor()
    if method == "xz":
        return lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
    return Inflate(method)


class Unpacked:
    """The blocks that come out of packed bytes, member after member. Raises FormatError, TooLargeError.

    `garbage` says afterwards that something that is no member stood behind the last one: it is not in the blocks.
    """

    def __init__(self, packed: BinaryIO, method: Method, name: str, spend: Spend) -> None:
        self._read, self._method, self._name, self._spend = in_pieces(packed), method, name, spend
        self._rest = b""
        self.garbage = False

    def __iter__(self) -> Iterator[bytes]:
        while True:
            decoder = decoder_of(self._method)
            for block in self._member(decoder):
                self._spend(len(block), self._name)
                yield block
            if not self._another(decoder.unused_data):
                return

    def _member(self, decoder: Decoder) -> Iterator[bytes]:
        while not decoder.eof:
            data = self._take() if decoder.needs_input else b""
            starved = not data and decoder.needs_input
            try:
                block = decoder.decompress(data, BLOCK_OUT)
            except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
                raise FormatError(f"{self._name} is broken {self._method}: {error}", CUT_OFF) from None
            if block:
                yield block
            elif starved:
                raise FormatError(f"{self._name} breaks off in the middle of its {self._method}", CUT_OFF)

    def _take(self) -> bytes:
        if self._rest:
            data, self._rest = self._rest, b""
            return data
        return self._read(BLOCK_IN)

    def _another(self, rest: bytes) -> bool:
        """Whether a member follows; tapes and some writers pad with zeros."""
        magic = _MAGIC.get(self._method)
        if magic is None:
            return False
        rest = rest.lstrip(b"\0")
        while len(rest) < len(magic) and (block := self._read(BLOCK_IN)):
            rest = (rest + block).lstrip(b"\0")
        self._rest = rest
        self.garbage = bool(rest) and not rest.startswith(magic)
        return bool(rest) and not self.garbage


class Blocks(io.RawIOBase):
    """A stream made of blocks; a read gives what one block has, so that nothing before an error is lost.

    `Raw` looks at the first bytes before anybody reads: an error among them waits until they have been read.
    """

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks, self._ready = iter(blocks), memoryview(b"")
        self._given = 0
        self.error: IntakeError | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to so many bytes, none only at the end. Raises IntakeError."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(BLOCK_OUT), b""))
        while not self._ready and size:
            if self.error:
                raise self.error
            try:
                block = next(self._blocks, None)
            except IntakeError as error:
                self.error = error
                if self._given < HEAD_BYTES:
                    return b""
                raise
            if block is None:
                return b""
            self._ready = memoryview(block)
        taken, self._ready = self._ready[:size], self._ready[size:]
        self._given += len(taken)
        return bytes(taken)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    def binary(self) -> BinaryIO:
        """Itself, as the type that readers ask for."""
        return cast(BinaryIO, self)
