"""Plain text, as copied from a news page -> regions (title, lead, body, caption, boilerplate) and who, when.

Every non-blank line falls into one region. Rules look for what is certainly not the report; what is in doubt
stays body, because a sentence wrongly dropped is lost and one wrongly kept can still be judged by the reader.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from casus.intake.dates import Order, ambiguous, find_date, last_date, order_of
from casus.intake.lines import AGENCIES, LineKind, is_name, is_paper, kind_of
from casus.intake.runin import Piece, credit_at_end, pieces
from casus.records import Region, RegionKind
from casus.text import fold

# A headline: newspapers keep to 15 words, aggregators go up to 25; a line beyond is a paragraph.
_TITLE_WORDS, _TITLE_CHARS = 30, 220
# A line of so many words that ends like a sentence is prose, so the report has begun.
_PROSE_WORDS = 12
# How many lines above the report may be title, byline, dates and buttons.
_HEAD_LINES = 40

_NEWLINE = re.compile(r"\r\n|\r|\n|\u2028|\u2029|\x0b|\x0c|\x85")
_ENDS_PROSE = re.compile(r"[.?!…:][\"”’'»)\]]{0,3}\s*\Z")
_CAPITALS = r"[A-Z][A-Z.'’/-]*"
_DATELINE = re.compile(
    rf"\W{{0,2}}({_CAPITALS}(?:\s(?:AND\s|DE\s|AL-)?{_CAPITALS}){{0,4}}"
    r"(?:,\s[A-Z][\w.'’-]*(?:\s[A-Z][\w.'’-]*){0,3}){0,2}?)"
    r"(?:,?\s((?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?\s\d{1,2}(?:,\s\d{4})?))?"
    rf"(?:\s?\((?:{AGENCIES})[^()]{{0,30}}\))?\s?(?:—|–|--|-(?=\s)|:(?=\s))\s?"
)
_MIXED_DATELINE = re.compile(
    rf"\W{{0,2}}([A-Z][\w.'’-]+(?:[\s/,]{{1,2}}[A-Z][\w.'’-]+){{0,4}})\s?\((?:{AGENCIES})[^()]{{0,30}}\)\s?[-–—:]+\s?"
)
_FILE_LINE = re.compile(
    r"^\W{0,3}(?:FILE|File photo|FILE PHOTO|FILE IMAGE|Archive(?: photo)?|Image caption|Photo caption|Caption|"
    r"Pictured|In pictures?)\b\s?(?:[-–—:,]|$)"
)
_CAPTION_TAIL = re.compile(
    rf"(?:\((?:stock|file|archive|library|undated|representational|illustrative)\s(?:image|photo|picture|pic)[^()]{{0,30}}\)|"
    rf"\b(?:file|stock|undated)\s(?:photo|image|picture)\.?|[\[(](?:{AGENCIES}|[^\[\]()]{{1,40}}/\s?(?:{AGENCIES}))[^\[\]()]{{0,50}}[\])]|"
    rf"(?:\||/|©|Photo(?:graph)?:|Image:|Picture:|Credit:)\s?(?:[^.|/]{{1,40}}[/,|]\s?)?(?:{AGENCIES})[^.]{{0,40}})\W{{0,3}}\Z"
)
_SECTION = frozenset({
    "news", "world", "politics", "asia", "africa", "europe", "middle east", "americas", "us", "uk", "us news",
    "uk news", "world news", "south asia", "international", "opinion", "business", "analysis", "top news",
    "latest news", "breaking news", "breaking", "exclusive", "live", "video", "conflict", "security", "defence",
    "defense", "war", "national", "local", "home", "latest", "top story", "top stories", "explainer", "feature",
    "features", "report", "press release", "crime", "law", "society", "middle east and africa",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What a text says about itself; None where it does not."""

    regions: tuple[Region, ...]
    title: str | None = None
    byline: str | None = None
    dateline: str | None = None
    publisher: str | None = None
    published: date | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    """One line, or one paragraph that was wrapped over several; `kind` is the verdict so far."""

    start: int
    end: int
    text: str
    line: LineKind | None
    kind: RegionKind | None = None
    dated: date | None = None


def read_plain(
    text: str, *, title: str | None = None, publisher: str | None = None, captions: Collection[str] = ()
) -> Found:
    """Regions of `text` in order, and title, byline, dateline, publisher and date where the text has them.

    `title` and `publisher` are what is known already; `captions` are lines known to be captions (from HTML).
    """
    blocks = [_Block(a, b, text[a:b], kind_of(text[a:b])) for a, b in _paragraphs(text)]
    if not blocks:
        return Found(())
    blocks, heading = _mark_title(blocks, title)
    blocks, paper = _mark_head(blocks, heading, publisher)
    blocks = _mark_captions(blocks, {fold(c) for c in captions})
    blocks = _mark_rest(blocks)
    published, notes = _published(blocks)
    return Found(
        regions=tuple(_regions(text, blocks)),
        title=title or (blocks[heading].text if heading is not None else None),
        byline=_byline(blocks),
        dateline=_dateline(blocks),
        publisher=publisher or paper,
        published=published,
        notes=notes,
    )


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Each line without its outer blanks; lines that only wrap a paragraph are taken together."""
    lines: list[tuple[int, int]] = []
    at = 0
    for newline in [*(m.span() for m in _NEWLINE.finditer(text)), (len(text), len(text))]:
        start, end = at, newline[0]
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        at = newline[1]
        if start < end:
            lines.append((start, end))
        elif lines:
            yield from _unwrapped(text, lines)
            lines = []
    yield from _unwrapped(text, lines)


def _unwrapped(text: str, lines: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Lines between two blank ones, joined where a line break only wraps a paragraph.

    A break wraps when the next line goes on in lower case, or when the line was full: the next one's first
    word would not have fitted into the longest line, of 60 to 110 characters as mail and print have them.
    """
    if not lines:
        return
    width = max(b - a for a, b in lines)
    open_ended = sum(not _ENDS_PROSE.search(text[max(a, b - 8) : b]) for a, b in lines[:-1])
    # where most lines end like sentences, each is a paragraph of its own
    wrapped = 60 <= width <= 110 and open_ended * 2 >= len(lines) - 1
    start, end = lines[0]
    last = start
    for a, b in lines[1:]:
        full = wrapped and end - last + 1 + len(text[a:b].split(maxsplit=1)[0]) > width
        goes_on = text[a].islower() and text[end - 1] not in ".!?:"
        if (full or goes_on) and text[a] not in "-–*•▶" and not kind_of(text[a:b]) and not kind_of(text[last:end]):
            end = b
        else:
            yield start, end
            start, end = a, b
        last = a
    yield start, end


def _is_prose(block: _Block) -> bool:
    return block.line is None and bool(_ENDS_PROSE.search(block.text)) and len(block.text.split()) >= _PROSE_WORDS


def _mark_title(blocks: list[_Block], title: str | None) -> tuple[list[_Block], int | None]:
    """The title's block, and every later copy of it marked as boilerplate."""
    heading = None
    for n, block in enumerate(blocks[:_HEAD_LINES]):
        if fold(block.text) == fold(title) if title else _may_be_title(blocks, n):
            heading = n
            break
        if _is_prose(block) and not title:
            break
    if heading is None:
        return blocks, None
    key = fold(blocks[heading].text)
    marked: list[_Block] = []
    for n, block in enumerate(blocks):
        kind: RegionKind | None = block.kind
        if n == heading:
            kind = "title"
        elif fold(block.text) == key:
            kind = "boilerplate"
        marked.append(replace(block, kind=kind))
    return marked, heading


def _may_be_title(blocks: Sequence[_Block], n: int) -> bool:
    block = blocks[n]
    words = block.text.split()
    if block.line is not None or len(words) > _TITLE_WORDS or len(block.text) > _TITLE_CHARS or n + 1 >= len(blocks):
        return False
    if fold(block.text).strip(" :>|/") in _SECTION or is_paper(block.text) or _FILE_LINE.match(block.text):
        return False
    if re.search(r"[.;,]\s*\Z", block.text) and not block.text.endswith(("U.S.", "U.N.", "U.K.", "...")):
        return False
    # a name alone above a byline is its author
    return not (is_name(block.text) and n + 1 < len(blocks) and blocks[n + 1].line == "byline")


def _mark_head(blocks: list[_Block], heading: int | None, publisher: str | None) -> tuple[list[_Block], str | None]:
    """Between title and first paragraph: names, papers, stamps and sections are boilerplate, the rest is lead."""
    opens = (n for n, b in enumerate(blocks) if b.kind is None and (_is_prose(b) or _dated(b)))
    first = next(opens, len(blocks))
    if first >= min(len(blocks), _HEAD_LINES):
        return blocks, None
    authors = {fold(re.sub(r"^\W*[Bb]y:?\s", "", b.text)) for b in blocks[:first] if b.line == "byline"}
    paper: str | None = None
    marked = list(blocks)
    for n, block in enumerate(blocks[:first]):
        if block.kind is not None or block.line not in {None, "credit"}:
            continue
        plain = fold(block.text).strip(" :>|/")
        beside = {b.line for b in blocks[max(0, n - 2) : n + 3]} & {"byline", "published", "updated", "stamp"}
        same = publisher is not None and plain == fold(publisher)
        if same or (is_paper(block.text) and (beside or n == 0)):
            paper = paper or block.text
            marked[n] = replace(block, kind="boilerplate")
        elif (
            plain in _SECTION
            or any(plain == a or a.startswith(f"{plain},") for a in authors)
            or (
                # two or three names beside a byline or stamp: whoever wrote it
                is_name(block.text) and beside and len(block.text.split()) in {2, 3} and n > (heading or 0)
            )
        ):
            marked[n] = replace(block, kind="boilerplate")
        elif heading is not None and n > heading and block.line is None:
            marked[n] = replace(block, kind="lead")
    return marked, paper


def _dated(block: _Block) -> bool:
    return len(block.text) > 80 and _DATELINE.match(block.text) is not None


def _mark_captions(blocks: list[_Block], known: set[str]) -> list[_Block]:
    """Captions: labelled, credited, or short lines right above a bare credit; the copy of one is boilerplate."""
    marked = list(blocks)
    for n, block in enumerate(blocks):
        if block.kind in {"title", "boilerplate"} or (block.line is not None and block.line != "credit"):
            continue
        if fold(block.text) in known or (block.line is None and _is_caption(block)):
            marked[n] = replace(block, kind="caption", dated=last_date(block.text))
        elif block.line == "credit" and "©" not in block.text:
            for back in range(n - 1, max(-1, n - 3), -1):
                above = marked[back]
                if above.line is not None or above.kind not in {None, "lead"} or _ENDS_PROSE.search(above.text):
                    break
                marked[back] = replace(above, kind="caption", dated=last_date(above.text))
    seen: dict[str, int] = {}
    captions = {_bare(b.text) for b in marked if b.kind == "caption"}
    for n, block in enumerate(marked):
        key = _bare(block.text)
        if block.kind not in {"caption", "lead"} or key not in captions:
            continue
        copy = key in seen
        seen.setdefault(key, n)
        marked[n] = replace(block, kind="boilerplate" if copy else "caption")
    return marked


def _is_caption(block: _Block) -> bool:
    if len(block.text) > 600 or (block.kind is None and _DATELINE.match(block.text)):
        return False
    return bool(_FILE_LINE.match(block.text) or (_CAPTION_TAIL.search(block.text[-140:])))


def _bare(line: str) -> str:
    return fold(re.sub(r"\s?\([^()]{1,60}\)\W{0,2}\Z", "", line)).replace('"', "'")


def _mark_rest(blocks: list[_Block]) -> list[_Block]:
    """Page furniture is boilerplate; so are headline-like lines below "You may like" and its kind."""
    marked: list[_Block] = []
    links = 0
    rows = [b.line == "table" for b in blocks]
    for n, block in enumerate(blocks):
        kind = block.kind
        if kind is None and block.line == "table":
            # one row alone may be prose with bars in it
            kind = "boilerplate" if rows[max(0, n - 1) : n + 2].count(True) > 1 else "body"
        elif kind is None and (block.line is not None or (links > 0 and _is_link(block))):
            kind = "boilerplate"
        # twelve lines: lists of links have three to ten
        links = 12 if block.line == "related" else 0 if _is_prose(block) else links - 1
        marked.append(replace(block, kind=kind or "body"))
    return marked


def _is_link(block: _Block) -> bool:
    """A headline in a list of links: short and without a full stop (a question is a headline too)."""
    text = block.text.rstrip()
    return (text.endswith("?") or not _ENDS_PROSE.search(text)) and len(text.split()) <= 25


def _regions(text: str, blocks: Sequence[_Block]) -> Iterator[Region]:
    for block in blocks:
        kind = block.kind or "body"
        if kind == "caption":
            credit = credit_at_end(text, block.start, block.end)
            stop = credit
            while stop > block.start and text[stop - 1].isspace():
                stop -= 1
            yield Region("caption", block.start, stop, block.dated)
            if credit < block.end:
                yield Region("boilerplate", credit, block.end)
        elif kind == "body":
            yield from (_region(p) for p in pieces(text, block.start, block.end))
        else:
            yield Region(kind, block.start, block.end)


def _region(piece: Piece) -> Region:
    return Region(piece.kind, piece.start, piece.end, piece.dated)


def _byline(blocks: Sequence[_Block]) -> str | None:
    line = next((b.text for b in blocks if b.line == "byline"), None)
    return re.sub(r"^\W*(?:[A-Z][a-z]+\s)?[Bb]y:?\s", "", line).strip() if line else None


def _dateline(blocks: Sequence[_Block]) -> str | None:
    """The place that opens the first paragraph ("KABUL, Afghanistan"), where there is one."""
    for block in blocks:
        if block.kind in {"body", "lead"} and len(block.text) > 60:
            match = _DATELINE.match(block.text[:160]) or _MIXED_DATELINE.match(block.text[:160])
            return match.group(1).strip() if match and len(match.group(1)) > 2 else None
    return None


def _published(blocks: Sequence[_Block]) -> tuple[date | None, tuple[str, ...]]:
    """The date a stamp gives: labelled "published" before unlabelled; "updated" only to learn the order."""
    stamps = [b for b in blocks if b.line in {"published", "updated", "stamp"}]
    order: Order | None = order_of("\n".join(b.text for b in stamps))
    for wanted in ("published", "stamp"):
        for block in stamps:
            if block.line == wanted:
                found = find_date(block.text, order)
                if found:
                    return found, ()
                if ambiguous(block.text, order):
                    return None, (f"day and month cannot be told apart in {block.text.strip()!r}",)
    for block in blocks:
        match = _DATELINE.match(block.text[:160]) if block.kind == "body" else None
        if match and match.group(2):
            return find_date(match.group(2)), ()
    return None, ()
