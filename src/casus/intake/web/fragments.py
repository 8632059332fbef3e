"""A stretch of markup that is all report (an entry of a feed, the body of a news item) -> paragraphs and captions.

The page extractor is not asked: it looks for a report among menus, leaves out what is short, and here nothing is menu.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from casus.intake.news.xmlsafe import countable, local, uncontrolled, unescaped
from casus.intake.plaintext.imprint import DATELINE
from casus.intake.web.markup import is_sentence, scan
from casus.text import fold

_BREAKS = re.compile(
    r"<(?:p|br|div|li|h[1-6]|tr|blockquote|pre|section|article|figure|table)\b[^<>]{0,4000}>", re.IGNORECASE
)
_ANY_TAG = re.compile(r"</?[a-z][a-z0-9]{0,10}\b[^<>]{0,4000}>", re.IGNORECASE)
# Tags that were escaped once too often ("&amp;lt;p&amp;gt;"), as some programs make their feeds.
_ESCAPED = re.compile(
    r"&lt;/?(?:p|br|div|a|li|ul|img|strong|em|b|i|span|h[1-6])\b(?:(?!&[lg]t;).){0,1000}&gt;", re.IGNORECASE
)
_BLANK_LINE = re.compile(r"\r?\n[ \t]{0,50}\r?\n")

# Elements of NITF that have a counterpart in HTML; "template" is what readers of HTML leave out.
_AS_HTML = {
    "block": "div", "hl1": "h1", "hl2": "h2", "bq": "blockquote", "credit": "p", "abstract": "div",
    "body.content": "div", "media": "figure", "media-caption": "figcaption", "q": "q",
} | dict.fromkeys(
    (
        "note", "table", "nitf-table", "media-metadata", "media-reference", "media-object", "media-producer", "byline",
        "datasource", "copyrite", "fn", "distributor", "dateline", "tagline", "bibliography", "script", "style",
    ),
    "template",
)  # fmt: skip
_KEPT = frozenset({"p", "br", "hr", "ul", "ol", "li", "dl", "dt", "dd", "pre", "em", "sub", "sup", "a"})


@dataclass(frozen=True, slots=True)
class Fragment:
    """Paragraphs in order, captions among them; `captions` says which of them are captions."""

    paragraphs: tuple[str, ...]
    captions: tuple[str, ...] = ()

    def prose(self) -> list[str]:
        """The paragraphs that are no captions."""
        return [p for p in self.paragraphs if p not in self.captions]


def fragment(markup: str) -> Fragment:
    """The paragraphs of HTML, however broken, or of text that only has blank lines between them."""
    if not _ANY_TAG.search(markup) and _ESCAPED.search(markup):
        markup = unescaped(markup)
    if not _BREAKS.search(markup):
        markup = _BLANK_LINE.sub("<p>", markup)
    paragraphs: list[str] = []
    captions: list[str] = []
    for block in scan(countable(markup)).blocks:
        text = " ".join(uncontrolled(block.text).split())
        if not any(c.isalnum() for c in text) or (block.cell and not is_sentence(text)):
            continue
        if paragraphs and paragraphs[-1] == text:
            continue
        paragraphs.append(text)
        # a shorter one is the name of a photographer, and "Photo" says nothing at all
        if block.caption and len(text.split()) >= 3:
            captions.append(text)
    return Fragment(tuple(paragraphs), tuple(dict.fromkeys(captions)))


def as_html(element: Any, *, nitf: bool) -> str:
    """The markup in an element of XHTML or NITF as plain HTML without namespaces. Changes the element.

    Of NITF go tables, notes to editors, and bylines and datelines, which stand elsewhere.
    """
    for inner in element.iter():
        name = local(inner)
        if not name:
            inner.tag = "template"
            continue
        if nitf:
            name = _AS_HTML.get(name) or (name if name in _KEPT else "span")
        kind = inner.get("class")
        inner.attrib.clear()
        inner.tag = name
        if kind:
            inner.set("class", kind)
    if nitf or element.tag not in {"html", "body", "div"}:
        element.tag = "div"
    return str(etree.tostring(element, method="html", encoding="unicode", with_tail=False))


def after_dateline(paragraphs: Iterable[str], dateline: str | None) -> list[str]:
    """The paragraphs of prose with the dateline before the first, as papers print it, where it is not there yet."""
    found = list(paragraphs)
    place = " ".join((dateline or "").split()).strip(" -–—:")
    if not DATELINE.match(f"{place} — "):
        # an agency in brackets that is not among those we know
        place = re.sub(r"\s?\([^()]{0,60}\)\Z", "", place).strip(" -–—:,")
    if not found or not place or not place[0].isalpha() or DATELINE.match(found[0][:160]):
        return found
    city = re.split(r",|\s\(", place, maxsplit=1)[0]
    if fold(found[0]).startswith(fold(city)):
        return found
    # the city in capitals, by which readers of print, and ours, know it from a sentence's beginning
    return [f"{city.upper()}{place[len(city) :]} — {found[0]}", *found[1:]]
