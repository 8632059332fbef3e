"""Zip archives, read by their directory one entry at a time, and by the heads of members where that is broken.

The standard library's zipfile keeps an object of every member (a crawl has a million), gives up on an archive without
its end, and unpacks bzip2 in steps without a bound; the layout is PKWARE's APPNOTE 6.3, sections 4.3 and 4.5.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from casus.errors import FormatError
from casus.intake.packs.packed import BLOCK_OUT, CUT_OFF, Blocks, Method, Spend, Unpacked
from casus.intake.raw import read_up_to

_END, _END64, _END64_AT = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_ENTRY, _LOCAL = b"PK\x01\x02", b"PK\x03\x04"
# The system it was made on, flags, method, checksum, sizes, lengths of what follows, attributes, offset.
_ENTRY_HEAD = struct.Struct("<5xB2xHH4xLLLHHH4xLL")
_LOCAL_HEAD = struct.Struct("<6xHH4xLLLHH")
# The longest comment that an archive may have at its end, with the end itself.
_END_BYTES = 65_535 + 22
_ENCRYPTED, _SIZES_AFTER, _UTF8 = 1, 8, 1 << 11
_STORED = 0
_METHODS: dict[int, Method] = {8: "deflate", 12: "bzip2"}
_OTHERS = {1: "shrink", 6: "implode", 9: "deflate64", 14: "lzma", 93: "zstd", 95: "xz", 98: "ppmd", 99: "AES"}
_MAX4 = 0xFFFFFFFF
_ALL_METHODS = {_STORED, *_METHODS, *_OTHERS}
# The head of a member with a version, flags and a method that there are; and what stands behind one.
_LOCAL_MARK = re.compile(rb"PK\x03\x04[\x00-\x3f][\x00-\x14].[\x00-\x3f][\x00-\x63]\x00", re.DOTALL)
_AFTER_MARK = re.compile(rb"PK\x07\x08")
_MARK_BYTES = 10
_ZIP64 = 1
_FROM_UNIX = 3
# Longer names than any file system takes are found only where a mark stands by chance.
_NAME_BYTES = 8_192


@dataclass(frozen=True, slots=True)
class Entry:
    """What an archive says of a member. `size` and `crc` are None where it says so only behind the member."""

    raw_name: bytes
    flags: int
    method: int
    packed: int
    offset: int
    size: int | None
    crc: int | None
    link: bool = False

    @property
    def name(self) -> str:
        """UTF-8 where it is, marked or not (macOS does not); else the code page of DOS. Slashes as in Unix."""
        try:
            name = self.raw_name.decode("utf-8")
        except UnicodeDecodeError:
            name = self.raw_name.decode("utf-8" if self.flags & _UTF8 else "cp437", "replace")
        return name.replace("\\", "/")

    @property
    def taken(self) -> int:
        """The bytes that it takes in the archive, at least."""
        return self.packed + len(self.raw_name) * 2 + _ENTRY_HEAD.size + _LOCAL_HEAD.size


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the directory of an archive stands, and how many members it should have."""

    start: int
    end: int
    count: int
    # bytes that were put before the archive: offsets do not count them
    before: int

    def entries(self, file: BinaryIO) -> Iterator[Entry]:
        """Every member, in the order of the directory. Raises FormatError where it is broken."""
        at, count, before = self.start, 0, self.before
        while at + _ENTRY_HEAD.size <= self.end:
            head = _at(file, at, _ENTRY_HEAD.size)
            if len(head) < _ENTRY_HEAD.size or not head.startswith(_ENTRY):
                break
            entry, size = _entry(file, at, head)
            if not count and _at(file, entry.offset + before, len(_LOCAL)) != _LOCAL:
                before = 0  # the end tells a wrong place of the directory
            entry = replace(entry, offset=entry.offset + before) if before else entry
            at, count = at + size, count + 1
            yield entry
        if at != self.end or count & 0xFFFF != self.count & 0xFFFF:
            raise FormatError("its directory is broken", CUT_OFF)


def directory(file: BinaryIO) -> Directory:
    """Finds the directory of an archive. Raises FormatError where it has none."""
    size = file.seek(0, io.SEEK_END)
    start = max(size - _END_BYTES, 0)
    tail = _at(file, start, _END_BYTES)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise FormatError("the directory at its end is missing", CUT_OFF)
    disk, count, length, offset = struct.unpack("<4xH4xHLL2x", tail[at : at + 22])
    end = start + at
    if _MAX4 in (length, offset) or count == 0xFFFF:
        head = _at(file, end - 76, 76)
        if len(head) == 76 and head.startswith(_END64) and head[56:60] == _END64_AT:
            end, (count, length, offset) = end - 76, struct.unpack("<32xQQQ20x", head)
    before = end - length - offset
    if disk not in (0, 0xFFFF) or before < 0:
        raise FormatError("the directory at its end is broken, or in another part", CUT_OFF)
    return Directory(end - length, end, count, before)


def scanned(file: BinaryIO, start: int) -> Iterator[Entry]:
    """The members from `start` on by their own heads: what is left of an archive that lost its directory."""
    end = file.seek(0, io.SEEK_END)
    at = _found(file, _LOCAL_MARK, start, end)
    while at is not None:
        local = _local(file, at)
        start = at + len(_LOCAL)
        if local is not None and 0 < len(local[0].raw_name) <= _NAME_BYTES and local[0].method in _ALL_METHODS:
            entry, start = local
            if entry.size is None and not entry.packed:
                known = entry.method == _STORED
                packed = _stored_size(file, start, end) if known else end - start
                yield replace(entry, packed=packed)
                start += packed if known else 0
            else:
                yield entry
                start += entry.packed
        at = _found(file, _LOCAL_MARK, start, end)


def content(file: BinaryIO, entry: Entry, name: str, spend: Spend) -> Blocks:
    """A member's bytes as a stream, which ends in a FormatError where they are not what the directory says.

    Raises FormatError where it cannot be read at all.
    """
    if entry.flags & _ENCRYPTED or entry.method == 99:
        raise FormatError(f"{name} is encrypted", "unpack it with its password, and add what comes out")
    if entry.method != _STORED and entry.method not in _METHODS:
        how = _OTHERS.get(entry.method, f"method {entry.method}")
        raise FormatError(f"{name} is packed with {how}, which is not read", "pack it again, as an ordinary zip")
    local = _local(file, entry.offset)
    if local is None or (local[0].raw_name, local[0].method) != (entry.raw_name, entry.method):
        raise FormatError(f"{name} is not where its archive says", CUT_OFF)
    return Blocks(_checked(_Part(file, local[1], entry, name, spend), entry, name, spend))


def _checked(part: _Part, entry: Entry, name: str, spend: Spend) -> Iterator[bytes]:
    size, crc = 0, 0
    blocks = _stored(part, name) if entry.method == _STORED else Unpacked(
        part.binary(), _METHODS[entry.method], name, spend
    )  # fmt: skip
    for block in blocks:
        size, crc = size + len(block), zlib.crc32(block, crc)
        if entry.size is not None and size > entry.size:
            raise FormatError(f"{name} is longer than its archive says", CUT_OFF)
        yield block
    if (entry.size is not None and size != entry.size) or (entry.crc is not None and crc != entry.crc):
        raise FormatError(f"{name} is damaged: its checksum is wrong", CUT_OFF)


def _stored(part: _Part, name: str) -> Iterator[bytes]:
    while block := part.read(BLOCK_OUT):
        yield block
    if part.left:
        raise FormatError(f"{name} breaks off", CUT_OFF)


class _Part(Blocks):
    """The packed bytes of a member; the file's own position may be moved by others in between.

    They are counted, too: a member can be packed so that nothing comes out of it, and lie in many others.
    """

    def __init__(self, file: BinaryIO, start: int, entry: Entry, name: str, spend: Spend) -> None:
        super().__init__(())
        self._file, self._at, self.left, self._name, self._spend = file, start, entry.packed, name, spend

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        block = _at(self._file, self._at, wanted)
        self._spend(len(block), self._name)
        self._at, self.left = self._at + len(block), self.left - len(block)
        return block


def _entry(file: BinaryIO, at: int, head: bytes) -> tuple[Entry, int]:
    """An entry of the directory, and the bytes that it takes."""
    fields = _ENTRY_HEAD.unpack(head)
    system, flags, method, crc, packed, size, name_size, extra_size, comment_size, attributes, offset = fields
    rest = _at(file, at + _ENTRY_HEAD.size, name_size + extra_size)
    size, packed, offset = _long(rest[name_size:], (size, packed, offset))
    link = system == _FROM_UNIX and stat.S_ISLNK(attributes >> 16)
    entry = Entry(rest[:name_size], flags, method, packed, offset, size, crc, link)
    return entry, _ENTRY_HEAD.size + name_size + extra_size + comment_size


def _local(file: BinaryIO, at: int) -> tuple[Entry, int] | None:
    """The head that stands before a member, and where its bytes begin. None where there is none."""
    head = _at(file, at, _LOCAL_HEAD.size)
    if len(head) < _LOCAL_HEAD.size or not head.startswith(_LOCAL):
        return None
    flags, method, crc, packed, size, name_size, extra_size = _LOCAL_HEAD.unpack(head)
    rest = _at(file, at + _LOCAL_HEAD.size, name_size + extra_size)
    size, packed, _ = _long(rest[name_size:], (size, packed, 0))
    after = bool(flags & _SIZES_AFTER)
    entry = Entry(rest[:name_size], flags, method, packed, at, None if after else size, None if after else crc)
    return entry, at + _LOCAL_HEAD.size + name_size + extra_size


def _long(extra: bytes, numbers: tuple[int, int, int]) -> tuple[int, ...]:
    """Sizes and offset with those of eight bytes (zip64) where four bytes did not do."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack("<HH", extra[at : at + 4])
        if kind == _ZIP64:
            longs = iter(n for (n,) in struct.iter_unpack("<Q", extra[at + 4 : at + 4 + length // 8 * 8]))
            return tuple(next(longs, n) if n == _MAX4 else n for n in numbers)
        at += 4 + length
    return numbers


def _stored_size(file: BinaryIO, start: int, end: int) -> int:
    """The size of a member that is not packed and says its size only behind itself: up to the mark that agrees."""
    at = _found(file, _AFTER_MARK, start, end)
    while at is not None:
        sizes = _at(file, at + 8, 8)
        size = (at - start).to_bytes(8, "little")
        if sizes == size or sizes[:4] == size[:4]:
            return at - start
        at = _found(file, _AFTER_MARK, at + 1, end)
    return end - start


def _found(file: BinaryIO, mark: re.Pattern[bytes], start: int, end: int) -> int | None:
    """Where a mark stands next."""
    step = 256  # it mostly stands close by
    while start < end:
        block = _at(file, start, step)
        if found := mark.search(block):
            return start + found.start()
        if len(block) < _MARK_BYTES:
            return None
        start, step = start + len(block) - _MARK_BYTES + 1, BLOCK_OUT
    return None


def _at(file: BinaryIO, start: int, size: int) -> bytes:
    """Bytes of the file from there, fewer only at its end."""
    if start < 0:
        return b""
    file.seek(start)
    return read_up_to(file, size)
