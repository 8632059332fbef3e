"""One linear pass over HTML of any quality: its blocks of text, and the tags that speak about the page.

It never nests, so 100,000 open tags cost no more than 100,000 closed ones.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from casus.intake.plaintext.lines import kind_of
from casus.intake.plaintext.paragraphs import ENDS_PROSE

# A tag with attributes of up to 4,000 characters; a longer one is dropped as text would be.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})((?:\s|/)[^<>]{0,4000})?>")
_ATTRIBUTE = re.compile(r"([a-zA-Z][\w:.-]{0,60})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
# What stands inside of these is not the report; it is dropped at the closing tag.
_SKIPPED = frozenset({
    "script", "style", "noscript", "template", "svg", "iframe", "object", "select", "button", "nav", "footer",
    "aside", "form", "menu", "dialog", "textarea", "math", "canvas",
})  # fmt: skip
# But some sites put the whole page into one form, and a button that somebody forgot to close ends at the next;
# where these two hold a report, it counts. They cannot stand in one another.
_MAY_HOLD = frozenset({"form", "button"})
_RAW = frozenset({"script", "style", "textarea", "title"})
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
})  # fmt: skip
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_READ = frozenset({"p", "li", "blockquote", "figcaption", "dd", "dt", "pre"}) | HEADINGS
_CELLS, _ROW = frozenset({"td", "th"}), frozenset({"td", "th", "tr", "table"})
# Text outside of any paragraph counts from here on: more than a button, a label or a table's cell has.
_LONG = 80
_CAPTION_CLASS = re.compile(r"(?:\b|_|-)(?:captions?|image-?text|photo-?text|media-?text)(?:\b|_|-)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text between two tags that are no inline ones, its blanks made single.

    `cell` tells that it is all that stands in a cell, with other cells beside it, and no heading.
    """

    tag: str
    text: str
    caption: bool = False
    cell: bool = False


@dataclass(frozen=True, slots=True)
class Markup:
    """What the tags of a page say. `depth` and `elements` tell whether it is safe to build a tree of it; `skipped`
    counts the elements in menus, footers and the like, which are not among `elements`."""

    blocks: tuple[Block, ...]
    title: str
    metas: tuple[tuple[str, str], ...]
    json_ld: tuple[str, ...]
    times: tuple[str, ...]
    canonical: str | None
    depth: int
    elements: int
    skipped: int
    state: tuple[str, ...] = ()  # scripts that hold data, not only code
    language: str = ""  # as the page's first tag says it: "en-GB"
    saved_from: str | None = None  # the address that the program noted which saved the page


@dataclass(frozen=True, slots=True)
class _Skip:
    """An open element that is to be skipped, and what had been gathered when it began."""

    name: str
    blocks: int
    metas: int
    times: int
    title: str
    canonical: str | None
    depth: int
    elements: int
    tag: str
    caption: str


@dataclass(slots=True)
class _Scan:
    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    metas: list[tuple[str, str]] = field(default_factory=list)
    json_ld: list[str] = field(default_factory=list)
    state: list[str] = field(default_factory=list)
    language: str = ""
    in_body: bool = False
    times: list[str] = field(default_factory=list)
    canonical: str | None = None
    deepest: int = 0
    depth: int = 0
    elements: int = 0
    skipped: int = 0
    skips: list[_Skip] = field(default_factory=list)
    open_skips: Counter[str] = field(default_factory=Counter)
    tag: str = "body"
    caption: str = ""
    cell: int | None = None  # how many blocks there were when the cell began that is open
    cells: int = 0
    alone: list[int] = field(default_factory=list)  # of the row: blocks that are all of their cell
    buffer: list[str] = field(default_factory=list)

    def flush(self) -> None:
        """Close the block that is being gathered."""
        text = " ".join("".join(self.buffer).split())
        self.buffer.clear()
        if text:
            self.blocks.append(Block(self.tag, text, bool(self.caption)))

    def open(self, name: str, attributes: str) -> None:
        """An opening tag."""
        self.elements += 1
        if name in _SKIPPED and not self._begin(name):
            return
        if name not in _VOID and name not in {"p", "li"}:  # those two are closed by their like, not nested
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)
        if name == "meta":
            self._meta(dict(_attributes(attributes)))
        elif name == "body":
            self.in_body = True
        elif name == "html":
            self.language = self.language or dict(_attributes(attributes)).get("lang", "")
        elif name == "link" and "canonical" in attributes:
            self.canonical = self.canonical or dict(_attributes(attributes)).get("href")
        elif name == "time" and (stamp := dict(_attributes(attributes)).get("datetime")):
            self.times.append(stamp)
        if name in _INLINE:
            return
        self.flush()
        if name in _ROW:
            self._end_cell(row=name not in _CELLS)
            self.cell = len(self.blocks) if name in _CELLS else None
            self.cells += name in _CELLS
        self.tag = name
        captioned = name == "figcaption" or (name != "figure" and _CAPTION_CLASS.search(attributes))
        if captioned and not self.caption and name not in _VOID:
            self.caption = name

    def close(self, name: str) -> None:
        """A closing tag."""
        if name in _SKIPPED:
            self._end(name)
            return
        if name not in {"p", "li"}:
            self.depth = max(0, self.depth - 1)
        if name in _INLINE:
            return
        self.flush()
        if name in _ROW:
            self._end_cell(row=name not in _CELLS)
        self.tag = "div"
        if name == self.caption:
            self.caption = ""

    def finish(self) -> None:
        """The end of the page. What was never closed is no menu if it holds the report."""
        self.flush()
        self._end_cell(row=True)
        while self.skips:
            skip = self.skips.pop()
            if self._holds_report(skip):
                return  # and so do those around it
            self._drop(skip)

    def raw(self, name: str, content: str) -> None:
        """The content of `title` and `script`, whose opening tag's attributes come before a NUL."""
        attributes, _, text = content.partition("\x00")
        self.elements += 1
        if name == "title":
            self.title = self.title or " ".join(html.unescape(text).split())
        elif name == "script" and "ld+json" in attributes:
            # wherever it stands, be it a footer, it speaks about the page
            self.json_ld.append(text)
        elif name == "script" and ('":' in text or "ublish" in text):
            self.state.append(text)

    def _begin(self, name: str) -> bool:
        """An element to be skipped begins; False where it cannot, because its like is open."""
        self.flush()
        if name in _MAY_HOLD and self.open_skips[name]:
            if name == "form":
                return False
            self._end(name)
        self.open_skips[name] += 1
        self.skips.append(
            _Skip(
                name, len(self.blocks), len(self.metas), len(self.times), self.title, self.canonical, self.depth,
                self.elements, self.tag, self.caption,
            )
        )  # fmt: skip
        return True

    def _end(self, name: str) -> None:
        """An element that is skipped ends, and with it those in it that nobody closed."""
        self.flush()
        if not self.open_skips[name]:
            return
        while True:
            skip = self.skips.pop()
            self.open_skips[skip.name] -= 1
            if skip.name not in _MAY_HOLD or not self._holds_report(skip):
                self._drop(skip)
            if skip.name == name:
                break
        self.depth, self.tag, self.caption = skip.depth, skip.tag, skip.caption

    def _holds_report(self, skip: _Skip) -> bool:
        """Two paragraphs, or a headline and one, that are no page furniture: sign-up forms have less."""
        found = 0
        for block in self.blocks[skip.blocks :]:
            headline = block.tag == "h1" and len(block.text.split()) >= 3
            found += headline or (len(block.text) >= _LONG and kind_of(block.text) is None)
            if found > 1:
                return True
        return False

    def _drop(self, skip: _Skip) -> None:
        """Forget what was gathered since; JSON-LD stays, and the elements stay counted."""
        del self.blocks[skip.blocks :], self.metas[skip.metas :], self.times[skip.times :]
        self.title, self.canonical, self.cell = skip.title, skip.canonical, None
        while self.alone and self.alone[-1] >= skip.blocks:
            self.alone.pop()
        self.skipped += self.elements - skip.elements
        self.elements = skip.elements

    def _end_cell(self, *, row: bool) -> None:
        """A cell ends, and with it perhaps its row: a block alone in its cell is marked if it has neighbours."""
        if self.cell is not None and len(self.blocks) == self.cell + 1 and self.blocks[-1].tag not in HEADINGS:
            self.alone.append(self.cell)
        self.cell = None
        if row:
            for n in self.alone if self.cells > 1 else ():
                self.blocks[n] = replace(self.blocks[n], cell=True)
            self.alone.clear()
            self.cells = 0

    def _meta(self, attributes: dict[str, str]) -> None:
        name = attributes.get("property") or attributes.get("name")
        if not name and (of := attributes.get("itemprop")):
            # in the head of the page of the page, below it of the thing that it stands in
            name = f"itemprop:{of}" if self.in_body else of
        content = attributes.get("content")
        if name and content:
            self.metas.append((name.lower(), content.strip()))


def scan(page: str) -> Markup:
    """Read the tags of `page` once, in order."""
    state = _Scan()
    for kind, name, content in _tokens(page):
        if kind == "text":
            state.buffer.append(content)
        elif kind == "raw":
            state.raw(name, content)
        elif kind == "open":
            state.open(name, content)
        else:
            state.close(name)
    state.finish()
    return Markup(
        tuple(state.blocks), state.title, tuple(state.metas), tuple(state.json_ld), tuple(state.times),
        state.canonical, state.deepest, state.elements, state.skipped, tuple(state.state),
        state.language, _saved_from(page),
    )  # fmt: skip


# <!-- saved from url=(0055)https://... -->; in SingleFile's comment "url: https://..."
_SAVED = re.compile(
    r"<!--\s{0,9}(?:saved from url=\(\d{1,5}\)|Page saved with SingleFile\s{1,9}url:\s{1,9})(https?://[^\s<>\"]{4,2000})"
)


def _saved_from(page: str) -> str | None:
    match = _SAVED.search(page[:5_000])
    return match[1] if match else None


def readable(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks that hold a report when no extractor can be asked: paragraphs, headings, list items.

    Text outside of any such tag counts where it is long, and in a table's cell where it is a sentence.
    """
    for block in blocks:
        if is_sentence(block.text) if block.cell else block.tag in _READ or block.caption or len(block.text) >= _LONG:
            yield block


def is_sentence(cell: str) -> bool:
    """Whether a table's cell holds prose: long, or eight words (figures and labels have fewer) and a full stop."""
    return len(cell) >= _LONG or (len(cell.split()) >= 8 and ENDS_PROSE.search(cell) is not None)


def _tokens(page: str) -> Iterator[tuple[str, str, str]]:
    """("text", "", words), ("open", tag, attributes), ("close", tag, "") or ("raw", tag, NUL-joined)."""
    page = page.replace("\x00", " ")
    lower, at = page.lower(), 0
    if len(lower) != len(page):  # a few letters change their length in lower case
        lower = page
    gone: set[str] = set()  # closing tags that no longer occur: looking for them again costs a whole pass
    while match := _TAG.search(page, at):
        yield from _text(page, at, match.start())
        name, at = match.group(2).lower(), match.end()
        if match.group(1):
            yield "close", name, ""
        elif name in _RAW and name not in gone:
            end = lower.find(f"</{name}", at)
            if end < 0:
                gone.add(name)
                continue
            yield "raw", name, f"{match.group(3) or ''}\x00{page[at:end]}"
            close = page.find(">", end)
            at = close + 1 if close >= 0 else len(page)
        elif name not in _RAW:
            yield "open", name, match.group(3) or ""
    yield from _text(page, at, len(page))


def _text(page: str, start: int, end: int) -> Iterator[tuple[str, str, str]]:
    """Text between two tags without its comments."""
    if start >= end:
        return
    text = page[start:end]
    if "<!" in text or "<?" in text:
        text = re.sub(r"<[!?][^<>]{0,2000}>?", " ", text)
    if text:
        yield "text", "", html.unescape(text)


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for match in _ATTRIBUTE.finditer(text):
        yield match.group(1).lower(), html.unescape(match.group(2) or match.group(3) or match.group(4) or "")
