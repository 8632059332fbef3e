"""Tar archives, read forwards a member at a time; where a head is broken, reading goes on at the next sound one.

The standard library's tarfile reads what stands before a member (long names, pax fields) whole into memory, takes time
that grows with its square (CVE-2024-6232), and can loop for ever on sizes below zero (CVE-2025-8194). The layout is
that of POSIX.1-2001 (pax) with the additions of GNU tar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casus.errors import FormatError
from casus.intake.packs.packed import BLOCK_OUT, CUT_OFF, Blocks

_BLOCK = 512
_ZEROS = bytes(_BLOCK)
# Names and pax fields that stand before a member; real ones have some hundred bytes, with access lists a few thousand.
_EXTRA_BYTES = 1_000_000
_FILE, _LONG_NAME, _LONG_LINK, _PAX, _PAX_ALL, _SPARSE = b"0\x007", b"L", b"K", b"x", b"g", b"S"
# What a size may be: more than any disk holds is a broken head.
_MAX_SIZE = 1 << 50


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive; its bytes have to be read before the next member is asked for."""

    name: str
    blocks: Blocks


@dataclass(slots=True)
class _Head:
    name: bytes
    size: int
    kind: bytes


class Tar:
    """The members of a tar whose bytes `read` gives, from first to last."""

    def __init__(self, read: Callable[[int], bytes], name: str) -> None:
        self._read, self._name = read, name
        self._held = bytearray()
        self._left, self._padding, self._over = 0, 0, False

    def members(self) -> Iterator[Member | FormatError]:
        """Each file, or the error in its place; directories, links and devices are passed over."""
        said: dict[str, bytes] = {}
        while not self._over and (head := self._head()) is not None:
            if isinstance(head, FormatError):
                yield head
                said = {}
                continue
            self._left, self._padding = head.size, -head.size % _BLOCK
            if head.kind in (_PAX, _PAX_ALL, _LONG_NAME, _LONG_LINK):
                said |= self._extra(head)
                continue
            yield from self._member(head, said)
            said = {}
            self._skip()

    def _member(self, head: _Head, said: dict[str, bytes]) -> Iterator[Member | FormatError]:
        size = said.get("size", b"")
        if size.isdigit() and len(size) < 16 and head.kind in _FILE:
            self._left, self._padding = int(size), -int(size) % _BLOCK
        name = said.get("path", head.name).decode("utf-8", "replace")
        if head.kind == _SPARSE or any(key.startswith("GNU.sparse") for key in said):
            yield FormatError(
                f"{self._name}!{name} was packed with its gaps left out, which is not read", "use plain tar"
            )
        elif head.kind in _FILE and not name.endswith("/"):
            yield Member(name, Blocks(self._content(name)))

    def _content(self, name: str) -> Iterator[bytes]:
        while self._left:
            block = self._some(min(self._left, BLOCK_OUT))
            if not block:
                raise FormatError(f"{self._name}!{name} breaks off", CUT_OFF)
            self._left -= len(block)
            yield block

    def _skip(self) -> None:
        """To the block after the member."""
        left, self._left, self._padding = self._left + self._padding, 0, 0
        while left and (block := self._some(min(left, BLOCK_OUT))):
            left -= len(block)

    def _extra(self, head: _Head) -> dict[str, bytes]:
        """What is said of the member that follows."""
        data = b""
        if head.size <= _EXTRA_BYTES:
            data = self._exactly(head.size)
            self._left = 0
        self._skip()
        if head.kind == _LONG_NAME:
            return {"path": data.split(b"\0", 1)[0]} if data else {}
        return _fields(data) if head.kind == _PAX else {}

    def _head(self) -> _Head | FormatError | None:
        """The next head; the error where it is broken, after which the next sound one comes; None at the end.

        What follows the mark at the end is read, too: other archives that were put behind, and the end of the packing
        around it with its checksum.
        """
        zeros = 0
        while (block := self._exactly(_BLOCK)) == _ZEROS:
            zeros += 1
        if len(block) == _BLOCK and (head := _parsed(block)) is not None:
            return head
        cut, sound = len(block) < _BLOCK, self._find() if block else False
        if zeros and (not block or zeros > 1):
            return self._head() if sound else None
        if cut:
            self._over = True
            return FormatError(f"{self._name} breaks off: the mark at its end is missing", CUT_OFF)
        return FormatError(f"in {self._name} the head of a member is broken", CUT_OFF)

    def _find(self) -> bool:
        """Goes on to the next sound head."""
        while len(block := self._exactly(_BLOCK)) == _BLOCK:
            if block[257:262] == b"ustar" and _parsed(block) is not None:
                self._held[:0] = block
                return True
        return False

    def _some(self, size: int) -> bytes:
        if self._held:
            data = bytes(self._held[:size])
            del self._held[:size]
            return data
        return self._read(size)

    def _exactly(self, size: int) -> bytes:
        blocks, left = [], size
        while left and (block := self._some(left)):
            blocks.append(block)
            left -= len(block)
        return b"".join(blocks)


def _parsed(block: bytes) -> _Head | None:
    """A head whose checksum is right."""
    told = _number(block[148:156])
    if told != sum(block) - sum(block[148:156]) + 8 * ord(" "):
        return None
    size = _number(block[124:136])
    if size is None or size > _MAX_SIZE:
        return None
    name, kind = block[:100].split(b"\0", 1)[0], block[156:157]
    if block[257:263] == b"ustar\0" and (folder := block[345:500].split(b"\0", 1)[0]):
        name = folder + b"/" + name
    # links and devices have no bytes, whatever their size says
    return _Head(name, 0 if kind in (b"1", b"2", b"3", b"4", b"5", b"6") else size, kind)


def _number(field: bytes) -> int | None:
    """Octal digits, or a number in base 256 where the first bit is set. None for what is neither, or below zero."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:])
    digits = field.strip(b" \0")
    if not digits:
        return 0
    return int(digits, 8) if all(0x30 <= d <= 0x37 for d in digits) else None


def _fields(data: bytes) -> dict[str, bytes]:
    """The fields of a pax head: lines of "length key=value". Those before a broken one."""
    fields, at = {}, 0
    while (space := data.find(b" ", at, at + 20)) > 0:
        length = data[at:space]
        end = at + int(length) if length.isdigit() else 0
        if end <= space or end > len(data):
            break
        key, _, value = data[space + 1 : end - 1].partition(b"=")
        fields[key.decode("utf-8", "replace")] = value
        at = end
    return fields
