"""A mail's bytes -> its parts and their heads, however broken; nothing in it raises and all of it is linear.

The standard library's parser calls itself for each level of parts and reads addresses by a grammar whose time grows
with the square of a hostile head. So parts are found by hand, and only short heads go to it.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from itertools import islice
from typing import TypeVar

from casus.intake.encoding import decode

# Mail programs nest parts four deep (mixed, related, alternative, text), forwards inside of forwards some more.
_MAX_DEPTH = 10
# Parts of one mail that are looked at; a digest of a busy list has some fifty.
_MAX_PARTS = 300
# Signatures and stamps of relays make heads of 30 KB; what is longer is cut.
_HEAD_BYTES, _FIELD_CHARS, _FIELDS = 131_072, 4_000, 500

_BLANK_LINE = re.compile(rb"\r?\n[ \t]{0,20}\r?\n|\r\r")
_MBOX_LINE = re.compile(rb"\s{0,200}>?From [^\r\n]{0,500}\r?\n")
_GUESSED = re.compile(rb"(?<![^\n])--([!-~]{1,100})[ \t]{0,20}\r?\n(?:Content-|\r?\n)", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_MARK_END = re.compile(rb"(--)?[ \t]{0,200}(?:\r?\n|\Z)")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{1,1000000}={0,2}")

Answer = TypeVar("Answer")


class Head:
    """The fields of a mail or of a part. Each is read on its own, so that a broken one costs no other."""

    def __init__(self, data: bytes) -> None:
        self._message = Message(policy=compat32)
        self._fields: list[tuple[str, str]] = []
        fields = BytesHeaderParser(policy=compat32).parsebytes(data[:_HEAD_BYTES]).raw_items()
        for name, value in islice(fields, _FIELDS):
            words = _text_of_field(str(value)[:_FIELD_CHARS])
            self._fields.append((name.lower(), words))
            if name.lower().startswith("content-") and name not in self._message:
                self._message[name] = " ".join(words.split())

    def __bool__(self) -> bool:
        return bool(self._fields)

    def raw(self, name: str) -> str:
        """The field as it stands, unfolded; empty where there is none."""
        return next((" ".join(v.split()) for n, v in self._fields if n == name), "")

    def all(self, name: str) -> list[str]:
        """Each field of that name as it stands."""
        return [" ".join(v.split()) for n, v in self._fields if n == name]

    def text(self, name: str) -> str:
        """The field with its encoded words (RFC 2047) read."""
        return words_of(self.raw(name))

    @property
    def kind(self) -> str:
        """The media type, in lower case."""
        return _asked(self._message.get_content_type) or "text/plain"

    @property
    def typed(self) -> bool:
        """Whether a media type is stated."""
        return "content-type" in self._message

    def param(self, name: str) -> str:
        """A parameter of the media type ("format", "charset")."""
        return str(_asked(lambda: self._message.get_param(name)) or "")

    @property
    def charset(self) -> str | None:
        return _asked(self._message.get_content_charset)

    @property
    def boundary(self) -> str:
        return (_asked(self._message.get_boundary) or "")[:200]

    @property
    def attached(self) -> bool:
        """Whether it is an attachment by its own word."""
        return _asked(self._message.get_content_disposition) == "attachment"

    @property
    def filename(self) -> str:
        """The name of an attached file, without folders and controls; empty where there is none."""
        name = words_of(str(_asked(self._message.get_filename) or ""))
        return re.split(r"[/\\]", name)[-1].strip(" .")[:150]

    @property
    def coding(self) -> str:
        return self.raw("content-transfer-encoding").lower().strip(" ;\"'")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a mail: its head, its bytes as they were sent, and the parts in it."""

    head: Head
    kind: str
    body: bytes
    parts: tuple[Part, ...] = ()

    def leaves(self) -> Iterator[Part]:
        """All parts in it that hold none themselves, in order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def payload(self) -> tuple[bytes, tuple[str, ...]]:
        """Its bytes with the coding of the way undone, and what was broken about it."""
        if self.head.coding == "base64":
            return _base64(self.body)
        if self.head.coding == "quoted-printable":
            return quopri.decodestring(self.body), ()
        return self.body, ()


def take_apart(data: bytes) -> Part:
    """The tree of a mail's parts; a mail without a head is one part of plain text."""
    opening = _MBOX_LINE.match(data[:1_000])
    start = opening.end() if opening else 0
    while start < len(data) and data[start : start + 1] in (b"\n", b"\r", b" "):
        start += 1
    return _Walk(data).part(start, len(data), _MAX_DEPTH, "text/plain")


class _Walk:
    """One way through a mail; counts the parts that may still come."""

    def __init__(self, data: bytes) -> None:
        self.data, self.left = data, _MAX_PARTS

    def part(self, start: int, end: int, depth: int, usual: str) -> Part:
        """The part that stands between two offsets; `usual` is its type where it states none."""
        head, at = self._head(start, end)
        kind = head.kind if head.typed else usual
        if not kind.startswith("multipart/") or depth <= 0:
            return Part(head, kind, self.data[at:end])
        inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        parts = []
        for a, b in self._between_marks(at, end, head.boundary):
            self.left -= 1
            if self.left < 0:
                break
            parts.append(self.part(a, b, depth - 1, inner))
        return Part(head, kind, b"", tuple(parts)) if parts else Part(head, "text/plain", self.data[at:end])

    def _head(self, start: int, end: int) -> tuple[Head, int]:
        """The head of a part and where its body begins."""
        data = self.data
        if data[start : start + 1] in (b"\n", b"\r"):
            return Head(b""), min(end, start + (2 if data.startswith(b"\r\n", start) else 1))
        blank = _BLANK_LINE.search(data, start, end)
        stop, at = (blank.start(), blank.end()) if blank else (end, end)
        head = Head(data[start : min(stop, start + _HEAD_BYTES)])
        return (head, at) if head else (head, start)

    def _between_marks(self, start: int, end: int, boundary: str) -> Iterator[tuple[int, int]]:
        """Where each part between two boundaries stands; the last one may lack its end."""
        marks = self._marks(start, end, boundary.encode("utf-8", "surrogateescape")) if boundary else []
        if not marks and (guess := _GUESSED.search(self.data, start, end)):
            marks = self._marks(start, end, guess[1])
        for n, (_, after, last) in enumerate(marks):
            if last:
                return
            stop = marks[n + 1][0] if n + 1 < len(marks) else end
            yield after, max(after, stop)

    def _marks(self, start: int, end: int, boundary: bytes) -> list[tuple[int, int, bool]]:
        """Start and end of each line that is the boundary, and whether it is the closing one."""
        data, mark = self.data, b"--" + boundary
        found: list[tuple[int, int, bool]] = []
        at = data.find(mark, start, end)
        while at >= 0 and len(found) <= _MAX_PARTS:
            rest = _MARK_END.match(data, at + len(mark), end)
            if rest and (at == start or data[at - 1 : at] == b"\n"):
                # a line break before a mark belongs to the mark, one behind it begins the part
                before = at - 2 if data.endswith(b"\r\n", start, at) else at - 1 if at > start else at
                found.append((max(before, start), rest.end(), rest[1] is not None))
            at = data.find(mark, at + len(mark), end)
        return found


def words_of(field: str) -> str:
    """A field's text with encoded words read, on one line, without controls."""
    if "=?" in field:
        pieces = _asked(lambda: decode_header(field))
        field = "".join(map(_decoded, pieces)) if pieces else field
    return " ".join(_CONTROLS.sub(" ", field).split())


def _decoded(piece: tuple[bytes | str, str | None]) -> str:
    words, charset = piece
    if isinstance(words, str):
        return words
    return _asked(lambda: decode(words, html=False, charset=charset)[0]) or words.decode("cp1252", "replace")


def _text_of_field(value: str) -> str:
    """A field as text: what is not ASCII in it stands there as half characters, and is UTF-8 or Western."""
    if value.isascii():
        return value
    data = value.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _base64(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The bytes in base64. A line that is none, such as a list's footer behind it, is left out and told of."""
    lines = [line.strip() for line in data.splitlines()]
    whole = [n for n, line in enumerate(lines) if _BASE64_LINE.fullmatch(line)]
    # a word alone on its line has the same letters; lines of base64 have 60 or 76, but for the last
    kept = [lines[n] for n in whole if len(lines[n]) % 4 == 0 or len(lines[n]) >= 40 or n == whole[-1]]
    broken = len(kept) < sum(map(bool, lines))
    decoded = []
    # some programs encode piece by piece, each with its own end
    for block in re.split(rb"=+", b"".join(kept)):
        bare = block[: len(block) - (len(block) % 4 == 1)]
        broken = broken or len(bare) < len(block)
        decoded.append(binascii.a2b_base64(bare + b"=" * (-len(bare) % 4)))
    return b"".join(decoded), ("a part of the mail is no valid base64: read as far as it goes",) if broken else ()


def _asked(ask: Callable[[], Answer]) -> Answer | None:
    """What the standard library makes of a field; None where the field makes it raise, in whatever way."""
    try:
        return ask()
    except Exception:
        return None
