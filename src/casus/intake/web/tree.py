"""A page of HTML -> its blocks of text in order, and over them the elements that hold them, as light nodes.

Built from lxml's tree, so only for pages that `markup.scan` found neither too deep nor too large.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any

# Nothing in these is text of the page.
_GONE = frozenset({
    "script", "style", "noscript", "template", "svg", "iframe", "object", "select", "textarea", "math", "canvas",
    "head", "title", "noframes", "map", "audio", "datalist", "amp-analytics", "amp-iframe",
})  # fmt: skip
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "nobr", "output", "q", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
_IMAGES = frozenset({"img", "picture", "video", "amp-img", "amp-video", "image"})
_STRONG = frozenset({"b", "strong", "th"}) | HEADINGS
_NAMED = ("class", "id", "role", "data-component", "data-testid", "data-module", "itemprop", "property", "rel")
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# A span that a page names so is a line of its own, whatever its tag.
_APART = frozenset({
    "caption", "credit", "credits", "byline", "date", "time", "timestamp", "published", "author", "authors",
    "headline", "title", "kicker", "source", "src", "desc", "updated", "copyright", "photographer",
    "tarih", "fecha", "datum", "autor", "auteur", "yazar",
})  # fmt: skip
# Words that only a screen reader reads ("Image caption, ").
_UNSEEN = ("visually-hidden", "visuallyhidden", "sr-only", "screen-reader", "screenreader", "a11y-hidden", "u-hidden")
# Elements that are named so may hold a date for machines, in one of these attributes.
_DATES = frozenset({"date", "time", "timestamp", "published", "datetime", "modified", "updated", "issued", "posted"})
_VALUES = (
    "datetime", "content", "data-datetime", "data-timestamp", "data-time", "data-epoch", "data-date", "data-published",
    "data-seconds", "data-utc", "data-utime", "title",
)  # fmt: skip
_TAG = re.compile(r"<[^<>]{0,300}>")
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none", re.IGNORECASE)
_CAPTION = re.compile(r"(?:\b|_|-)(?:captions?|image-?text|photo-?text|media-?text|cutline)(?:\b|_|-)", re.IGNORECASE)
# While a block is being gathered: text, whether it is a link, whether it is bold; and a `br` among them.
_Run = tuple[str, bool, bool]
_BREAK: _Run = ("\n", False, True)
_BLANK: _Run = (" ", False, True)
# Mail and print wrap their lines at 60 to 110 characters; a line of 40 is no heading and no line of an address.
_SHORT_LINE, _LONG_LINE, _WRAP_WIDTH = 60, 40, 110
_LABEL_WORDS = 3
_HEAD_LINE = re.compile(r"[A-Z][\w-]{1,20}: \S")  # "From: ...", above a mail
_DATE_DIGITS = 6  # a date for machines has eight, or six, or is a number of seconds
_SENTENCE_END, _BULLETS = frozenset(".?!…:”\"'’)"), frozenset("•·▪►»*-–")


@dataclass(slots=True, eq=False)
class Node:
    """An element that is no inline one: it holds the blocks from `start` up to `end`, pictures alike."""

    tag: str
    names: frozenset[str]
    parent: Node | None
    start: int
    pictures: int
    end: int = 0
    pictures_end: int = 0
    id: str = ""
    asks: bool = False  # holds a button, a field to fill in
    hidden: bool = False
    thing: bool = False  # begins the description of a thing (`itemscope`), whose properties are not those around it
    children: list[Node] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Block:
    """A stretch of text between two tags that are no inline ones, its blanks made single.

    `linked` is how many of its words are links, `strong` tells that all of it is bold or a heading.
    """

    text: str
    tag: str
    node: Node
    words: int
    linked: int
    strong: bool
    caption: bool


@dataclass(frozen=True, slots=True)
class Time:
    """An element with a date for machines: where it stands, what it says, and of what (`itemprop`, `property`).

    `before` are the words in front of it ("Updated"), lower case.
    """

    value: str
    node: Node
    block: int
    of: str
    before: str


@dataclass(frozen=True, slots=True)
class Page:
    """The blocks in order, every node in order (outer before inner), and the elements that state a time."""

    blocks: list[Block]
    nodes: list[Node]
    times: list[Time]


def page_tree(page: str) -> Page | None:
    """The nodes and blocks of a page; None where the parser makes nothing of it."""
    root = _root(page)
    if root is None:
        return None
    builder = _Builder()
    try:
        builder.element(root)
    except RecursionError:  # the parser may nest deeper than the tags do
        return None
    builder.flush()
    return Page(builder.blocks, builder.nodes, builder.times)


def _root(page: str) -> Any:
    """The element with a page's content, None where the parser makes nothing of it."""
    import lxml.html  # noqa: PLC0415 - only pages need it

    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(page.replace("\x00", " ").encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.ParserError, ValueError):
        return None
    body = root.find("body")
    return root if body is None else body


@lru_cache(maxsize=20_000)
def _names(text: str) -> frozenset[str]:
    """The words in a class or an id: "shareArticles" is "share" and "articles"."""
    return frozenset(w.lower() for w in _NAME.findall(text) if len(w) > 1)


_NOTHING: frozenset[str] = frozenset()


class _Builder:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.nodes: list[Node] = []
        self.times: list[Time] = []
        self._node = Node("html", _NOTHING, None, 0, 0)
        self._tag = "body"
        self._runs: list[_Run] = []
        self._links = self._bold = self._captions = 0
        self._pictures = 0
        self._framed = False

    def element(self, element: Any) -> None:
        """An element with all that it holds; its tail is its parent's."""
        tag = element.tag
        if tag in {"iframe", "noframes"} and (inner := element.get("srcdoc") or element.text):
            self._frame(inner)
        if not isinstance(tag, str) or tag in _GONE:
            return
        if tag == "br":
            self._runs.append(_BREAK)
            return
        attributes = element.attrib
        names = _NOTHING
        if attributes:
            classes = attributes.get("class") or ""
            if classes and any(word in classes for word in _UNSEEN):
                return
            joined = " ".join([attributes[k] for k in _NAMED if k in attributes])
            names = _names(joined[:500]) if joined else _NOTHING
        if tag == "hr":
            self.flush()
            return
        if tag in _IMAGES:
            self._picture()
        if said := attributes.get("data-caption") if attributes else None:
            self._said_caption(said)
        if tag in {"button", "input"}:
            self._asks(attributes)
        inline = (tag in INLINE or tag == "img" or (tag not in _KNOWN and "-" not in tag)) and not names & _APART
        if tag == "time" or names & _DATES or "datetime" in attributes:
            self._time(element)
        if inline:
            self._inline(element, tag)
        else:
            self._block(element, tag, names)

    def _said_caption(self, said: str) -> None:
        """A caption that a gallery's program shows when its picture is clicked; it may be HTML."""
        text = " ".join(html.unescape(_TAG.sub(" ", said)).split())
        if text:
            self.flush()
            self.blocks.append(Block(text, "figcaption", self._node, text.count(" ") + 1, 0, False, True))

    def _frame(self, page: str) -> None:
        """A page within the page, as programs save it that put all frames into one file; one level deep."""
        if not self._framed and (inner := _root(page)) is not None:
            self.flush()
            self._framed = True
            self.element(inner)
            self.flush()
            self._framed = False

    def _inline(self, element: Any, tag: str) -> None:
        if self._captions and tag in {"small", "cite"} and any(not t.isspace() for t, _, _ in self._runs):
            return  # the credit behind a caption
        link, bold = tag == "a", tag in _STRONG
        self._links += link
        self._bold += bold
        self._content(element)
        self._links -= link
        self._bold -= bold

    def _block(self, element: Any, tag: str, names: frozenset[str]) -> None:
        self.flush()
        outer, outer_tag = self._node, self._tag
        node = Node(tag, names, outer, len(self.blocks), self._pictures)
        node.id = element.get("id") or ""
        node.thing = "itemscope" in element.attrib or "typeof" in element.attrib or "hentry" in names
        style = element.get("style") or ""
        node.hidden = "hidden" in element.attrib or bool(style and _HIDDEN.search(style))
        if style and "background-image" in style:
            self._picture()
        outer.children.append(node)
        self.nodes.append(node)
        self._node, self._tag = node, outer_tag if tag in INLINE else tag
        link, bold = tag == "a", tag in _STRONG or element.get("role") == "heading"
        caption = tag == "figcaption" or (tag not in {"figure", "body"} and self._is_caption(element))
        self._links += link
        self._bold += bold
        self._captions += caption
        self._content(element)
        self.flush()
        self._links -= link
        self._bold -= bold
        self._captions -= caption
        node.end, node.pictures_end = len(self.blocks), self._pictures
        self._node, self._tag = outer, outer_tag

    def _content(self, element: Any) -> None:
        self._add(element.text)
        named = False
        for child in element:
            if named and child.tag == "span" and child.get("class"):
                self._apart(child.text)
            self.element(child)
            self._add(child.tail)
            named = child.tag == "span" and not child.tail and bool(child.get("class"))

    def _apart(self, text: str | None) -> None:
        """A blank between two spans that a style sheet sets apart ("12" "Mar" "2018"), but for a large initial."""
        last = self._runs[-1][0] if self._runs else ""
        if text and len(last) > 1 and last[-1].isalnum() and text[0].isalnum():
            self._runs.append(_BLANK)

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if self._tag != "pre":
            self._runs.append((text, self._links > 0, self._bold > 0))
            return
        for n, line in enumerate(text.split("\n")):
            if n:
                self._runs.append(_BREAK)
            # in a mail, what was quoted from another one
            if not line.lstrip().startswith(">"):
                self._runs.append((line or " ", self._links > 0, self._bold > 0))

    @staticmethod
    def _is_caption(element: Any) -> bool:
        classes = element.get("class")
        return bool(classes and _CAPTION.search(_spaced(classes)))

    def _picture(self) -> None:
        # one within running text is an ornament; one that stands alone may have a caption
        if all(t.isspace() for t, _, _ in self._runs):
            self._pictures += 1

    def _asks(self, attributes: Any) -> None:
        if attributes.get("type") != "hidden":
            node: Node | None = self._node
            while node is not None and not node.asks:
                node.asks = True
                node = node.parent

    def _time(self, element: Any) -> None:
        attributes = element.attrib
        of = attributes.get("itemprop") or attributes.get("property") or ""
        said = (attributes[k] for k in _VALUES if k in attributes)
        value = next((v for v in said if sum(c.isdigit() for c in v) >= _DATE_DIGITS), "")
        if not value and (element.tag == "time" or of):
            value = element.text_content()[:100]
        if value.strip() and any(c.isdigit() for c in value):
            of = of or ("pubdate" if "pubdate" in attributes else _of_microformat(element))
            before = " ".join("".join([t for t, _, _ in self._runs[-4:]]).split())
            if not before and self.blocks and self.blocks[-1].words <= _LABEL_WORDS:
                before = self.blocks[-1].text
            time = Time(value.strip()[:100], self._node, len(self.blocks), of.lower(), before[-40:].lower())
            self.times.append(time)

    def flush(self) -> None:
        """Close the block that is being gathered."""
        runs = self._runs
        if not runs:
            return
        self._runs = []
        for part in _parts(runs) if _BREAK in runs else (runs,):
            text = " ".join("".join([t for t, _, _ in part]).split())
            if text:
                linked = len(" ".join([t for t, link, _ in part if link]).split())
                strong = all(bold or t.isspace() for t, _, bold in part)
                self.blocks.append(
                    Block(text, self._tag, self._node, text.count(" ") + 1, linked, strong, self._captions > 0)
                )


def _of_microformat(element: Any) -> str:
    """What hAtom, the format of many blogs, calls the moment in an `abbr`."""
    classes = (element.get("class") or "").split()
    return next((f"hatom:{c}" for c in classes if c in {"published", "updated"}), "") if element.tag == "abbr" else ""


def _parts(runs: list[_Run]) -> Iterator[list[_Run]]:
    """The paragraphs of a block: two `br` part them, and one does where what it parts is no running text."""
    stretch: list[list[_Run]] = []
    for is_break, group in groupby(runs, key=lambda run: run is _BREAK):
        line = list(group)
        if is_break:
            if len(line) > 1:
                yield from _lines(stretch)
                stretch = []
        elif any(not t.isspace() for t, _, _ in line):
            stretch.append(line)
        elif stretch:  # nothing but blanks between two breaks
            yield from _lines(stretch)
            stretch = []
    yield from _lines(stretch)


def _lines(stretch: list[list[_Run]]) -> Iterator[list[_Run]]:
    """Lines with one break between them: each by itself, but where a line only goes on in the next.

    It does where no sentence ends with it and the next begins in lower case, and throughout a text that was wrapped at
    one width.
    """
    texts = ["".join([t for t, _, _ in line]).strip() for line in stretch]
    width = max(map(len, texts), default=0)
    full = sum(len(text) * 10 >= width * 7 for text in texts[:-1])
    ended = sum(text[-1] in _SENTENCE_END for text in texts[:-1])
    wrapped = len(texts) > 2 and _SHORT_LINE <= width <= _WRAP_WIDTH
    wrapped = wrapped and full * 10 >= (len(texts) - 1) * 7 and ended * 2 <= len(texts) - 1
    listed = sum(text[0] in _BULLETS or _HEAD_LINE.match(text) is not None for text in texts) > 1
    held: list[_Run] = []
    for n, line in enumerate(stretch):
        last = texts[n - 1] if n else ""
        goes_on = wrapped or (len(last) >= _LONG_LINE and last[-1] not in _SENTENCE_END and texts[n][0].islower())
        if held and (listed or not goes_on):
            yield held
            held = []
        held = [*held, *([_BLANK] if held else []), *line]
    if held:
        yield held


@lru_cache(maxsize=20_000)
def _spaced(classes: str) -> str:
    """A class with its words apart: "imageCaption" is "image-Caption"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", classes)


_KNOWN = INLINE | frozenset({
    "address", "article", "aside", "blockquote", "body", "button", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "picture",
    "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "video", "input", "img",
})  # fmt: skip
