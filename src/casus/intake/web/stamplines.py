"""The visible lines of a page that state when its report was published: where they stand, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from casus.intake.dates import find_date, find_partial
from casus.intake.plaintext.imprint import DATELINE
from casus.intake.plaintext.lines import is_date_line, kind_of, opening_date
from casus.intake.web.body import Report
from casus.intake.web.markup import Markup
from casus.intake.web.tree import HEADINGS, Block, Node, Page

_NAMES = frozenset({
    "date", "time", "timestamp", "published", "posted", "datetime", "dateline", "pubdate", "tarih", "fecha", "datum",
    "meta", "byline", "updated", "publication",
})  # fmt: skip
_DAY_NAMES = frozenset({"date", "calendar", "published", "posted", "timestamp"})
UPDATE = re.compile(r"\b(?:updated?|modified|edited|corrected|revised|changed)\b", re.IGNORECASE)
PUBLISH = re.compile(r"\b(?:published|posted|issued|released|first|created|uploaded)\b", re.IGNORECASE)
LABEL = re.compile(
    r"\W{0,3}(?:(?:first |originally |date )?(?:published|posted|issued|released)|"
    r"(?:publication|publishing|release|posting|issue) date|date of (?:publication|issue|release)|date)\b"
    r"(?:\s?(?:on|at|in))?\s?[:|-]?\s",
    re.IGNORECASE,
)
# Dates of the reader's day, not of the report.
OTHER = re.compile(
    r"\b(?:printed|accessed|retrieved|captured|today(?:'s)?|copyright|events?|expires?|visits?|file photo|incidents?|"
    r"occurred|period|deadline|as of|covering|effective|valid|upcoming|webinar|arrested|born|died|taken)\b|©",
    re.IGNORECASE,
)
# Words of a line with a date that are no part of the date: an agency, a section, a weekday, a zone.
# With one of the latter, it is part of a phrase.
_PHRASE = frozenset({
    "since", "until", "till", "from", "to", "between", "for", "of", "in", "during", "after", "before", "the", "was",
    "is", "no", "vol", "issue", "est", "established", "founded",
})  # fmt: skip
_WORD, _BESIDE_WORDS = re.compile(r"[^\W\d_]{2,}"), 3
# How bulletins and statements end: "Bangui, Friday the 9th of October 2015 (bulletin no. 611)".
_PLACED = re.compile(
    r"\W{0,3}(?:[^\W\d_][^,;:.!?\d]{1,40},\s){0,2}(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s)?(?:the\s)?"
    r"(?:\d{1,2}(?:st|nd|rd|th)?\s(?:of\s)?[^\W\d_]{3,10},?|[^\W\d_]{3,10}\s\d{1,2}(?:st|nd|rd|th)?,?)\s(?:19|20)\d\d"
    r"\W{0,3}(?:\([^()]{1,60}\))?\W{0,3}",
    re.IGNORECASE,
)
# A letter to subscribers as a page, and the line of its issue: "No. 214 | Wednesday 14 January 2026".
_LETTER = re.compile(
    r"\W{0,3}view (?:this|the)? ?(?:e-?mail|message|newsletter|campaign) (?:in your browser|online).{0,20}",
    re.IGNORECASE,
)
_ISSUE = re.compile(r"\W{0,3}(?:(?:no|nr|issue|number|volume|vol)\b\.?\s?#?|#)\d{1,5}\b", re.IGNORECASE)
# How far from the headline a line with a date is the report's: a trail, a kicker, a standfirst, a byline stand between.
_ABOVE, _BELOW_END, _LINE_WORDS = 6, 4, 25


@dataclass(frozen=True, slots=True)
class Line:
    """A visible line with a date: its words of publication and of change, the parts of "Published ... updated ..."."""

    published: str
    updated: str


def stamp_lines(page: Page, report: Report) -> Iterator[Line]:
    """The visible lines with a date at the head of the report, those below the headline first, and at its end."""
    blocks = page.blocks
    head = report.first if report.head is None else report.head
    below = range(head + (report.head is not None), report.first)
    over = range(max(0, head - (_ABOVE if report.head is not None else 2 * _ABOVE)), head)
    for node in page.nodes:
        if node.names & _DAY_NAMES and 1 < node.end - node.start <= 4 and is_near(page, report, node.start, node):
            yield _split(" ".join(b.text for b in blocks[node.start : node.end])[:100])
    for n in (*below, *reversed(over)):
        if report.marked[n] or not is_near(page, report, n, blocks[n].node) or _is_of_site(page, report, n, head):
            continue
        above = blocks[n - 1] if n else blocks[n]
        label = above.text if above.words <= 3 and (above.text.endswith(":") or above.tag in {"dt", "th"}) else ""
        if line := _line(blocks[n], label):
            yield line
    yield from _opening_date(page, report, head)
    if closing := _closing(page, report):
        yield Line(closing, "")
    for block in blocks[report.end : report.end + _BELOW_END]:
        if kind_of(block.text) == "published" or (PUBLISH.match(block.text) and (line := _line(block, ""))):
            yield _split(block.text)


def _is_of_site(page: Page, report: Report, n: int, head: int) -> bool:
    """Whether a line is the first of a page, with links between it and the headline: the reader's day, above a menu."""
    blocks = page.blocks
    menu = any(blocks[m].linked > 1 and blocks[m].linked == blocks[m].words for m in range(n + 1, head))
    return menu and all(report.marked[m] for m in range(n)) and not PUBLISH.search(blocks[n].text)


def _closing(page: Page, report: Report) -> str | None:
    """The line with place and day that closes a bulletin, right behind its last paragraph and beside it; the first line
    of a list of other reports, which may be a date, too, stands in another element or above a link."""
    if report.end >= len(page.blocks) or report.marked[report.end]:
        return None
    last, block = page.blocks[report.end - 1], page.blocks[report.end]
    beside = block.node is last.node or block.node.parent in {last.node.parent, last.node}
    after = page.blocks[report.end + 1] if report.end + 1 < len(page.blocks) else None
    leads_on = block.linked or (after is not None and after.linked == after.words and not report.marked[report.end + 1])
    return block.text if beside and not leads_on and _PLACED.fullmatch(block.text) else None


def _opening_date(page: Page, report: Report, head: int) -> Iterator[Line]:
    """A heading that is a date and opens the element with the report: how blogs part their days. The day at the head of
    a site opens no such element, for the whole page is in the one that it opens."""
    for node in page.nodes:
        if node.tag in HEADINGS and node.start < head <= node.start + 2 and node.end == node.start + 1:
            around, block = node.parent, page.blocks[node.start]
            outer = around.parent if around is not None else None
            if around is None or outer is None or "body" in {around.tag, outer.tag} or around.start != node.start:
                continue
            if around.end >= report.end and is_date_line(block.text):
                yield Line(block.text, "")


def dateline_date(paragraph: str) -> str | None:
    """The date in the dateline that opens a paragraph, with a year or without: when it was filed, perhaps the day
    before it was published."""
    place = DATELINE.match(paragraph[:160])
    return opening_date(paragraph) or (place[2] if place else None)


def _line(block: Block, label: str) -> Line | None:
    """A line that is a stamp, by its words or by its name; None for prose that holds a date."""
    text = f"{label} {block.text}".strip()
    if block.words > _LINE_WORDS or not any(c.isdigit() for c in text) or OTHER.search(text):
        return None
    kind = kind_of(text)
    named = bool(block.node.names & _NAMES) or bool(block.node.parent and block.node.parent.names & _NAMES)
    stamp = kind in {"published", "updated", "stamp", "byline"} or is_date_line(text) or named
    return _split(text) if stamp or _is_bare(text) or PUBLISH.match(text) else None


def _is_bare(text: str) -> bool:
    """Whether a line is a date, with a year or without, and hardly a word beside it; the date may be in the words of
    another language."""
    if find_partial(text) is None and find_date(text, "day") is None:
        return False
    beside = [w for w in _WORD.findall(text) if not find_partial(f"1 {w}")]
    return len(beside) <= _BESIDE_WORDS and not _PHRASE.intersection(w.lower() for w in beside)


def _split(text: str) -> Line:
    """The two parts of "Published 3 May 2021, updated 4 May 2021", whichever comes first."""
    update = UPDATE.search(text)
    if update is None:
        return Line(text, "")
    before, after = text[: update.start()], text[update.start() :]
    if find_partial(before) or find_date(before, "day"):
        return Line(before, after)
    publish = PUBLISH.search(after)
    if publish and (find_partial(after[: publish.start()]) or find_date(after[: publish.start()], "day")):
        return Line(after[publish.start() :], after[: publish.start()])
    return Line("", text)


def plain_lines(markup: Markup) -> Iterator[Line]:
    """Stamps of a page without a tree; 200 blocks: above the comments."""
    stamps = [b.text for b in markup.blocks[:200] if len(b.text) <= 120 and kind_of(b.text) in {"published", "stamp"}]
    labelled = [t for t in stamps if kind_of(t) == "published"]
    yield from (_split(t) for t in [*labelled, *stamps[:1]])


def is_near(page: Page, report: Report, block: int, node: Node) -> bool:
    """Whether a block stands at the head of the report: below the headline or, in the same element, a little above."""
    head = report.head
    if head is None:
        return report.first - 2 * _ABOVE <= block <= report.first
    if head <= block <= report.first:
        return True
    return head - _ABOVE <= block < head and report.around.tag != "body" and _holds(report.around, node)


def _holds(outer: Node, node: Node | None) -> bool:
    """Whether a node is in another, or in the one around it if that is no larger part of the page."""
    while node is not None:
        if node is outer or (node.parent is not None and node.parent is outer.parent and outer.parent.tag != "body"):
            return True
        node = node.parent
    return False


def lone_lines(markup: Markup, page: Page, report: Report) -> Iterator[list[str]]:
    """Where a page that states no date at its head may state one, best first: in labelled lines wherever they stand, in
    `time` elements, in <title>, in the line of a letter's issue; not in what is of other reports, readers, menus."""
    own = [b for n, b in enumerate(page.blocks) if not report.marked[n]]
    lines = [b.text for b in own if b.words <= _LINE_WORDS and LABEL.match(b.text)]
    beside = [b.text for a, b in pairwise(own) if a.words <= 3 and LABEL.fullmatch(f"{a.text} ")]
    free = [t for t in page.times if t.block < len(report.marked) and not report.marked[t.block]]
    times = [t.value for t in free if not UPDATE.search(f"{t.before} {t.of}") and not OTHER.search(t.before)]
    letter = any(_LETTER.fullmatch(b.text) for b in page.blocks[: report.first])
    issues = [b.text for b in page.blocks[: report.first] if letter and b.words <= _LINE_WORDS and _ISSUE.match(b.text)]
    for texts in ([*lines, *beside], times, [markup.title], issues):
        yield [t for t in texts if not UPDATE.search(t) and not OTHER.search(t)]
