"""One linear pass over HTML of any quality: its blocks of text, and the tags that speak about the page.

It never nests, so 100,000 open tags cost no more than 100,000 closed ones.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# A tag with attributes of up to 4,000 characters; a longer one is dropped as text would be.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})((?:\s|/)[^<>]{0,4000})?>")
_ATTRIBUTE = re.compile(r"([a-zA-Z][\w:.-]{0,60})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
# What stands inside of these is never the report; their content is skipped to the closing tag.
_SKIPPED = frozenset({
    "script", "style", "noscript", "template", "svg", "iframe", "object", "select", "button", "nav", "footer",
    "aside", "form", "menu", "dialog", "textarea", "math", "canvas",
})  # fmt: skip
_RAW = frozenset({"script", "style", "textarea", "title"})
_INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
})  # fmt: skip
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
_READ = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "figcaption", "dd", "dt", "pre"})
_CAPTION_CLASS = re.compile(r"(?:\b|_|-)(?:captions?|image-?text|photo-?text|media-?text)(?:\b|_|-)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text between two tags that are no inline ones, its blanks made single."""

    tag: str
    text: str
    caption: bool = False


@dataclass(frozen=True, slots=True)
class Markup:
    """What the tags of a page say. `depth` and `elements` tell whether it is safe to build a tree of it."""

    blocks: tuple[Block, ...]
    title: str
    metas: tuple[tuple[str, str], ...]
    json_ld: tuple[str, ...]
    times: tuple[str, ...]
    canonical: str | None
    depth: int
    elements: int


@dataclass(slots=True)
class _Scan:
    blocks: list[Block] = field(default_factory=list)
    title: str = ""
    metas: list[tuple[str, str]] = field(default_factory=list)
    json_ld: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    canonical: str | None = None
    deepest: int = 0
    depth: int = 0
    elements: int = 0
    skipping: str = ""
    nested: int = 0
    tag: str = "body"
    caption: str = ""
    buffer: list[str] = field(default_factory=list)

    def flush(self) -> None:
        """Close the block that is being gathered."""
        text = " ".join("".join(self.buffer).split())
        self.buffer.clear()
        if text:
            self.blocks.append(Block(self.tag, text, bool(self.caption)))

    def open(self, name: str, attributes: str) -> None:
        """An opening tag outside of what is skipped."""
        self.elements += 1
        if name not in _VOID and name not in {"p", "li"}:  # those two are closed by their like, not nested
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)
        if name == "meta":
            self._meta(dict(_attributes(attributes)))
        elif name == "link" and "canonical" in attributes:
            self.canonical = self.canonical or dict(_attributes(attributes)).get("href")
        elif name == "time" and (stamp := dict(_attributes(attributes)).get("datetime")):
            self.times.append(stamp)
        if name in _INLINE:
            return
        self.flush()
        self.tag = name
        captioned = name == "figcaption" or (name != "figure" and _CAPTION_CLASS.search(attributes))
        if captioned and not self.caption and name not in _VOID:
            self.caption = name

    def close(self, name: str) -> None:
        """A closing tag outside of what is skipped."""
        if name not in {"p", "li"}:
            self.depth = max(0, self.depth - 1)
        if name in _INLINE:
            return
        self.flush()
        self.tag = "div"
        if name == self.caption:
            self.caption = ""

    def _meta(self, attributes: dict[str, str]) -> None:
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = attributes.get("content")
        if name and content:
            self.metas.append((name.lower(), content.strip()))


def scan(page: str) -> Markup:
    """Read the tags of `page` once, in order."""
    state = _Scan()
    for kind, name, content in _tokens(page):
        if state.skipping:
            # a nested tag of the same name must be closed too before text counts again
            state.nested += (kind == "open") - (kind == "close") if name == state.skipping else 0
            state.skipping = "" if state.nested <= 0 else state.skipping
        elif kind == "text":
            state.buffer.append(content)
        elif kind == "raw":
            _raw(state, name, content)
        elif kind == "open" and name in _SKIPPED:
            state.flush()
            state.elements += 1
            state.skipping, state.nested = name, 1
        elif kind == "open":
            state.open(name, content)
        else:
            state.close(name)
    state.flush()
    return Markup(
        tuple(state.blocks), state.title, tuple(state.metas), tuple(state.json_ld), tuple(state.times),
        state.canonical, state.deepest, state.elements,
    )  # fmt: skip


def readable(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks that hold a report when no extractor can be asked: paragraphs, headings, list items.

    Text outside of any such tag counts where it is long (80 characters: more than a button or a label).
    """
    for block in blocks:
        if block.tag in _READ or block.caption or len(block.text) >= 80:
            yield block


def _raw(state: _Scan, name: str, content: str) -> None:
    """The content of `title` and `script`, whose opening tag's attributes come before a NUL."""
    attributes, _, text = content.partition("\x00")
    state.elements += 1
    if name == "title":
        state.title = state.title or " ".join(html.unescape(text).split())
    elif name == "script" and "ld+json" in attributes:
        state.json_ld.append(text)


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
