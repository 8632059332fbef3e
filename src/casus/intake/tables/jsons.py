"""JSON: lines, a list, an object with lists of reports in it, one report, or several one behind the other; streamed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from casus.errors import EmptyError, FormatError, IntakeError, TooLargeError
from casus.intake.build import Source, of_fields
from casus.intake.encoding import decode
from casus.intake.formats import Intake, Made, failure
from casus.intake.raw import Raw, megabytes
from casus.intake.tables import ninjs
from casus.intake.tables.blocks import blocks_of, lines_of
from casus.intake.tables.fieldmap import Taken, apply
from casus.intake.tables.jsonscan import MAX_DEPTH, Piece, Scanner
from casus.records import Document

# How much is looked at to tell lines of JSON from JSON that was laid out for people, and how many lines of it.
_LOOK_BYTES, _LOOK_LINES = 65_536, 200
_LINES_NAME = re.compile(r"\.(?:jsonl|ndjson)\Z", re.IGNORECASE)
# A line that ends so is not the end of a value.
_OPEN_ENDED = (b"[", b"{", b",", b":")
# Of a list in an object so many members are looked at to tell whether it is one of reports.
_LOOK_MEMBERS = 5
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[^\[\]{}"]++|"', re.DOTALL)
_HINT = "give objects with id, text, title, published, publisher, url; --map text=NAME names other fields"
_ID_CHARS = 200
# Longer numbers are no numbers of anything; Python refuses to read those of 4,300 digits and more.
_DIGITS = 1_000


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """Each report in it. A broken line or member is one failure; where the whole breaks off, the rest is one."""
    reader = _Reader(raw, intake)
    blocks = blocks_of(raw)
    head, whole = _head(blocks, intake.given.limit)
    if not head.strip():
        raise EmptyError(f"{raw.name} is empty")
    if _by_lines(head, whole, raw.name):
        yield from reader.lines(chain([head], blocks))
    else:
        yield from reader.stream(chain([head], blocks))


def _head(blocks: Iterator[bytes], limit: int) -> tuple[bytes, bool]:
    """Enough of the beginning to hold a whole line where lines are not too long, and whether that is all."""
    held, size, ended = list[bytes](), 0, False
    for block in blocks:
        held.append(block)
        size += len(block)
        ended = ended or b"\n" in block.lstrip()
        if size > _LOOK_BYTES and (ended or size > limit):
            return b"".join(held), False
    return b"".join(held), True


def _by_lines(head: bytes, whole: bool, name: str) -> bool:
    """Whether each line is a value of its own: some line is a whole object, and nothing is open on the line before."""
    lines = [line.strip() for line in head.split(b"\n", _LOOK_LINES)[:_LOOK_LINES] if line.strip()]
    if lines[0].startswith(b"["):
        return False
    named = bool(_LINES_NAME.search(name)) and lines[0] != b"{"
    if len(lines) < 2:
        return named and not whole
    before = b""
    for line in lines:
        if line.startswith(b"{") and line.endswith(b"}") and not before.endswith(_OPEN_ENDED) and _is_object(line):
            return True
        before = line
    return named


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.decode("utf-8", "replace")), dict)
    except (ValueError, RecursionError):
        return False


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A value, or why it is none; notes for a person."""

    value: Any = None
    error: IntakeError | None = None
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reader:
    """Numbers the values of one source and makes documents of them."""

    raw: Raw
    intake: Intake
    number: int = field(default=0, init=False)

    def lines(self, blocks: Iterator[bytes]) -> Iterator[Made]:
        """A value a line."""
        for line in lines_of(blocks, self.intake.given.limit):
            where = f"{self.raw.name}, line {line.number}"
            if line.data is None:
                yield from self._too_large(where)
            elif data := line.data.removeprefix(b"\xef\xbb\xbf").strip():
                yield from self._value(data, where, deep=_is_deep(data))

    def stream(self, blocks: Iterator[bytes]) -> Iterator[Made]:
        """Lists and objects one behind the other."""
        scanner, limit = Scanner(blocks, self.raw.name), self.intake.given.limit
        while mark := scanner.peek():
            if mark == b"[":
                scanner.step()
                for piece in scanner.members(limit):
                    yield from self._piece(piece)
            elif mark != b"{":
                start = f"value {self.number} ends" if self.number else "it begins"
                raise FormatError(f"{self.raw.name} says that it is JSON and is not: no object or list where {start}")
            elif (held := scanner.whole(limit)) is not None and held.data is not None:
                yield from self._value(held.data, f"{self.raw.name}#{self.number + 1}", deep=held.deep, line=False)
            elif not (yield from self._lists(scanner)):
                yield from self._too_large(self.raw.name)

    def _lists(self, scanner: Scanner) -> Generator[Made, None, bool]:
        """The members of all lists of reports in an object; whether there are any."""
        found = False
        for _ in scanner.lists():
            members = scanner.members(self.intake.given.limit)
            ahead, broken = _some(members)
            wanted = any(
                p.data is not None and not p.deep and self._is_report(_parsed(p.data, "").value) for p in ahead
            )
            found = found or wanted
            for piece in ahead if wanted else ():
                yield from self._piece(piece)
            if broken is not None:
                raise broken
            for piece in members:
                if wanted:
                    yield from self._piece(piece)
        return found

    def _piece(self, piece: Piece) -> Iterator[Made]:
        where = f"{self.raw.name}#{self.number + 1}"
        if piece.data is None:
            yield from self._too_large(where)
        else:
            yield from self._item(_parsed(piece.data, where, self.raw.known.charset, deep=piece.deep), piece.data)

    def _value(self, data: bytes, where: str, *, deep: bool, line: bool = True) -> Iterator[Made]:
        """One report, or all in the lists of an object that is none itself."""
        parsed = _parsed(data, where, self.raw.known.charset, deep=deep)
        if data.startswith(b"{") and b"[" in data and not self._is_report(parsed.value):
            try:
                if (yield from self._lists(Scanner([data], where))):
                    return
            except FormatError as error:
                parsed = _Parsed(error=parsed.error or error)
        yield from self._item(parsed, data, line=line)

    def _item(self, parsed: _Parsed, data: bytes, *, line: bool = False) -> Iterator[Made]:
        """The documents of one value; its bytes are its line, or where it has none a form that its layout is not in."""
        self.number += 1
        value, name = parsed.value, f"{self.raw.name}#{self.number}"
        if parsed.error is not None:
            yield from self.intake.item(name, data, self.raw.known, _raiser(parsed.error))
            return
        agency = isinstance(value, dict) and self._is_ninjs(value)
        taken = apply(value, self.intake.given.fields) if isinstance(value, dict) and not agency else Taken({})
        if (known_as := _id(taken.values.get("id"))) is not None:
            name = f"{self.raw.name}#{known_as}"
        source = Source(name, self.raw.known, self.intake.given, (*parsed.notes, *taken.notes))
        if not line:
            data = json.dumps(value, sort_keys=True).encode()
        make = _maker(value, taken, source) if not agency else lambda: ninjs.documents(value, source)
        yield from self.intake.item(name, data, self.raw.known, make)

    def _too_large(self, where: str) -> Iterator[Made]:
        self.number += 1
        name = f"{self.raw.name}#{self.number}"
        if self.intake.wanted(name):
            limit = megabytes(self.intake.given.limit)
            yield failure(name, TooLargeError(f"{where} has more than {limit}, which is no single report"))

    def _is_report(self, value: Any) -> bool:
        if not isinstance(value, dict):
            return False
        return self._is_ninjs(value) or "text" in apply(value, self.intake.given.fields).values

    def _is_ninjs(self, value: dict[str, Any]) -> bool:
        # what the user says of the fields goes before what they look like
        return "text" not in self.intake.given.fields and ninjs.is_ninjs(value)


def _some(members: Iterator[Piece]) -> tuple[list[Piece], FormatError | None]:
    """The first members of a list, and what comes instead of the others where the source breaks off among them."""
    found = list[Piece]()
    try:
        for piece in islice(members, _LOOK_MEMBERS):
            found.append(piece)
    except FormatError as error:
        return found, error
    return found, None


def _maker(value: Any, taken: Taken, source: Source) -> Callable[[], list[Document]]:
    def make() -> list[Document]:
        fields = source.given.fields
        if isinstance(value, dict) and "text" not in taken.values:
            shown = ", ".join(f"`{key[:60]}`" for key in [*value][:20]) or "none"
            wanted = f"`{fields['text']}`, which --map names" if "text" in fields else "`text` with the report"
            raise FormatError(f"{source.name} has no field {wanted}; its fields: {shown}", _HINT)
        return of_fields(taken.values if isinstance(value, dict) else value, source)

    return make


def _raiser(error: IntakeError) -> Callable[[], list[Document]]:
    def make() -> list[Document]:
        raise error

    return make


def _id(value: Any) -> str | None:
    """What names a record among others: its id, where that is a short line of text or a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and value.isprintable() and 0 < len(value) <= _ID_CHARS else None


def _parsed(data: bytes, where: str, charset: str | None = None, *, deep: bool = False) -> _Parsed:
    """The value, or the error in its place; of fields that an object names twice, the last counts, as everywhere."""
    if deep:
        hint = f"at most {MAX_DEPTH} levels are read"
        return _Parsed(error=FormatError(f"{where} is nested too deeply", hint))
    twice = list[str]()

    def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice.append(next(key for key in made if counts[key] > 1))
        return made

    try:
        text, notes = decode(data, html=False, charset=charset)
        value = json.loads(text, object_pairs_hook=object_of, parse_int=_whole_number)
    except IntakeError as error:
        return _Parsed(error=type(error)(f"{where}: {error.message}", error.hint))
    except (ValueError, RecursionError) as error:
        return _Parsed(error=FormatError(f"{where} is no JSON: {error}", "was it cut off, or edited by hand?"))
    if twice:
        notes = (*notes, f"the field `{twice[0][:60]}` stands twice in the record; the last one was read")
    return _Parsed(value, None, notes)


def _whole_number(digits: str) -> int | str:
    return int(digits) if len(digits) <= _DIGITS else digits


def _is_deep(data: bytes) -> bool:
    """Whether a line is nested too deeply; looked at only where there are brackets enough for it."""
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return False
    depth = deepest = 0
    for mark in _STRINGS.sub(b"", data):
        depth += (mark in b"[{") - (mark in b"]}")
        deepest = max(depth, deepest)
    return deepest > MAX_DEPTH
