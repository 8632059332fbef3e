"""Plain text, as copied from a news page -> regions (title, lead, body, caption, boilerplate) and who, when.

Every non-blank line falls into one region. Rules look for what is certainly not the report; what is in doubt
stays body, because a sentence wrongly dropped is lost and one wrongly kept can still be judged by the reader.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from casus.intake.dates import last_date
from casus.intake.plaintext.imprint import DATE_LINES, DATELINE, Block, find_byline, find_dateline, find_published
from casus.intake.plaintext.lines import (
    AGENCIES,
    LineKind,
    is_date_line,
    is_desk,
    is_letterhead,
    is_name,
    is_paper,
    is_section,
    kind_of,
    paper_in,
)
from casus.intake.plaintext.paragraphs import ENDS_PROSE, NEWLINE, paragraphs
from casus.intake.plaintext.runin import Piece, credit_at_end, pieces
from casus.records import Region, RegionKind
from casus.text import fold

# A headline: newspapers keep to 15 words, aggregators go up to 25; a line beyond is a paragraph.
_TITLE_WORDS, _TITLE_CHARS = 30, 220
# A line of so many words that ends like a sentence is prose, so the report has begun.
_PROSE_WORDS = 12
# How many lines above the report may be title, byline, dates and buttons.
_HEAD_LINES = 40
_FILE_LINE = re.compile(
    r"^\W{0,3}(?:FILE|File photo|FILE PHOTO|FILE IMAGE|Archive(?: photo)?|Image caption|Photo caption|Caption|"
    r"Pictured|In pictures?)\b\s?(?:[-–—:,]|$)"
)
_CAPTION_TAIL = re.compile(
    rf"(?:\((?:stock|file|archive|library|undated|representational|illustrative)\s(?:image|photo|picture|pic)[^()]{{0,30}}\)|"
    rf"\b(?:file|stock|undated)\s(?:photo|image|picture)\.?|[\[(](?:{AGENCIES}|[^\[\]()]{{1,40}}/\s?(?:{AGENCIES}))[^\[\]()]{{0,50}}[\])]|"
    rf"(?:\||/|©|Photo(?:graph)?:|Image:|Picture:|Credit:)\s?(?:[^.|/]{{1,40}}[/,|]\s?)?(?:{AGENCIES})[^.]{{0,40}})\W{{0,3}}\Z"
)


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


def read_plain(
    text: str, *, title: str | None = None, publisher: str | None = None, captions: Collection[str] = ()
) -> Found:
    """Regions of `text` in order, and title, byline, dateline, publisher and date where the text has them.

    `title` and `publisher` are what is known already; `captions` are lines known to be captions (from HTML).
    """
    blocks = list(_blocks(text))
    if not blocks:
        return Found(())
    dated = _mark_dates(blocks)
    blocks, heading = _mark_title(dated, title)
    if heading is None and title is None:
        # the only line that can be a title looks like a date line or a letterhead: better that than none
        blocks, heading = _mark_title(blocks, title, strict=False)
    blocks, paper = _mark_head(blocks, heading, publisher)
    blocks = _mark_captions(blocks, {fold(c) for c in captions})
    blocks = _mark_rest(blocks)
    published, notes = find_published(blocks)
    return Found(
        regions=tuple(_regions(text, blocks)),
        title=title or (blocks[heading].text if heading is not None else None),
        byline=find_byline(blocks),
        dateline=find_dateline(blocks),
        publisher=publisher or paper,
        published=published,
        notes=notes,
    )


def _blocks(text: str) -> Iterator[Block]:
    above = 0
    for a, b in paragraphs(text):
        yield Block(a, b, text[a:b], kind_of(text[a:b]), gap=len(NEWLINE.findall(text, above, a)) > 1)
        above = b


def _mark_dates(blocks: Sequence[Block]) -> list[Block]:
    """Lines near the head that hold place, paper and date are stamps too."""
    marked = list(blocks)
    title_above = False
    for n, block in enumerate(blocks[:DATE_LINES]):
        if _is_prose(block):
            break
        # above the title three words and the date may be place or paper; more may be a title that holds a date
        if block.line in {None, "table", "credit"} and is_date_line(block.text, words=6 if title_above else 3):
            kind: LineKind = (
                "updated" if re.match(r"\W{0,3}(?:last )?(?:updated|modified)\b", fold(block.text)) else "stamp"
            )
            marked[n] = replace(block, line=kind)
        elif block.line is None and _may_be_title(blocks, n):
            title_above = True
    return marked


def _is_prose(block: Block) -> bool:
    return block.line is None and bool(ENDS_PROSE.search(block.text)) and len(block.text.split()) >= _PROSE_WORDS


def _mark_title(blocks: list[Block], title: str | None, *, strict: bool = True) -> tuple[list[Block], int | None]:
    """The title's block, and every later copy of it marked as boilerplate."""
    heading = None
    for n, block in enumerate(blocks[:_HEAD_LINES]):
        if fold(block.text) == fold(title) if title else _may_be_title(blocks, n, strict=strict):
            heading = n
            break
        if _is_prose(block) and not title:
            break
    if heading is None:
        return blocks, None
    key = fold(blocks[heading].text)
    marked: list[Block] = []
    for n, block in enumerate(blocks):
        kind: RegionKind | None = block.kind
        if n == heading:
            kind = "title"
        elif fold(block.text) == key:
            kind = "boilerplate"
        marked.append(replace(block, kind=kind))
    return marked, heading


def _may_be_title(blocks: Sequence[Block], n: int, *, strict: bool = True) -> bool:
    """Whether the line can be a headline; `strict` leaves out what an office's paper prints above it."""
    block = blocks[n]
    words = block.text.split()
    soft = not strict and block.line == "stamp" and kind_of(block.text) is None
    if strict and (
        is_letterhead(block.text) or (is_name(block.text) and len(words) <= 3 and _below_letterhead(blocks, n))
    ):
        return False
    if (
        (block.line is not None and not soft)
        or len(words) > _TITLE_WORDS
        or len(block.text) > _TITLE_CHARS
        or n + 1 >= len(blocks)
    ):
        return False
    if is_section(block.text) or is_paper(block.text) or _FILE_LINE.match(block.text):
        return False
    if re.search(r"[.;,]\s*\Z", block.text) and not block.text.endswith(("U.S.", "U.N.", "U.K.", "...")):
        return False
    # a name alone above a byline is its author
    return not (is_name(block.text) and n + 1 < len(blocks) and blocks[n + 1].line == "byline")


def _below_letterhead(blocks: Sequence[Block], n: int) -> bool:
    return any(is_letterhead(b.text) for b in blocks[max(0, n - 3) : n])


def _mark_head(blocks: list[Block], heading: int | None, publisher: str | None) -> tuple[list[Block], str | None]:
    """Between title and first paragraph: names, papers, stamps and sections are boilerplate, the rest is lead."""
    opens = (n for n, b in enumerate(blocks) if b.kind is None and (_is_prose(b) or _dated(b)))
    first = next(opens, len(blocks))
    if first >= min(len(blocks), _HEAD_LINES):
        return blocks, None
    authors = {fold(re.sub(r"^\W*[Bb]y:?\s", "", b.text)) for b in blocks[:first] if b.line == "byline"}
    paper: str | None = None
    marked = _mark_lists(blocks, first)
    for n, block in enumerate(marked[:first]):
        if block.line in {"stamp", "updated"} and block.kind is None and is_date_line(block.text):
            paper = paper or paper_in(block.text)
        if block.kind is not None or block.line not in {None, "credit"}:
            continue
        plain = fold(block.text).strip(" :>|/")
        beside = {b.line for b in blocks[max(0, n - 2) : n + 3]} & {"byline", "published", "updated", "stamp"}
        above = heading is not None and n < heading
        if (publisher is not None and plain == fold(publisher)) or (
            is_paper(block.text, beside=bool(beside)) and (beside or n == 0)
        ):
            paper = paper or block.text
            marked[n] = replace(block, kind="boilerplate")
        elif is_section(block.text) or is_desk(block.text) or (above and is_letterhead(block.text)):
            paper = paper or (block.text if is_letterhead(block.text) and n == 0 else paper_in(block.text))
            marked[n] = replace(block, kind="boilerplate")
        elif (
            any(plain == a or a.startswith(f"{plain},") for a in authors)
            # two or three names beside a byline or stamp: whoever wrote it
            or (is_name(block.text) and beside and len(block.text.split()) in {2, 3} and n > (heading or 0))
            or (above and is_name(block.text) and _below_letterhead(blocks, n))
        ):
            marked[n] = replace(block, kind="boilerplate")
        elif heading is not None and n > heading and block.line is None:
            marked[n] = replace(block, kind="lead")
    return marked, paper


def _mark_lists(blocks: Sequence[Block], first: int) -> list[Block]:
    """Links below "Latest developments" and its kind, above the report; points of the report itself stay."""
    marked = list(blocks)
    listing = attached = False
    for n, block in enumerate(blocks[:first]):
        if block.line == "related":
            listing, attached = "key " not in fold(block.text), False
            continue
        # a list without blank lines ends at the first one
        listing = listing and block.line is None and block.kind is None and not (attached and block.gap)
        if listing:
            attached = attached or not block.gap
            marked[n] = replace(block, kind="boilerplate")
    return marked


def _dated(block: Block) -> bool:
    return len(block.text) > 80 and DATELINE.match(block.text) is not None


def _mark_captions(blocks: list[Block], known: set[str]) -> list[Block]:
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
                if above.line is not None or above.kind not in {None, "lead"} or ENDS_PROSE.search(above.text):
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


def _is_caption(block: Block) -> bool:
    if len(block.text) > 600 or (block.kind is None and DATELINE.match(block.text)):
        return False
    return bool(_FILE_LINE.match(block.text) or (_CAPTION_TAIL.search(block.text[-140:])))


def _bare(line: str) -> str:
    return fold(re.sub(r"\s?\([^()]{1,60}\)\W{0,2}\Z", "", line)).replace('"', "'")


def _mark_rest(blocks: list[Block]) -> list[Block]:
    """Page furniture is boilerplate; so are headline-like lines below "You may like" and its kind."""
    marked: list[Block] = []
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
        links = 12 if block.line == "related" or _heads_links(blocks, n) else 0 if _is_prose(block) else links - 1
        marked.append(replace(block, kind=kind or "body"))
    return marked


def _heads_links(blocks: Sequence[Block], n: int) -> bool:
    """A bare "Read more" with a headline right below it, no blank line between."""
    if n + 1 >= len(blocks) or not re.fullmatch(r"\W*(?:read|see) (?:more|also|on)\W*", fold(blocks[n].text)):
        return False
    below = blocks[n + 1]
    return below.line is None and _is_link(below) and (not below.gap or below.text[0] in "-–*•▶")


def _is_link(block: Block) -> bool:
    """A headline in a list of links: short and without a full stop (a question is a headline too)."""
    text = block.text.rstrip()
    return (text.endswith("?") or not ENDS_PROSE.search(text)) and len(text.split()) <= 25


def _regions(text: str, blocks: Sequence[Block]) -> Iterator[Region]:
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
