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


# names come again and again within a report, and from report to report
@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case without accents, curly quotes or doubled blanks: a key for look-ups, not for offsets."""
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
