"""Quotation marks of a document: where each quote starts and ends, also where its closing mark is missing."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_OPEN, _CLOSE = "“«", "”»"
_MARK = re.compile(f'["{_OPEN}{_CLOSE}]')
# a quote that runs longer than this has lost its closing mark; of the closed ones in the training documents
# all but one have under 650 characters, and the longest has 1,783
_LONGEST = 2500


@dataclass(frozen=True, slots=True)
class Quote:
    """The words between the marks, in code points of the document; `closed` says whether a mark ends it."""

    start: int
    end: int
    closed: bool


def quotes(text: str, sentences: Sequence[tuple[int, int]]) -> list[Quote]:
    """The quotes in order. One left open ends with the sentence that it opened in."""
    out: list[Quote] = []
    opened: int | None = None
    for mark in _MARK.finditer(text):
        at, char = mark.start(), mark.group()
        opens = char in _OPEN or (char == '"' and _at_word_start(text, at))
        if opens:
            if opened is not None:
                out.append(_unclosed(opened, at, sentences))
            opened = at + 1
        elif opened is not None:
            if at - opened <= _LONGEST:
                out.append(Quote(opened, at, True))
            else:
                out.append(_unclosed(opened, at, sentences))
            opened = None
    if opened is not None:
        out.append(_unclosed(opened, len(text), sentences))
    return [q for q in out if q.end > q.start]


def within(marks: Sequence[Quote], start: int, end: int) -> Sequence[Quote]:
    """Those of `marks` (in order and apart, as `quotes` gives them) that share a character with `[start, end)`."""
    first = bisect_right(marks, start, key=lambda q: q.end)
    return marks[first : bisect_left(marks, end, lo=first, key=lambda q: q.start)]


def _at_word_start(text: str, at: int) -> bool:
    """A straight mark opens when white space, a bracket or a dash is before it and a word behind it."""
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    return (before.isspace() or before in "([{-—–/:") and not after.isspace()


def _unclosed(start: int, limit: int, sentences: Sequence[tuple[int, int]]) -> Quote:
    end = next((e for s, e in sentences if s <= start <= e), limit)
    return Quote(start, max(start, min(end, limit)), False)
