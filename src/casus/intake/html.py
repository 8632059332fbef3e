"""A saved web page -> its report as text, with title, publisher, author, date and captions."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from casus.intake.dates import find_date, order_of
from casus.intake.lines import kind_of
from casus.intake.markup import HEADINGS, Markup, is_sentence, readable, scan
from casus.intake.meta import PageFacts, page_facts
from casus.records import PublishedBasis
from casus.text import fold

# The extractor's time grows with the square of the page (5,000 elements: 10 s at worst, 20,000: 45 s), and it
# calls itself for each level. News pages have rarely more, nor more than some 60 levels; what is beyond goes
# through our own plain pass.
_MAX_ELEMENTS, _MAX_DEPTH = 5_000, 200
# What stands in menus and footers it throws away first, in 50 microseconds an element: 2.5 s at this number.
_MAX_SKIPPED = 50_000
# An extraction of less than this share of the page's own paragraphs has lost the report. On our six test pages
# good ones have 1.0 to 1.2; a page whose comments are as long as the report would have 0.5. A judgement.
_MIN_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Page:
    """The report of a page: `text` is the headline, then its paragraphs, a blank line between them."""

    text: str
    title: str | None
    publisher: str | None
    byline: str | None
    url: str | None
    published: date | None
    published_basis: PublishedBasis
    captions: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read_page(page: str, address: str | None = None) -> Page:
    """The report in a page of HTML, however broken; `text` is empty where there is none.

    `address` is where the page was saved from, for one that does not say it.
    """
    markup = scan(page)
    facts = page_facts(markup, address)
    paragraphs, notes = _paragraphs(page, markup)
    captions = tuple(dict.fromkeys(b.text for b in markup.blocks if b.caption and len(b.text.split()) >= 3))
    body = _with_captions(_without_title(paragraphs, facts), markup, captions)
    published, basis = facts.published, facts.published_basis
    if published is None and (stamp := _stamped(markup)):
        published, basis = stamp, "text"
    text = "\n\n".join([facts.title, *body] if facts.title and body else body)
    return Page(
        text, facts.title, facts.publisher, facts.author, facts.url, published, basis,
        captions, notes,
    )  # fmt: skip


def _stamped(markup: Markup) -> date | None:
    """The date of a line "Published: 21/06/2023", which extractors drop; 200 blocks: above the comments."""
    stamps = [b.text for b in markup.blocks[:200] if len(b.text) <= 120 and kind_of(b.text) in {"published", "stamp"}]
    order = order_of("\n".join(stamps))
    labelled = [t for t in stamps if kind_of(t) == "published"]
    return next((day for t in [*labelled, *stamps[:1]] if (day := find_date(t, order))), None)


def _paragraphs(page: str, markup: Markup) -> tuple[list[str], tuple[str, ...]]:
    """The report's paragraphs: the extractor's, or our own plain ones where it fails or may not be asked."""
    plain = [b for b in readable(markup.blocks) if not b.caption]
    if markup.elements > _MAX_ELEMENTS or markup.skipped > _MAX_SKIPPED or markup.depth > _MAX_DEPTH:
        number = markup.elements + markup.skipped
        note = f"{number:,} elements, {markup.depth:,} deep: read without the extractor"
        return [b.text for b in plain], (note,)
    extracted = _extracted(page)
    own = sum(len(b.text) for b in plain if b.tag == "p")
    if sum(map(len, extracted)) < _MIN_SHARE * own:
        return [b.text for b in plain], ("the extractor found too little: read all paragraphs of the page",)
    return extracted, ()


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
    """trafilatura, imported when the first page comes: it takes half a second."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import trafilatura  # noqa: PLC0415
    # it logs every page that it cannot read; we say so in the document's notes instead
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    return trafilatura


def _without_title(paragraphs: Sequence[str], facts: PageFacts) -> list[str]:
    """Paragraphs without the headline, which is put before them."""
    title = fold(facts.title or "")
    return [p for n, p in enumerate(paragraphs) if not (n < 5 and fold(p) == title)]


def _with_captions(paragraphs: list[str], markup: Markup, captions: Sequence[str]) -> list[str]:
    """Captions that the extractor left out, each behind the paragraph that it followed on the page."""
    have = {fold(p) for p in paragraphs}
    after: dict[str, list[str]] = {}
    last = ""
    for block in markup.blocks:
        key = fold(block.text)
        if key in have and not block.caption:
            last = key
        elif block.caption and block.text in captions and key not in have:
            have.add(key)
            after.setdefault(last, []).append(block.text)
    merged: list[str] = list(after.pop("", []))
    for paragraph in paragraphs:
        merged.append(paragraph)
        merged.extend(after.pop(fold(paragraph), []))
    return merged
