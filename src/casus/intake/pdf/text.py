"""The lines of a PDF's pages, with where and how large they stand -> paragraphs, without what repeats on each page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from casus.intake.dates import find_date
from casus.intake.plaintext.paragraphs import ENDS_PROSE
from casus.text import fold

_LIGATURES = str.maketrans({
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st",
    "\uf0b7": "•", "\uf0a7": "•", "\uf0d8": "•", "\u00a0": " ", "\u00ad": None, "\u200b": None, "\ufeff": None,
})  # fmt: skip
_BAD = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\ue000-\uf8ff]+")
_PAGE_NUMBER = re.compile(
    r"\W{0,4}(?:(?:page|p\.|pg\.?)\s?)?(?:\d{1,4}|[ivxl]{1,6})(?:\s?(?:of|/)\s?\d{1,4})?\W{0,4}|"
    r"\d{1,4}\s?\|\s?p ?a ?g ?e\W{0,3}",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[•·▪■◦‣●○–—-]|\(?\d{1,2}[.)]|\([a-z]\))\s")
# Words that stand before and after a hyphen of their own. Only such as are no syllables of others ("pro-test",
# "state-ment"); what is in none of the lists and nowhere else in the text is joined.
_HEADS = frozenset({
    "well", "self", "non", "cease", "two", "three", "five", "eight", "nine", "government", "military", "army",
    "hostage", "missile", "quasi", "semi", "vice", "hard", "ill", "much",
})  # fmt: skip
_TAILS = frozenset({
    "backed", "based", "controlled", "linked", "related", "aligned", "range", "term", "scale", "owned", "style", "born",
    "elect", "old", "occupied", "sponsored", "trained", "armed", "wracked", "torn", "ravaged",
})  # fmt: skip
# Heads and feet stand in the first and last sixth of a page, and are three lines at most.
_EDGE, _EDGE_LINES = 6, 3
# A line repeats itself on so many of a hundred pages; with one head for left and another for right pages, on 50.
_REPEATS = 40


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line: its words, its page (from 0) with its height, its box and the size of its font in points from the lower
    left. `broken` tells that a hyphen stood at its end, which may only break a word; `level` that it runs from
    left to right."""

    text: str
    page: int
    height: float
    left: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    size: float = 0.0
    broken: bool = False
    level: bool = True


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, the page on which it begins, and the size of its font in points."""

    text: str
    page: int
    size: float


def tidy(text: str) -> str:
    """Words on one line, ligatures as letters, without soft hyphens and signs that no font shows."""
    return " ".join(_BAD.sub(" ", text.translate(_LIGATURES)).split())


def paragraphs_of(lines: Sequence[PageLine], pages: int) -> tuple[list[Paragraph], int]:
    """The paragraphs of a text in order, and how many heads, feet and page numbers were left out."""
    kept = list(_without_edges(lines, pages))
    body = body_size(kept)
    leading = _leading(kept, body)
    columns = _columns(kept)
    words = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", " ".join(line.text for line in kept).lower()))
    made: list[Paragraph] = []
    group: list[int] = []
    for n in range(len(kept)):
        if group and _begins(kept[group[-1]], kept[n], columns[group[-1]], columns[n], leading):
            made.append(_joined([kept[g] for g in group], words))
            group = []
        group.append(n)
    if group:
        made.append(_joined([kept[g] for g in group], words))
    return [p for p in made if p.text], len(lines) - len(kept)


def body_size(lines: Sequence[PageLine]) -> float:
    """The height in which most letters are set."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], size), default=0.0)


def _without_edges(lines: Sequence[PageLine], pages: int) -> Iterator[PageLine]:
    """The lines without page numbers, and without heads and feet but for the first one that holds a date."""
    edges = _edges(lines)
    found: defaultdict[str, set[int]] = defaultdict(set)
    for n in sorted(edges):
        found[_key(lines[n])].add(lines[n].page)
    repeated = {key for key, on in found.items() if len(on) > 1 and len(on) * 100 >= _REPEATS * pages}
    dated: set[str] = set()
    for n, line in enumerate(lines):
        if n not in edges:
            yield line
        elif _PAGE_NUMBER.fullmatch(line.text):
            continue
        elif (key := _key(line)) not in repeated:
            yield line
        elif key not in dated and find_date(line.text):
            dated.add(key)
            yield line


def _edges(lines: Sequence[PageLine]) -> set[int]:
    """Which lines stand at the upper and lower edge of their page."""
    by_page: defaultdict[int, list[int]] = defaultdict(list)
    for n, line in enumerate(lines):
        by_page[line.page].append(n)
    edges: set[int] = set()
    for page in by_page.values():
        ordered = sorted(page, key=lambda n: -lines[n].bottom)
        height = lines[page[0]].height
        edges |= {n for n in ordered[:_EDGE_LINES] if lines[n].bottom > height - height / _EDGE}
        edges |= {n for n in ordered[-_EDGE_LINES:] if lines[n].bottom < height / _EDGE}
    return edges


def _key(line: PageLine) -> str:
    """What is the same of a head on each page: its words without numbers, their size, and whether it stands above or
    below; the title of the report on its first page has the words and is larger."""
    return f"{line.bottom * 2 > line.height} {round(line.size)} {re.sub(r'[0-9]+', '#', fold(line.text))}"


def _leading(lines: Sequence[PageLine], body: float) -> float:
    """The usual distance between lines of the text, in heights of its letters."""
    gaps = [
        a.bottom - b.bottom
        for a, b in pairwise(lines)
        if a.page == b.page and max(abs(a.size - body), abs(b.size - body)) < 0.5 and 0 < a.bottom - b.bottom < 3 * body
    ]
    return median(gaps) / body if gaps and body else 1.2


def _columns(lines: Sequence[PageLine]) -> list[tuple[float, float]]:
    """Left and right edge of the column of each line: of the lines next to it that stand above or below one another."""
    made: list[tuple[float, float]] = []
    for n, line in enumerate(lines):
        near = [
            other
            for other in lines[max(0, n - 12) : n + 13]
            if other.page == line.page and min(line.right, other.right) - max(line.left, other.left) > 0
        ]
        # a headline across the columns tells nothing of their width
        alike = [other for other in near if abs(other.size - line.size) < 1] or [line]
        made.append((min(o.left for o in alike), max(o.right for o in alike)))
    return made


def _begins(
    above: PageLine, line: PageLine, column: tuple[float, float], own: tuple[float, float], leading: float
) -> bool:
    """Whether a line begins a paragraph after the one above it."""
    size = max(above.size, 1.0)
    if abs(above.size - line.size) > 0.12 * size or _BULLET.match(line.text):
        return True
    ended = bool(ENDS_PROSE.search(above.text))
    width = max(column[1] - column[0], 1.0)
    gap = above.bottom - line.bottom
    if above.page != line.page or gap < -0.5 * size or line.left > above.right or line.right < above.left:
        # the text goes on in the next column or on the next page where its sentence does
        full = above.right > column[1] - 0.2 * width
        goes_on = above.broken or line.text[:1].islower() or (full and not ended)
        return not goes_on or (ended and not line.text[:1].islower())
    if gap > 1.35 * leading * size:
        return True
    if gap < 0.3 * size:  # on the same height: cells of a table, or words that were set apart
        return False
    hanging = _BULLET.match(above.text) is not None
    indented = not hanging and line.left - own[0] > 0.7 * size and above.left - column[0] < 0.7 * size
    short = above.right < column[1] - 0.25 * width
    very_short = above.right < column[0] + 0.6 * width
    capital = line.text[:1].isupper() or not line.text[:1].isalpha()
    return (indented and capital) or (short and ended) or (very_short and capital and not above.broken)


def _joined(lines: Sequence[PageLine], words: Counter[str]) -> Paragraph:
    """The lines as one, hyphens at their ends taken out where they only break a word."""
    text = ""
    for n, line in enumerate(lines):
        if n and lines[n - 1].broken:
            text = _rejoined(text, line.text, words)
        else:
            text = f"{text} {line.text}" if text else line.text
    if lines[-1].broken:
        text += "-"
    return Paragraph(text, lines[0].page, lines[0].size)


def _rejoined(text: str, below: str, words: Counter[str]) -> str:
    """Two lines with a broken word between them. A hyphen stays before capitals and numbers, in words that stand with
    it elsewhere, and where compounds have one."""
    head = re.search(r"[^\W\d_]+\Z", text)
    tail = re.match(r"[^\W\d_]+", below)
    if head is None or tail is None or not tail[0][0].islower():
        return f"{text}-{below}" if head or text[-1:].isdigit() else f"{text} - {below}"
    whole = f"{head[0]}{tail[0]}".lower()
    compound = f"{head[0]}-{tail[0]}".lower()
    told = head[0].lower() in _HEADS or tail[0] in _TAILS or (tail[0] in {"led", "held"} and head[0][0].isupper())
    if words[compound] or (told and not words[whole]):
        return f"{text}-{below}"
    return f"{text}{below}"


def largest(paragraphs: Sequence[Paragraph], body: float) -> str | None:
    """The headline by its letters: the largest of three to thirty words on the first page; None where nothing is
    larger than the text by a sixth."""
    first = [p for p in paragraphs if p.page == 0 and p.size > body * 1.15 and 3 <= len(p.text.split()) <= 30]
    titles = [p for p in first if any(c.isalpha() for c in p.text) and not re.search(r"@|https?:", p.text)]
    found = max(titles, key=lambda p: p.size, default=None)
    return found.text if found else None
