"""Walks over JSON in a stream and cuts values out of it unparsed: bounded memory, any size, any depth, no recursion.

A parser of events (ijson) ends at the first NaN or broken byte, and what follows is lost; half a character becomes a
question mark. Here the end of each value is found by its brackets and quotes alone; whoever takes the value parses it,
so that a broken one costs only itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casus.errors import FormatError

# Reports are three to five levels deep, the deepest exports of content systems (blocks in blocks) about thirty.
MAX_DEPTH = 200
# How deep the list of reports may lie in an object: {"response": {"hits": {"hits": [...]}}} is three.
LIST_DEPTH = 4
# A key that is longer is not the way to a list of reports.
_KEY_BYTES = 1_000
# One value that is too deep is passed over like any broken one; one that also goes on for so long ends the source.
_DEEP_BYTES = 5_000_000

_SPACE = re.compile(rb"[ \t\r\n\xef\xbb\xbf]*+")
# Everything up to the next bracket, whole strings too. A string that is not whole yet stops it at its quote.
_RUN = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_SCALAR = re.compile(rb'[^\s,\[\]{}":]*+')
_OPENING, _CLOSING = re.compile(rb"[\[{]++"), re.compile(rb"[\]}]++")
_OPEN = b"[{"


@dataclass(frozen=True, slots=True)
class Piece:
    """One value as it stands; `data` is None where it is larger than was to be held, `deep` past MAX_DEPTH."""

    data: bytes | None
    deep: bool = False


class Scanner:
    """Stands before a value, or a mark between values; each call moves on. All raise FormatError where JSON ends early.

    `blocks` are UTF-8 and hold one value or several, `name` is for messages.
    """

    def __init__(self, blocks: Iterable[bytes], name: str) -> None:
        self._blocks, self._name = iter(blocks), name
        self._buffer, self._at = b"", 0

    def peek(self) -> bytes:
        """The next byte that is no space; empty at the end."""
        while True:
            match = _SPACE.match(self._buffer, self._at)
            assert match is not None
            self._at = match.end()
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._more():
                return b""

    def step(self) -> None:
        """Past the byte that `peek` gave."""
        self._at += 1

    def value(self, keep: int) -> Piece:
        """The next value; one of more than `keep` bytes is passed over unheld."""
        return self._walk(_Held(keep))

    def whole(self, keep: int) -> Piece | None:
        """As `value`; but where it is larger than `keep` or does not end, nothing is passed over and None returned."""
        held = _Held(keep, strict=True)
        try:
            return self._walk(held)
        except (_TooLargeToHoldError, _EndedError):
            self._buffer, self._at = b"".join([*held.parts, self._buffer[self._at :]]), 0
            return None

    def members(self, keep: int) -> Iterator[Piece]:
        """The values of a list, from behind its opening bracket to behind its closing one."""
        while self.peek() != b"]":
            yield self.value(keep)
            if self.peek() == b",":
                self.step()
            elif self.peek() != b"]":
                raise self._unexpected("a comma or the end of the list")
        self.step()

    def lists(self, depth: int = 1) -> Iterator[None]:
        """Stops behind the opening bracket of each list of objects in the object that it stands before.

        Whoever asks for the next one has walked to the end of this one. Lists deeper than LIST_DEPTH, and those in
        other lists, are passed over.
        """
        self.peek()
        self.step()
        while self.peek() != b"}":
            if self.peek() != b'"':
                raise self._unexpected("the name of a field")
            self.value(_KEY_BYTES)
            if self.peek() != b":":
                raise self._unexpected("a colon")
            self.step()
            opening = self.peek()
            if opening == b"{" and depth < LIST_DEPTH:
                yield from self.lists(depth + 1)
            elif opening == b"[":
                self.step()
                if self.peek() == b"{":
                    yield
                else:
                    for _ in self.members(0):
                        pass
            else:
                self.value(0)
            if self.peek() == b",":
                self.step()
            elif self.peek() != b"}":
                raise self._unexpected("a comma or the end of the object")
        self.step()

    def _walk(self, held: _Held) -> Piece:
        start, deep = self.peek(), False
        if start == b'"':
            self._string(held)
        elif start and start in _OPEN:
            deep = self._nested(held)
        else:
            self._scalar(held)
        return Piece(held.data(), deep)

    def _nested(self, held: _Held) -> bool:
        """Past an object or a list; whether it is too deep."""
        depth, deep = 0, False
        while True:
            match = _RUN.match(self._buffer, self._at)
            assert match is not None
            self._take(match.end(), held)
            mark = self._buffer[self._at : self._at + 1]
            if not mark:
                if not self._more():
                    raise self._too_deep() if deep else self._ended("in the middle of a value")
            elif mark == b'"':
                self._string(held)
            else:
                # runs at once, since what is nested for harm consists of them
                match = (_OPENING if mark in _OPEN else _CLOSING).match(self._buffer, self._at)
                assert match is not None
                size = len(match[0]) if mark in _OPEN else -min(len(match[0]), depth)
                self._take(self._at + abs(size), held)
                depth += size
                deep = deep or depth > MAX_DEPTH
                if deep and held.size > max(held.keep, _DEEP_BYTES):
                    raise self._too_deep()
                if depth == 0:
                    return deep

    def _string(self, held: _Held) -> None:
        self._take(self._at + 1, held)
        while True:
            match = _IN_STRING.match(self._buffer, self._at)
            assert match is not None
            self._take(match.end(), held)
            if self._buffer[self._at : self._at + 1] == b'"':
                self._take(self._at + 1, held)
                return
            # a backslash may be left, whose letter comes with the next block
            if not self._more():
                raise self._ended("in the middle of a value")

    def _scalar(self, held: _Held) -> None:
        moved = False
        while True:
            match = _SCALAR.match(self._buffer, self._at)
            assert match is not None
            moved = moved or match.end() > self._at
            self._take(match.end(), held)
            if self._at < len(self._buffer) or not self._more():
                break
        if not moved:
            raise self._unexpected("a value")

    def _take(self, end: int, held: _Held) -> None:
        held.add(self._buffer[self._at : end])
        self._at = end

    def _more(self) -> bool:
        block = next(self._blocks, b"")
        self._buffer, self._at = self._buffer[self._at :] + block, 0
        return bool(block)

    def _unexpected(self, wanted: str) -> FormatError:
        found = self._buffer[self._at : self._at + 20].decode("utf-8", "replace")
        if not found:
            return self._ended(f"where {wanted} should stand")
        return FormatError(f"{self._name} is no JSON: {found!r} stands where {wanted} should stand")

    def _ended(self, where: str) -> FormatError:
        return _EndedError(f"{self._name} ends {where}", "it was cut off: get the whole file")

    def _too_deep(self) -> FormatError:
        return FormatError(f"{self._name} is nested too deeply", f"at most {MAX_DEPTH} levels are read")


class _EndedError(FormatError):
    """The source ends where JSON may not."""


class _TooLargeToHoldError(Exception):
    """More than was to be held."""


class _Held:
    """What is kept of a value while it is walked over: its bytes, or none when they are more than `keep`."""

    def __init__(self, keep: int, *, strict: bool = False) -> None:
        self.keep, self._strict = keep, strict
        self.size, self.parts = 0, list[bytes]()

    def add(self, part: bytes) -> None:
        if self.size + len(part) <= self.keep:
            self.parts.append(part)
        elif self._strict:
            raise _TooLargeToHoldError
        else:
            self.parts.clear()
        self.size += len(part)

    def data(self) -> bytes | None:
        return b"".join(self.parts) if self.size <= self.keep else None
