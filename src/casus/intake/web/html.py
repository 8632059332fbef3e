"""A saved web page -> its report as text, with title, publisher, author, dates and captions."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from casus.intake.metadata import differing, settle_published
from casus.intake.moments import written
from casus.intake.raw import Stamp
from casus.intake.web.body import Part, Report, read_report
from casus.intake.web.dated import Dates, page_dates
from casus.intake.web.live import Entry, Split, looks_live, split
from casus.intake.web.markup import Markup, is_sentence, readable, scan
from casus.intake.web.meta import PageFacts, Told, alike, page_facts
from casus.intake.web.outlets import country_of
from casus.intake.web.tree import HEADINGS, page_tree
from casus.intake.web.tree import Page as Tree
from casus.records import Form, PublishedBasis, Stated
from casus.text import fold

# A tree is built of pages up to this size; rules over it take time by elements and depth. News pages have rarely more
# than 5,000 elements, nor more than some 60 levels; what is beyond goes through our plain pass.
_MAX_ELEMENTS, _MAX_DEPTH = 5_000, 200
# What stands in menus and footers is in the tree, too.
_MAX_SKIPPED = 50_000
# A report of fewer words may be one whose page our rules do not know: then the extractor is asked, too, whose time
# grows with the square of the page (5,000 elements: 10 s at worst).
_FEW_WORDS = 50
# An extraction of less than this share of the page's own paragraphs has lost the report. On our six test pages
# good ones have 1.0 to 1.2; a page whose comments are as long as the report would have 0.5. A judgement.
_MIN_SHARE = 0.3
# What mailing lists put before a subject.
_MAIL_MARK = re.compile(r"\A(?:\[[\w .-]{2,40}\]\s{0,3}|(?:fwd?|re|fw|subject):\s{0,3})+", re.IGNORECASE)
# A heading is the headline that the tags state if it shares so many of its words.
_SAME_TITLE = 0.5


# So many words above the entries of a live page are a report and no standfirst; as in feeds, where fewer are a teaser.
_REPORT_WORDS = 60


@dataclass(frozen=True, slots=True)
class Page:
    """The report of a page: `text` is the headline, then its paragraphs, a blank line between them.

    `stamps` are all dates of publication that the page states, `stated` what contradicts the other fields. Where the
    page holds several reports that could be told apart, `entries` are these, and `form` is theirs.
    """

    text: str
    title: str | None
    publisher: str | None
    byline: str | None
    url: str | None
    stamps: tuple[Stamp, ...]
    modified: str | None
    captions: tuple[str, ...]
    stated: tuple[Stated, ...] = ()
    notes: tuple[str, ...] = ()
    form: Form = "report"
    entries: tuple[Entry, ...] = ()

    @property
    def published(self) -> date | None:
        """The date that holds among those that the page states."""
        settled = settle_published(self.stamps).stamp
        return settled.day if settled else None

    @property
    def published_basis(self) -> PublishedBasis:
        """Where it stands."""
        settled = settle_published(self.stamps).stamp
        return settled.basis if settled else "none"


def read_page(page: str, address: str | None = None) -> Page:
    """The report in a page of HTML, however broken; `text` is empty where there is none.

    `address` is where the page was saved from, for one that does not say it.
    """
    markup = scan(page)
    facts = page_facts(markup, address)
    publisher = facts.publishers[0].value if facts.publishers else None
    tree = None if _is_too_much(markup) else page_tree(page)
    titles = [t.value for t in facts.titles]
    live = looks_live([*titles, *(b.text for b in markup.blocks if b.tag == "h1")], facts)
    report = read_report(tree, titles, publisher, [a.value for a in facts.authors], live=live) if tree else None
    title = _title(markup, facts, tree, report)
    parts, notes = _parts(page, markup, report)
    captions = tuple(dict.fromkeys(p.text for p in parts if p.caption))
    body = _without_title([p.text for p in parts], title)
    dates = page_dates(markup, tree, report, facts, country_of(facts.url, publisher))
    text = "\n\n".join([title, *body] if title and body else body)
    author = facts.authors[0].value if facts.authors else None
    several = split(tree, report, facts, dates, title)
    if several.entries:
        body = _above(body, several)
        text = "\n\n".join([title, *body] if title and body else body)
    stamps, later = _first_publication(dates)
    return Page(
        text, title, publisher, author, facts.url, stamps, dates.modified, captions,
        (*later, *_stated(facts, title)), (*notes, *dates.notes, *several.notes), several.form, several.entries,
    )  # fmt: skip


def _above(body: Sequence[str], several: Split) -> list[str]:
    """The paragraphs that belong to none of the entries, where they are a report of their own: some live pages have one
    above what ticks in below."""
    told = {fold(part.text) for entry in several.entries for part in entry.parts}
    told |= {fold(entry.title) for entry in several.entries if entry.title}
    # tags give an entry in one piece that the page has in several, so a paragraph within an entry counts as told, too
    whole = "\n".join(sorted(told))
    own = [p for p in body if fold(p) not in whole]
    return own if several.form == "live-entry" and sum(len(p.split()) for p in own) >= _REPORT_WORDS else []


def _first_publication(dates: Dates) -> tuple[tuple[Stamp, ...], tuple[Stated, ...]]:
    """The date that goes before all others, if the page says which one does, and the others beside it; else all."""
    first = dates.first
    if first is None:
        return dates.published, ()
    others = {s.day: Stated("published", written(s), s.basis) for s in dates.published if s.day != first.day}
    return tuple(s for s in dates.published if s.day == first.day), tuple(others.values())


def _is_too_much(markup: Markup) -> bool:
    return markup.elements > _MAX_ELEMENTS or markup.skipped > _MAX_SKIPPED or markup.depth > _MAX_DEPTH


def _title(markup: Markup, facts: PageFacts, tree: Tree | None, report: Report | None) -> str | None:
    """The headline that readers see, where one is found; else the one that the tags state."""
    if tree and report and report.head is not None:
        return _MAIL_MARK.sub("", tree.blocks[report.head].text) or None
    heading = next((b.text for b in markup.blocks if b.tag == "h1" and len(b.text.split()) >= 3), None)
    stated = facts.titles[0].value if facts.titles else None
    if heading and (stated is None or alike(heading, stated) >= _SAME_TITLE):
        return heading
    return stated


def _stated(facts: PageFacts, title: str | None) -> tuple[Stated, ...]:
    """What of the tags contradicts the title, publisher and author that were taken."""
    found: list[Stated] = list(differing("title", title, _pairs(facts.titles)))
    for field, told in (("publisher", facts.publishers), ("byline", facts.authors)):
        held = told[0].value if told else None
        found += differing("publisher" if field == "publisher" else "byline", held, _pairs(told[1:]))
    return tuple(found)


def _pairs(told: Sequence[Told]) -> list[tuple[str, PublishedBasis]]:
    return [(t.value, t.basis) for t in told]


def _parts(page: str, markup: Markup, report: Report | None) -> tuple[list[Part], tuple[str, ...]]:
    """The report's paragraphs and captions: ours, the extractor's where we find few, or all that the page has."""
    if _is_too_much(markup):
        number = markup.elements + markup.skipped
        note = f"{number:,} elements, {markup.depth:,} deep: read without the extractor"
        return _plain(markup), (note,)
    parts = list(report.parts) if report else []
    if _words(parts) >= _FEW_WORDS or sum(p.caption for p in parts) > len(parts) / 2:
        return parts, ()
    extracted = [Part(text, False) for text in _extracted(page)]
    if _words(extracted) > 2 * _words(parts):
        parts = _with_captions(extracted, markup)
    own = [p for p in _plain(markup) if not p.caption]
    if sum(len(p.text) for p in parts) < _MIN_SHARE * sum(len(p.text) for p in own):
        return _plain(markup), ("the extractor found too little: read all paragraphs of the page",)
    return parts, ()


def _words(parts: Sequence[Part]) -> int:
    return sum(len(p.text.split()) for p in parts if not p.caption)


def _plain(markup: Markup) -> list[Part]:
    """All paragraphs of the page, and its captions."""
    return [Part(b.text, b.caption) for b in readable(markup.blocks) if not b.caption or len(b.text.split()) >= 3]


def _extracted(page: str) -> list[str]:
    """trafilatura's paragraphs, headings, quotes and list items, in order; empty where it finds none."""
    extractor = _extractor()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a third party's deprecations are nothing that we can mend
        try:
            tree = extractor.load_html(page)
            if tree is None:
                return []
            _without_cells(tree)
            # fast: without the two fallback extractors, which take seconds to load; metadata: ours, without a clock
            found = extractor.bare_extraction(
                tree, fast=True, include_comments=False, include_tables=False, with_metadata=False
            )
        except Exception:
            # whatever a hostile page makes it raise, the plain pass still reads the page, and says so
            return []
    return [] if found is None or found.body is None else list(_blocks_of(found.body))


def _without_cells(tree: Any) -> None:
    """Empty the cells that hold no sentence and no heading.

    Where the extractor finds no paragraph, it takes all words of a page as one, and a row of figures would read as a
    sentence. Inner tables go first, so that they count for nothing in outer ones.
    """
    for row in reversed(list(tree.iter("tr"))):
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        for cell in cells if len(cells) > 1 else ():
            heading = next(cell.iter(*HEADINGS), None)
            if heading is None and not is_sentence(" ".join("".join(cell.itertext()).split())):
                cell.clear(keep_tail=True)


def _blocks_of(body: Any) -> Iterator[str]:
    """The text of each block in trafilatura's tree; a list's items and a quote's paragraphs one by one."""
    inner = {"p", "head", "item", "ab"}
    for element in body.iter("p", "head", "item", "quote", "ab"):
        if element.tag in {"quote", "item"} and any(c.tag in inner for c in element):
            if element.text and element.text.strip():
                yield " ".join(element.text.split())
            continue
        text = " ".join("".join(element.itertext()).split())
        if text:
            yield text


@cache
def _extractor() -> Any:
    """trafilatura, imported when the first page needs it: it takes half a second."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import trafilatura  # noqa: PLC0415
    # it logs every page that it cannot read; we say so in the document's notes instead
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    return trafilatura


def _without_title(paragraphs: Sequence[str], title: str | None) -> list[str]:
    """Paragraphs without the headline, which is put before them."""
    return [p for n, p in enumerate(paragraphs) if not (n < 5 and fold(p) == fold(title or ""))]


def _with_captions(parts: list[Part], markup: Markup) -> list[Part]:
    """With captions that the extractor left out, each behind the paragraph that it followed on the page."""
    captions = {b.text for b in markup.blocks if b.caption and len(b.text.split()) >= 3}
    parts = [Part(p.text, p.text in captions) for p in parts]
    have = {fold(p.text) for p in parts}
    after: dict[str, list[Part]] = {}
    last = ""
    for block in markup.blocks:
        key = fold(block.text)
        if key in have and not block.caption:
            last = key
        elif block.text in captions and key not in have:
            have.add(key)
            after.setdefault(last, []).append(Part(block.text, True))
    merged = list(after.pop("", []))
    for part in parts:
        merged.append(part)
        merged.extend(after.pop(fold(part.text), []))
    return merged
