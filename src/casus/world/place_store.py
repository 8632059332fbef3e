"""The compiled index as one memory-mapped file: layout, writing whole or not at all, and where it lies.

    magic | header length | header (JSON) | rows | key hashes, ascending | key rows | strings

A row is `ROW`; rows stand most populous first, so the rows of one key come out in that order. A key is
kept as 64 bits of BLAKE2b: among a million keys the chance that an unknown name meets one by accident is
below 10^-13, and no key text need be stored.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
import sys
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casus.errors import DataError

MAGIC = b"CASUSPL1"
# geonameid, lat, lon, population, country, admin1, kind, flags, name offset and length, alternates likewise
ROW = struct.Struct("<IddIHHBBIHII")
NO_ADMIN = 0xFFFF


def hash_key(folded: str) -> int:
    """64 bits of the key, the same on every machine."""
    raw = folded.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "little")


def pack(header: dict[str, Any], rows: bytes, hashes: array[int], owners: array[int], heap: bytes) -> bytes:
    """The whole file. `hashes` ascends and `owners[i]` is the row that the i-th key names."""
    if sys.byteorder == "big":  # the file is little-endian everywhere
        hashes.byteswap()
        owners.byteswap()
    header = {**header, "rows": len(rows) // ROW.size, "keys": len(hashes), "heap": len(heap)}
    head = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    head += b" " * (-(len(MAGIC) + 4 + len(head)) % 8)
    rows += b"\0" * (-len(rows) % 8)
    return b"".join((MAGIC, struct.pack("<I", len(head)), head, rows, hashes.tobytes(), owners.tobytes(), heap))


def write_whole(path: Path, data: bytes) -> None:
    """Write to a neighbour and rename: a reader, or a second compiler, sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as f:
            f.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class Store:
    """The open file. Reads touch only the pages they need; nothing is parsed but the header."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as f:
                self._map = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as e:
            raise DataError(f"cannot open the places index {path}: {e}", "delete it; it is made anew") from e
        view = memoryview(self._map)
        try:
            if bytes(view[:8]) != MAGIC:
                raise ValueError("wrong magic")
            start = 12 + struct.unpack_from("<I", view, 8)[0]
            self.header: dict[str, Any] = json.loads(bytes(view[12:start]))
            rows, keys, heap = self.header["rows"], self.header["keys"], self.header["heap"]
            row_bytes = rows * ROW.size + (-(rows * ROW.size) % 8)
            if len(view) != start + row_bytes + keys * 12 + heap:
                raise ValueError("wrong length")
        except (ValueError, KeyError, struct.error, TypeError) as e:
            raise DataError(f"the places index {path} is damaged: {e}", "delete it; it is made anew") from e
        self._rows, at = start, start + row_bytes
        self._hashes = self._numbers(view[at : at + keys * 8], "Q")
        self._owners = self._numbers(view[at + keys * 8 : at + keys * 12], "I")
        self._heap = at + keys * 12

    @staticmethod
    def _numbers(view: memoryview, code: str) -> Any:
        if sys.byteorder == "little":
            return view.cast(code)  # type: ignore[call-overload]
        numbers = array(code, view.tobytes())
        numbers.byteswap()
        return numbers

    def __len__(self) -> int:
        return int(self.header["rows"])

    def find(self, folded: str) -> Iterator[int]:
        """The rows under that key, most populous first."""
        wanted, hashes = hash_key(folded), self._hashes
        i, n = bisect_left(hashes, wanted), len(hashes)
        while i < n and hashes[i] == wanted:
            yield self._owners[i]
            i += 1

    def row(self, number: int) -> tuple[Any, ...]:
        return ROW.unpack_from(self._map, self._rows + number * ROW.size)

    def string(self, offset: int, length: int) -> str:
        at = self._heap + offset
        return self._map[at : at + length].decode("utf-8")
