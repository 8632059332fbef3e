"""The HTML of a mail -> its lines: what a reader of the mail sees, tables of layout taken apart, hidden text left out.

Newsletters are tables in tables, which extractors of articles take for data; their headings, links and the names of
their elements tell more than their text. The parser hands out tags one by one and builds no tree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from casus.intake.mail.lines import Line, check_lines, tidy
from casus.intake.web.markup import HEADINGS, readable, scan

_SKIPPED = frozenset({
    "script", "style", "head", "title", "noscript", "template", "svg", "iframe", "object", "select", "button", "form",
    "textarea", "math", "canvas", "nav",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins",
    "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
# Text that is in the mail and not on the screen: previews, copies for another width of screen.
_HIDDEN = re.compile(
    r"display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden|max-height\s{0,5}:\s{0,5}0(?![.\d])|"
    r"opacity\s{0,5}:\s{0,5}0(?:\.0{1,5})?\s{0,5}(?:;|!|\Z)|mso-hide\s{0,5}:\s{0,5}all",
    re.IGNORECASE,
)
_SIZE = re.compile(r"font-size\s{0,5}:\s{0,5}(\d{1,4}(?:\.\d{1,4})?)", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PREVIEW = re.compile(r"\b(?:pre ?header|preview ?text|mcn ?preview ?text)\b")
_ASIDE = re.compile(
    r"\b(?:footer|unsub(?:scribe)?|social|share|sharing|follow|legal|copyright|web ?version|view ?in ?browser|"
    r"view ?online|disclaimer|advert|sponsor|promo)\b"
)
_OWN_SIGNATURE = re.compile(r"\b(?:gmail|moz|apple) signature\b")
_QUOTE = re.compile(r"\b(?:gmail quote|yahoo quoted|protonmail quote|moz cite prefix)\b")
_CAPTION = re.compile(r"\b(?:caption|image ?text|photo ?text|photo ?credit)\b")
# The parser's time for a tag grows with how many are open. A forward of a forward of a newsletter has some hundred.
_MAX_DEPTH, _CHUNK = 500, 65_536
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Open:
    """An open element: what holds for the text in it."""

    hidden: bool = False
    tiny: bool = False
    quote: int = 0
    heading: int = 0
    link: str | None = None
    caption: bool = False
    aside: bool = False
    pre: bool = False


@dataclass(slots=True)
class _Target:
    """Takes the parser's tags and gathers lines."""

    lines: list[Line] = field(default_factory=list)
    opened: list[_Open] = field(default_factory=lambda: [_Open()])
    rows: list[list[int]] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    linked: int = 0
    gap: bool = False
    breaks: int = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An opening tag."""
        before = self.opened[-1]
        if tag == "br":
            self._break()
        elif tag not in _INLINE:
            self._block()
            if tag == "tr":
                self.rows.append([])
            elif tag in {"td", "th"} and self.rows:
                self.rows[-1].append(len(self.lines))
        self.opened.append(_inside(before, tag, attributes))

    def end(self, tag: str) -> None:
        """A closing tag; the parser gives one for each that it opened."""
        if tag not in _INLINE and tag != "br":
            self._block()
            if tag == "tr" and self.rows:
                self._row(self.rows.pop())
        if len(self.opened) > 1:
            self.opened.pop()

    def data(self, text: str) -> None:
        """Text between two tags."""
        now = self.opened[-1]
        if now.hidden or now.tiny:
            return
        if now.pre and "\n" in text:
            for n, line in enumerate(text.split("\n")):
                if n:
                    self._break()
                self._words(line)
            return
        self._words(text)

    def comment(self, text: str) -> None:
        """Conditional comments of a mail program are none of ours."""

    def close(self) -> list[Line]:
        """The end of the mail."""
        self._flush()
        return self.lines

    def _words(self, text: str) -> None:
        words = _BLANKS.sub(" ", text)
        self.buffer.append(words)
        link = self.opened[-1].link
        if link and words.strip():
            self.linked += len(words.strip())
            if len(self.links) < 20 and link not in self.links:
                self.links.append(link)

    def _break(self) -> None:
        self._flush()
        self.breaks += 1
        if self.breaks > 1:
            self.gap = True

    def _block(self) -> None:
        self._flush()
        self.gap = True

    def _flush(self) -> None:
        """Close the line that is being gathered."""
        text, now = tidy("".join(self.buffer)), self.opened[-1]
        if text:
            linked = self.linked * 10 >= 9 * len(text)
            self.lines.append(
                Line(text, now.quote, now.heading, self.gap, tuple(self.links), linked, now.caption, now.aside)
            )
            self.gap, self.breaks = False, 0
        self.buffer.clear()
        self.links.clear()
        self.linked = 0

    def _row(self, cells: list[int]) -> None:
        """A row of three cells and more of a few words each is one of a table, and not of the layout."""
        if len(cells) < 3:
            return
        ends = [*cells[1:], len(self.lines)]
        found = [self.lines[a:b] for a, b in zip(cells, ends, strict=True) if b > a]
        if len(found) < 3 or any(len(cell) > 1 or cell[0].heading for cell in found):
            return
        if sum(len(cell[0].text.split()) for cell in found) <= 4 * len(found):
            first = found[0][0]
            links = tuple(link for cell in found for link in cell[0].links)
            linked = all(cell[0].linked for cell in found)
            del self.lines[cells[0] :]
            text = " | ".join(cell[0].text for cell in found)
            self.lines.append(replace(first, text=text, links=links, linked=linked))


def _inside(before: _Open, tag: str, attributes: Mapping[str, str]) -> _Open:
    """What holds in an element that opens."""
    style = attributes.get("style") or ""
    if before.hidden or tag in _SKIPPED or "hidden" in attributes or _HIDDEN.search(style):
        return _Open(hidden=True)
    now = before
    if size := _SIZE.search(style):
        now = replace(now, tiny=float(size[1]) <= 1)
    elif tag == "table" and now.tiny:  # mail programs let no table inherit the size, or half of all mails were empty
        now = replace(now, tiny=False)
    named = " ".join(filter(None, (attributes.get("class"), attributes.get("id"))))
    now = _named(now, tag, named) if named else now
    if tag == "a":
        return replace(now, link=(attributes.get("href") or "").strip()[:2_000] or None)
    if tag == "blockquote" and (attributes.get("type") == "cite" or "gmail_quote" in named):
        return replace(now, quote=now.quote + 1)
    if tag in {"footer", "figcaption", "pre"}:
        aside, caption, pre = tag == "footer", tag == "figcaption", tag == "pre"
        return replace(now, aside=now.aside or aside, caption=now.caption or caption, pre=now.pre or pre)
    return replace(now, heading=int(tag[1])) if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456" else now


def _named(now: _Open, tag: str, named: str) -> _Open:
    """What an element's class and id tell of it."""
    name = re.sub(r"[-_\s]+", " ", _CAMEL.sub(" ", named[:500])).lower()
    if _PREVIEW.search(name) or _OWN_SIGNATURE.search(name):
        return _Open(hidden=True)
    quote = bool(_QUOTE.search(name)) and tag != "blockquote"
    aside, caption = bool(_ASIDE.search(name)), bool(_CAPTION.search(name))
    return replace(now, aside=now.aside or aside, caption=now.caption or caption, quote=now.quote + quote)


def html_lines(page: str) -> list[Line]:
    """The lines of a part of HTML, however broken; empty where the parser finds nothing in it. TooLargeError."""
    from lxml import etree  # noqa: PLC0415 - 40 ms, which a text alone need not wait for

    target = _Target()
    parser = etree.HTMLParser(target=target, encoding="utf-8", no_network=True, huge_tree=False)
    data = page.replace("\x00", " ").encode("utf-8", "replace")
    try:
        for at in range(0, len(data), _CHUNK):
            parser.feed(data[at : at + _CHUNK])
            check_lines(len(target.lines))
            if len(target.opened) > _MAX_DEPTH:
                return [Line(tidy(b.text), heading=_level(b.tag), gap=True) for b in readable(scan(page).blocks)]
        parser.close()
    except etree.LxmlError:
        # what it gave before it gave up stands
        target.close()
    return target.lines


def _level(tag: str) -> int:
    return int(tag[1]) if tag in HEADINGS else 0
