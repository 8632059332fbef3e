"""The objects of a PDF that was saved in the clear: dictionaries, lists, references, and the bytes of streams.

No reader of PDFs in general: it knows what `pdf_guard` needs of the files that pdfium writes. Nothing in it raises or
calls itself.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

_TABLE = re.compile(rb"xref\s{1,4}")
_SECTION = re.compile(rb"\s{0,4}(\d{1,8}) (\d{1,8})\s{1,4}")
_ENTRY = re.compile(rb"(\d{10}) \d{5} ([nf])\s{1,4}")
_START = re.compile(rb"startxref\s{1,4}(\d{1,12})\s{0,4}%%EOF\s{0,4}\Z")
_HEADER = re.compile(rb"\s{0,4}\d{1,8} \d{1,5} obj\s{0,4}")
_STREAM = re.compile(rb"\s{0,4}stream\r?\n")
_TOKEN = re.compile(
    rb"(?P<blank>[\x00\t\n\x0c\r ]+|%[^\r\n]*)|(?P<ref>\d{1,8} \d{1,5} R(?![\w]))|(?P<open><<|\[)|(?P<close>>>|\])|"
    rb"/(?P<name>[^\x00\t\n\x0c\r ()<>\[\]{}/%]*)|(?P<hex><[^<>]*>)|(?P<string>\()|"
    rb"(?P<word>[^\x00\t\n\x0c\r ()<>\[\]{}/%]+)|(?P<other>.)",
    re.DOTALL,
)
_PARENTHESIS = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(r"#([0-9A-Fa-f]{2})")
# The dictionary of the largest font or page tree has some 100,000 tokens.
_MAX_TOKENS = 2_000_000


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to the object of that number."""

    number: int


Value = dict[str, "Value"] | list["Value"] | Ref | str | None


@dataclass(slots=True)
class Objects:
    """A file's objects, each parsed when it is asked for. `trailer` says where they begin."""

    data: bytes
    where: dict[int, int] = field(default_factory=dict)
    trailer: dict[str, Value] = field(default_factory=dict)
    _values: dict[int, Value] = field(default_factory=dict)
    _streams: dict[int, int] = field(default_factory=dict)
    _tokens: int = _MAX_TOKENS

    @classmethod
    def of(cls, data: bytes) -> Objects | None:
        """The objects by the table at the end of the file; None where there is no such table."""
        start = _START.search(data, max(0, len(data) - 200))
        table = _TABLE.match(data, int(start[1])) if start else None
        if table is None:
            return None
        made, at = cls(data), table.end()
        while section := _SECTION.match(data, at):
            at = section.end()
            for number in range(int(section[1]), int(section[1]) + int(section[2])):
                entry = _ENTRY.match(data, at)
                if entry is None:
                    break
                at = entry.end()
                if entry[2] == b"n":
                    made.where[number] = int(entry[1])
        if data.startswith(b"trailer", at):
            made.trailer = made.dictionary(made._parse(at + len(b"trailer"))[0])
        return made

    def get(self, value: Value) -> Value:
        """The value itself, or what it refers to."""
        for _ in range(10):
            if not isinstance(value, Ref):
                return value
            value = self._read(value.number)
        return None

    def dictionary(self, value: Value) -> dict[str, Value]:
        """The dictionary that it is or refers to; an empty one where it is none."""
        found = self.get(value)
        return found if isinstance(found, dict) else {}

    def items(self, value: Value) -> list[Value]:
        """The items of the list that it is or refers to, else itself alone; none for None."""
        found = self.get(value)
        return found if isinstance(found, list) else [] if found is None else [value]

    def _read(self, number: int) -> Value:
        if number not in self._values:
            header = _HEADER.match(self.data, self.where.get(number, len(self.data)))
            self._values[number] = None
            if header:
                value, end = self._parse(header.end())
                self._values[number] = value
                if isinstance(value, dict) and (stream := _STREAM.match(self.data, end)):
                    self._streams[number] = stream.end()
        return self._values[number]

    def content(self, value: Value, limit: int) -> bytes:
        """The bytes of the stream that it refers to with their filters undone, about `limit` of them at most."""
        about = self.dictionary(value)
        start = self._streams.get(value.number) if isinstance(value, Ref) else None
        length = self.get(about.get("Length"))
        if start is None or not isinstance(length, str) or not length.isdigit():
            return b""
        data = self.data[start : start + int(length[:12])]
        for name in self.items(about.get("Filter"))[:5]:
            data = _unfiltered(data, str(self.get(name)), limit)
        return data[:limit]

    def _parse(self, start: int) -> tuple[Value, int]:
        """The value that begins there, and where it ends. A dictionary is gathered as a list of keys and values."""
        stack: list[tuple[bool, list[Value]]] = []
        at = start
        while self._tokens > 0 and (token := _TOKEN.match(self.data, at)):
            at = token.end()
            kind = token.lastgroup
            value: Value = None
            if kind == "blank":
                continue
            self._tokens -= 1
            if kind == "open":
                stack.append((token["open"] == b"<<", []))
                continue
            if kind == "close" and stack:
                named, inner = stack.pop()
                value = _dictionary(inner) if named else inner
            elif kind == "string":
                at = _end_of_string(self.data, at)
            elif kind == "ref":
                value = Ref(int(token["ref"].split()[0]))
            elif kind in {"name", "word"}:
                value = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), token[kind].decode("latin-1"))
                if kind == "word" and not stack and value in {"endobj", "stream"}:
                    return None, at
            if not stack:
                return value, at
            stack[-1][1].append(value)
        return None, at


def _dictionary(inner: list[Value]) -> dict[str, Value]:
    return {key: value for key, value in zip(inner[::2], inner[1::2], strict=False) if isinstance(key, str)}


def _end_of_string(data: bytes, at: int) -> int:
    """Where a string in parentheses ends that began before `at`."""
    depth = 1
    for mark in _PARENTHESIS.finditer(data, at):
        depth += {b"(": 1, b")": -1}.get(mark[0], 0)
        if not depth:
            return mark.end()
    return len(data)


def _unfiltered(data: bytes, name: str, limit: int) -> bytes:
    """The bytes with one filter undone. Those of pictures hold no text and stay as they are."""
    if name in {"FlateDecode", "Fl"}:
        return _inflated(data, limit)
    if name in {"LZWDecode", "LZW"}:
        return b"".join(_lzw(data, limit))
    if name in {"RunLengthDecode", "RL"}:
        return b"".join(_run_lengths(data, limit))
    if name in {"ASCIIHexDecode", "AHx"}:
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", data.partition(b">")[0])
        return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
    return _of_base85(data) if name in {"ASCII85Decode", "A85"} else data


def _of_base85(data: bytes) -> bytes:
    try:
        return base64.a85decode(re.sub(rb"[^!-uz]", b"", data.partition(b"~")[0]))
    except ValueError:
        return data


def _inflated(data: bytes, limit: int) -> bytes:
    """As far as it goes: a stream that was cut off is drawn as far as it goes, too."""
    inflater = zlib.decompressobj()
    made = bytearray()
    try:
        while data and len(made) < limit and not inflater.eof:
            made += inflater.decompress(data, 65_536)
            data = inflater.unconsumed_tail
    except zlib.error:
        pass
    return bytes(made)


def _lzw(data: bytes, limit: int) -> Iterator[bytes]:
    """LZW with codes of 9 to 12 bits, as PDF has it (ISO 32000-1, 7.4.4)."""
    table = [bytes([n]) for n in range(256)] + [b"", b""]
    width, held, bits, made = 9, 0, 0, 0
    last = b""
    for byte in data:
        held, bits = (held << 8 | byte) & 0xFFFFFF, bits + 8
        if bits < width:
            continue
        bits -= width
        code = held >> bits & ((1 << width) - 1)
        if code == 257 or made > limit:
            return
        if code == 256:
            del table[258:]
            width, last = 9, b""
            continue
        entry = table[code] if code < len(table) else last + last[:1]
        if last and len(table) < 4_096:
            table.append(last + entry[:1])
        # the next code is one bit longer one entry early
        width = 9 + sum(len(table) + 1 >= size for size in (512, 1_024, 2_048))
        last = entry
        made += len(entry)
        yield entry


def _run_lengths(data: bytes, limit: int) -> Iterator[bytes]:
    at = made = 0
    while at < len(data) and data[at] != 128 and made < limit:
        count = data[at]
        run = data[at + 1 : at + 2 + count] if count < 128 else data[at + 1 : at + 2] * (257 - count)
        at += 2 + count if count < 128 else 2
        made += len(run)
        yield run
