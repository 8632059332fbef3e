"""XML from anywhere, made safe before a parser sees it: no document type, no entities, no forbidden characters.

What stands before the root element is read here and left out. A document type that declares entities is refused: that
is where XML bombs, files and addresses come in. One that only names itself (NITF and RSS 0.91 do) is dropped.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from lxml import etree

from casus.errors import FormatError
from casus.intake.raw import HEAD_BYTES, Raw
from casus.intake.tables.blocks import blocks_of

# A word of notes on a broken file: libxml2 tells all that it knew of the place, some of it twice.
_REASON_CHARS = 120
# How far a document type is followed: NITF's have 200 characters, RSS 0.91's 120.
_DOCTYPE_PART = re.compile(r"\"[^\"]*\"|'[^']*'|<!--|[\[\]<>%]|<\?")
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,40})(?=[\s/>])")
_DECLARED = re.compile(r"<\?xml[^>]{0,200}?\sencoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9_.:-]{2,30})[\"']")
# Encodings other than Unicode's that feeds are in. Codecs such as utf-7 or idna are no text, or unsafe.
_ENCODINGS = re.compile(
    r"iso-?8859-\d{1,2}|latin-?1|windows-?125\d|cp125\d|koi8-[ru]|gb2312|gbk|gb18030|big5|shift[_-]jis|euc-(?:jp|kr)",
    re.IGNORECASE,
)
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
# Characters that XML 1.0 forbids; feeds get them from word processors and databases.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udc7f\udd00-\udfff]")
# Bytes that are no UTF-8, as the decoder hands them on: the other of the two encodings of the West, byte by byte.
_STRAY = re.compile("[\udc80-\udcff]")
_WINDOWS = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
# The same bytes as characters of their own (&#146;), as careless programs write them: quotes and dashes.
_C1 = {byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0xA0)}
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_REFERENCE = re.compile(r"&(?:#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));|([A-Za-z][A-Za-z0-9]{1,31});)?")
# No character has so many digits, and Python refuses to count more than 4,300.
_ENDLESS = re.compile(r"&#(?:[xX][0-9a-fA-F]{8,}|[0-9]{9,});?")
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})

_PARSER: dict[str, Any] = {
    "encoding": "utf-8", "resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False,
    "huge_tree": False, "remove_comments": True, "remove_pis": True,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """An XML source: the name of its root element without its prefix, and its text from that element on."""

    root: str
    blocks: Iterator[str]


@dataclass(frozen=True, slots=True)
class Prolog:
    """What stands before a root element: the element's name without its prefix, and where it begins."""

    root: str
    start: int


def opened(raw: Raw) -> Opened:
    """The text of a source in any encoding, a block at a time. Raises FormatError for what is no XML, or unsafe.

    Bytes that break UTF-8 come as half characters; `cleaned` reads them as Windows-1252.
    """
    blocks = _unicode(raw)
    first = next(blocks, "")
    found = prolog(first, raw.name)
    return Opened(found.root, chain((first[found.start :],), blocks))


def _unicode(raw: Raw) -> Iterator[str]:
    """The source as text. Unicode's encodings are told by their bytes; what the file declares counts for others."""
    blocks = blocks_of(raw)
    first = next(blocks, b"")
    while len(first) < HEAD_BYTES and (more := next(blocks, b"")):
        first += more
    encoding = _encoding(first)
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape" if encoding == "utf-8" else "replace")
    for block in chain((first,), blocks):
        if text := decoder.decode(block):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text


def _encoding(first: bytes) -> str:
    if first.startswith((b"<\x00", b"\x00<")):
        return "utf-16-le" if first[0] else "utf-16-be"
    declared = _DECLARED.match(first[:400].decode("latin-1").lstrip())
    if declared and _ENCODINGS.fullmatch(declared[1]) and not _is_utf8(first):
        # browsers read this name as Windows-1252, and so must we
        name = "cp1252" if declared[1].lower() in {"iso-8859-1", "latin1", "latin-1"} else declared[1]
        try:
            return codecs.lookup(name).name
        except LookupError:
            pass
    return "utf-8"


def _is_utf8(first: bytes) -> bool:
    """Whether bytes beyond ASCII are there and make UTF-8; the last of them may be cut off."""
    if first.isascii():
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(first)
    except UnicodeDecodeError:
        return False
    return True


def prolog(text: str, name: str) -> Prolog:
    """Reads up to the root element: declaration, comments, document type.

    Raises FormatError for a document type with entities, and where no element follows.
    """
    at = 0
    while True:
        at = _behind(text, at, "\ufeff \t\r\n")
        if text.startswith("<?", at):
            end = text.find("?>", at) + 2
        elif text.startswith("<!--", at):
            end = text.find("-->", at + 4) + 3
        elif text[at : at + 9].lower() == "<!doctype":
            end = _doctype(text, at + 9, name)
        else:
            break
        if end <= at:
            raise FormatError(f"{name} has no element within its first {len(text):,} characters")
        at = end
    root = _ROOT.match(text, at)
    if root is None:
        raise FormatError(f"{name} is named or marked as XML and holds none")
    return Prolog(root[1], at)


def _behind(text: str, at: int, blanks: str) -> int:
    while at < len(text) and text[at] in blanks:
        at += 1
    return at


def _doctype(text: str, at: int, name: str) -> int:
    """Where the document type ends; 0 where it does not. Raises FormatError if it declares entities, or may."""
    inside = 0
    while part := _DOCTYPE_PART.search(text, at):
        mark, at = part[0], part.end()
        if mark in {"<!--", "<?"}:
            end = text.find("-->" if mark == "<!--" else "?>", at)
            if end < 0:
                break
            at = end + 2
        elif mark == "%" or (mark == "<" and text[at : at + 7].lower() == "!entity"):
            raise FormatError(
                f"{name} declares entities of its own in its document type, as XML bombs do; it is not read",
                "take its <!DOCTYPE ...> out if you trust the file",
            )
        elif mark in "[]":
            inside += 1 if mark == "[" else -1
        elif mark == ">" and inside <= 0:
            return at
    return 0


def cleaned(text: str) -> tuple[str, tuple[str, ...]]:
    """A part of an opened source without what no parser takes: forbidden characters go, stray bytes are read."""
    notes = []
    if _STRAY.search(text):
        text = text.translate(_WINDOWS)
        notes.append("some bytes are no UTF-8; read as Windows-1252")
    return _FORBIDDEN.sub("", text), tuple(notes)


def unescaped(text: str) -> str:
    """With HTML's references as characters."""
    return html.unescape(countable(text))


def countable(text: str) -> str:
    """Without references to characters by numbers of so many digits that no reader of HTML takes them."""
    return _ENDLESS.sub("\ufffd", text)


def uncontrolled(text: str) -> str:
    """With the controls at 128 to 159 as the quotes and dashes that were meant."""
    return text.translate(_C1)


def parsed(xml: str, name: str) -> Any:
    """The element of a text that begins with its start tag; HTML's entities and bare ampersands are allowed.

    `xml` is cleaned. Raises FormatError where it is not well-formed.
    """
    try:
        return _strict(xml)
    except etree.XMLSyntaxError:
        pass
    try:
        return _strict(repaired(xml))
    except etree.XMLSyntaxError as error:
        raise FormatError(f"{name} is broken XML: {reason(error)}", "get it again from where it came") from None


def recovered(xml: str) -> Any | None:
    """What can be had of broken XML: elements are closed where it breaks off. None where there is no element."""
    return etree.fromstring(repaired(xml).encode(), etree.XMLParser(recover=True, **_PARSER))


def _strict(xml: str) -> Any:
    return etree.fromstring(xml.encode(), etree.XMLParser(**_PARSER))


def reason(error: etree.XMLSyntaxError) -> str:
    """Why the parser gave up, in its words, without its line, which counts in what it was given."""
    told = re.sub(r",? line \d+(?:, column \d+)?", "", " ".join(str(error.msg or "").split()))
    return told[:_REASON_CHARS] or "it holds no element"


def repaired(xml: str) -> str:
    """With HTML's entities as characters, bare ampersands as references, and references to forbidden characters gone.

    What stands in CDATA stays.
    """
    pieces, at = [], 0
    for literal in _CDATA.finditer(xml):
        pieces += [_REFERENCE.sub(_reference, xml[at : literal.start()]), literal[0]]
        at = literal.end()
    pieces.append(_REFERENCE.sub(_reference, xml[at:]))
    return "".join(pieces)


def _reference(match: re.Match[str]) -> str:
    hexadecimal, decimal, entity = match.groups()
    if hexadecimal or decimal:
        number = int(hexadecimal, 16) if hexadecimal else int(decimal)
        legal = number in {9, 10, 13} or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or number > 0xFFFF
        return match[0] if legal and number <= 0x10FFFF else ""
    if entity in _OWN:
        return match[0]
    character = html.unescape(match[0]) if entity else match[0]
    return html.escape(character, quote=False)


def local(element: Any) -> str:
    """An element's name in lower case, without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def words_of(element: Any | None) -> str | None:
    """All text in an element with its blanks made single; None for no element and for none."""
    if element is None:
        return None
    return " ".join(uncontrolled("".join(element.itertext())).split()) or None


def child(element: Any, *names: str) -> Any | None:
    """The first child of one of these names (in lower case, without namespace)."""
    return next((c for c in element if local(c) in names), None)


def inside(element: Any, *names: str) -> Any | None:
    """The first element of one of these names anywhere below."""
    return next((e for e in element.iter() if local(e) in names), None)


def root_of(head: bytes, name: str) -> str:
    """The name of the root element, by the first bytes of a source. Raises FormatError as `prolog` does."""
    codec = next((codec for mark, codec in _WIDE if head.startswith(mark)), None) or _encoding(head)
    return prolog(head.decode(codec, "replace"), name).root
