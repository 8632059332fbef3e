"""Unpacks a body that came packed (gzip, deflate), in steps of bounded size, so that a bomb costs its first bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

ENCODINGS = "gzip, deflate"
# What comes out of one step at most: a packed kilobyte can hold a megabyte.
_STEP = 1 << 16
_GZIP = b"\x1f\x8b"


class PackingError(Exception):
    """What is wrong with a body, in words that go on after "it sends"."""


class Unpacker:
    """One body. `encoding` is the value of Content-Encoding: gzip, deflate, or nothing.

    Raises PackingError where the body is broken, breaks off, or is packed in another way.
    """

    def __init__(self, encoding: str) -> None:
        told = [e for e in (part.strip().lower() for part in encoding.split(",")) if e not in ("", "identity")]
        if len(told) > 1 or (told and told[0] not in ("gzip", "x-gzip", "deflate")):
            raise PackingError(f"a body packed as {', '.join(told)[:80]!r}, which was not asked for")
        self._kind = told[0].removeprefix("x-") if told else ""
        self._held, self._members, self._over = b"", 0, False
        self._inflate: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The next packed bytes -> what they hold, in pieces of at most 64 KiB. May be left half-way."""
        if not self._kind:
            yield data
            return
        data, self._held, full = self._held + data, b"", False
        # a full step may leave more behind, even where it took all bytes
        while (data or full) and not self._over:
            if self._inflate is None:
                self._inflate = self._begin(data)
                if self._inflate is None:
                    return
            try:
                piece = self._inflate.decompress(data, _STEP)
            except zlib.error:
                raise PackingError(f"broken {self._kind}") from None
            if piece:
                yield piece
            data, full = self._inflate.unconsumed_tail, len(piece) == _STEP
            if self._inflate.eof:
                data, full = self._inflate.unused_data, False
                self._inflate, self._members = None, self._members + 1

    def end(self) -> None:
        """Says that no more comes."""
        if self._inflate is not None or (self._held and not self._members):
            raise PackingError(f"{self._kind} that breaks off")

    def _begin(self, data: bytes) -> zlib._Decompress | None:
        """What unpacks the part that begins here; None where its first two bytes are not all here, or none follows."""
        if len(data) < 2:
            self._held = data
            return None
        # gzip may come in parts one after the other; whatever else follows is padding, which browsers skip, too
        if self._members and not (self._kind == "gzip" and data.startswith(_GZIP)):
            self._over = True
            return None
        if self._kind == "gzip":
            return zlib.decompressobj(16 + zlib.MAX_WBITS)
        # deflate should come in the clothes of zlib (RFC 9110 8.4.1.2), and from some servers comes without
        dressed = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
        return zlib.decompressobj(zlib.MAX_WBITS if dressed else -zlib.MAX_WBITS)
