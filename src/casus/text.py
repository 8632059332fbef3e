"""Small helpers on text that never change an offset; everything counts code points."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# A word: initials ("U.S.", "J.K."), a number with separators ("1,200", "3.5"), a run of letters and
# digits, or one other visible character. No alternative can back-track over another's ground.
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*|[^\W\d_][^\W_]*|[^\w\s]|_")


def words(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The `[start, end)` of each word or punctuation mark in `text[start:end]`, in order."""
    return [m.span() for m in _WORD.finditer(text, start, len(text) if end is None else end)]


# Names come again and again, within a report and from report to report; paragraphs do not, and remembered they would
# take a hundred megabytes. Few names are longer.
_NAME_CHARS = 80


def fold(text: str) -> str:
    """Lower case without accents, curly quotes or doubled blanks: a key for look-ups, not for offsets."""
    return _folded(text) if len(text) <= _NAME_CHARS else _folded.__wrapped__(text)


@lru_cache(maxsize=65536)
def _folded(text: str) -> str:
    text = text.replace("’", "'").replace("‘", "'")
    if not text.isascii():  # most text is, and has nothing to take apart
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(text.lower().split())


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """`start, end` moved inwards past white space."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


# Control characters, and marks that turn the direction of all that follows, would let a document draw
# on the terminal or the page of its reader.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]+")


def harmless(text: str) -> str:
    """The text without what a terminal would act on, line breaks among it; blanks stay as they are."""
    return _UNSAFE.sub(" ", text)


def clean(text: str) -> str:
    """The text on one line, without what a terminal would act on."""
    return " ".join(harmless(text).split())
