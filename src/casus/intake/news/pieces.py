"""A long XML text -> its head and its items, one at a time and each on its own, so that a broken one breaks no other.

Made for feeds and news messages: one root, perhaps one element more, and in it a list of items that hold none of their
kind. Items are found by their tags (not those in CDATA and comments), so memory holds one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from casus.errors import FormatError
from casus.intake.news.xmlsafe import cleaned, parsed, recovered

# What stands before the first item: title, owner and pictures of a feed have some kilobytes.
_HEAD_CHARS = 200_000
# As long as a tag may be that begins or ends an item: its attributes are not looked at here.
_TAG_CHARS = 128
# Namespaces that the items take over from the root; feeds have up to twenty.
_NAMESPACES = 100
# Prefixes that feeds use and forget to declare.
_WELL_KNOWN: dict[str | None, str] = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "atom": "http://www.w3.org/2005/Atom",
    "media": "http://search.yahoo.com/mrss/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "georss": "http://www.georss.org/georss",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xlink": "http://www.w3.org/1999/xlink",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """An item by its number from 1, as it stands in the source, cleaned; 0 is the head, which comes first.

    `xml` is None where the item is too long. `whole` tells that its end tag is there.
    """

    number: int
    xml: str | None
    whole: bool
    notes: tuple[str, ...] = ()


def pieces(blocks: Iterable[str], names: Iterable[str], limit: int) -> Iterator[Piece]:
    """The head, then each element of these names, up to `limit` characters long."""
    splitter = _Splitter(names, limit)
    for block in blocks:
        yield from splitter.feed(block)
    yield from splitter.end()


class _Splitter:
    """Takes the text a block at a time and tells where items begin and end; never looks at a character twice."""

    def __init__(self, names: Iterable[str], limit: int) -> None:
        name = rf"(?:[\w.-]{{1,40}}:)?(?:{'|'.join(re.escape(n) for n in names)})"
        self._token = re.compile(
            rf"<!\[CDATA\[|<!--|(?P<open><{name}(?=[\s/>]))|(?P<close></{name}\s{{0,20}}>)", re.IGNORECASE
        )
        self._limit, self._held, self._until = limit, "", ""
        self._parts: list[str] = []
        self._size, self._number, self._inside = 0, 0, False

    def feed(self, block: str) -> Iterator[Piece]:
        """The items that end in this block."""
        yield from self._go(self._held + block, final=False)

    def end(self) -> Iterator[Piece]:
        """The item that was cut off, and the head where there is no item."""
        yield from self._go(self._held, final=True)
        if self._inside or not self._number:
            yield self._piece(whole=False)

    def _go(self, text: str, *, final: bool) -> Iterator[Piece]:
        at = 0
        while at < len(text):
            if self._until:
                end = text.find(self._until, at)
                if end < 0:
                    break
                at, self._until = self._take(text, at, end + len(self._until)), ""
                continue
            token = self._token.search(text, at)
            # one near the end may go on in the next block
            if token is None or (not final and token.end() > len(text) - _TAG_CHARS):
                break
            at = self._take(text, at, token.start())
            yield from self._begin(token)
            at = self._take(text, at, token.end())
            yield from self._end(token)
        keep = len(text) if final else max(at, len(text) - 2 * _TAG_CHARS)
        self._take(text, at, keep)
        self._held = text[keep:]

    def _begin(self, token: re.Match[str]) -> Iterator[Piece]:
        """What ends before this token: an item that nobody closed, or the head."""
        if token["open"]:
            if self._inside or not self._number:
                yield self._piece(whole=False)
            self._inside, self._number = True, self._number + 1

    def _end(self, token: re.Match[str]) -> Iterator[Piece]:
        """What ends with this token."""
        if token["close"] and self._inside:
            yield self._piece(whole=True)
            self._inside = False
        elif not token["open"] and not token["close"]:
            self._until = "-->" if token[0] == "<!--" else "]]>"

    def _take(self, text: str, start: int, end: int) -> int:
        """Keeps a stretch of the text for the item that it lies in, or for the head; gives back its end."""
        if self._inside or not self._number:
            self._size += end - start
            if self._size <= (self._limit if self._inside else _HEAD_CHARS):
                self._parts.append(text[start:end])
            elif self._inside:
                self._parts.clear()
        return end

    def _piece(self, *, whole: bool) -> Piece:
        text, size = "".join(self._parts), self._size
        self._parts, self._size = [], 0
        if self._number and size > self._limit:
            return Piece(self._number, None, whole)
        xml, notes = cleaned(text)
        return Piece(self._number, xml, whole, notes)


class Frame:
    """What the items of a source have around them: its root element with the namespaces, as far as the head has it."""

    def __init__(self, head: str) -> None:
        self.root: Any | None = recovered(head)
        spaces = dict(_WELL_KNOWN)
        for element in [] if self.root is None else [self.root, *self.root[:20]]:
            spaces |= element.nsmap
        self._around = "".join(_declaration(p, u) for p, u in list(spaces.items())[: _NAMESPACES + len(_WELL_KNOWN)])

    def element(self, xml: str, name: str) -> Any:
        """An item as an element. Raises FormatError where it is broken."""
        around = parsed(f"<x{self._around}>{xml}</x>", name)
        if not len(around):
            raise FormatError(f"{name} is broken XML")
        return around[0]


def _declaration(prefix: str | None, uri: str) -> str:
    return f" xmlns{':' + prefix if prefix else ''}={quoteattr(uri)}" if prefix != "xml" else ""
