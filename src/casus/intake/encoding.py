"""Bytes -> text: binary files refused, the encoding found, and a note wherever it had to be inferred."""

from __future__ import annotations

import codecs
import re

from casus.errors import BinaryError, EncodingError

_MAGIC = (
    (b"%PDF", "a PDF file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive (or docx, xlsx, epub)"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (doc, xls)"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "an RTF file"),
    (b"SQLite format 3\x00", "an SQLite file"),
)
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The charset that a page declares counts only near its top; 4,096 bytes is four times what HTML asks for.
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_.:-]{2,30})", re.IGNORECASE)
# Encodings of text that a page may name. Codecs such as utf-7 or idna are none, and slow or unsafe.
_ALLOWED = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-ascii|ascii|iso-?8859-\d{1,2}|latin-?1|windows-?\d{3,4}|cp\d{3,4}|"
    r"koi8-[ru]|gb2312|gbk|gb18030|big5|shift[_-]jis|euc-(?:jp|kr)|macintosh|mac-roman",
    re.IGNORECASE,
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# UTF-8 read as Windows-1252 by somebody before us: a curly quote or an accented letter in pieces.
_MOJIBAKE = re.compile("â€[™œ\x9d˜“”¦]|Ã[©¨¡³¼¶±­]|Â[ £§©«»]")


def decode(data: bytes, *, html: bool | None = None, charset: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The text of `data` without a byte-order mark, and notes for a person.

    `html` lets a declared charset count; None decides by the look of the bytes. `charset` is what was said of
    them from outside, which goes first. Raises BinaryError for files that are not text, EncodingError for bytes
    that are no text in any encoding we can tell.
    """
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise BinaryError(f"this is {what}, not text")
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _with_bom(data, name)
    if b"\x00" in data:
        raise BinaryError("the file holds NUL bytes: it is binary, or UTF-16 without a mark")
    if len(_CONTROLS.findall(data, 0, 65_536)) * 50 > min(len(data), 65_536):
        # one control character in fifty: no text has that, most binary files have far more
        raise BinaryError("the file is full of control characters: it is not text")
    text, notes = _without_bom(data, html, charset)
    return text, (*notes, *_signs_of_damage(text))


def _with_bom(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        raise EncodingError(
            f"the file is marked as {name.removesuffix('-sig')} and breaks it: {error.reason}"
        ) from None
    if "\x00" in text:
        raise BinaryError("the file holds NUL characters: it is not text")
    return text, _signs_of_damage(text)


def _without_bom(data: bytes, html: bool | None, charset: str | None) -> tuple[str, tuple[str, ...]]:
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(data, 0, 4_096) if html or html is None else None
    for name in (charset, declared.group(1).decode("ascii") if declared else None):
        if name and _ALLOWED.fullmatch(name):
            # browsers read these two names as Windows-1252, and so must we
            codec = "cp1252" if name.lower() in {"iso-8859-1", "latin1", "us-ascii", "ascii"} else name
            try:
                return data.decode(codec), ()
            except (UnicodeDecodeError, LookupError):
                pass
    return _windows(data)


def _windows(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Windows-1252, where that is plausible: all bytes defined, and mostly ASCII."""
    high = sum(count for byte, count in enumerate(_histogram(data)) if byte >= 0x80)
    # English in Windows-1252 has quotes, dashes and accents: 1 to 3 % high bytes; 15 % leaves room for names.
    if high * 100 > 15 * len(data):
        raise EncodingError("the bytes are neither UTF-8 nor any Western encoding")
    try:
        return data.decode("cp1252"), ("not UTF-8; read as Windows-1252",)
    except UnicodeDecodeError:
        raise EncodingError("the bytes are neither UTF-8 nor Windows-1252") from None


def _histogram(data: bytes) -> list[int]:
    return [data.count(byte) for byte in range(256)]


def _signs_of_damage(text: str) -> tuple[str, ...]:
    notes = []
    if lost := text.count("\ufffd"):
        notes.append(f"{lost} characters were lost before the text came here (U+FFFD); kept as they are")
    if _MOJIBAKE.search(text):
        notes.append("letters look garbled (UTF-8 once read as Windows-1252); kept as they are")
    return tuple(notes)
